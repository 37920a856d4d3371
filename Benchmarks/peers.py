"""Runs a model in another engine and prints what `octet benchmark --json` prints of ours.

Each measurement is a process of its own, started by compare.py:
    python peers.py litert MODEL.tflite THREADS RUNS WARMUP_RUNS
    python peers.py onnxruntime MODEL.onnx THREADS RUNS WARMUP_RUNS
"""

import json
import statistics
import sys
import time


def process_memory(field):
    """Bytes of a field of /proc/self/status, such as VmHWM; None on other systems than Linux."""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith(field + ":"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None


def random_values(numpy, generator, shape, dtype):
    """Values from the whole range of bytes, 0 to 99 for other integers, -0.5 to 0.5 for reals."""
    dtype = numpy.dtype(dtype)
    if dtype == bool:
        return generator.integers(0, 2, shape).astype(bool)
    if dtype.kind in "iu":
        info = numpy.iinfo(dtype)
        low, high = (info.min, info.max + 1) if dtype.itemsize == 1 else (0, 100)
        return generator.integers(low, high, shape, dtype=dtype)
    return generator.uniform(-0.5, 0.5, shape).astype(dtype)


def litert(path, threads):
    """Loads a model into LiteRT with its default delegate, XNNPACK."""
    import numpy
    from ai_edge_litert.interpreter import Interpreter

    yield
    interpreter = Interpreter(model_path=path, num_threads=threads)
    yield
    interpreter.allocate_tensors()
    yield
    generator = numpy.random.default_rng(1)
    for tensor in interpreter.get_input_details():
        values = random_values(numpy, generator, tensor["shape"], tensor["dtype"])
        interpreter.set_tensor(tensor["index"], values)
    yield interpreter.invoke


def onnxruntime(path, threads):
    """Loads a model into ONNX Runtime; inputs and outputs are bound, so that none is copied."""
    import numpy
    import onnxruntime as ort

    yield
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    yield
    yield
    types = {"tensor(float)": "float32", "tensor(double)": "float64", "tensor(float16)": "float16"}
    generator = numpy.random.default_rng(1)
    binding = session.io_binding()
    for tensor in session.get_inputs():
        shape = [extent if isinstance(extent, int) else 1 for extent in tensor.shape]
        dtype = types.get(tensor.type, tensor.type.removeprefix("tensor(").removesuffix(")"))
        values = random_values(numpy, generator, shape, dtype)
        binding.bind_ortvalue_input(tensor.name, ort.OrtValue.ortvalue_from_numpy(values))
    for tensor in session.get_outputs():
        binding.bind_output(tensor.name)
    yield lambda: session.run_with_iobinding(binding)


def measure(engine, path, threads, runs, warmup_runs):
    """Times the phases of an engine: the generator yields behind each of them."""
    phases = {"litert": litert, "onnxruntime": onnxruntime}[engine](path, threads)
    clock = time.perf_counter_ns
    next(phases)
    memory_before = process_memory("VmRSS")
    start = clock()
    next(phases)
    loaded = clock()
    next(phases)
    allocated = clock()
    invoke = next(phases)

    def timed():
        start = clock()
        invoke()
        return (clock() - start) / 1e3

    first = timed()
    for _ in range(warmup_runs):
        invoke()
    latencies = sorted(timed() for _ in range(runs))
    peak = process_memory("VmHWM")
    return {
        "load_us": (loaded - start) / 1e3,
        "allocate_us": (allocated - loaded) / 1e3,
        "first_invoke_us": first,
        "min_us": latencies[0],
        "median_us": statistics.median(latencies),
        "p90_us": latencies[runs - 1 - runs // 10],
        "peak_rss_bytes": peak,
        # What Python and the engine's library take before there is a model.
        "idle_rss_bytes": memory_before,
    }


if __name__ == "__main__":
    result = measure(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6]))
    print(json.dumps(result))
