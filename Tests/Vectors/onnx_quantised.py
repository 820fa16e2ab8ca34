"""The cases of onnx_operators.py that are quantised: onnxruntime's optimised session, which computes
on integers, must agree with the plain one; where it does not, the case says so.
"""
import zlib

import numpy as np
from onnx import TensorProto, helper

from onnx_fixture import case, names, node

MICROSOFT = "com.microsoft"
KINDS = {np.uint8: TensorProto.UINT8, np.int8: TensorProto.INT8, np.uint16: TensorProto.UINT16,
         np.int16: TensorProto.INT16, np.int32: TensorProto.INT32, np.float32: TensorProto.FLOAT}
f = lambda *values: np.array(values[0] if len(values) == 1 else values, dtype=np.float32)


def integers(name, shape, kind, low=None, high=None):
    info = np.iinfo(kind)
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    return generator.integers(
        info.min if low is None else low, (info.max if high is None else high) + 1, shape
    ).astype(kind)


def quantised(name, nodes, inputs, constants, kind=np.uint8, opset=17, microsoft=False, **more):
    """inputs: name -> (shape, type), or the array itself."""
    given = {key: value if isinstance(value, np.ndarray) else integers(f"{name}/{key}", *value)
             for key, value in inputs.items()}
    case(name, nodes, {key: (list(value.shape), value.dtype.type) for key, value in given.items()},
         constants, opset, given=given, kind=KINDS[kind], sessions=True,
         domains=[MICROSOFT] if microsoft else [], **more)


def steps():
    x = np.array([-300, -2.5, -1.5, -0.5, -0.25, 0, 0.49, 0.5, 1.5, 2.5, 3.3, 126.5, 127.5, 254.5,
                  255.5, 1000], dtype=np.float32)
    for name, scale, kind, zero, opset in [
            ("ties_uint8", 1.0, np.uint8, 0, 10), ("ties_int8", 1.0, np.int8, 0, 13),
            ("zero_point", 0.5, np.uint8, 113, 17), ("scale", 0.37, np.int8, -7, 19),
            ("coarse", 11.0, np.uint8, 128, 17), ("fine", 0.0123, np.int8, 5, 17)]:
        quantised(f"quantizelinear_{name}", node("QuantizeLinear", "x s z"), {"x": x},
                  {"s": f(scale), "z": kind(zero)}, kind, opset)
    quantised("quantizelinear_no_zero_point", node("QuantizeLinear", "x s"), {"x": x},
              {"s": f(0.25)})
    quantised("quantizelinear_output_dtype",
              node("QuantizeLinear", "x s", output_dtype=TensorProto.INT8), {"x": x},
              {"s": f(0.75)}, np.int8, 21)
    for axis in [1, -2]:
        quantised(f"quantizelinear_axis_{axis}", node("QuantizeLinear", "x s z", axis=axis),
                  {"x": x.reshape(2, 4, 2)},
                  {"s": f(0.5, 1, 2, 0.3), "z": np.array([7, 7, 7, 7], dtype=np.uint8)})
    quantised("quantizelinear_zero_points", node("QuantizeLinear", "x s z", axis=0),
              {"x": x.reshape(4, 2, 2)},
              {"s": f(0.5, 1, 2, 0.3), "z": np.array([84, 24, 196, 0], dtype=np.uint8)})
    for axis, block, shape in [(0, 3, [2, 4]), (1, 2, [5, 2]), (-1, 5, [5, 1])]:
        scales = f(*np.linspace(0.3, 2, int(np.prod(shape)))).reshape(shape)
        zeros = np.arange(np.prod(shape)).reshape(shape).astype(np.uint8) * 20
        quantised(f"quantizelinear_blocks_{axis}_{block}",
                  node("QuantizeLinear", "x s z", axis=axis, block_size=block),
                  {"x": np.tile(x, 2)[:20].reshape(5, 4)}, {"s": scales, "z": zeros}, opset=21)
        quantised(f"dequantizelinear_blocks_{axis}_{block}",
                  node("DequantizeLinear", "x s z", axis=axis, block_size=block),
                  {"x": ([5, 4], np.uint8)}, {"s": scales, "z": zeros}, np.float32, 21)
    quantised("dequantizelinear_blocks_of_weights",
              [node("DequantizeLinear", "w s", "d", axis=0, block_size=2), node("MatMul", "x d")],
              {"x": x[5:13].reshape(2, 4)},
              {"w": integers("blocks/w", [4, 3], np.int8),
               "s": f(0.01, 0.02, 0.03, 0.04, 0.05, 0.06).reshape(2, 3)}, np.float32, 21)
    for kind, low, high in [(np.uint8, 0, 255), (np.int8, -128, 127), (np.int32, -900, 900)]:
        title = f"dequantizelinear_{kind.__name__}"
        constants = {"s": f(0.0173)} | ({} if kind == np.int32 else {"z": kind(3)})
        quantised(title, node("DequantizeLinear", "x s z" if len(constants) > 1 else "x s"),
                  {"x": ([2, 5], kind, low, high)}, constants, np.float32, 10)
    for axis in [0, 1, -1]:
        quantised(f"dequantizelinear_axis_{axis}", node("DequantizeLinear", "x s z", axis=axis),
                  {"x": ([3, 3, 3], np.uint8)},
                  {"s": f(0.5, 0.03, 2), "z": np.array([0, 128, 9], dtype=np.uint8)}, np.float32)
    for kind in [np.uint16, np.int16]:
        quantised(f"quantizelinear_{kind.__name__}", node("QuantizeLinear", "x s z"),
                  {"x": x}, {"s": f(0.0137), "z": kind(77)}, kind, 21)
        quantised(f"dequantizelinear_{kind.__name__}", node("DequantizeLinear", "x s z"),
                  {"x": ([7], kind)}, {"s": f(0.0007), "z": kind(77)}, np.float32, 21)
    for operator, kind, x in [("QuantizeLinear", np.uint16, x),
                              ("DequantizeLinear", np.float32, ([7], np.int16))]:
        zero = np.uint16(1000) if kind == np.uint16 else np.int16(-5)
        quantised(f"microsoft_{operator.lower()}", node(operator, "x s z", domain=MICROSOFT),
                  {"x": x}, {"s": f(0.01), "z": zero}, kind, microsoft=True)


def layers():
    def conv(name, x, w, kinds=(np.uint8, np.uint8, np.uint8), zeros=(0, 0, 0),
             scales=(0.02, 0.01, 0.03), bias=True, opset=17, **attributes):
        title = f"qlinearconv_{name}"
        per_channel = isinstance(scales[1], np.ndarray)
        zero_w = np.full(w[0], zeros[1], kinds[1]) if per_channel else kinds[1](zeros[1])
        constants = {
            "xs": f(scales[0]), "xz": kinds[0](zeros[0]), "w": integers(title + "/w", w, kinds[1]),
            "ws": f(scales[1]), "wz": zero_w, "ys": f(scales[2]), "yz": kinds[2](zeros[2])}
        if bias:
            constants["b"] = integers(title + "/b", [w[0]], np.int32, -5000, 5000)
        quantised(title,
                  node("QLinearConv", "x xs xz w ws wz ys yz" + (" b" if bias else ""),
                       **attributes),
                  {"x": (x, kinds[0])}, constants, kinds[2], opset)

    u8, s8 = np.uint8, np.int8
    conv("plain", [1, 2, 5, 4], [3, 2, 2, 2], zeros=(3, 120, 130), scales=(0.02, 0.01, 0.4))
    conv("no_bias", [2, 1, 4, 4], [2, 1, 3, 3], zeros=(128, 128, 128), bias=False,
         scales=(0.02, 0.01, 0.2))
    conv("signed_weights", [1, 3, 5, 5], [4, 3, 3, 3], (u8, s8, u8), (117, 0, 111),
         (0.02, 0.01, 0.3), pads=[1, 1, 1, 1])
    conv("signed", [1, 3, 5, 5], [4, 3, 3, 3], (s8, s8, s8), (-17, 0, 11), (0.02, 0.01, 0.3),
         pads=[1, 0, 2, 1], strides=[2, 1])
    conv("channels", [1, 2, 5, 5], [3, 2, 3, 3], (u8, s8, u8), (90, 0, 120),
         (0.02, f(0.01, 0.0003, 0.007), 0.3), pads=[1, 1, 1, 1])
    conv("groups", [1, 4, 4, 3], [6, 2, 2, 2], (u8, s8, u8), (90, 0, 120),
         (0.02, f(*(0.01 + 0.002 * np.arange(6))), 0.3), group=2)
    conv("ties", [1, 1, 6, 6], [2, 1, 2, 2], (u8, s8, u8), (100, 0, 128), (0.5, 0.25, 64),
         bias=False)
    conv("line", [1, 2, 9], [2, 2, 3], zeros=(3, 120, 130), scales=(0.02, 0.01, 0.4),
         dilations=[2])
    conv("saturates", [1, 1, 4, 4], [1, 1, 2, 2], (s8, s8, s8), (-20, 0, 3), (0.5, 0.25, 0.75),
         bias=False, opset=10)

    def matmul(name, a, b, kinds=(u8, u8, u8), zeros=(0, 0, 0), scales=(0.02, 0.01, 0.3),
               both=False, opset=17):
        title = f"qlinearmatmul_{name}"
        inputs = {"a": (a, kinds[0])} | ({"b": (b, kinds[1])} if both else {})
        zero_b = (np.full(b[-1], zeros[1], kinds[1]) if isinstance(scales[1], np.ndarray)
                  else kinds[1](zeros[1]))
        constants = {"as": f(scales[0]), "az": kinds[0](zeros[0]), "bs": f(scales[1]),
                     "bz": zero_b, "ys": f(scales[2]), "yz": kinds[2](zeros[2])}
        if not both:
            constants["b"] = integers(title + "/b", b, kinds[1])
        quantised(title, node("QLinearMatMul", "a as az b bs bz ys yz"), inputs, constants,
                  kinds[2], opset)
    matmul("plain", [3, 5], [5, 4], zeros=(100, 120, 130))
    matmul("signed", [3, 5], [5, 4], (s8, s8, s8), (-5, 0, 7))
    matmul("columns", [3, 5], [5, 4], (u8, s8, u8), (100, 0, 130), (0.02, f(0.01, 1, 0.1, 0.2), 0.3))
    matmul("stack", [2, 3, 5], [2, 5, 4], zeros=(100, 120, 130), both=True)
    matmul("ties", [4, 6], [6, 5], (u8, s8, u8), (128, 0, 128), (0.5, 0.5, 128), opset=10)
    matmul("two_inputs", [2, 3], [3, 7], zeros=(7, 9, 130), both=True)

    def sums(name, operator, a, b, kinds=(u8, u8), zeros=(), **attributes):
        title = f"{operator.lower()}_{name}"
        constants = {"b": integers(title + "/b", b, kinds[1])}
        for key, kind, zero in zip("zw", kinds, zeros):
            constants[key] = np.asarray(zero, dtype=kind)
        quantised(title, node(operator, " ".join(["a", "b", "z", "w"][:2 + len(zeros)]),
                              **attributes),
                  {"a": (a, kinds[0])}, constants, np.int32)
    sums("plain", "MatMulInteger", [3, 4], [4, 2])
    sums("zero_points", "MatMulInteger", [3, 4], [4, 2], zeros=(12, 200))
    sums("signed", "MatMulInteger", [2, 3, 4], [4, 2], (u8, s8), (128, -3))
    sums("columns", "MatMulInteger", [3, 4], [4, 2], (s8, s8), (5, [-3, 4]))
    sums("plain", "ConvInteger", [1, 2, 4, 4], [3, 2, 2, 2], zeros=(7,))
    sums("zero_points", "ConvInteger", [1, 2, 4, 4], [3, 2, 3, 3], zeros=(7, 9),
         pads=[1, 1, 1, 1])


def microsoft():
    u8, s8 = np.uint8, np.int8

    def binary(name, operator, a, b, scales, zeros, kind=u8, both=True):
        title = f"{operator.lower()}_{name}"
        constants = {key: f(scale) for key, scale in zip(["as", "bs", "cs"], scales)}
        constants |= {key: kind(zero) for key, zero in zip(["az", "bz", "cz"], zeros)}
        inputs = {"a": (a, kind)} | ({"b": (b, kind)} if both else {})
        if not both:
            constants["b"] = integers(title + "/b", b, kind)
        quantised(title, node(operator, "a as az b bs bz cs cz", domain=MICROSOFT), inputs,
                  constants, kind, microsoft=True)
    for operator, last in [("QLinearAdd", 0.05), ("QLinearMul", 0.07)]:
        binary("plain", operator, [3, 5], [3, 5], (0.02, 0.03, last), (7, 130, 128))
        binary("signed", operator, [3, 5], [3, 5], (0.02, 0.03, last), (7, -30, -5), s8)
        binary("broadcast", operator, [2, 3, 5], [3, 1], (0.02, 0.03, last), (0, 130, 128))
        binary("constant", operator, [2, 7], [7], (0.02, 0.03, last), (0, 130, 128), both=False)
        binary("ties", operator, [4, 8], [4, 8], (0.5, 0.25, 1 if last == 0.05 else 16),
               (128, 100, 99))

    def unary(name, operator, x, scales, zeros, kind=u8, **attributes):
        constants = {"xs": f(scales[0]), "xz": kind(zeros[0]), "ys": f(scales[1]),
                     "yz": kind(zeros[1])}
        quantised(f"{operator.lower()}_{name}",
                  node(operator, "x xs xz ys yz", domain=MICROSOFT, **attributes),
                  {"x": (x, kind)}, constants, kind, microsoft=True)
    unary("plain", "QLinearSigmoid", [64], (0.05, 1 / 256), (128, 0))
    unary("signed", "QLinearSigmoid", [3, 21], (0.09, 1 / 256), (3, -128), s8)
    unary("plain", "QLinearLeakyRelu", [64], (0.0513, 0.0417), (128, 60), alpha=0.1)
    unary("signed", "QLinearLeakyRelu", [64], (0.0513, 0.0717), (-3, 1), s8, alpha=0.3)
    unary("plain", "QLinearGlobalAveragePool", [1, 3, 4, 5], (0.05, 0.03), (128, 120),
          channels_last=0)
    unary("ties", "QLinearGlobalAveragePool", [2, 9, 2, 2], (0.05, 0.05), (0, 3), channels_last=0)
    unary("plain", "QLinearAveragePool", [1, 2, 5, 4], (0.0513, 0.0317), (128, 120),
          kernel_shape=[3, 2], strides=[2, 1])
    unary("pads", "QLinearAveragePool", [1, 2, 5, 4], (0.05, 0.03), (128, 120),
          kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    unary("count_pads", "QLinearAveragePool", [1, 2, 5, 4], (0.05, 0.03), (128, 120),
          kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1)

    quantised("qlinearconcat_plain",
              node("QLinearConcat", "ys yz a as az b bs bz", domain=MICROSOFT, axis=1),
              {"a": ([2, 3], u8), "b": ([2, 5], u8)},
              {"ys": f(0.04), "yz": u8(120), "as": f(0.03), "az": u8(7), "bs": f(0.05),
               "bz": u8(130)}, microsoft=True)
    for name, transposed, alpha, output in [("plain", 0, 1.0, True), ("real", 1, 1.0, False),
                                            ("alpha", 1, 0.5, True)]:
        shape = [4, 6] if transposed else [6, 4]
        constants = {"as": f(0.02), "az": u8(100), "b": integers(f"qgemm{name}", shape, s8),
                     "bs": f(0.01, 0.03, 0.002, 0.007), "bz": np.zeros(4, s8),
                     "c": integers(f"qgemm{name}/c", [4], np.int32, -9000, 9000)}
        if output:
            constants |= {"ys": f(0.5), "yz": u8(128)}
        quantised(f"qgemm_{name}",
                  node("QGemm", "a as az b bs bz c" + (" ys yz" if output else ""),
                       domain=MICROSOFT, transB=transposed, alpha=alpha),
                  {"a": ([3, 6], u8)}, constants, u8 if output else np.float32, microsoft=True)


def between():
    """Operators between DequantizeLinear and QuantizeLinear."""
    u8, s8 = np.uint8, np.int8

    def pattern(name, nodes, shapes, constants, scales, kind=u8, quantises=("x",), opset=17):
        """shapes: of x1, x2 …, quantised by scales (scale, zero point); the last ones are y's."""
        before, inputs, all_constants = [], {}, dict(constants)
        for index, shape in enumerate(shapes, 1):
            inputs[f"q{index}"] = (shape, kind)
            before.append(node("DequantizeLinear", f"q{index} s{index} z{index}", f"x{index}"))
        for index, (scale, zero) in enumerate(scales, 1):
            suffix = "y" if index == len(scales) else str(index)
            all_constants["s" + suffix] = f(scale)
            all_constants["z" + suffix] = kind(zero)
        after = [node("QuantizeLinear", "r sy zy", "y")]
        quantised(f"qdq_{name}", before + nodes + after, inputs, all_constants, kind, opset)

    def weights(name, shape, axis, scales, kind=s8):
        constants = {"wq": integers(name, shape, kind), "ws": f(scales),
                     "wz": np.zeros(np.shape(scales), kind)}
        extra = {} if axis is None else {"axis": axis}
        return constants, node("DequantizeLinear", "wq ws wz", "w", **extra)

    constants, w = weights("qdq conv", [3, 2, 3, 3], 0, [0.01, 0.02, 0.004])
    bias = node("DequantizeLinear", "bq bs", "b", axis=0)
    constants |= {"bq": integers("qdq conv/b", [3], np.int32, -3000, 3000),
                  "bs": f(0.02) * constants["ws"]}
    for name, scale, zero, last in [("conv", 0.3, 120, []),
                                    ("conv_relu", 0.2, 0, [node("Relu", "c", "r")]),
                                    ("conv_relu_zero", 0.2, 40, [node("Relu", "c", "r")]),
                                    ("conv_clip", 0.1, 10, [node("Clip", "c lo hi", "r")])]:
        more = {"lo": f(0), "hi": f(6)} if name == "conv_clip" else {}
        pattern(name, [w, bias, node("Conv", "x1 w b", "c" if last else "r", pads=[1, 1, 1, 1])]
                + last, [[1, 2, 4, 5]], constants | more, [(0.02, 90), (scale, zero)])
    constants, w = weights("qdq gemm", [4, 6], 0, [0.01, 0.02, 0.004, 0.013])
    constants |= {"bq": integers("qdq gemm/b", [4], np.int32, -3000, 3000),
                  "bs": f(0.02) * constants["ws"]}
    pattern("gemm", [w, bias, node("Gemm", "x1 w b", "r", transB=1)], [[2, 6]], constants,
            [(0.02, 90), (0.3, 120)])
    constants, w = weights("qdq matmul", [6, 4], None, 0.017)
    pattern("matmul", [w, node("MatMul", "x1 w", "r")], [[2, 6]], constants,
            [(0.02, 90), (0.3, 120)])
    pattern("matmul_signed", [w, node("MatMul", "x1 w", "r")], [[2, 6]], constants,
            [(0.02, -9), (0.3, 12)], s8)
    constants, w = weights("qdq transposed", [4, 6], 0, [0.01, 0.02, 0.004, 0.013])
    pattern("matmul_transposed_weights",
            [w, node("Transpose", "w", "t", perm=[1, 0]), node("MatMul", "x1 t", "r")], [[2, 6]],
            constants, [(0.02, 90), (0.3, 120)])
    pattern("matmul_two_inputs", [node("MatMul", "x1 x2", "r")], [[2, 5], [5, 3]], {},
            [(0.02, 90), (0.03, 117), (0.1, 128)])
    pattern("add", [node("Add", "x1 x2", "r")], [[2, 5], [5]], {},
            [(0.02, 90), (0.031, 117), (0.04, 128)])
    pattern("add_relu", [node("Add", "x1 x2", "a"), node("Relu", "a", "r")], [[2, 5], [2, 5]], {},
            [(0.02, 90), (0.031, 117), (0.02, 0)])
    pattern("sum_of_three", [node("Sum", "x1 x2 x3", "r")], [[2, 5], [2, 5], [2, 5]], {},
            [(0.02, 90), (0.031, 117), (0.007, 3), (0.04, 128)])
    pattern("mul", [node("Mul", "x1 x2", "r")], [[3, 4], [4]], {},
            [(0.02, 90), (0.031, 117), (0.06, 128)])
    pattern("concat", [node("Concat", "x1 x2", "r", axis=0)], [[2, 5], [1, 5]], {},
            [(0.02, 90), (0.031, 117), (0.04, 128)])
    pattern("average", [node("AveragePool", "x1", "r", kernel_shape=[2, 2])], [[1, 2, 4, 5]], {},
            [(0.02, 90), (0.021, 97)])
    pattern("global_average", [node("GlobalAveragePool", "x1", "r")], [[1, 3, 5, 5]], {},
            [(0.02, 90), (0.021, 97)])
    pattern("sigmoid", [node("Sigmoid", "x1", "r")], [[40]], {}, [(0.05, 120), (1 / 256, 0)])
    pattern("silu", [node("Sigmoid", "x1", "g"), node("Mul", "x1 g", "r")], [[40]], {},
            [(0.05, 120), (0.043, 9)])
    pattern("hardswish", [node("HardSwish", "x1", "r")], [[40]], {}, [(0.05, 120), (0.043, 9)])
    pattern("requantise", [node("Identity", "x1", "r")], [[40]], {}, [(0.05, 120), (0.043, 9)])
    pattern("movement",
            [node("MaxPool", "x1", "m", kernel_shape=[2, 2]), node("Transpose", "m", "t"),
             node("Reshape", "t shape", "h"), node("Slice", "h from to", "r")],
            [[1, 2, 4, 5]], {"shape": np.array([4, 3, 2]), "from": np.array([1, 0, 0]),
                             "to": np.array([3, 3, 2])}, [(0.05, 120), (0.05, 120)])
    pattern("relu", [node("Relu", "x1", "r")], [[40]], {}, [(0.05, 120), (0.05, 120)])
    # onnxruntime has no integer softmax here; the reals are rounded.
    pattern("softmax", [node("Softmax", "x1", "r")], [[3, 5]], {}, [(0.05, 120), (1 / 256, 0)])
    assert "qdq_softmax" in names


FAMILIES = [steps, layers, microsoft, between]
