#!/usr/bin/env python3
"""Makes every test model in this folder again, with TensorFlow's results as the truth.

Needs Python 3.11 with tensorflow==2.15.1 and scikit-learn (for its handwritten digits); its `bin`
folder has to be on PATH, because the legacy converter is a program of its own:

    python3 -m venv .venv && .venv/bin/pip install tensorflow==2.15.1 scikit-learn pillow
    PATH=$PWD/.venv/bin:$PATH .venv/bin/python TestModels/generate.py [name ...]

For each case a folder is written:

    graph.pb        frozen GraphDef with FakeQuant nodes
    case.json       input_arrays, output_arrays, inputs (name, shape, mean, std), options, tolerance
    toco.tflite     what the legacy converter made of it, where it accepts the graph
    in_<k>.npy      uint8 [runs, *shape], input k
    out_toco_ref_<j>.npy   outputs of toco.tflite with the reference kernels
    out_tffloat_<j>.npy    TensorFlow's float simulation of the same graph
"""

import json
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
v1.disable_eager_execution()
HERE = pathlib.Path(__file__).resolve().parent
RUNS = 4


class Net:
    """A graph under construction whose FakeQuant ranges are calibrated on its own inputs."""

    def __init__(self, seed):
        self.random = np.random.RandomState(seed)
        self.pending = []

    def weights(self, name, shape, narrow=True):
        """A constant with a FakeQuant node over its own range."""
        fan_in = max(1, int(np.prod(shape[:-1])))
        data = self.random.normal(0, 1.5 / np.sqrt(fan_in), shape).astype(np.float32)
        low, high = float(data.min()), float(data.max())
        return tf.quantization.fake_quant_with_min_max_vars(
            tf.constant(data, name=name),
            tf.constant(low, name=f"{name}_quant/min"),
            tf.constant(high, name=f"{name}_quant/max"),
            narrow_range=narrow,
            name=f"{name}_quant/FakeQuantWithMinMaxVars",
        )

    def bias(self, name, count):
        return tf.constant(self.random.normal(0, 0.2, [count]).astype(np.float32), name=name)

    def quantized(self, x, name):
        """A FakeQuant node whose range is filled in by calibration."""
        low = v1.placeholder_with_default(np.float32(-1), [], name=f"{name}/min_hole")
        high = v1.placeholder_with_default(np.float32(1), [], name=f"{name}/max_hole")
        self.pending.append((name, x, low, high))
        return tf.quantization.fake_quant_with_min_max_vars(
            x, low, high, name=f"{name}/FakeQuantWithMinMaxVars")

    def conv(self, x, name, channels, size=3, stride=1, padding="SAME", activation=None, dilation=1):
        weights = self.weights(f"{name}/weights", [size, size, int(x.shape[-1]), channels])
        y = tf.nn.conv2d(x, weights, stride, padding, dilations=dilation, name=f"{name}/Conv2D")
        y = tf.nn.bias_add(y, self.bias(f"{name}/biases", channels), name=f"{name}/BiasAdd")
        return self.quantized(activation(y) if activation else y, f"{name}/act_quant")

    def depthwise(self, x, name, multiplier=1, size=3, stride=1, activation=None):
        channels = int(x.shape[-1])
        weights = self.weights(f"{name}/weights", [size, size, channels, multiplier])
        y = tf.nn.depthwise_conv2d(x, weights, [1, stride, stride, 1], "SAME", name=f"{name}/depthwise")
        y = tf.nn.bias_add(y, self.bias(f"{name}/biases", channels * multiplier), name=f"{name}/BiasAdd")
        return self.quantized(activation(y) if activation else y, f"{name}/act_quant")

    def dense(self, x, name, units, activation=None):
        weights = self.weights(f"{name}/weights", [int(x.shape[-1]), units])
        y = tf.matmul(x, weights, name=f"{name}/MatMul")
        y = tf.nn.bias_add(y, self.bias(f"{name}/biases", units), name=f"{name}/BiasAdd")
        return self.quantized(activation(y) if activation else y, f"{name}/act_quant")

    def folded_batch_norm(self, x, name, channels):
        """An unfused batch norm in the form that freezing leaves: mul, sub, add by constants."""
        mean = tf.constant(self.random.normal(0, 0.3, [channels]).astype(np.float32), name=f"{name}/moving_mean")
        variance = tf.constant(self.random.uniform(0.5, 2, [channels]).astype(np.float32), name=f"{name}/moving_variance")
        gamma = tf.constant(self.random.uniform(0.5, 1.5, [channels]).astype(np.float32), name=f"{name}/gamma")
        beta = tf.constant(self.random.normal(0, 0.3, [channels]).astype(np.float32), name=f"{name}/beta")
        scale = tf.multiply(tf.math.rsqrt(tf.add(variance, 1e-3, name=f"{name}/add"), name=f"{name}/Rsqrt"), gamma, name=f"{name}/mul")
        return tf.add(
            tf.multiply(x, scale, name=f"{name}/mul_1"),
            tf.subtract(beta, tf.multiply(mean, scale, name=f"{name}/mul_2"), name=f"{name}/sub"),
            name=f"{name}/add_1")


CASES = {}


def case(inputs, outputs, **extra):
    """Registers a function that builds a graph from placeholders and returns nothing."""

    def register(build):
        CASES[build.__name__] = (build, inputs, outputs, extra)
        return build

    return register


IMAGE = [("input", [1, 9, 9, 3], 128.0, 127.0)]
RELU6_OUT = ["out/act_quant/FakeQuantWithMinMaxVars"]


@case(IMAGE, RELU6_OUT)
def conv_relu6(net, x):
    net.conv(x, "out", 8, activation=tf.nn.relu6)


@case([("input", [1, 9, 9, 3], 127.5, 127.5)], RELU6_OUT)
def conv_stride2_valid(net, x):
    net.conv(x, "out", 5, size=2, stride=2, padding="VALID")


@case(IMAGE, RELU6_OUT)
def conv_dilated(net, x):
    net.conv(x, "out", 4, dilation=2, activation=tf.nn.relu)


@case(IMAGE, RELU6_OUT)
def depthwise_multiplier2(net, x):
    net.depthwise(x, "out", multiplier=2, stride=2, activation=tf.nn.relu6)


@case(IMAGE, ["out/act_quant/FakeQuantWithMinMaxVars"])
def batch_norm_after_conv(net, x):
    weights = net.weights("c/weights", [3, 3, 3, 6])
    y = tf.nn.conv2d(x, weights, 1, "SAME", name="c/Conv2D")
    net.quantized(tf.nn.relu6(net.folded_batch_norm(y, "c/bn", 6)), "out/act_quant")


@case(IMAGE, ["out_quant/FakeQuantWithMinMaxVars"])
def residual_add(net, x):
    a = net.conv(x, "a", 6, activation=tf.nn.relu6)
    b = net.conv(a, "b", 6)
    net.quantized(tf.add(a, b, name="sum"), "out_quant")


@case(IMAGE, ["out_quant/FakeQuantWithMinMaxVars"])
def concat_two_scales(net, x):
    a = net.conv(x, "a", 4, activation=tf.nn.relu6)
    b = net.conv(x, "b", 6, size=1)
    net.quantized(tf.concat([a, b], 3, name="concat"), "out_quant")


@case(IMAGE, ["Softmax"])
def pool_dense_softmax(net, x):
    y = net.conv(x, "a", 8, stride=2, activation=tf.nn.relu6)
    y = tf.nn.max_pool2d(y, 2, 1, "SAME", name="pool")
    y = tf.nn.avg_pool2d(y, 5, 1, "VALID", name="average")
    y = tf.reshape(y, [-1, 8], name="flat")
    tf.nn.softmax(net.dense(y, "logits", 10), name="Softmax")


@case([("a", [1, 4, 4, 2], 128.0, 64.0), ("b", [1, 4, 4, 2], 100.0, 50.0)], ["out_quant/FakeQuantWithMinMaxVars"])
def two_inputs_mul(net, a, b):
    net.quantized(tf.multiply(a, b, name="product"), "out_quant")


@case(IMAGE, ["out_quant/FakeQuantWithMinMaxVars"])
def mean_of_image(net, x):
    y = net.conv(x, "a", 4, activation=tf.nn.relu6)
    net.quantized(tf.reduce_mean(y, [1, 2], name="mean"), "out_quant")


@case(IMAGE, ["out_quant/FakeQuantWithMinMaxVars"])
def resize_bilinear(net, x):
    y = net.conv(x, "a", 4, activation=tf.nn.relu6)
    y = v1.image.resize_bilinear(y, [18, 18], name="resize")
    net.quantized(y, "out_quant")


@case(IMAGE, ["sigmoid"])
def hard_swish_sigmoid(net, x):
    y = net.conv(x, "a", 4)
    y = y * tf.nn.relu6(y + 3.0, name="relu6") * np.float32(1 / 6)
    y = net.quantized(y, "swish")
    tf.sigmoid(net.conv(y, "b", 3, size=1), name="sigmoid")


@case(IMAGE, ["out_quant/FakeQuantWithMinMaxVars"], tolerance=2)
def transpose_other_range(net, x):
    """The legacy converter copies the bytes of this one although the ranges differ."""
    y = net.conv(x, "a", 4)
    y = tf.transpose(y, [0, 2, 1, 3], name="transpose")
    tf.quantization.fake_quant_with_min_max_args(y, -9.0, 7.0, name="out_quant/FakeQuantWithMinMaxVars")


@case(IMAGE, ["out_quant/FakeQuantWithMinMaxVars"], tolerance=1)
def elu(net, x):
    """The legacy converter refuses this one."""
    y = net.conv(x, "a", 4)
    net.quantized(tf.nn.elu(y, name="elu"), "out_quant")


@case(IMAGE, ["first", "second"])
def concat_two_names(net, x):
    """A negative axis, and two names of one tensor."""
    a = net.conv(x, "a", 4, activation=tf.nn.relu6)
    b = net.conv(x, "b", 2)
    y = net.quantized(tf.concat([a, b], -1, name="concat"), "joined")
    tf.identity(y, name="first")
    tf.identity(y, name="second")


@case(IMAGE, ["out_quant/FakeQuantWithMinMaxVars"])
def gather_nudged(net, x):
    """Ranges before and behind the copy differ by rounding errors only."""
    y = net.conv(x, "a", 6)
    net.quantized(tf.gather(y, [0, 0, 0], name="gather"), "out_quant")


@case(IMAGE, ["out/act_quant/FakeQuantWithMinMaxVars"], tolerance=2)
def batch_norm_after_transposed_conv(net, x):
    """The legacy converter doesn't fold this one, and misses a range."""
    y = tf.nn.conv2d_transpose(x, net.weights("c/weights", [3, 3, 4, 3]), [1, 18, 18, 4], 2, "SAME", name="c/up")
    net.quantized(tf.nn.relu6(net.folded_batch_norm(y, "c/bn", 4)), "out/act_quant")


@case(IMAGE, ["out_quant/FakeQuantWithMinMaxVars"], tolerance=2)
def prelu_by_subtraction(net, x):
    """The legacy converter knows PRELU in another form only."""
    y = net.conv(x, "a", 4)
    slope = tf.constant([0.1, 0.2, 0.3, 0.4], name="slope")
    net.quantized(tf.nn.relu(y) - slope * tf.nn.relu(-y), "out_quant")


def freeze(build, inputs, outputs, seed):
    """The graph with calibrated constants in place of the holes, and its input batches."""
    net = Net(seed)
    feeds = []
    with tf.Graph().as_default() as graph:
        holders = [v1.placeholder(tf.float32, shape, name=name) for name, shape, _, _ in inputs]
        build(net, *holders)
        for name, shape, mean, std in inputs:
            data = np.random.RandomState(seed + len(feeds)).randint(0, 256, [RUNS] + shape)
            feeds.append(data.astype(np.uint8))
        values = {}
        with v1.Session(graph=graph) as session:
            for name, x, low, high in net.pending:
                seen = []
                for run in range(RUNS):
                    feed = {h: (feeds[i][run].astype(np.float32) - inputs[i][2]) / inputs[i][3] for i, h in enumerate(holders)}
                    feed.update(values)
                    seen.append(session.run(x, feed))
                values[low] = np.float32(min(0, np.min(seen)))
                values[high] = np.float32(max(0, np.max(seen)))
        definition = graph.as_graph_def()
    holes = {tensor.op.name: value for tensor, value in values.items()}
    frozen = v1.GraphDef()
    frozen.versions.CopyFrom(definition.versions)
    for node in definition.node:
        if node.name in holes:
            constant = frozen.node.add(name=node.name, op="Const")
            constant.attr["dtype"].type = tf.float32.as_datatype_enum
            constant.attr["value"].tensor.CopyFrom(v1.make_tensor_proto(holes[node.name]))
        elif not any(node.name.startswith(hole + "/") for hole in holes):
            frozen.node.add().CopyFrom(node)
    return v1.graph_util.extract_sub_graph(frozen, [o.split(":")[0] for o in outputs]), feeds


def simulate(graph_def, inputs, outputs, feeds):
    """TensorFlow's own float results."""
    with tf.Graph().as_default() as graph:
        v1.import_graph_def(graph_def, name="")
        with v1.Session(graph=graph) as session:
            fetches = [graph.get_tensor_by_name(o if ":" in o else o + ":0") for o in outputs]
            results = [
                session.run(fetches, {graph.get_tensor_by_name(i[0] + ":0"): (feeds[k][run].astype(np.float32) - i[2]) / i[3] for k, i in enumerate(inputs)})
                for run in range(len(feeds[0]))
            ]
    return [np.stack(column) for column in zip(*results)]


def convert(path, inputs, outputs, options):
    """The legacy converter's model, or None where it refuses."""
    converter = v1.lite.TFLiteConverter.from_frozen_graph(
        str(path), [i[0] for i in inputs], outputs, {i[0]: i[1] for i in inputs})
    converter.experimental_new_converter = False
    converter.inference_type = tf.uint8
    converter.quantized_input_stats = {i[0]: (i[2], i[3]) for i in inputs}
    for key, value in options.items():
        setattr(converter, key, value)
    try:
        return converter.convert()
    except Exception as error:  # The converter's refusals have no type of their own.
        print("  refused:", str(error).strip().splitlines()[-1][:150])
        return None


def run_reference(model, feeds):
    """Outputs of the reference kernels, stacked over the runs."""
    interpreter = tf.lite.Interpreter(
        model_content=model, num_threads=1,
        experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    results = []
    for run in range(len(feeds[0])):
        for detail, data in zip(interpreter.get_input_details(), feeds):
            interpreter.set_tensor(detail["index"], data[run])
        interpreter.invoke()
        results.append([interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()])
    return [np.stack(column) for column in zip(*results)]


def write_case(folder, graph_def, inputs, outputs, feeds, extra):
    folder.mkdir(exist_ok=True)
    (folder / "graph.pb").write_bytes(graph_def.SerializeToString(deterministic=True))
    for k, data in enumerate(feeds):
        np.save(folder / f"in_{k}.npy", data)
    for j, data in enumerate(simulate(graph_def, inputs, outputs, feeds)):
        np.save(folder / f"out_tffloat_{j}.npy", data)
    options = extra.get("options", {})
    model = convert(folder / "graph.pb", inputs, outputs, options)
    if model is not None:
        (folder / "toco.tflite").write_bytes(model)
        for j, data in enumerate(run_reference(model, feeds)):
            np.save(folder / f"out_toco_ref_{j}.npy", data)
    description = {
        "name": folder.name,
        "input_arrays": [i[0] for i in inputs],
        "output_arrays": outputs,
        "inputs": [dict(zip(("name", "shape", "mean", "std"), i)) for i in inputs],
        "options": options,
    }
    if "tolerance" in extra:
        # Where the legacy converter refuses or is wrong: steps from the float simulation.
        description["tolerance"] = extra["tolerance"]
    (folder / "case.json").write_text(json.dumps(description, indent=1) + "\n")


def write_digits(folder):
    """The trained network, and what it makes of the test images; see digits_network.py."""
    import digits_network

    graph_def = digits_network.frozen_graph(digits_network.train())
    _, (images, labels) = digits_network.load()
    feeds = [images[:, None]]
    write_case(folder, graph_def, [digits_network.INPUT], [digits_network.OUTPUT], feeds, {})
    digits_network.write_extras(folder, images, labels)
    results = np.load(folder / "out_tffloat_0.npy")
    print(f"  accuracy of the float simulation: {np.mean(results[:, 0].argmax(1) == labels)}")


def main():
    wanted = sys.argv[1:] or [*CASES, "digits"]
    for name in wanted:
        if name == "digits":
            write_digits(HERE / name)
            continue
        build, inputs, outputs, extra = CASES[name]
        print(name)
        seed = sum(map(ord, name))
        graph_def, feeds = freeze(build, inputs, outputs, seed)
        write_case(HERE / name, graph_def, inputs, outputs, feeds, extra)


if __name__ == "__main__":
    main()
