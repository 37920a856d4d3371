"""A small network that reads handwritten digits, trained with quantization in mind.

The data are the 1,797 images of 8x8 pixels that scikit-learn ships (UCI "Optical Recognition of
Handwritten Digits", CC BY 4.0). The last 100 are kept for tests.
"""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

v1 = tf.compat.v1
INPUT = ("input", [1, 8, 8, 1], 0.0, 255.0)
OUTPUT = "Softmax"
TEST_COUNT = 100
STEPS = 1500
BATCH = 64
# The share of the old bound that a running range keeps at each step.
RANGE_DECAY = 0.95


def load():
    """Images as uint8 [N, 8, 8, 1] (0 is paper, 255 is ink) and labels, for training and tests."""
    data = load_digits()
    images = np.round(data.images * (255 / 16)).astype(np.uint8)[..., None]
    return (images[:-TEST_COUNT], data.target[:-TEST_COUNT]), (images[-TEST_COUNT:], data.target[-TEST_COUNT:])


class Trainable:
    """Where the network's numbers come from during training: variables and running ranges."""

    def __init__(self, seed):
        self.random = np.random.RandomState(seed)
        self.values = {}
        self.updates = []

    def weights(self, name, shape, fan_in):
        start = self.random.normal(0, np.sqrt(2 / fan_in), shape).astype(np.float32)
        weights = self.values[name] = v1.Variable(start, name=name)
        low = self.values[f"{name}_quant/min"] = tf.reduce_min(weights)
        high = self.values[f"{name}_quant/max"] = tf.reduce_max(weights)
        return self._quantize(weights, low, high, True, f"{name}_quant")

    def bias(self, name, count):
        self.values[name] = v1.Variable(np.zeros(count, np.float32), name=name)
        return self.values[name]

    def activation(self, x, name):
        bounds = []
        for kind, start, value in (("min", 0, tf.minimum(tf.reduce_min(x), 0)), ("max", 6, tf.maximum(tf.reduce_max(x), 0))):
            bound = self.values[f"{name}/{kind}"] = v1.Variable(np.float32(start), trainable=False)
            self.updates.append(v1.assign(bound, RANGE_DECAY * bound + (1 - RANGE_DECAY) * value))
            bounds.append(bound)
        return self._quantize(x, *bounds, False, name)

    @staticmethod
    def _quantize(x, low, high, narrow, name):
        return tf.quantization.fake_quant_with_min_max_vars(x, low, high, narrow_range=narrow, name=f"{name}/FakeQuantWithMinMaxVars")


class Frozen:
    """The numbers of a trained network, as constants."""

    def __init__(self, values):
        self.values = values

    def _constant(self, name):
        return tf.constant(self.values[name], name=name)

    def weights(self, name, shape, fan_in):
        weights = self._constant(name)
        return Trainable._quantize(
            weights, self._constant(f"{name}_quant/min"), self._constant(f"{name}_quant/max"), True, f"{name}_quant")

    def bias(self, name, count):
        return self._constant(name)

    def activation(self, x, name):
        return Trainable._quantize(x, self._constant(f"{name}/min"), self._constant(f"{name}/max"), False, name)


def logits(source, x):
    """Everything but the softmax: [N, 8, 8, 1] to [N, 10]."""
    y = convolution(source, x, "conv1", 16)
    y = depthwise(source, y, "depthwise2")
    y = convolution(source, y, "conv3", 32, size=1)
    y = tf.nn.max_pool2d(y, 2, 2, "SAME", name="pool")
    y = convolution(source, y, "conv4", 32)
    y = tf.reshape(y, [-1, 4 * 4 * 32], name="flat")
    y = tf.matmul(y, source.weights("logits/weights", [4 * 4 * 32, 10], 4 * 4 * 32), name="logits/MatMul")
    y = tf.nn.bias_add(y, source.bias("logits/biases", 10), name="logits/BiasAdd")
    return source.activation(y, "logits/act_quant")


def convolution(source, x, name, channels, size=3):
    shape = [size, size, int(x.shape[-1]), channels]
    y = tf.nn.conv2d(x, source.weights(f"{name}/weights", shape, np.prod(shape[:3])), 1, "SAME", name=f"{name}/Conv2D")
    y = tf.nn.bias_add(y, source.bias(f"{name}/biases", channels), name=f"{name}/BiasAdd")
    return source.activation(tf.nn.relu6(y, name=f"{name}/Relu6"), f"{name}/act_quant")


def depthwise(source, x, name):
    channels = int(x.shape[-1])
    weights = source.weights(f"{name}/weights", [3, 3, channels, 1], 9)
    y = tf.nn.depthwise_conv2d(x, weights, [1, 1, 1, 1], "SAME", name=f"{name}/depthwise")
    y = tf.nn.bias_add(y, source.bias(f"{name}/biases", channels), name=f"{name}/BiasAdd")
    return source.activation(tf.nn.relu6(y, name=f"{name}/Relu6"), f"{name}/act_quant")


def train(seed=7):
    """Trains the network; returns its numbers by name."""
    (images, labels), _ = load()
    order = np.random.RandomState(seed)
    with tf.Graph().as_default():
        v1.set_random_seed(seed)
        x = v1.placeholder(tf.float32, [None, 8, 8, 1])
        target = v1.placeholder(tf.int64, [None])
        source = Trainable(seed)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=logits(source, x)))
        with tf.control_dependencies(source.updates):
            step = v1.train.AdamOptimizer(2e-3).minimize(loss)
        with v1.Session(config=v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)) as session:
            session.run(v1.global_variables_initializer())
            for _ in range(STEPS):
                chosen = order.randint(0, len(images), BATCH)
                session.run(step, {x: images[chosen] / np.float32(255), target: labels[chosen]})
            return session.run(source.values)


def frozen_graph(values):
    """The trained network as a GraphDef of constants."""
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, INPUT[1], name=INPUT[0])
        tf.nn.softmax(logits(Frozen(values), x), name=OUTPUT)
        return graph.as_graph_def()


def write_extras(folder, images, labels):
    """Labels of the test images, the classes' names, and three images that people can look at."""
    from PIL import Image

    np.save(folder / "test_labels.npy", labels.astype(np.uint8))
    names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    (folder / "labels.txt").write_text("\n".join(names) + "\n")
    for digit in (3, 5, 8):
        image = images[np.flatnonzero(labels == digit)[0], :, :, 0]
        # Each pixel as a block of 4x4: resizing to 8x8 gives the same image again.
        Image.fromarray(np.kron(image, np.ones((4, 4), np.uint8)), "L").save(folder / f"{names[digit]}.png")
