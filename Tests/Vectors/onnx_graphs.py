"""The cases of onnx_operators.py that are about graphs: constants that fold, element types, whole
networks.
"""
import pathlib
import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from onnx_fixture import INT64_MAX, case, ints, names, node, numbers, save

sys.path.append(str(pathlib.Path(__file__).parents[2] / "Examples/gpt2"))

import make_model  # noqa: E402 - lies in another folder


def folding():
    constants = [
        ("value", 9, {"value": numpy_helper.from_array(numbers("constant", [3]), "c")}),
        ("value_float", 12, {"value_float": 1.5}),
        ("value_floats", 13, {"value_floats": [1.5, -2.0, 0.25]}),
    ]
    for name, opset, attributes in constants:
        case(f"constant_{name}",
             [node("Constant", [], "c", **attributes), node("Add", "x c")], {"x": [2, 3]},
             opset=opset)
    case("constant_value_int",
         [node("Constant", [], "c", value_int=2), node("Cast", "c", "f", to=1),
          node("Mul", "x f")], {"x": [2, 3]})
    case("constant_value_ints",
         [node("Constant", [], "c", value_ints=[3, 2]), node("Reshape", "x c")], {"x": [2, 3]})

    # What PyTorch writes for x.view(x.size(0), -1), at opset 9 to 12 and since 13.
    case("fold_view_opset9",
         [node("Shape", "x", "s"),
          node("Constant", [], "zero", value=numpy_helper.from_array(np.array(0), "z")),
          node("Gather", "s zero", "n", axis=0),
          node("Constant", [], "rest", value=numpy_helper.from_array(np.array(-1), "r")),
          node("Unsqueeze", "n", "n1", axes=[0]), node("Unsqueeze", "rest", "r1", axes=[0]),
          node("Concat", "n1 r1", "t", axis=0), node("Reshape", "x t")],
         {"x": [3, 2, 5, 1]}, opset=9, declared={"x": ["batch", 2, 5, 1]})
    case("fold_view_opset13",
         [node("Shape", "x", "s"), node("Slice", "s zero one", "n"),
          node("Concat", "n rest", "t", axis=0), node("Reshape", "x t")],
         {"x": [3, 2, 5]}, {"zero": ints(0), "one": ints(1), "rest": ints(-1)}, 13,
         declared={"x": ["batch", 2, 5]})
    case("fold_shape_arithmetic",
         [node("Shape", "x", "s", start=1, end=-1), node("Mul", "s two", "d"),
          node("Sub", "d one", "e"), node("Add", "e one", "f"), node("Div", "f two", "g"),
          node("Neg", "one", "m"), node("Cast", "m", "m32", to=TensorProto.INT32),
          node("Cast", "m32", "m64", to=TensorProto.INT64),
          node("Squeeze", "g", "g0"), node("Unsqueeze", "g0 axis", "g1"),
          node("Concat", "g1 m64", "t", axis=0), node("Reshape", "x t")],
         {"x": [2, 3, 4]}, {"two": ints(2), "one": ints(1), "axis": ints(0)})
    case("fold_size", [node("Size", "x", "s"), node("Reshape", "s a", "t"),
                       node("Reshape", "x t")], {"x": [2, 3, 4]}, {"a": ints(1)})
    # What PyTorch writes for a padding of (1, 2) on the last axis.
    case("fold_pads",
         [node("ConstantOfShape", "four", "zeros",
               value=numpy_helper.from_array(ints(0), "z")),
          node("Concat", "given zeros", "all", axis=0), node("Reshape", "all pairs", "p2"),
          node("Slice", "p2 minus end axis minus", "p3"), node("Transpose", "p3", "p4", perm=[1, 0]),
          node("Reshape", "p4 flat", "p5"), node("Cast", "p5", "p6", to=TensorProto.INT64),
          node("Pad", "x p6", mode="constant")],
         {"x": [2, 3, 4]},
         {"four": ints(4), "given": ints(1, 2), "pairs": ints(-1, 2), "minus": ints(-1),
          "end": ints(-INT64_MAX), "axis": ints(0), "flat": ints(-1)})
    case("fold_weights",
         [node("Transpose", "w", "wt"), node("Mul", "wt half", "wh"), node("Sigmoid", "wh", "ws"),
          node("MatMul", "x ws", "p"), node("Relu", "b", "br"), node("Add", "p br")],
         {"x": [2, 3]}, {"w": numbers("fold", [4, 3]), "half": np.array(0.5, np.float32),
                         "b": numbers("foldb", [4])})
    case("fold_constant_output", [node("Relu", "c", "y"), node("Relu", "x", "z")], {"x": [2]},
         {"c": numbers("co", [3])}, outputs=("y", "z"))
    case("graph_unsorted_outputs",
         [node("Relu", "x", "a"), node("Neg", "a", "b"), node("Tanh", "a", "c")],
         {"x": [2, 2]}, outputs=("c", "a", "b"))


def encodings():
    """The same numbers in each element type and field that ONNX has for them."""
    values = np.array([[0.5, -1.25, 3.0], [0.0, 100.0, -0.0078125]], dtype=np.float32)
    float_types = {"float": TensorProto.FLOAT, "double": TensorProto.DOUBLE,
                   "float16": TensorProto.FLOAT16, "bfloat16": TensorProto.BFLOAT16}
    for name, code in float_types.items():
        for raw in [False, True]:
            data = values.astype(helper.tensor_dtype_to_np_dtype(code))
            tensor = helper.make_tensor(
                "c", code, data.shape, data.tobytes() if raw else data.flatten(), raw=raw)
            case(f"encoding_{name}_{'raw' if raw else 'typed'}",
                 [node("Cast", "c", "f", to=TensorProto.FLOAT), node("Add", "x f")],
                 {"x": [2, 3]}, {"c": tensor}, 19)
    for name in ["uint8", "int8", "uint16", "int16", "int32", "int64", "uint32", "uint64", "bool"]:
        kind = np.dtype(name)
        low = 0 if name.startswith("u") or name == "bool" else -100
        data = np.array([low, 1, 0, 100 if name != "bool" else 1]).astype(kind)
        for raw in [False, True]:
            code = helper.np_dtype_to_tensor_dtype(kind)
            tensor = helper.make_tensor(
                "c", code, data.shape, data.tobytes() if raw else data.flatten(), raw=raw)
            case(f"encoding_{name}_{'raw' if raw else 'typed'}",
                 [node("Cast", "c", "f", to=TensorProto.FLOAT), node("Add", "x f")],
                 {"x": [4]}, {"c": tensor})


def networks():
    rng = lambda name, shape: numbers(name, shape, 0.3)
    case("network_mlp",
         [node("Gemm", "x w1 b1", "h1", transB=1), node("Relu", "h1", "a1"),
          node("Gemm", "a1 w2 b2", "h2", transB=1), node("Tanh", "h2", "a2"),
          node("MatMul", "a2 w3", "h3"), node("Add", "h3 b3", "h4"), node("Sigmoid", "h4", "y")],
         {"x": [3, 13]},
         {"w1": rng("m1", [17, 13]), "b1": rng("m2", [17]), "w2": rng("m3", [11, 17]),
          "b2": rng("m4", [11]), "w3": rng("m5", [11, 5]), "b3": rng("m6", [5])},
         declared={"x": ["batch_size", 13]})
    case("network_cnn",
         [node("Conv", "x w1 b1", "c1", pads=[1, 1, 1, 1]),
          node("BatchNormalization", "c1 s g m v", "n1"), node("Relu", "n1", "r1"),
          node("MaxPool", "r1", "p1", kernel_shape=[2, 2], strides=[2, 2]),
          node("Conv", "p1 w2", "c2", group=2), node("LeakyRelu", "c2", "r2", alpha=0.1),
          node("AveragePool", "r2", "p2", kernel_shape=[2, 2], strides=[1, 2], ceil_mode=1),
          node("Shape", "p2", "s2"), node("Gather", "s2 zero", "n"),
          node("Unsqueeze", "n axis", "n1d"), node("Concat", "n1d rest", "t", axis=0),
          node("Reshape", "p2 t", "flat"), node("Dropout", "flat", "drop"),
          node("Gemm", "drop w3 b3", "y", transB=1)],
         {"x": [2, 1, 8, 10]},
         {"w1": rng("c1", [4, 1, 3, 3]), "b1": rng("c2", [4]), "s": rng("c3", [4]),
          "g": rng("c4", [4]), "m": rng("c5", [4]), "v": np.abs(rng("c6", [4])) + 0.5,
          "w2": rng("c7", [6, 2, 2, 2]), "w3": rng("c8", [10, 6 * 2 * 2]), "b3": rng("c9", [10]),
          "zero": np.array(0), "axis": ints(0), "rest": ints(-1)}, declared={"x": ["N", 1, 8, 10]})
    case("network_residual",
         [node("Conv", "x w1", "c1", auto_pad="SAME_UPPER"), node("Relu", "c1", "r1"),
          node("Conv", "r1 w2", "c2", auto_pad="SAME_LOWER"), node("Add", "c2 x", "s"),
          node("GlobalAveragePool", "s", "g"), node("Flatten", "g", "f"),
          node("GlobalMaxPool", "r1", "g2"), node("Squeeze", "g2 axes", "f2"),
          node("Concat", "f f2", "y", axis=1)],
         {"x": [1, 3, 7, 5]},
         {"w1": rng("r1", [3, 3, 3, 3]), "w2": rng("r2", [3, 3, 2, 2]), "axes": ints(2, 3)})
    # Channels shuffled as ShuffleNet does: the next groups cut across the shuffle's.
    case("network_channel_shuffle",
         [node("Reshape", "x s1", "a"), node("Transpose", "a", "b", perm=[0, 2, 1, 3, 4]),
          node("Reshape", "b s2", "c"), node("Conv", "c w1", "d", group=6, pads=[1, 1, 1, 1]),
          node("Conv", "d w2", "y", group=2)],
         {"x": [1, 6, 4, 5]},
         {"s1": ints(1, 2, 3, 4, 5), "s2": ints(1, 6, 4, 5), "w1": rng("s1", [6, 1, 3, 3]),
          "w2": rng("s2", [4, 3, 1, 1])})


def language_model():
    """GPT-2's shape, tiny; the weights are those of Examples/gpt2."""
    options = make_model.parse([
        "--layers", "2", "--width", "16", "--heads", "2", "--vocabulary", "64", "--context", "16",
        "--tokens", "8", ""])
    model = make_model.make_model(options, make_model.make_weights(options))
    ids = make_model.make_ids(options)
    save("network_gpt2", model, {"input_ids": ids[0]})
    names.add("network_gpt2")


FAMILIES = [folding, encodings, networks, language_model]
