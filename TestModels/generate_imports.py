#!/usr/bin/env python3
"""Makes the small graphs in `imports` again: TensorFlow operations that become several operators.

Needs Python 3.11 with tensorflow==2.15.1:

    .venv/bin/python TestModels/generate_imports.py [name ...]

For each case two files are written: `<name>.pb`, the graph, with placeholders `in_<k>` and outputs
`out_<k>`; and `<name>.npz`, inputs and TensorFlow's outputs under these names.
"""

import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
v1.disable_eager_execution()
raw = tf.raw_ops
HERE = pathlib.Path(__file__).resolve().parent / "imports"
CASES = {}


def case(*inputs, name=None, control_flow_v2=True):
    """Registers a function from placeholders to outputs; `inputs` are their values."""

    def register(build):
        CASES[name or build.__name__] = (build, inputs, control_flow_v2)
        return build

    return register


def reals(*shape, low=-2.0, high=2.0, seed=0):
    return np.random.RandomState(seed + sum(shape)).uniform(low, high, shape).astype(np.float32)


SPECIAL = np.array([-np.inf, -100, -3, -0.5, 0, 1e-3, 0.7, 4, 100, np.inf, np.nan], np.float32)
X = reals(2, 3, 4)

for operation in ["Expm1", "Softplus", "Softsign", "Selu", "Sinh", "Cosh", "Tan", "Erf", "Erfc"]:
    case(X, name=operation.lower())(
        lambda x, operation=operation: getattr(raw, operation)(
            **{"features" if operation in ("Softplus", "Softsign", "Selu") else "x": x}))
case(reals(5, low=-0.9), name="log1p")(lambda x: raw.Log1p(x=x))
case(np.array([-95, -20, 0, 20, 95], np.float32), name="softplus_far")(
    lambda x: raw.Softplus(features=x))
case(np.array([1, -2, 0.25], np.float32), name="reciprocal")(lambda x: raw.Reciprocal(x=x))
case(SPECIAL, name="number_tests")(
    lambda x: [raw.IsFinite(x=x), raw.IsInf(x=x), raw.IsNan(x=x)])
case(np.array([1, 2, 0], np.float32), np.array([2, 0, 0], np.float32), name="div_no_nan")(
    lambda x, y: raw.DivNoNan(x=x, y=y))
case(X, np.array([4, 6], np.int64), name="reshape_int64")(
    lambda x, shape: [
        raw.Reshape(tensor=x, shape=shape),
        raw.Reshape(tensor=x, shape=tf.constant([6, -1], tf.int64))])
case(X, reals(2, 3, 4, seed=1), name="gradients")(
    lambda y, dy: [
        raw.SigmoidGrad(y=y, dy=dy), raw.TanhGrad(y=y, dy=dy),
        raw.ReluGrad(gradients=dy, features=y)])
case(X, reals(2, 3, 4, seed=1), name="further_gradients")(
    lambda y, dy: [
        raw.EluGrad(gradients=dy, outputs=y), raw.SeluGrad(gradients=dy, outputs=y),
        raw.LeakyReluGrad(gradients=dy, features=y, alpha=0.3),
        raw.Relu6Grad(gradients=dy, features=y * 4), raw.SoftplusGrad(gradients=dy, features=y),
        raw.SoftsignGrad(gradients=dy, features=y), raw.ReciprocalGrad(y=y, dy=dy),
        raw.SqrtGrad(y=tf.abs(y) + 0.5, dy=dy), raw.RsqrtGrad(y=y, dy=dy),
        raw.BiasAddGrad(out_backprop=dy)])
case(np.array([0, 1, 2, 0], np.float32), np.array([0.5, 3, 0.25, 0], np.float32),
     name="zero_products")(
    lambda x, y: [
        raw.Xdivy(x=x, y=y), raw.Xlogy(x=x, y=y), raw.Xlog1py(x=x, y=y),
        raw.MulNoNan(x=1 / (y - 3), y=x * 0)])
case(np.array([-3.7, -1.2, -0.5, 0, 0.1, 0.5, 1, 1.5, 2, 3.3, 40, np.inf], np.float32),
     name="lgamma")(lambda x: raw.Lgamma(x=x))
case(reals(3, 4), reals(3, 4, low=0), np.array([2, 0, 3]), name="cross_entropy")(
    lambda x, p, i: [
        *raw.SoftmaxCrossEntropyWithLogits(features=x, labels=p),
        *raw.SparseSoftmaxCrossEntropyWithLogits(features=x, labels=i)])
case(np.float32(-1), np.float32(2.5), name="lin_space")(
    lambda a, b: [raw.LinSpace(start=a, stop=b, num=5), raw.LinSpace(start=a, stop=b, num=1)])
case(reals(2, 3), np.array([2, 0, 3, 1], np.int32), name="rows")(
    lambda x, p: [
        tf.dynamic_stitch([[0, 3], [1, 2]], [x, x * 2]), tf.dynamic_stitch([1, [0, 1]], [x[0], x]),
        raw.InvertPermutation(x=p), *raw.ShapeN(input=[x, x[0]]),
        *raw.ConcatOffset(concat_dim=1, shape=[tf.shape(x), [2, 5]]),
        x + raw.Empty(shape=[2, 3], dtype=tf.float32, init=True), raw.L2Loss(t=x)])
case(np.array([3, -4, 0], np.int32), np.array([2.5, -7.5], np.float32), name="other_types")(
    lambda i, x: [
        raw.Square(x=i), raw.Relu(features=i), raw.TruncateDiv(x=x, y=2.0),
        raw.OnesLike(x=tf.cast(i, tf.int8)), raw.ZerosLike(x=tf.cast(i, tf.uint8)),
        raw.MatrixBandPart(input=tf.ones([2, 3], tf.bool), num_lower=0, num_upper=1)])
case(reals(4, 3), np.array([0, 2, 1, 2]), name="segments")(
    lambda x, i: [
        raw.SegmentSum(data=x, segment_ids=np.array([0, 0, 1, 2])),
        raw.UnsortedSegmentMax(data=x, segment_ids=i, num_segments=np.int64(3))])
case(X, name="clip_by_value")(
    lambda x: raw.ClipByValue(t=x, clip_value_min=-0.5, clip_value_max=0.75))
case(X, name="ones_like")(lambda x: x + raw.OnesLike(x=x))
case(X, name="gelu_erf")(lambda x: tf.nn.gelu(x))
case(X, name="gelu_tanh")(lambda x: tf.nn.gelu(x, approximate=True))
case(X, name="roll")(lambda x: tf.roll(x, [1, -6], [0, 2]))
case(reals(1, 3, 4, 5, 2), name="conv3d")(
    lambda x: tf.nn.conv3d(x, reals(2, 3, 2, 2, 3), [1, 1, 2, 2, 1], "SAME"))
case(reals(1, 2, 3, 2, 3), name="conv3d_transpose")(
    lambda x: tf.nn.conv3d_transpose(
        x, reals(2, 2, 2, 2, 3), [1, 4, 6, 4, 2], [1, 2, 2, 2, 1], "SAME"))
case(reals(2, 7), name="rfft")(
    lambda x: [tf.math.abs(tf.signal.rfft(x, [8])), tf.math.real(tf.signal.rfft(x, [4]))])
case(reals(2, 3), reals(2, 3, 4), name="matrix_diagonals")(
    lambda d, m: [
        tf.linalg.diag(d), tf.linalg.set_diag(m, d), tf.linalg.diag_part(m),
        raw.MatrixDiag(diagonal=d)])
case(reals(2, 4, 5), np.int32(1), name="matrix_band_part")(
    lambda m, n: [
        tf.linalg.band_part(m, n, -1), tf.linalg.band_part(m, 0, 2),
        tf.linalg.band_part(m, -1, n)])
case(reals(4, 3), reals(2, 3), name="tensor_scatter")(
    lambda t, u: [
        f(t, np.array([[2], [0]], np.int64), u)
        for f in (tf.tensor_scatter_nd_update, tf.tensor_scatter_nd_add, tf.tensor_scatter_nd_sub)])
case(np.array([[0, 0, 2, 2], [0, 0, 2, 1.9], [3, 3, 4, 4], [0, 0, 1, 1]], np.float32),
     np.array([0.9, 0.8, 0.7, 0.1], np.float32), name="non_max_suppression")(
    lambda b, s: [
        tf.image.non_max_suppression(b, s, 3, 0.5),
        *raw.NonMaxSuppressionV4(
            boxes=b, scores=s, max_output_size=4, iou_threshold=0.5, score_threshold=0.2,
            pad_to_max_output_size=True),
        *raw.NonMaxSuppressionV5(
            boxes=b, scores=s, max_output_size=3, iou_threshold=1.0, score_threshold=0.2,
            soft_nms_sigma=0.5)])

for name, equation, *shapes in [
    ("product", "ij,jk->ik", (2, 3), (3, 4)),
    ("batch", "bij,bkj->bik", (2, 3, 4), (2, 5, 4)),
    ("heads", "abc,cde->abde", (2, 3, 4), (4, 2, 3)),
    ("attention", "aecd,abcd->acbe", (2, 3, 2, 4), (2, 5, 2, 4)),
    ("ellipsis", "...ij,j...->i...", (3, 4, 2), (2, 5, 1)),
    ("outer", "i,j->ji", (3,), (4,)),
    ("elementwise", "ij,ij->ji", (3, 4), (3, 4)),
    ("sums", "ijk,jl->i", (2, 3, 4), (3, 5)),
    ("transpose", "ijk->ki", (2, 3, 4)),
]:
    case(*(reals(*s, seed=i) for i, s in enumerate(shapes)), name=f"einsum_{name}")(
        lambda *x, equation=equation: raw.Einsum(inputs=list(x), equation=equation))


def weights(*shape):
    return tf.constant(reals(*shape, seed=9))


@case(reals(2, 3))
def call(x):
    @tf.function
    def inner(a, b):
        values, indices = tf.math.top_k(a, 2)
        return values + b, indices

    @tf.function
    def outer(a):
        values, indices = inner(a, tf.constant(1.0))
        return values * 2, indices

    return list(outer(x)) + [inner(x, tf.constant(2.0))[0]]


for choice in [False, True]:

    @case(np.array(choice), reals(2, 3), name=f"branch_{str(choice).lower()}")
    def branch(condition, x):
        w = weights(3, 4)
        return tf.cond(
            condition, lambda: [tf.matmul(x, w), x], lambda: [tf.matmul(x + 1, -w), x * 2])


@case(reals(2, 3))
def branch_constant(x):
    return tf.cond(tf.constant(True), lambda: x + 1, lambda: x - 1)


def loop(x, n):
    w = weights(3, 3)
    _, x = tf.while_loop(
        lambda i, _: i < n, lambda i, x: (i + 1, tf.tanh(tf.matmul(x, w))), (0, x))
    return x


case(reals(2, 3), np.int32(3))(loop)
case(reals(2, 3), np.int32(3), name="loop_v1", control_flow_v2=False)(loop)


def nested_loop(x, n):
    w = weights(3)

    def body(i, x):
        _, x = tf.while_loop(lambda j, _: j < i, lambda j, y: (j + 1, y * w + 1.0), (0, x))
        return i + 1, x

    return tf.while_loop(lambda i, _: i < n, body, (0, x))[1]


case(reals(2, 3), np.int32(4))(nested_loop)
case(reals(2, 3), np.int32(4), name="nested_loop_v1", control_flow_v2=False)(nested_loop)


@case(reals(1, 3), np.int32(3))
def growing_loop(x, n):
    return tf.while_loop(
        lambda i, _: i < n, lambda i, x: (i + 1, tf.concat([x, x[:1] * 2], 0)), (0, x),
        shape_invariants=(tf.TensorShape([]), tf.TensorShape([None, 3])))[1]


@case(reals(2, 4, 3))
def recurrent(x):
    """Lists whose elements have a known shape."""
    w, u = weights(3, 5), weights(5, 5)
    last, outputs, _ = tf.keras.backend.rnn(
        lambda a, s: ((h := tf.tanh(tf.matmul(a, w) + tf.matmul(s[0], u))), [h]), x,
        [tf.zeros([2, 5])])
    return [last, outputs]


@case(reals(2, 4, 3), control_flow_v2=False)
def recurrent_v1(x):
    """Tensor arrays, whose elements' shape only the loop tells."""
    cell = v1.nn.rnn_cell.LSTMCell(
        5, initializer=lambda shape, dtype=None, partition_info=None: weights(*shape))
    cell.build([2, 3])
    cell._kernel, cell._bias = weights(8, 20), weights(20)
    outputs, state = v1.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    return [outputs, state.c, state.h]


@case(np.array(1.0, np.float32), reals(2, 3), control_flow_v2=False)
def branch_v1(threshold, x):
    """Nested, with a branch of constants alone."""
    return tf.cond(
        tf.reduce_sum(x) > threshold, lambda: x * 2,
        lambda: tf.cond(threshold > 0, lambda: tf.ones([2, 3]), lambda: x + threshold))


@case(reals(2, 3), np.int32(3), control_flow_v2=False)
def branch_in_loop_v1(x, n):
    return tf.while_loop(
        lambda i, _: i < n,
        lambda i, x: (i + 1, tf.cond(i > 1, lambda: x * 2, lambda: x + 1)), (0, x))[1]


@case(reals(4, 2))
def open_list(x):
    """A list whose elements' shape only the loop tells."""
    items = tf.raw_ops.TensorListReserve(
        element_shape=-1, num_elements=4, element_dtype=tf.float32)

    def body(i, items):
        return i + 1, raw.TensorListSetItem(input_handle=items, index=i, item=x[i] * 2)

    _, items = tf.while_loop(lambda i, _: i < 4, body, (0, items))
    return raw.TensorListStack(
        input_handle=items, element_shape=[2], element_dtype=tf.float32, num_elements=4)


@case(reals(4, 2))
def lists(x):
    items = raw.TensorListFromTensor(tensor=x, element_shape=[2])
    longer = raw.TensorListPushBack(
        input_handle=raw.TensorListResize(input_handle=items, size=6), tensor=x[0] * 3)
    stacked = lambda items, n: raw.TensorListStack(
        input_handle=items, element_shape=[2], element_dtype=tf.float32, num_elements=n)
    rest, last = raw.TensorListPopBack(
        input_handle=items, element_shape=[2], element_dtype=tf.float32)
    return [
        stacked(longer, 7), raw.TensorListLength(input_handle=longer), stacked(rest, 3), last,
        stacked(raw.TensorListResize(input_handle=items, size=2), 2),
        raw.TensorListGather(
            input_handle=items, indices=[3, 1], element_shape=[2], element_dtype=tf.float32)]


@case(reals(1, 3, 6, 5))
def channels_first_layers(x):
    attributes = dict(data_format="NCHW", padding="SAME")
    y = raw.Conv2D(input=x, filter=weights(3, 3, 3, 4), strides=[1, 1, 2, 1], **attributes)
    y = raw.BiasAdd(value=y, bias=weights(4), data_format="NCHW")
    y = tf.nn.relu(y)
    y = raw.DepthwiseConv2dNative(
        input=y, filter=weights(2, 2, 4, 2), strides=[1, 1, 1, 1], **attributes)
    y = raw.FusedBatchNormV3(
        x=y, scale=weights(8), offset=weights(8), mean=weights(8),
        variance=tf.constant(reals(8, low=0.5)),
        data_format="NCHW", is_training=False)[0]
    return raw.MaxPool(input=y, ksize=[1, 1, 2, 2], strides=[1, 1, 1, 2], **attributes)


@case(reals(2, 4, 3, 2), reals(2, seed=1), reals(2, low=0.5))
def computed_batch_norm(x, mean, variance):
    """By the batch, and by values that are computed when the model runs."""
    norm = lambda **arguments: raw.FusedBatchNormV3(scale=mean + 3, offset=mean, **arguments)
    return [
        *norm(x=x, mean=[], variance=[], is_training=True)[:3],
        norm(x=x, mean=mean, variance=variance, is_training=False)[0],
        raw.FusedBatchNormV3(
            x=x[None], scale=weights(2), offset=weights(2), mean=weights(2), variance=[1.0, 2.0],
            data_format="NDHWC", is_training=False)[0]]


@case(reals(2, 3), control_flow_v2=False)
def constant_branches_v1(x):
    """Conditionals of which only control inputs tell one branch from the other."""
    def choose(predicate):
        return tf.cond(predicate, lambda: tf.constant(3.0), lambda: tf.constant(5.0))

    total = tf.reduce_sum(x)
    known = tf.constant(False)
    return [x * choose(total > 0), x * choose(total < 0), x * choose(known)]


@case(reals(1, 6, 5, 3))
def explicit_padding(x):
    y = raw.Conv2D(
        input=x, filter=weights(3, 3, 3, 4), strides=[1, 2, 1, 1], padding="EXPLICIT",
        explicit_paddings=[0, 0, 1, 2, 0, 1, 0, 0])
    y = raw.Conv2D(
        input=tf.transpose(y, [0, 3, 1, 2]), filter=weights(2, 2, 4, 3), strides=[1, 1, 1, 1],
        padding="EXPLICIT", explicit_paddings=[0, 0, 0, 0, 0, 1, 2, 0], data_format="NCHW")
    return [y, raw.Rint(x=y)]


QUANTIZED = {
    "einsum": lambda x: raw.Einsum(inputs=[x, weights(4, 5)], equation="abc,cd->adb"),
    "einsum_batch": lambda x: raw.Einsum(inputs=[x, x], equation="abc,adc->abd"),
    "gelu": lambda x: tf.nn.gelu(x),
    "gelu_tanh": lambda x: tf.nn.gelu(x, approximate=True),
    "softplus": lambda x: tf.nn.softplus(x),
    "erf": lambda x: tf.math.erf(x),
    "roll": lambda x: tf.roll(x, [1, -6], [0, 2]),
    "band": lambda x: tf.linalg.band_part(x, 1, 1),
    "scatter": lambda x: tf.tensor_scatter_nd_update(x, [[1]], x[:1] * 0.5),
    "conv3d": lambda x: tf.nn.conv3d(
        x[None, ..., None], weights(1, 2, 2, 1, 3), [1, 1, 1, 1, 1], "SAME"),
    "loop": lambda x: tf.while_loop(
        lambda i, _: i < 3, lambda i, y: (i + 1, y * weights(4) + 0.5), (0, x))[1],
    "branch": lambda x: tf.cond(
        tf.reduce_sum(x) > 0, lambda: x * 0.5, lambda: tf.nn.relu(x)),
    "call": lambda x: tf.function(lambda y: tf.nn.relu(y) * 0.5)(x),
}
RANGE = (-2.0, 1.984375)
STEP = 1 / 64


def fake_quant(x):
    return tf.quantization.fake_quant_with_min_max_args(x, *RANGE)


for name, build in QUANTIZED.items():
    case(X, name=f"quantized_{name}")(lambda x, build=build: fake_quant(build(fake_quant(x))))


def generate(name):
    build, values, control_flow_v2 = CASES[name]
    (v1.enable_control_flow_v2 if control_flow_v2 else v1.disable_control_flow_v2)()
    with tf.Graph().as_default() as graph, v1.Session() as session:
        placeholders = [
            v1.placeholder(value.dtype, value.shape, f"in_{i}") for i, value in enumerate(values)]
        outputs = build(*placeholders)
        outputs = outputs if isinstance(outputs, list) else [outputs]
        outputs = [tf.identity(output, f"out_{i}") for i, output in enumerate(outputs)]
        results = session.run(outputs, dict(zip(placeholders, values)))
        definition = graph.as_graph_def()
    for node in list(definition.node) + [
        n for f in definition.library.function for n in f.node_def
    ]:
        for attribute in [a for a in node.attr if a.startswith("_") or "config" in a]:
            del node.attr[attribute]
    for function in definition.library.function:
        function.attr.clear()
        function.arg_attr.clear()
    HERE.mkdir(exist_ok=True)
    (HERE / f"{name}.pb").write_bytes(definition.SerializeToString(deterministic=True))
    arrays = {f"in_{i}": value for i, value in enumerate(values)}
    arrays |= {f"out_{i}": value for i, value in enumerate(results)}
    np.savez_compressed(HERE / f"{name}.npz", **arrays)


for name in sys.argv[1:] or CASES:
    generate(name)
