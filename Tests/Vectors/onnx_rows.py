"""The cases of onnx_operators.py that run along rows: Softmax, normalisations, positions, computed
indices, quotients, recurrent networks.
"""
import zlib

import numpy as np
from onnx import TensorProto

from onnx_fixture import case, ints, node, numbers


def rows():
    """Operators on rows: Softmax, positions, computed indices, quotients."""
    def softmax(name, x, opset=17, **attributes):
        case(f"softmax_{name}", node("Softmax", "x", **attributes), {"x": x}, None, opset)
    softmax("default", [3, 5])
    softmax("axis", [2, 7, 3], axis=1)
    softmax("first_axis", [5, 3, 2], axis=0)
    softmax("negative_axis", [2, 3, 4, 5], axis=-3)
    softmax("vector", [9])
    softmax("extent_one", [4, 1])
    softmax("opset11", [2, 3, 5], 11, axis=1)
    softmax("opset9_default", [2, 3, 4], 9)
    softmax("opset9_whole", [3, 4], 9, axis=0)
    softmax("long", [1, 130])
    case("softmax_wide", node("Softmax", "x"), {"x": [2, 4]},
         given={"x": [[-80, 0, 40, 39], [100, 100, -100, 99.5]]})
    case("softmax_huge", node("Softmax", "x"), {"x": [2, 3]},
         given={"x": [[1e19, 2e19, 3e19], [3e19, 3e19, 3e19]]})
    case("softmax_constant_shift", [node("Add", "x c", "s"), node("Softmax", "s")],
         {"x": [3, 4]}, {"c": numbers("shift", [4], 2.0)})

    causal = np.triu(np.full((5, 5), -np.inf, dtype=np.float32), 1)
    for name, mask in [("infinite", causal), ("finite", np.maximum(causal, -1e9))]:
        case(f"softmax_mask_{name}", [node("Add", "x c", "s"), node("Softmax", "s")],
             {"x": [2, 5, 5]}, {"c": mask})

    seen = np.tril(np.ones((5, 5), dtype=bool))
    case("softmax_mask_where", [node("Where", "m x c", "s"), node("Softmax", "s")], {"x": [2, 5, 5]},
         {"m": seen, "c": np.float32(-3.4e38)})
    case("softmax_mask_where_not", [node("Where", "m c x", "s"), node("Softmax", "s")],
         {"x": [2, 5, 5]}, {"m": ~seen, "c": np.float32(-np.inf)})

    to_float = node("Cast", "i", to=TensorProto.FLOAT)
    for operator in ["ArgMax", "ArgMin"]:
        def arg(name, x, opset=17, **attributes):
            case(f"{operator.lower()}_{name}", [node(operator, "x", "i", **attributes), to_float],
                 {"x": x}, None, opset)
        arg("default", [5, 3])
        arg("axis", [2, 7, 3], axis=1, keepdims=0)
        arg("last", [3, 8], axis=-1)
        arg("one", [4, 1], axis=1)
        arg("opset9", [3, 5], 9, axis=1)
        for last in [0, 1]:
            case(f"{operator.lower()}_ties_{last}",
                 [node(operator, "x", "i", axis=1, select_last_index=last), to_float],
                 {"x": [3, 5]}, given={"x": [[1, 3, 3, 1, 1], [2, 2, 2, 2, 2], [3, 1, 0, 0, 3]]})

    def topk(name, x, k, opset=17, **attributes):
        case(f"topk_{name}",
             [node("TopK", "x k", "y i", **attributes),
              node("Cast", "i", "z", to=TensorProto.FLOAT)],
             {"x": x}, {"k": ints(k)}, opset, outputs=("y", "z"))
    topk("default", [3, 7], 3)
    topk("axis", [4, 5, 2], 2, axis=1)
    topk("smallest", [2, 6], 4, largest=0)
    topk("all", [2, 3], 3, axis=-1)
    topk("one", [3, 4], 1, axis=0)
    case("topk_ties", [node("TopK", "x k", "y i"), node("Cast", "i", "z", to=TensorProto.FLOAT)],
         {"x": [2, 4]}, {"k": ints(3)}, outputs=("y", "z"),
         given={"x": [[1, 2, 2, 0], [5, 5, 5, 5]]})
    case("topk_values", node("TopK", "x k", "y i"), {"x": [2, 5]}, {"k": ints(2)})

    def embed(name, table, indices, opset=17, **attributes):
        rows = table[attributes.get("axis", 0)]
        generator = np.random.default_rng(zlib.crc32(name.encode()))
        case(f"gather_computed_{name}", node("Gather", "t i", **attributes),
             {"i": (indices, np.int64)}, {"t": numbers(name, table)}, opset,
             given={"i": generator.integers(0, rows, indices)})
    embed("rows", [5, 3], [4])
    embed("many", [37, 2], [2, 3])
    embed("axis", [2, 11, 3], [5], axis=1)
    embed("last_axis", [2, 3, 9], [2, 2], axis=-1)
    embed("scalar", [7, 2], [])
    embed("vector", [12], [3])
    embed("one", [1, 3], [2])
    for name, table, axis in [("rows", [5, 3], 0), ("many", [2, 37], 1), ("two", [2, 2], 0)]:
        rows = table[axis]
        case(f"gather_negative_{name}", node("Gather", "t i", axis=axis), {"i": ([4], np.int64)},
             {"t": numbers(f"negative_{name}", table)},
             given={"i": [-rows, -1, rows - 1, 0]})
    case("gather_small_integers", node("Gather", "t i"), {"i": ([3], np.int32)},
         {"t": numbers("small_integers", [300, 2])}, given={"i": [-300, -1, 299]})
    case("gather_computed_table", node("Gather", "t i", axis=1),
         {"t": [2, 9, 2], "i": ([3], np.int64)}, given={"i": [8, 0, 3]})

    def one_hot(name, indices, depth, **attributes):
        case(f"onehot_computed_{name}", node("OneHot", "i d v", **attributes),
             {"i": (indices, np.int64)}, {"d": ints(depth), "v": numbers(name, [2])}, 17,
             given={"i": np.arange(int(np.prod(indices))).reshape(indices) * 5 % depth})
    one_hot("last", [4], 6)
    one_hot("axis", [2, 3], 5, axis=1)
    one_hot("first", [3], 7, axis=0)
    case("onehot_negative", node("OneHot", "i d v", axis=1), {"i": ([3, 2], np.int64)},
         {"d": ints(5), "v": numbers("onehot_negative", [2])},
         given={"i": [[-5, -1], [0, 4], [-3, 2]]})
    case("onehot_beyond", node("OneHot", "i d v"), {"i": ([6], np.int64)},
         {"d": ints(3), "v": numbers("onehot_beyond", [2])}, given={"i": [-100, -4, -3, 2, 3, 100]})
    case("onehot_reals", node("OneHot", "i d v", axis=0), {"i": [4]},
         {"d": np.array(3, np.float32), "v": numbers("onehot_reals", [2])}, given={"i": [0, 1, 2, -1]})

    positive = lambda name, shape: np.abs(numbers(name, shape)) + 0.5
    case("div_computed", node("Div", "a b"), {"a": [3, 5], "b": [3, 5]},
         given={"b": positive("d1", [3, 5])})
    case("div_computed_broadcast", node("Div", "a b"), {"a": [2, 3, 4], "b": [3, 1]},
         given={"b": positive("d2", [3, 1])})
    case("div_computed_grows", node("Div", "a b"), {"a": [4], "b": [3, 1]},
         given={"b": positive("d3", [3, 1])})
    case("div_computed_negative", node("Div", "a b"), {"a": [2, 4], "b": [2, 4]},
         given={"b": -positive("d4", [2, 4])})
    whole = TensorProto.INT64
    dividends, divisors = [[-7, 7, 13, -100], [5, -1, 0, 9]], [[2, -2, 5, 7], [-3, 4, -6, -9]]
    for name, nodes in [
            ("div_integers", node("Div", "a b")), ("mod_integers", node("Mod", "a b")),
            ("mod_integers_fmod", node("Mod", "a b", fmod=1))]:
        case(f"{name}_computed", nodes, {"a": ([2, 4], np.int64), "b": ([2, 4], np.int64)},
             given={"a": dividends, "b": divisors}, kind=whole)
        case(f"{name}_constants", nodes, {"a": ([2, 4], np.int64)},
             {"b": np.array([3, -2, 5, 1])}, given={"a": dividends}, kind=whole)
    case("div_unsigned", node("Div", "a b"), {"a": ([3], np.uint8), "b": ([3], np.uint8)},
         given={"a": [255, 7, 0], "b": [2, 9, 3]}, kind=TensorProto.UINT8)
    case("div_constant_dividend", [node("Sigmoid", "b", "s"), node("Div", "a s")], {"b": [3, 4]},
         {"a": numbers("d5", [3, 4])})

    case("network_attention",
         [node("MatMul", "x wq", "q"), node("MatMul", "x wk", "k"), node("MatMul", "x wv", "v"),
          node("Transpose", "k", "kt", perm=[0, 2, 1]), node("MatMul", "q kt", "s"),
          node("Div", "s root", "t"), node("Softmax", "t", "p", axis=-1),
          node("MatMul", "p v", "o"), node("Add", "o x")],
         {"x": [2, 5, 6]},
         {**{w: numbers(w, [6, 6], 0.4) for w in ["wq", "wk", "wv"]},
          "root": np.array(2.4494897, dtype=np.float32)})


def normalized():
    """Normalisations over rows, and recurrent networks."""
    positive = lambda name, shape: np.abs(numbers(name, shape)) + 0.5
    def layer(name, x, axis=-1, bias=True, **attributes):
        shape = x[axis:] if axis < 0 else x[axis:]
        constants = {"s": numbers(f"ln_{name}/s", shape)}
        if bias:
            constants["b"] = numbers(f"ln_{name}/b", shape)
        case(f"layernormalization_{name}",
             node("LayerNormalization", "x s b" if bias else "x s", axis=axis, **attributes),
             {"x": x}, constants)
    layer("default", [3, 8])
    layer("odd", [2, 3, 7])
    layer("two_axes", [2, 3, 5], axis=1)
    layer("no_bias", [4, 6], bias=False, epsilon=0.01)
    layer("wide", [1, 2, 65])
    layer("one", [4, 1])
    case("layernormalization_statistics", node("LayerNormalization", "x s b", "y m i"),
         {"x": [3, 8]}, {"s": numbers("lns/s", [8]), "b": numbers("lns/b", [8])},
         outputs=("y", "m", "i"))
    case("rmsnormalization_plain", node("RMSNormalization", "x s"), {"x": [3, 10]},
         {"s": numbers("rms/s", [10])}, 23)
    case("instancenormalization_plain", node("InstanceNormalization", "x s b"), {"x": [2, 3, 5, 4]},
         {"s": numbers("in/s", [3]), "b": numbers("in/b", [3])})
    case("instancenormalization_line", node("InstanceNormalization", "x s b", epsilon=0.01),
         {"x": [1, 2, 9]}, {"s": numbers("in1/s", [2]), "b": numbers("in1/b", [2])}, 9)
    case("groupnormalization_channels", node("GroupNormalization", "x s b", num_groups=2),
         {"x": [1, 6, 3, 2]}, {"s": numbers("gn/s", [6]), "b": numbers("gn/b", [6])}, 21)
    case("meanvariancenormalization_default", node("MeanVarianceNormalization", "x"),
         {"x": [2, 3, 4, 2]})
    case("lpnormalization_two", node("LpNormalization", "x"), {"x": [3, 5]})
    case("lpnormalization_one", node("LpNormalization", "x", p=1, axis=0), {"x": [4, 3]})
    case("lrn_plain", node("LRN", "x", size=3, alpha=0.5, beta=0.75, bias=1.5), {"x": [1, 5, 2, 3]})
    case("lrn_even", node("LRN", "x", size=5), {"x": [2, 4, 3, 1]})
    case("logsoftmax_default", node("LogSoftmax", "x"), {"x": [3, 5]})
    case("logsoftmax_axis", node("LogSoftmax", "x", axis=1), {"x": [2, 6, 3]}, opset=13)
    case("logsoftmax_opset9", node("LogSoftmax", "x"), {"x": [2, 3, 2]}, opset=9)

    def recurrent(name, operator, gates, seq, batch, size, hidden, directions=1, bias=True,
                  initial=False, peepholes=False, opset=14, outputs="y yh", **attributes):
        constants = {"w": numbers(f"{name}/w", [directions, gates * hidden, size], 0.5),
                     "r": numbers(f"{name}/r", [directions, gates * hidden, hidden], 0.5)}
        inputs = ["x", "w", "r", "b" if bias else "", ""]
        if bias:
            constants["b"] = numbers(f"{name}/b", [directions, 2 * gates * hidden], 0.3)
        if initial:
            inputs.append("h0")
            constants["h0"] = numbers(f"{name}/h0", [directions, batch, hidden], 0.5)
            if operator == "LSTM":
                inputs.append("c0")
                constants["c0"] = numbers(f"{name}/c0", [directions, batch, hidden], 0.5)
        if peepholes:
            inputs += [""] * (7 - len(inputs)) + ["p"]
            constants["p"] = numbers(f"{name}/p", [directions, 3 * hidden], 0.5)
        while inputs[-1] == "":
            inputs.pop()
        case(f"{operator.lower()}_{name}",
             node(operator, inputs, outputs, hidden_size=hidden, **attributes),
             {"x": [seq, batch, size]}, constants, opset, outputs=tuple(outputs.split()))
    recurrent("plain", "LSTM", 4, 3, 2, 3, 4, outputs="y yh yc")
    recurrent("bidirectional", "LSTM", 4, 2, 1, 3, 3, directions=2, direction="bidirectional",
              initial=True)
    recurrent("peepholes", "LSTM", 4, 2, 2, 2, 3, peepholes=True)
    recurrent("reverse", "GRU", 3, 3, 2, 3, 4, direction="reverse")
    recurrent("before_reset", "GRU", 3, 2, 1, 3, 3, linear_before_reset=1, initial=True)
    recurrent("no_bias", "GRU", 3, 2, 1, 2, 3, bias=False)
    recurrent("plain", "RNN", 1, 4, 2, 3, 5)
    recurrent("relu", "RNN", 1, 3, 1, 3, 2, directions=2, direction="bidirectional",
              activations=["Relu", "Tanh"])


def normalization_patterns():
    """Layer and RMS normalisation of basic operators, as exporters have written them."""
    f = lambda value: np.array(value, dtype=np.float32)
    x, last = {"x": [2, 3, 8]}, {"axes": [-1]}
    constants = {"two": f(2), "eps": f(1e-5), "one": f(1), "minus_half": f(-0.5)}
    pick = lambda *names: {name: constants[name] for name in names}
    mean = lambda source, result, **more: node("ReduceMean", source, result, **last, **more)
    centred = [mean("x", "m"), node("Sub", "x m", "d")]
    # PyTorch before opset 17.
    case("pattern_layernorm_pytorch",
         centred + [node("Pow", "d two", "q"), mean("q", "v"), node("Add", "v eps", "e"),
                    node("Sqrt", "e", "s"), node("Div", "d s", "n"), node("Mul", "n w", "g"),
                    node("Add", "g b")],
         x, pick("two", "eps") | {"w": numbers("ln/w", [8], 0.5), "b": numbers("ln/b", [8])}, 13)
    # TensorFlow: the difference twice, and a product with the inverse.
    case("pattern_layernorm_tensorflow",
         centred + [node("Sub", "x m", "d2"), node("Mul", "d2 d2", "q"), mean("q", "v"),
                    node("Add", "eps v", "e"), node("Sqrt", "e", "s"), node("Reciprocal", "s", "i"),
                    node("Mul", "i d")], x, pick("eps"), 13)
    case("pattern_rmsnorm",
         [node("Pow", "x two", "q"), mean("q", "v"), node("Add", "v eps", "e"),
          node("Sqrt", "e", "s"), node("Div", "one s", "i"), node("Mul", "x i")],
         x, pick("two", "eps", "one"), 13)
    case("pattern_rmsnorm_power",
         [node("Mul", "x x", "q"), mean("q", "v"), node("Add", "v eps", "e"),
          node("Pow", "e minus_half", "i"), node("Mul", "x i")],
         x, pick("eps", "minus_half"), 13)
    # Axes that are not the last, none kept, and the deviation read elsewhere too.
    case("pattern_layernorm_channels",
         [node("ReduceMean", "x", "m", axes=[1], keepdims=0), node("Unsqueeze", "m at", "u"),
          node("Sub", "x u", "d"), node("Mul", "d d", "q"),
          node("ReduceMean", "q", "v", axes=[1], keepdims=1), node("Add", "v eps", "e"),
          node("Sqrt", "e", "z"), node("Div", "d z", "y")],
         x, pick("eps") | {"at": ints(1)}, 13, outputs=("y", "z"))
    # Rotary embedding of 4 positions with constant tables: (a, b) turned, halves as LLaMA has them.
    angles = np.outer(np.arange(4), [1, 0.1, 0.01])
    table = lambda of: np.tile(of(angles), 2).astype(np.float32)
    case("pattern_rotary",
         [node("Slice", "x from_a to_a axis", "a"), node("Slice", "x to_a to_b axis", "b"),
          node("Neg", "b", "nb"), node("Concat", "nb a", "r", axis=-1), node("Mul", "x cos", "xc"),
          node("Mul", "r sin", "rs"), node("Add", "xc rs")],
         {"x": [1, 2, 4, 6]},
         {"from_a": ints(0), "to_a": ints(3), "to_b": ints(6), "axis": ints(3),
          "cos": table(np.cos), "sin": table(np.sin)}, 13)
    # Not one: the variance is of something else.
    case("pattern_not_a_layernorm",
         centred + [node("Mul", "x x", "q"), mean("q", "v"), node("Add", "v eps", "e"),
                    node("Sqrt", "e", "s"), node("Div", "d s")], x, pick("eps"), 13)


FAMILIES = [rows, normalized, normalization_patterns]
