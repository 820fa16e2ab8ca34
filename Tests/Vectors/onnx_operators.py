#!/usr/bin/env python3
"""Makes Tests/Vectors/onnx: small ONNX models and what onnxruntime computes for them.

For each case NAME.onnx, and NAME.bin with the graph inputs and outputs as ONNX Runtime takes and
gives them, in the graph's order. NAME.bin, little-endian: the number of inputs and of outputs, then
for each tensor its rank, its extents (all uint32) and its elements (float32).

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python onnx_operators.py

The output is the same on each run: the numbers come from seeds made of the cases' names.
"""

import numpy as np
from onnx import TensorProto

import onnx_elementwise
import onnx_graphs
import onnx_linear
import onnx_movement
import onnx_quantised
import onnx_reductions
import onnx_rows
import onnx_versions
from onnx_fixture import FOLDER, INT64_MAX, case, ints, names, node, numbers


def convolutions():
    def conv(name, x, w, bias=True, opset=17, **attributes):
        constants = {"w": numbers(name + "/w", w, 0.5)}
        if bias:
            constants["b"] = numbers(name + "/b", [w[0]])
        case(f"conv_{name}", node("Conv", "x w b" if bias else "x w", **attributes),
             {"x": x}, constants, opset)

    conv("plain", [1, 3, 7, 5], [4, 3, 3, 3])
    conv("one_by_one", [2, 3, 5, 4], [5, 3, 1, 1], bias=False)
    conv("extent_one", [1, 1, 1, 1], [1, 1, 1, 1])
    conv("whole_image", [2, 2, 5, 7], [3, 2, 5, 7])
    conv("pads_uneven", [1, 2, 5, 6], [3, 2, 3, 2], pads=[1, 0, 2, 3])
    conv("strides", [2, 1, 11, 13], [2, 1, 3, 5], strides=[2, 3], pads=[1, 2, 1, 2])
    conv("dilations", [1, 2, 11, 9], [3, 2, 3, 2], dilations=[2, 3], pads=[2, 0, 0, 1])
    conv("groups", [2, 6, 5, 5], [9, 2, 3, 3], group=3)
    conv("depthwise", [1, 5, 6, 7], [10, 1, 3, 2], group=5, pads=[1, 1, 1, 0])
    conv("same_upper", [1, 2, 6, 7], [2, 2, 2, 3], auto_pad="SAME_UPPER", strides=[2, 2])
    conv("same_upper_even_kernel", [1, 1, 5, 5], [1, 1, 4, 2], auto_pad="SAME_UPPER")
    conv("same_lower", [1, 2, 6, 7], [2, 2, 4, 3], auto_pad="SAME_LOWER", strides=[1, 2])
    conv("same_long_stride", [1, 1, 9, 8], [1, 1, 2, 2], auto_pad="SAME_UPPER", strides=[4, 3])
    conv("valid", [1, 2, 6, 7], [2, 2, 2, 3], auto_pad="VALID", strides=[2, 2])
    conv("kernel_shape", [1, 2, 6, 7], [2, 2, 2, 3], kernel_shape=[2, 3], auto_pad="NOTSET")
    conv("opset9", [1, 2, 4, 3], [2, 2, 2, 2], opset=9)
    conv("opset22", [3, 2, 4, 3], [2, 2, 2, 2], opset=22)
    conv("line", [2, 3, 17], [4, 3, 5], strides=[2], pads=[3, 1])
    conv("line_dilated_groups", [1, 4, 23], [6, 2, 3], group=2, dilations=[4])
    conv("line_same_lower", [1, 1, 10], [2, 1, 3], auto_pad="SAME_LOWER", strides=[2])
    conv("line_extent_one", [1, 1, 1], [3, 1, 3], pads=[1, 1])
    conv("many_channels", [1, 37, 3, 3], [5, 37, 2, 2])
    case("conv_weights_from_input", node("Conv", "x w"), {"x": [1, 2, 4, 4], "w": [3, 2, 2, 3]})


def pools():
    def pool(name, operator, x, opset=17, **attributes):
        case(f"{operator.lower()}_{name}", node(operator, "x", **attributes), {"x": x}, None, opset)

    for operator in ["MaxPool", "AveragePool"]:
        pool("plain", operator, [1, 2, 6, 7], kernel_shape=[2, 3])
        pool("strides", operator, [2, 3, 9, 7], kernel_shape=[3, 2], strides=[2, 3])
        pool("pads_uneven", operator, [1, 2, 5, 6], kernel_shape=[3, 3], pads=[1, 0, 2, 1])
        pool("ceil", operator, [1, 1, 8, 6], kernel_shape=[3, 3], strides=[2, 4], ceil_mode=1)
        pool("ceil_short", operator, [1, 2, 8, 2], kernel_shape=[3, 3], strides=[2, 4], ceil_mode=1)
        pool("ceil_pads", operator, [1, 2, 7, 7], kernel_shape=[3, 2], strides=[3, 2],
             pads=[1, 1, 1, 1], ceil_mode=1)
        pool("ceil_drops_window", operator, [1, 1, 4, 5], kernel_shape=[2, 2], strides=[3, 3],
             pads=[0, 0, 1, 1], ceil_mode=1)
        pool("same_upper", operator, [1, 2, 6, 7], kernel_shape=[3, 2], strides=[2, 2],
             auto_pad="SAME_UPPER")
        pool("same_lower", operator, [1, 2, 6, 7], kernel_shape=[3, 2], strides=[2, 2],
             auto_pad="SAME_LOWER")
        pool("valid", operator, [1, 2, 6, 7], kernel_shape=[3, 2], strides=[2, 2], auto_pad="VALID")
        pool("line", operator, [3, 2, 13], kernel_shape=[4], strides=[3], pads=[2, 1])
        pool("line_ceil", operator, [1, 2, 11], kernel_shape=[3], strides=[3], ceil_mode=1)
        pool("extent_one", operator, [1, 1, 1, 1], kernel_shape=[1, 1])
        pool("whole_image", operator, [2, 3, 5, 3], kernel_shape=[5, 3])
        pool("opset9", operator, [1, 2, 5, 5], opset=9, kernel_shape=[2, 2], strides=[2, 2],
             pads=[0, 1, 1, 0])
        pool("opset10_ceil", operator, [1, 2, 5, 5], opset=10, kernel_shape=[2, 2], strides=[2, 2],
             ceil_mode=1)
        pool("opset22", operator, [1, 2, 5, 5], opset=22, kernel_shape=[2, 2], strides=[2, 2])
    pool("dilations", "MaxPool", [1, 2, 9, 8], kernel_shape=[3, 2], dilations=[2, 4],
         pads=[1, 1, 1, 0])
    pool("storage_order", "MaxPool", [1, 2, 5, 6], kernel_shape=[2, 2], storage_order=1)
    pool("dilations", "AveragePool", [1, 2, 9, 8], opset=19, kernel_shape=[3, 2],
         dilations=[2, 4], pads=[1, 1, 1, 0])
    pool("dilations_count_pad", "AveragePool", [1, 2, 9, 8], opset=19, kernel_shape=[3, 2],
         dilations=[2, 4], pads=[1, 1, 1, 0], count_include_pad=1)
    pool("count_pad", "AveragePool", [1, 2, 5, 6], kernel_shape=[3, 3], pads=[1, 0, 2, 1],
         count_include_pad=1)
    pool("count_pad_strides", "AveragePool", [2, 1, 5, 7], kernel_shape=[3, 2], strides=[2, 3],
         pads=[1, 1, 1, 0], count_include_pad=1)
    pool("count_pad_ceil", "AveragePool", [1, 2, 7, 6], opset=19, kernel_shape=[3, 3],
         strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1, ceil_mode=1)
    pool("count_pad_ceil_line", "AveragePool", [1, 1, 8], opset=19, kernel_shape=[4], strides=[3],
         pads=[1, 1], count_include_pad=1, ceil_mode=1)
    pool("count_pad_same", "AveragePool", [1, 1, 6, 7], kernel_shape=[3, 2], strides=[2, 2],
         auto_pad="SAME_UPPER", count_include_pad=1)
    for operator in ["GlobalAveragePool", "GlobalMaxPool"]:
        pool("plane", operator, [2, 3, 5, 7])
        pool("line", operator, [1, 2, 11])
        pool("extent_one", operator, [1, 1, 1, 1], opset=9)
        pool("opset22", operator, [1, 4, 3, 2], opset=22)
    def places(name, x, opset=17, given=None, kind=TensorProto.FLOAT, element=None, **attributes):
        case(f"maxpool_indices_{name}", node("MaxPool", "x", "y i", **attributes),
             {"x": (x, element) if element else x}, opset=opset, outputs=("y", "i"), given=given,
             kind={"y": kind, "i": TensorProto.INT64})
    places("plane", [2, 3, 5, 6], kernel_shape=[2, 3], strides=[2, 1])
    places("pads", [1, 2, 4, 5], kernel_shape=[3, 2], pads=[1, 0, 2, 1])
    places("columns", [2, 2, 4, 3], kernel_shape=[2, 2], pads=[1, 1, 0, 0], storage_order=1)
    places("line_dilated", [2, 1, 9], kernel_shape=[3], dilations=[2], strides=[2])
    places("box_columns", [1, 2, 3, 4, 2], kernel_shape=[2, 2, 2], storage_order=1)
    places("ties", [1, 1, 3, 3], kernel_shape=[2, 2], pads=[1, 1, 1, 1],
           given={"x": [[[[-1, -1, -1], [-1, -1, 0], [-1, 0, 0]]]]})
    places("opset8", [1, 1, 4, 4], 8, kernel_shape=[2, 2])
    places("bytes", [1, 2, 3, 3], kernel_shape=[2, 2], pads=[0, 1, 0, 0], element=np.uint8,
           kind=TensorProto.UINT8)
    case("maxpool_bytes", node("MaxPool", "x", kernel_shape=[2, 2]),
         {"x": ([1, 2, 3, 3], np.int8)}, given={"x": np.arange(-9, 9).reshape(1, 2, 3, 3)},
         kind=TensorProto.INT8)
    case("maxpool_unused_indices", node("MaxPool", "x", "y i", kernel_shape=[2, 2]),
         {"x": [1, 1, 4, 4]})


def products():
    def gemm(name, a, b, c=None, opset=17, **attributes):
        constants = {"b": numbers(name + "/b", b)}
        if c is not None:
            constants["c"] = numbers(name + "/c", c)
        case(f"gemm_{name}", node("Gemm", "a b" if c is None else "a b c", **attributes),
             {"a": a}, constants, opset)

    gemm("plain", [2, 3], [3, 5], [5])
    gemm("transposed_right", [1, 7], [3, 7], [3], transB=1)
    gemm("transposed_left", [7, 2], [7, 5], [2, 1], transA=1)
    gemm("transposed_both", [7, 2], [6, 7], [2, 6], transA=1, transB=1, alpha=0.5, beta=-2.0)
    gemm("no_bias", [3, 4], [4, 2], opset=11)
    gemm("scalar_bias", [3, 4], [4, 2], [])
    gemm("one_by_one_bias", [3, 4], [4, 2], [1, 1], alpha=0.25)
    gemm("row_bias", [3, 4], [4, 2], [1, 2], beta=0.0)
    gemm("extent_one", [1, 1], [1, 1], [1], opset=9)
    gemm("opset9", [2, 3], [3, 5], [5], opset=9)
    case("gemm_computed_bias", node("Gemm", "a b c"), {"a": [2, 3], "b": [3, 4], "c": [4]})

    def matmul(name, a, b, both=False):
        if both:
            case(f"matmul_{name}", node("MatMul", "a b"), {"a": a, "b": b})
        else:
            case(f"matmul_{name}", node("MatMul", "a b"), {"a": a}, {"b": numbers(name, b)})

    matmul("plain", [3, 5], [5, 2])
    matmul("row_times_matrix", [5], [5, 2])
    matmul("matrix_times_column", [3, 5], [5])
    matmul("inner", [5], [5], both=True)
    matmul("stack", [2, 3, 5], [2, 5, 4], both=True)
    matmul("stack_times_matrix", [2, 3, 5], [5, 4])
    matmul("matrix_times_stack", [3, 5], [2, 5, 4])
    matmul("broadcast_batch", [2, 1, 3, 5], [7, 5, 4], both=True)
    matmul("broadcast_both", [1, 3, 2, 3], [2, 1, 3, 2], both=True)
    matmul("row_times_stack", [5], [2, 3, 5, 4])
    matmul("stack_times_column", [2, 3, 4, 5], [5])
    matmul("extent_one", [1, 1], [1, 1])
    case("matmul_opset9", node("MatMul", "a b"), {"a": [2, 3]}, {"b": numbers("m9", [3, 4])}, 9)


def normalizations():
    def batchnorm(name, x, opset=17, **attributes):
        c = x[1]
        case(f"batchnormalization_{name}", node("BatchNormalization", "x s b m v", **attributes),
             {"x": x},
             {"s": numbers(name + "s", [c]), "b": numbers(name + "b", [c]),
              "m": numbers(name + "m", [c]), "v": np.abs(numbers(name + "v", [c])) + 0.125}, opset)

    batchnorm("plane", [2, 3, 4, 5])
    batchnorm("line", [1, 3, 7], epsilon=0.01)
    batchnorm("flat", [4, 5], momentum=0.5)
    batchnorm("extent_one", [1, 1, 1, 1])
    batchnorm("opset9", [2, 3, 2, 2], opset=9, epsilon=0.5, momentum=0.1)
    batchnorm("opset14", [2, 3, 2, 2], opset=14, training_mode=0)
    statistics = {"s": numbers("trained/s", [3]), "b": numbers("trained/b", [3]),
                  "m": numbers("trained/m", [3]), "v": np.abs(numbers("trained/v", [3])) + 0.125}
    case("batchnormalization_trained",
         node("BatchNormalization", "x s b m v", "y n w", training_mode=1, momentum=0.75,
              epsilon=0.01),
         {"x": [3, 3, 4]}, statistics, 15, ("y", "n", "w"), reference=True)
    case("batchnormalization_trained_computed",
         node("BatchNormalization", "x s b m v", "y n w", training_mode=1),
         {"x": [2, 3, 2, 2], **{key: [3] for key in "sbmv"}}, opset=14, outputs=("y", "n", "w"),
         given={"v": statistics["v"]}, reference=True)


def elementwise():
    def unary(name, operator, x, opset=17, constants=None, extra="", **attributes):
        case(f"{operator.lower()}_{name}", node(operator, "x" + extra, **attributes), {"x": x},
             constants, opset)

    f = lambda value: np.array(value, dtype=np.float32)
    for operator in ["Relu", "Sigmoid", "Tanh", "Neg"]:
        unary("plain", operator, [2, 3, 5])
        unary("scalar", operator, [])
        unary("opset9", operator, [1, 7], opset=9)
        unary("opset22", operator, [11], opset=22)
    case("sigmoid_wide", node("Sigmoid", "x"), {"x": [9]},
         given={"x": [-80, -20, -5, -0.001, 0, 0.001, 5, 20, 80]})
    case("tanh_wide", node("Tanh", "x"), {"x": [9]},
         given={"x": [-80, -20, -5, -0.001, 0, 0.001, 5, 20, 80]})
    unary("default", "LeakyRelu", [3, 4])
    unary("alpha", "LeakyRelu", [3, 4], alpha=0.3)
    unary("negative_alpha", "LeakyRelu", [3, 4], alpha=-1.5)
    unary("opset9", "LeakyRelu", [3, 4], opset=9, alpha=0.125)
    unary("attributes", "Clip", [3, 7], opset=9, min=-0.5, max=0.75)
    unary("attribute_min", "Clip", [3, 7], opset=10, min=-0.5)
    unary("no_attributes", "Clip", [3, 7], opset=9)
    unary("operands", "Clip", [3, 7], 11, {"l": f(-0.5), "h": f(0.25)}, " l h")
    case("clip_operand_max", node("Clip", ["x", "", "h"]), {"x": [3, 7]}, {"h": f(0.25)})
    unary("operand_min", "Clip", [3, 7], 12, {"l": f(0)}, " l")
    unary("crossed", "Clip", [3, 7], 13, {"l": f(0.5), "h": f(-0.25)}, " l h")
    unary("no_operands", "Clip", [3, 7])

    for operator in ["Add", "Sub", "Mul", "Div"]:
        def binary(name, a, b, both=False, left=False, opset=17):
            constant = numbers(f"{operator}{name}", b)
            constant = np.where(np.abs(constant) < 0.25, np.float32(0.5), constant)
            title = f"{operator.lower()}_{name}"
            operation = node(operator, "b a" if left else "a b")
            if both:
                case(title, operation, {"a": a, "b": b}, None, opset)
            else:
                case(title, operation, {"a": a}, {"b": constant}, opset)
        binary("same_shape", [2, 3, 5], [2, 3, 5])
        binary("scalar", [2, 3], [])
        binary("row", [2, 3, 5], [5])
        binary("column", [2, 3, 5], [3, 1])
        binary("grows", [3, 1], [2, 1, 5])
        binary("extent_one", [1], [1, 1, 1])
        binary("opset9", [4, 3], [3], opset=9)
        if operator != "Div":
            binary("two_inputs", [2, 1, 5], [3, 1], both=True)
            binary("constant_first", [2, 3], [3], left=True)


def shapes():
    def on(name, operator, x, opset=17, constants=None, extra="", **attributes):
        case(f"{operator.lower()}_{name}", node(operator, "x" + extra, **attributes), {"x": x},
             constants, opset)

    on("default", "Flatten", [2, 3, 5, 7])
    for axis in [0, 2, 4, -1, -4]:
        on(f"axis_{axis}", "Flatten", [2, 3, 5, 7], axis=axis)
    on("opset9", "Flatten", [2, 3, 1], opset=9, axis=2)
    on("opset21", "Flatten", [2, 3, 1], opset=21)

    def reshape(name, x, shape, opset=17, **attributes):
        on(name, "Reshape", x, opset, {"s": ints(*shape)}, " s", **attributes)
    reshape("plain", [2, 3, 4], [4, 6])
    reshape("open", [2, 3, 4], [2, -1, 2])
    reshape("copies", [2, 3, 4], [0, -1])
    reshape("copies_middle", [2, 3, 4], [-1, 0, 2])
    reshape("to_scalar", [1, 1], [])
    reshape("allowzero_unused", [2, 3, 4], [3, 8], opset=14, allowzero=1)
    reshape("opset9", [2, 3, 4], [0, 12], opset=9)

    on("attribute", "Squeeze", [1, 3, 1, 5], opset=9, axes=[0, 2])
    on("attribute_negative", "Squeeze", [1, 3, 1, 5], opset=11, axes=[-2])
    on("all_opset9", "Squeeze", [1, 3, 1, 5], opset=9)
    on("all", "Squeeze", [1, 3, 1, 5])
    on("operand", "Squeeze", [1, 3, 1, 5], 13, {"a": ints(-4, 2)}, " a")
    on("attribute", "Unsqueeze", [3, 5], opset=9, axes=[0, 3])
    on("attribute_negative", "Unsqueeze", [3, 5], opset=11, axes=[-1, 1])
    on("operand", "Unsqueeze", [3, 5], 13, {"a": ints(3, -4)}, " a")
    on("opset21", "Unsqueeze", [3, 5], 21, {"a": ints(1)}, " a")
    on("plain", "Identity", [2, 3])
    on("opset9", "Identity", [2, 3], opset=9)
    on("attribute", "Dropout", [2, 3], opset=9, ratio=0.75)
    on("plain", "Dropout", [2, 3])
    on("operands", "Dropout", [2, 3], 13,
       {"r": np.array(0.9, dtype=np.float32), "t": np.array(False)}, " r t", seed=3)
    case("dropout_unused_mask", node("Dropout", "x", "y m"), {"x": [2, 3]})
    on("float", "Cast", [2, 3], to=TensorProto.FLOAT)
    case("cast_uint8_input", node("Cast", "x", to=TensorProto.FLOAT), {"x": ([2, 3], np.uint8)})
    case("cast_int64_input_movement",
         [node("Transpose", "x", "t"), node("Reshape", "t s", "r"),
          node("Cast", "r", to=TensorProto.FLOAT)],
         {"x": ([2, 3], np.int64)}, {"s": ints(-1)})

    on("default", "Transpose", [2, 3, 5])
    on("perm", "Transpose", [2, 3, 5, 4], perm=[0, 2, 3, 1])
    on("identity", "Transpose", [2, 3], perm=[0, 1])
    on("extent_one", "Transpose", [1, 1, 7], perm=[2, 0, 1], opset=9)
    on("opset21", "Transpose", [2, 3], opset=21)

    def slice_(name, x, starts, ends, axes=None, steps=None, opset=17):
        constants = {"s": ints(*starts), "e": ints(*ends)}
        inputs = ["x", "s", "e"]
        if axes is not None or steps is not None:
            inputs.append("a" if axes is not None else "")
        if axes is not None:
            constants["a"] = ints(*axes)
        if steps is not None:
            inputs.append("t")
            constants["t"] = ints(*steps)
        case(f"slice_{name}", node("Slice", inputs), {"x": x}, constants, opset)
    slice_("plain", [5, 7], [1, 2], [4, 6])
    slice_("axis", [5, 7, 3], [2], [5], [1])
    slice_("negative_axis", [5, 7, 3], [-3], [-1], [-2])
    slice_("steps", [11, 7], [1, 0], [10, 7], [0, 1], [3, 2])
    slice_("backwards", [11, 7], [-1], [-INT64_MAX - 1], [0], [-1])
    slice_("backwards_steps", [11, 7], [9, 5], [1, -100], [0, 1], [-4, -2])
    slice_("clamped", [5, 7], [-100, 3], [INT64_MAX, 1000])
    slice_("huge_step", [5, 7], [1], [INT64_MAX], [1], [INT64_MAX])
    slice_("huge_negative_step", [5, 7], [INT64_MAX], [-INT64_MAX - 1], [1], [-INT64_MAX])
    slice_("steps_without_axes", [5, 7], [0, 6], [5, 0], None, [2, -1])
    slice_("opset10", [5, 7], [1], [3], [1], [1], opset=10)
    on("attributes", "Slice", [5, 7, 3], opset=9, starts=[1, -2], ends=[4, 100], axes=[1, 2])
    on("attributes_without_axes", "Slice", [5, 7, 3], opset=9, starts=[1, 0], ends=[-1, 3])

    def pad(name, x, pads, opset=17, value=None, axes=None, **attributes):
        constants = {"p": ints(*pads)}
        inputs = ["x", "p"]
        if value is not None or axes is not None:
            inputs.append("v" if value is not None else "")
        if value is not None:
            constants["v"] = np.array(value, dtype=np.float32)
        if axes is not None:
            inputs.append("a")
            constants["a"] = ints(*axes)
        case(f"pad_{name}", node("Pad", inputs, **attributes), {"x": x}, constants, opset)
    pad("default", [2, 3], [1, 0, 2, 1])
    pad("value", [2, 3], [0, 1, 1, 0], value=1.5)
    pad("image", [1, 2, 3, 4], [0, 0, 1, 2, 0, 0, 3, 0], mode="constant", value=-2.0)
    pad("crop", [5, 6], [-1, 2, 1, -3], value=0.5)
    pad("reflect", [3, 5], [2, 1, 1, 4], mode="reflect")
    pad("edge", [3, 5], [2, 1, 7, 0], mode="edge", opset=11)
    pad("axes", [2, 3, 4], [1, 2, 0, 1], opset=18, axes=[-1, 0])
    pad("wrap", [3, 5], [2, 5, 1, 4], opset=19, mode="wrap")
    pad("opset21", [3], [1, 1], opset=21)
    on("attributes", "Pad", [2, 3], opset=9, pads=[1, 0, 0, 2], value=0.75)
    on("attributes_reflect", "Pad", [4, 3], opset=10, pads=[1, 0, 3, 2], mode="reflect")
    on("attributes_edge", "Pad", [4, 3], opset=10, pads=[1, 0, 3, 2], mode="edge")

    case("concat_three", node("Concat", "a b c", axis=1),
         {"a": [2, 3, 2], "b": [2, 1, 2]}, {"c": numbers("concat", [2, 2, 2])})
    case("concat_negative_axis", node("Concat", "a b", axis=-1), {"a": [2, 3], "b": [2, 5]})
    case("concat_first_axis", node("Concat", "a b a", axis=0), {"a": [2, 3], "b": [1, 3]}, opset=9)
    case("concat_one", node("Concat", "a", axis=0), {"a": [2, 3]})
    on("first_axis", "Gather", [5, 3], 17, {"i": ints(4, 0, -1)}, " i")
    on("matrix", "Gather", [2, 5, 3], 17, {"i": np.array([[1, -5], [0, 4]])}, " i", axis=1)
    on("scalar", "Gather", [2, 5, 3], 9, {"i": np.array(2)}, " i", axis=2)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for family in [convolutions, pools, products, normalizations, elementwise, shapes,
                   *onnx_graphs.FAMILIES, *onnx_elementwise.FAMILIES, *onnx_movement.FAMILIES,
                   *onnx_reductions.FAMILIES, *onnx_linear.FAMILIES, *onnx_rows.FAMILIES,
                   *onnx_quantised.FAMILIES, *onnx_versions.FAMILIES]:
        family()
    size = sum(path.stat().st_size for path in FOLDER.iterdir())
    print(f"{len(names)} cases, {size} bytes")
