"""Cases of onnx_operators.py for versions and attributes of operators that no other case has."""
import numpy as np
from onnx import TensorProto

from onnx_fixture import case, ints, node, numbers

WHOLE = TensorProto.INT64


def plain():
    """The same operator as in other opsets."""
    def on(operator, opset, x=(2, 3), constants=None, extra="", **attributes):
        case(f"version_{operator.lower()}_{opset}", node(operator, "x" + extra, **attributes),
             {"x": list(x)}, constants, opset)
    pair = {"c": numbers("version", [3])}
    for operator, opset in [("Div", 13), ("Sub", 13), ("Max", 12), ("Min", 12)]:
        on(operator, opset, constants=pair, extra=" c")
    on("Pow", 12, constants={"c": ints(2)}, extra=" c")
    for opset in [13, 14, 19, 21]:
        on("Identity", opset)
    on("Relu", 13)
    on("Flatten", 11, [2, 3, 4], axis=-2)
    on("LogSoftmax", 11, [2, 3, 2], axis=1)
    on("LRN", 11, [1, 5, 2, 1], size=3)
    on("LpNormalization", 22, axis=0, p=2)
    on("Concat", 11, constants={"c": numbers("version_concat", [4, 3])}, extra=" c", axis=-2)
    on("DepthToSpace", 11, [1, 4, 1, 2], blocksize=2, mode="CRD")
    on("SpaceToDepth", 9, [1, 1, 2, 4], blocksize=2)
    on("Gather", 11, constants={"i": ints(-1, 0)}, extra=" i", axis=1)
    on("GatherElements", 11, constants={"i": np.array([[1, -1, 0]])}, extra=" i")
    on("ScatterND", 13, constants={"i": np.array([[1]]), "u": numbers("version_scatter", [1, 3])},
       extra=" i u")
    on("Slice", 11, constants={"s": ints(2), "e": ints(-4), "a": ints(1), "t": ints(-1)},
       extra=" s e a t")
    on("Split", 9, [2, 4], axis=1, split=[4])
    on("Squeeze", 21, [1, 3, 1], {"a": ints(0, -1)}, " a")
    for opset in [19, 21]:
        on("Reshape", opset, constants={"s": ints(-1, 2)}, extra=" s", allowzero=0)
    on("InstanceNormalization", 22, [2, 3, 4],
       {"s": numbers("version_s", [3]), "b": numbers("version_b", [3])}, " s b")
    on("LayerNormalization", 17, [2, 3, 4], {"s": numbers("version_s", [4])}, " s", stash_type=1)
    for opset in [7, 10, 12, 13, 22]:
        on("Dropout", opset)
    on("ConvTranspose", 22, [1, 2, 3, 3], {"w": numbers("version_w", [2, 3, 2, 2])}, " w",
       kernel_shape=[2, 2], strides=[2, 1])
    on("Cast", 21, to=TensorProto.FLOAT, saturate=1)
    for opset in [7, 19]:
        case(f"version_equal_{opset}", node("Equal", "x z"),
             {"x": ([2, 3], np.int64), "z": ([3], np.int64)}, opset=opset, kind=TensorProto.BOOL,
             given={"x": [[1, 2, 3], [-1, 0, 5]], "z": [1, 0, 5]})
    for opset in [11, 12]:
        for operator in ["ArgMax", "ArgMin"]:
            case(f"version_{operator.lower()}_{opset}", node(operator, "x", axis=-1), {"x": [2, 4]},
                 opset=opset, kind=WHOLE)
    for opset in [9, 19, 21]:
        case(f"version_size_{opset}",
             [node("Size", "x", "s"), node("Shape", "x", "t"), node("Cast", "s", "f", to=1),
              node("Cast", "t", "g", to=1), node("Mul", "x f", "h"), node("Mul", "h g")],
             {"x": [3, 2]}, opset=opset)
    for opset in [11, 19, 21]:
        case(f"version_constant_{opset}",
             [node("Constant", [], "c", value=TensorProto(
                 dims=[3], data_type=1, float_data=[0.5, -1, 2])), node("Mul", "x c")],
             {"x": [2, 3]}, opset=opset)
    for opset in [20, 21]:
        case(f"version_constantofshape_{opset}",
             [node("ConstantOfShape", "s", "c", value=TensorProto(
                 dims=[1], data_type=1, float_data=[0.25])), node("Add", "x c")],
             {"x": [2, 3]}, {"s": ints(3)}, opset)


def reductions():
    for operator in ["ReduceL1", "ReduceL2", "ReduceMax", "ReduceMin", "ReduceProd",
                     "ReduceSumSquare", "ReduceMean", "ReduceSum"]:
        name = operator.lower()
        for opset in [11, 12, 13]:
            if operator == "ReduceSum" and opset == 13:
                continue
            case(f"version_{name}_{opset}", node(operator, "x", axes=[-1], keepdims=0),
                 {"x": [2, 3]}, opset=opset)
        case(f"version_{name}_18", node(operator, "x a", keepdims=1), {"x": [2, 3]},
             {"a": ints(0)}, 18)
        # Over no axes: what the operator makes of each element by itself.
        case(f"version_{name}_noop", node(operator, "x", noop_with_empty_axes=1), {"x": [2, 3]},
             opset=18)
        case(f"version_{name}_all", node(operator, "x", noop_with_empty_axes=0, keepdims=0),
             {"x": [2, 2]}, opset=18)


    # Products of products, each of more bits than were asked for.
    case("version_reduceprod_many", node("ReduceProd", "x"), {"x": [13]}, opset=13,
         given={"x": [1.5, 2.25, -1.125, 3, 0.75, -2.5, 1.25, 2, 1.75, -1.5, 0.5, 3.5, 1]})


def positions():
    case("version_topk_9", node("TopK", "x", "y i", k=2, axis=0), {"x": [4, 2]}, opset=9,
         outputs=("y", "i"), kind={"y": 1, "i": WHOLE})
    case("version_topk_10", node("TopK", "x k", "y i"), {"x": [2, 4]}, {"k": ints(3)}, 10,
         ("y", "i"), kind={"y": 1, "i": WHOLE})
    case("version_topk_sorted", node("TopK", "x k", "y i", sorted=1, largest=0), {"x": [2, 4]},
         {"k": ints(2)}, 11, ("y", "i"), kind={"y": 1, "i": WHOLE})
    case("version_maxpool_11", node("MaxPool", "x", "y i", kernel_shape=[2], ceil_mode=1,
                                    strides=[2]), {"x": [1, 2, 5]}, opset=11,
         outputs=("y", "i"), kind={"y": 1, "i": WHOLE})


def groups():
    scale = lambda n: {"s": numbers(f"groups_s{n}", [n]), "b": numbers(f"groups_b{n}", [n])}
    case("version_groupnormalization_18",
         node("GroupNormalization", "x s b", num_groups=2, epsilon=0.01), {"x": [2, 4, 3]},
         scale(2), 18)
    case("version_groupnormalization_21",
         node("GroupNormalization", "x s b", num_groups=2, stash_type=1, epsilon=0.5),
         {"x": [2, 4, 3]}, scale(4), 21)


def resized():
    for name, x, scales, mode in [("linear", [1, 1, 6, 4], [1, 1, 0.5, 0.6], "linear"),
                                  ("cubic", [1, 1, 5, 6], [1, 1, 0.6, 0.5], "cubic")]:
        case(f"version_resize_antialias_{name}",
             node("Resize", ["x", "", "s"], mode=mode, antialias=1), {"x": x},
             {"s": np.array(scales, np.float32)}, 18)


def quantised():
    for name, x, w, attributes in [
            ("strides", [1, 2, 5, 5], [3, 2, 2, 2], dict(strides=[2, 1], kernel_shape=[2, 2])),
            ("dilations", [1, 1, 5, 5], [2, 1, 2, 2], dict(dilations=[2, 3])),
            ("groups", [1, 4, 3, 3], [4, 2, 2, 2], dict(group=2)),
            ("same", [1, 1, 4, 5], [1, 1, 3, 2], dict(auto_pad="SAME_LOWER"))]:
        generator = np.random.default_rng(len(name))
        weights = generator.integers(0, 256, w).astype(np.uint8)
        given = {"x": generator.integers(0, 256, x)}
        case(f"version_convinteger_{name}", node("ConvInteger", "x w z", **attributes),
             {"x": (x, np.uint8)}, {"w": weights, "z": np.uint8(7)}, 10, given=given,
             kind=TensorProto.INT32)
    f = lambda value: np.array(value, np.float32)
    weights = np.arange(-8, 8).reshape(2, 2, 2, 2).astype(np.int8)
    case("version_qlinearconv_same",
         node("QLinearConv", "x xs xz w ws wz ys yz", auto_pad="SAME_UPPER", kernel_shape=[2, 2]),
         {"x": ([1, 2, 3, 3], np.uint8)},
         {"xs": f(0.02), "xz": np.uint8(3), "w": weights, "ws": f(0.05), "wz": np.int8(0),
          "ys": f(0.1), "yz": np.uint8(100)}, 10, kind=TensorProto.UINT8)
    case("version_quantizelinear_19", node("QuantizeLinear", "x s z", saturate=1), {"x": [2, 3]},
         {"s": f(0.1), "z": np.int8(-3)}, 19, kind=TensorProto.INT8)
    case("version_dequantizelinear_19", node("DequantizeLinear", "x s z"),
         {"x": ([2, 3], np.int8)}, {"s": f(0.1), "z": np.int8(-3)}, 19)
    case("version_qlinearmatmul_21", node("QLinearMatMul", "x xs xz w ws wz ys yz"),
         {"x": ([2, 3], np.uint8)},
         {"xs": f(0.02), "xz": np.uint8(3), "w": np.arange(6).reshape(3, 2).astype(np.int8),
          "ws": f(0.05), "wz": np.int8(1), "ys": f(0.1), "yz": np.uint8(10)}, 21,
         kind=TensorProto.UINT8)


def recurrent():
    gates = {"LSTM": 4, "GRU": 3, "RNN": 1}
    other = {"LSTM": ["HardSigmoid", "Softsign", "Softplus"], "GRU": ["Sigmoid", "Relu"],
             "RNN": ["Relu"]}
    for operator, count in gates.items():
        weights = {"w": numbers(f"{operator}w", [1, 2 * count, 3], 0.5),
                   "r": numbers(f"{operator}r", [1, 2 * count, 2], 0.5),
                   "b": numbers(f"{operator}b", [1, 4 * count], 0.5)}
        for name, opset, attributes in [("9", 9, {}), ("22", 22, {}),
                                        ("activations", 14, dict(activations=other[operator])),
                                        ("clip", 14, dict(clip=0.25))]:
            case(f"version_{operator.lower()}_{name}",
                 node(operator, "x w r b", "y yh", hidden_size=2, **attributes), {"x": [3, 2, 3]},
                 weights, opset, ("y", "yh"))


    weights = {"w": numbers("coupled_w", [1, 8, 3], 0.5), "r": numbers("coupled_r", [1, 8, 2], 0.5)}
    case("version_lstm_input_forget", node("LSTM", "x w r", "y yh yc", hidden_size=2, input_forget=1,
                                           clip=0.5),
         {"x": [3, 2, 3]}, weights, 14, ("y", "yh", "yc"))


FAMILIES = [plain, reductions, positions, groups, resized, quantised, recurrent]
