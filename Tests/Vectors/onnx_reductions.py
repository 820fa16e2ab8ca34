"""Cases of reductions; see onnx_operators.py."""
import numpy as np
from onnx import TensorProto

from onnx_fixture import case, ints, node, numbers


def reductions():
    for operator in ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceSumSquare",
                     "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSumExp"]:
        since = 13 if operator == "ReduceSum" else 18

        def reduce(name, x, axes=None, opset=22, **attributes):
            title = f"{operator.lower()}_{name}"
            if opset < since and axes is not None:
                attributes["axes"] = axes
                axes = None
            constants = {} if axes is None else {"a": ints(*axes)}
            case(title, node(operator, "x" if axes is None else "x a", **attributes), {"x": x},
                 constants, min(opset, 22 if operator == "ReduceMean" else 20))

        reduce("all", [2, 3, 2])
        reduce("axis", [2, 3, 5], [1])
        reduce("dropped", [2, 3, 5], [-1, 0], keepdims=0)
        reduce("opset9", [1, 7, 2], [1], opset=9)
        reduce("scalar", [])
        if operator in ["ReduceSum", "ReduceMean"]:
            reduce("attributes", [2, 3, 2, 1, 2, 2], [5, 2], opset=12, keepdims=0)
            reduce("nothing", [2, 3], noop_with_empty_axes=1)
    case("reducemean_after_conv",
         [node("Conv", "x w", "c"), node("ReduceMean", "c", "m", axes=[2, 3], keepdims=0),
          node("MatMul", "m v")],
         {"x": [1, 2, 5, 4]}, {"w": numbers("rm", [3, 2, 2, 2]), "v": numbers("rm2", [3, 2])})
    case("reducemax_integers",
         [node("ReduceMax", "x", "m", axes=[1]), node("Cast", "m", to=TensorProto.FLOAT)],
         {"x": ([3, 4], np.int64)})
    case("reducemax_split_axes",
         [node("Reshape", "x s", "r"), node("ReduceMax", "r", "y", axes=[1], keepdims=0)],
         {"x": [6, 4]}, {"s": ints(2, 3, 2, 2)})


def cumulative():
    def cumsum(name, x, axis, opset=17, **attributes):
        case(f"cumsum_{name}", node("CumSum", "x a", **attributes), {"x": x},
             {"a": np.array(axis)}, opset)

    cumsum("plain", [5], 0)
    cumsum("last", [2, 3, 5], -1, 11)
    cumsum("exclusive", [4, 2], 0, exclusive=1)
    cumsum("reverse", [2, 4], 1, reverse=1)
    cumsum("both", [2, 4, 3], 1, exclusive=1, reverse=1)


def logarithms():
    positive = lambda name, shape: np.abs(numbers(name, shape)) + 0.25
    case("reducelogsum_axis", node("ReduceLogSum", "x", axes=[1]), {"x": [2, 3, 2]},
         given={"x": positive("ls", [2, 3, 2])})
    case("reducelogsum_opset18", node("ReduceLogSum", "x a", keepdims=0), {"x": [3, 5]},
         {"a": ints(-1)}, 18, given={"x": positive("ls2", [3, 5])})
    case("reducelogsumexp_wide", node("ReduceLogSumExp", "x", axes=[1]), {"x": [2, 4]},
         given={"x": [[-80, 0, 40, 39], [100, 100, -100, 99.5]]})


def pools():
    case("lppool_sums", node("LpPool", "x", kernel_shape=[2, 3], strides=[1, 2], pads=[1, 1, 0, 1],
                             p=1), {"x": [1, 2, 4, 5]})
    case("lppool_line_dilated", node("LpPool", "x", kernel_shape=[3], dilations=[2], p=1),
         {"x": [2, 1, 7]}, None, 18)
    case("lppool_roots", node("LpPool", "x", kernel_shape=[3, 2], strides=[2, 1]),
         {"x": [1, 2, 5, 4]})
    case("globallppool_roots", node("GlobalLpPool", "x"), {"x": [1, 2, 3, 5]}, None, 9)
    case("globallppool_sums", node("GlobalLpPool", "x", p=1), {"x": [2, 3, 2, 5]})


FAMILIES = [logarithms, pools, reductions, cumulative]
