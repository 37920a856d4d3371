#!/usr/bin/env python3
"""Runs Octet, LiteRT and ONNX Runtime alternately on the same models and compares their speed.

See README.md in this folder.
"""

import argparse
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

import chart

HERE = pathlib.Path(__file__).resolve().parent
ENGINES = ["octet", "litert", "onnxruntime"]
TITLES = {"octet": "Octet", "litert": "LiteRT", "onnxruntime": "ONNX Runtime"}
PACKAGES = {"litert": "ai-edge-litert", "onnxruntime": "onnxruntime"}

# Below $OCTET_SHARED.
DEFAULT_MODELS = [
    "models/mobilenet_v1_1.0_224_quant_embedding_extractor",
    "models/mobilenet_v2_1.0_224_quant",
    "models/tf2_mobilenet_v2_1.0_224_ptq",
    "models/deeplabv3_mnv2_dm05_pascal_quant",
    "models/coco_ssd_mobilenet_v1_quant",
    "models/movenet_single_pose_lightning_ptq",
    "models/mlperf_tiny_ad01_int8",
    "models/mlperf_tiny_kws_ref_model",
    "models/mlperf_tiny_resnet_quant",
    "models/mlperf_tiny_vww_96_int8",
    "models_large/resnet50_v1_uint8",
]

INSTRUCTION_SETS = [
    "sse4_1", "avx2", "avx_vnni", "avx512f", "avx512bw", "avx512vl", "avx512_vnni",
    "asimd", "asimddp", "i8mm",
]


class Failure(Exception):
    """An engine that can't run a model, in one line."""


def run_json(command):
    process = subprocess.run(command, capture_output=True, text=True)
    if process.returncode != 0:
        lines = (process.stderr or process.stdout).strip().splitlines()
        raise Failure(lines[-1] if lines else f"exit status {process.returncode}")
    return json.loads(process.stdout)


class Peers:
    """Starts measurements, each in a process of its own."""

    def __init__(self, octet, onnx_folder):
        self.octet = octet
        self.onnx_folder = onnx_folder

    def measure(self, engine, model, threads, runs, warmup_runs):
        if engine == "octet":
            return run_json(
                [self.octet, "benchmark", str(model), "--json", "--num_threads", str(threads),
                 "--num_runs", str(runs), "--warmup_runs", str(warmup_runs)])
        path = self.onnx_model(model) if engine == "onnxruntime" else model
        return run_json(
            [sys.executable, str(HERE / "peers.py"), engine, str(path), str(threads), str(runs),
             str(warmup_runs)])

    def onnx_model(self, model):
        """The model as ONNX; converted once, with tf2onnx."""
        digest = hashlib.sha256(model.read_bytes()).hexdigest()[:16]
        path = self.onnx_folder / f"{digest}.onnx"
        if path.exists():
            return path
        self.onnx_folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part")
        process = subprocess.run(
            [sys.executable, "-m", "tf2onnx.convert", "--tflite", str(model), "--output",
             str(partial), "--opset", "17"],
            capture_output=True, text=True)
        if process.returncode != 0 or not partial.exists():
            lines = process.stderr.strip().splitlines()
            raise Failure("tf2onnx: " + (lines[-1] if lines else "no output"))
        partial.rename(path)
        return path


def machine():
    """What figures depend on besides the engines."""
    name, flags = platform.processor() or platform.machine(), set()
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                name = value.strip()
            elif key.strip() in ("flags", "Features"):
                flags.update(value.split())
    except OSError:
        pass
    return {
        "processor": name,
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "instruction_sets": [name for name in INSTRUCTION_SETS if name in flags],
        "octet_isa": os.environ.get("OCTET_ISA") or "best",
        "load_average": os.getloadavg()[0],
        "date": time.strftime("%Y-%m-%d"),
    }


def versions(engines):
    found = {}
    for engine in engines:
        if engine in PACKAGES:
            found[engine] = importlib.metadata.version(PACKAGES[engine])
        else:
            process = subprocess.run(
                ["git", "-C", str(HERE), "describe", "--always", "--dirty"],
                capture_output=True, text=True)
            found[engine] = process.stdout.strip() or "unknown"
    return found


def installed(engines):
    """The engines that can be used here; says which can't."""
    modules = {"litert": ["ai_edge_litert"], "onnxruntime": ["onnxruntime", "tf2onnx"]}
    usable = []
    for engine in engines:
        missing = [
            name for name in modules.get(engine, []) if importlib.util.find_spec(name) is None]
        if missing:
            print(f"{TITLES[engine]} is left out: {', '.join(missing)} not installed",
                  file=sys.stderr)
        else:
            usable.append(engine)
    return usable


def compare(peers, model, variants, rounds, seconds):
    """Measures a model in every variant, an (engine, threads) pair, round after round.

    Returns the results by variant, and the failures by engine.
    """
    run_counts, failures = {}, {}
    for engine, threads in variants:
        if engine in failures:
            continue
        try:
            trial = peers.measure(engine, model, threads, 3, 1)
        except Failure as failure:
            failures[engine] = str(failure)
            continue
        run_counts[engine, threads] = min(
            100_000, max(10, round(seconds * 1e6 / max(trial["median_us"], 1))))
    measured = {variant: [] for variant in run_counts if variant[0] not in failures}
    for position in range(rounds):
        # Each engine is first, second … equally often, in case the machine warms up or tires.
        order = list(measured)
        shift = position % max(len(order), 1)
        for engine, threads in order[shift:] + order[:shift]:
            runs = run_counts[engine, threads]
            measured[engine, threads].append(
                peers.measure(engine, model, threads, runs, max(3, runs // 10)))
    return {variant: summary(results, run_counts[variant])
            for variant, results in measured.items()}, failures


def summary(results, runs):
    """The median over the rounds of each figure; the least of all for `min_us`."""
    figures = {"runs": runs, "round_medians_us": [result["median_us"] for result in results]}
    for key in ["load_us", "allocate_us", "first_invoke_us", "median_us", "p90_us", "arena_bytes",
                "peak_rss_bytes", "idle_rss_bytes"]:
        values = [result[key] for result in results if result.get(key) is not None]
        if values:
            figures[key] = statistics.median(values)
    figures["min_us"] = min(result["min_us"] for result in results)
    return figures


def thread_text(count):
    return "1 thread" if count == 1 else f"{count} threads"


def model_name(path):
    return path.parent.name if path.stem == "model" else path.stem


def markdown_table(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for index, row in enumerate(rows):
        cells = [cell.ljust(width) if column == 0 else cell.rjust(width)
                 for column, (cell, width) in enumerate(zip(row, widths))]
        lines.append("| " + " | ".join(cells) + " |")
        if index == 0:
            lines.append("|" + "|".join(
                "-" * (width + 2) if column == 0 else "-" * (width + 1) + ":"
                for column, width in enumerate(widths)) + "|")
    return "\n".join(lines)


def speed_table(report, threads):
    """Medians in milliseconds with this number of threads, and how much faster Octet is."""
    peers = [engine for engine in report["engines"] if engine != "octet"]
    rows = [["model"] + [TITLES[engine] + " ms" for engine in report["engines"]]
            + ["over " + TITLES[engine] for engine in peers]]
    for model, results in report["models"].items():
        medians = {engine: results[f"{engine}-{threads}"]["median_us"]
                   for engine in report["engines"] if f"{engine}-{threads}" in results}
        cells = [f"{medians[engine] / 1e3:.3f}" if engine in medians else "-"
                 for engine in report["engines"]]
        ratios = [f"{medians[engine] / medians['octet']:.2f}"
                  if engine in medians and "octet" in medians else "-" for engine in peers]
        rows.append([model] + cells + ratios)
    return markdown_table(rows)


def start_table(report, threads):
    """From the file to the first result, and memory."""
    rows = [["model", "engine", "load ms", "allocate ms", "first invoke ms", "sum ms", "arena MiB",
             "peak MiB", "idle MiB"]]

    def mebibytes(result, key):
        return f"{result[key] / 2**20:.1f}" if key in result else "-"

    for model, results in report["models"].items():
        for engine in report["engines"]:
            result = results.get(f"{engine}-{threads}")
            if result is None:
                continue
            phases = [result[key] / 1e3 for key in ("load_us", "allocate_us", "first_invoke_us")]
            rows.append(
                [model, TITLES[engine]] + [f"{phase:.2f}" for phase in phases + [sum(phases)]]
                + [mebibytes(result, key)
                   for key in ("arena_bytes", "peak_rss_bytes", "idle_rss_bytes")])
    return markdown_table(rows)


def description(report):
    found = report["machine"]
    engines = ", ".join(
        f"{TITLES[engine]} {version}" for engine, version in report["engines"].items())
    return (f"{found['processor']}, {found['cores']} cores, "
            f"{' '.join(found['instruction_sets']) or found['architecture']}; Octet with "
            f"OCTET_ISA {found['octet_isa']}; {engines}; {found['date']}")


def svg(report):
    base_threads = report["threads"][0]
    groups = []
    for model, results in report["models"].items():
        base = results.get(f"litert-{base_threads}")
        if base is None:
            continue
        bars = [
            (engine, f"{TITLES[engine]}, {thread_text(threads)}",
             base["median_us"] / results[key]["median_us"],
             f"{results[key]['median_us'] / 1e3:.3g} ms")
            for engine in report["engines"] for threads in report["threads"]
            if (key := f"{engine}-{threads}") in results]
        groups.append((model, bars))
    return chart.speed_chart(
        f"Speed relative to LiteRT with {thread_text(base_threads)} (longer is faster)",
        description(report).split("; "), groups)


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example:\n  compare.py mobilenet.tflite --json results.json --svg results.svg")
    parser.add_argument("models", nargs="*", type=pathlib.Path,
                        help="model files, or folders with a model.tflite; default: the list in "
                        "this script, below $OCTET_SHARED")
    parser.add_argument("--octet", default=str(HERE.parent / ".build/release/octet"),
                        help="the executable, of a release build")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1,
                        help="about how long each measurement lasts")
    parser.add_argument("--json", type=pathlib.Path, default=pathlib.Path("comparison.json"))
    parser.add_argument("--svg", type=pathlib.Path, default=pathlib.Path("comparison.svg"))
    parser.add_argument("--onnx_dir", type=pathlib.Path,
                        default=pathlib.Path.home() / ".cache/octet-benchmarks",
                        help="where models converted to ONNX are kept")
    options = parser.parse_args()
    options.engines = options.engines.split(",")
    options.threads = [int(count) for count in options.threads.split(",")]
    if set(options.engines) - set(ENGINES):
        parser.error(f"--engines takes {', '.join(ENGINES)}")
    if options.rounds < 1 or min(options.threads) < 1:
        parser.error("--rounds and --threads must be at least 1")
    if not options.models:
        shared = os.environ.get("OCTET_SHARED")
        if not shared:
            parser.error("give models, or set OCTET_SHARED")
        options.models = [pathlib.Path(shared) / name for name in DEFAULT_MODELS]
    options.models = [path / "model.tflite" if path.is_dir() else path for path in options.models]
    missing = [str(path) for path in options.models if not path.is_file()]
    if missing:
        parser.error("no such model: " + ", ".join(missing))
    if "octet" in options.engines and not os.access(options.octet, os.X_OK):
        parser.error(f"{options.octet} is not there: swift build -c release --product octet")
    return options


def main():
    options = arguments()
    engines = installed(options.engines)
    if not engines:
        sys.exit("no engine to measure")
    report = {"machine": machine(), "engines": versions(engines), "threads": options.threads,
              "rounds": options.rounds, "seconds": options.seconds, "models": {}, "failures": {}}
    if report["machine"]["load_average"] > 0.3 * (os.cpu_count() or 1):
        print(f"the machine is busy (load {report['machine']['load_average']:.1f}): "
              "figures will be wrong", file=sys.stderr)
    peers = Peers(options.octet, options.onnx_dir)
    variants = [(engine, threads) for threads in options.threads for engine in engines]
    for path in options.models:
        name = model_name(path)
        print(f"{name} …", file=sys.stderr)
        results, failures = compare(peers, path, variants, options.rounds, options.seconds)
        report["models"][name] = {
            f"{engine}-{threads}": result for (engine, threads), result in results.items()}
        if failures:
            report["failures"][name] = failures
    options.json.write_text(json.dumps(report, indent=2) + "\n")
    options.svg.write_text(svg(report))

    print(description(report))
    for threads in options.threads:
        print(f"\n{thread_text(threads)}: median of the medians of {options.rounds} rounds\n\n"
              f"{speed_table(report, threads)}")
    first = options.threads[0]
    print(f"\nFrom the file to the first result, and memory, {thread_text(first)}\n\n"
          f"{start_table(report, first)}")
    for name, failures in report["failures"].items():
        for engine, reason in failures.items():
            print(f"\n{name}: {TITLES[engine]} left out: {reason}")


if __name__ == "__main__":
    main()
