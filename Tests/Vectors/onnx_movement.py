"""Cases of operators that put elements in other places; see onnx_operators.py."""
import numpy as np
from onnx import TensorProto

from onnx_fixture import case, ints, node, numbers


def on(name, operator, x, opset=17, constants=None, extra="", **attributes):
    case(f"{operator.lower()}_{name}", node(operator, "x" + extra, **attributes), {"x": x},
         constants, opset)


def integers(name, nodes, shape, constants, opset=17):
    """The same on integers: the result of the nodes, "i", is cast."""
    case(name, nodes + [node("Cast", "i", to=TensorProto.FLOAT)], {"x": (shape, np.int64)},
         constants, opset)


def splits():
    def split(name, x, count, opset=17, constants=None, extra="", **attributes):
        outputs = [f"y{i}" for i in range(count)]
        case(f"split_{name}", node("Split", "x" + extra, outputs, **attributes), {"x": x},
             constants, opset, outputs)

    split("equal", [6, 3], 3)
    split("attribute", [2, 7], 3, 11, axis=1, split=[1, 4, 2])
    split("operand", [2, 7, 3], 2, 13, {"s": ints(5, 2)}, " s", axis=-2)
    split("uneven", [7, 2], 3, 18, num_outputs=3)
    split("one", [3], 1, 18, num_outputs=1)
    case("split_partly_read", [node("Split", "x", "a b c", axis=1), node("Mul", "a c")],
         {"x": [2, 9]})
    case("split_reordered", [node("Split", "x", "a b", axis=1), node("Relu", "b", "r"),
                             node("Concat", "r a", axis=1)], {"x": [2, 4, 2, 1, 3, 1]})
    case("split_nothing", [node("Split", "x s", "a b", axis=1), node("Relu", "a", "r"),
                           node("Concat", "b r", axis=1)], {"x": [2, 3]}, {"s": ints(3, 0)})
    case("split_constant", [node("Split", "c", "a b"), node("Add", "x b")], {"x": [2]},
         {"c": numbers("split_constant", [4])})


def repeats():
    on("rows", "Expand", [3, 1], constants={"s": ints(2, 1, 5)}, extra=" s")
    on("scalar", "Expand", [], constants={"s": ints(2, 3)}, extra=" s")
    on("smaller_shape", "Expand", [2, 3, 1, 5], constants={"s": ints(3, 1)}, extra=" s", opset=9)
    on("nothing", "Expand", [2, 3], constants={"s": ints(1)}, extra=" s")
    case("expand_after_layer", [node("MatMul", "x w", "h"), node("Expand", "h s")], {"x": [2, 3]},
         {"w": numbers("expand", [3, 1]), "s": ints(2, 4)})
    on("plain", "Tile", [2, 3], constants={"r": ints(2, 3)}, extra=" r")
    on("six_axes", "Tile", [1, 2, 1, 3, 1, 2], constants={"r": ints(2, 1, 3, 2, 1, 1)}, extra=" r",
       opset=9)
    case("tile_then_layer", [node("Tile", "x r", "t"), node("Conv", "t w")], {"x": [1, 1, 3, 2]},
         {"r": ints(1, 2, 2, 1), "w": numbers("tile", [1, 2, 2, 2])})


def triangles():
    on("upper", "Trilu", [3, 5])
    on("lower_k", "Trilu", [2, 5, 3], constants={"k": np.array(-1)}, extra=" k", upper=0)
    on("upper_k", "Trilu", [4, 4], 14, {"k": np.array(2)}, " k", upper=1)
    on("far_k", "Trilu", [2, 3], constants={"k": np.array(2**40)}, extra=" k", upper=0)
    integers("trilu_integers", [node("Trilu", "x", "i")], [3, 3], {})


def blocks():
    on("default", "DepthToSpace", [1, 8, 2, 3], 9, blocksize=2)
    on("crd", "DepthToSpace", [2, 9, 1, 2], 13, blocksize=3, mode="CRD")
    case("depthtospace_after_conv",
         [node("Conv", "x w", "c"), node("DepthToSpace", "c", "d", blocksize=2, mode="CRD"),
          node("Conv", "d v")], {"x": [1, 2, 3, 2]},
         {"w": numbers("d2s", [4, 2, 1, 1]), "v": numbers("d2s2", [1, 1, 2, 3])})
    on("plain", "SpaceToDepth", [2, 3, 4, 6], blocksize=2)
    for mode in ["DCR", "CRD"]:
        case(f"spacetodepth_{mode.lower()}",
             node("SpaceToDepth", "x", blocksize=2, mode=mode), {"x": [2, 3, 4, 6]}, opset=28,
             reference=True)


def gathers():
    index = np.array([[1, -1, 0], [2, 2, 0]])
    on("rows", "GatherElements", [3, 4], constants={"i": index}, extra=" i")
    on("columns", "GatherElements", [2, 5, 3], constants={"i": np.array(
        [[[0, 1, 2], [-5, 4, 0]]])}, extra=" i", axis=1)
    integers("gatherelements_integers", [node("GatherElements", "x j", "i", axis=-1)], [2, 4],
             {"j": index})
    for name, x, i, axis in [("rows", [3, 4], [2, 4], 0), ("columns", [2, 5, 3], [1, 4, 2], 1),
                             ("last", [2, 3], [2, 5], -1)]:
        indices = np.arange(int(np.prod(i))).reshape(i) * 5 % (2 * x[axis]) - x[axis]
        case(f"gatherelements_computed_{name}", node("GatherElements", "x i", axis=axis),
             {"x": x, "i": (i, np.int64)}, given={"i": indices})
    case("gatherelements_computed_integers", node("GatherElements", "x i", axis=1),
         {"x": ([2, 3], np.int64), "i": ([2, 2], np.int32)}, given={"i": [[2, 0], [1, 1]]},
         kind=TensorProto.INT64)
    on("elements", "GatherND", [2, 3, 2], constants={"i": np.array(
        [[0, -1, 1], [1, 0, 0]])}, extra=" i")
    on("blocks", "GatherND", [3, 2, 4], constants={"i": np.array([[[2]], [[-3]]])}, extra=" i",
       opset=11)
    on("batch", "GatherND", [2, 3, 4], constants={"i": np.array([[1], [-1]])}, extra=" i",
       batch_dims=1)
    on("batches", "GatherND", [2, 2, 3, 2], constants={"i": np.arange(8).reshape(2, 2, 2, 1) % 3},
       extra=" i", batch_dims=2)
    on("axis", "Compress", [3, 5], constants={"c": np.array([True, False, True, True])},
       extra=" c", axis=1)
    on("flat", "Compress", [2, 3], constants={"c": np.array([False, True, True, False, True])},
       extra=" c", opset=9)
    on("sequences", "ReverseSequence", [4, 3], constants={"l": ints(4, 1, 2)}, extra=" l")
    on("batch_first", "ReverseSequence", [2, 5, 2], constants={"l": ints(3, 5)}, extra=" l",
       batch_axis=0, time_axis=1)
    on("crop_and_pad", "CenterCropPad", [5, 4, 3], 18, {"s": ints(2, 7)}, " s", axes=[0, 1])
    on("all_axes", "CenterCropPad", [2, 7], 18, {"s": ints(5, 4)}, " s")


def columns():
    on("plain", "Col2Im", [1, 8, 6], 18, {"i": ints(3, 4), "b": ints(2, 2)}, " i b")
    on("strides", "Col2Im", [2, 6, 9], 18, {"i": ints(5, 4), "b": ints(2, 3)}, " i b",
       strides=[2, 1], pads=[1, 0, 0, 1])
    on("dilations", "Col2Im", [1, 4, 3], 18, {"i": ints(1, 7), "b": ints(1, 2)}, " i b",
       dilations=[1, 4])


def scatters():
    updates = {"i": np.array([[1, 0, 2], [0, -1, 1]]), "u": numbers("scatter", [2, 3])}
    on("plain", "ScatterElements", [3, 4], constants=updates, extra=" i u")
    on("axis", "ScatterElements", [2, 5], constants={
        "i": np.array([[1, -1]]), "u": numbers("scatter2", [1, 2])}, extra=" i u", axis=1)
    on("add", "ScatterElements", [1, 5], 16, {
        "i": np.array([[1, 1, 4]]), "u": numbers("scatter3", [1, 3])}, " i u", axis=1,
       reduction="add")
    on("opset9", "Scatter", [3, 3], 9, updates, " i u")
    case("scatterelements_computed", node("ScatterElements", "x i u"),
         {"x": [3, 3], "u": [2, 3]}, {"i": updates["i"]})
    crowded = {"i": np.array([[1, 0, 2], [1, -1, 1], [0, -3, 1]]), "u": numbers("scatter7", [3, 3])}
    blocks = {"i": np.array([[3], [0], [3], [-1]]), "u": numbers("scatter8", [4, 2])}
    for reduction in ["mul", "max", "min"]:
        on(reduction, "ScatterElements", [3, 4], 18, crowded, " i u", reduction=reduction)
        on(f"{reduction}_axis", "ScatterElements", [3, 3], 18, crowded, " i u", axis=-1,
           reduction=reduction)
        on(reduction, "ScatterND", [4, 2], 18, blocks, " i u", reduction=reduction)
        case(f"scatternd_{reduction}_computed", node("ScatterND", "x i u", reduction=reduction),
             {"x": [2, 3], "u": [3]}, {"i": np.array([[0, 2], [1, 0], [0, 2]])}, 18)
    integers("scatternd_integers", [node("ScatterND", "x j u", "i", reduction="max")], [4],
             {"j": np.array([[1], [3], [1]]), "u": ints(7, 90, 60)}, 18)
    on("elements", "ScatterND", [5], constants={
        "i": np.array([[4], [1]]), "u": numbers("scatter4", [2])}, extra=" i u")
    on("add", "ScatterND", [4, 2], 18, {
        "i": np.array([[3], [0], [3]]), "u": numbers("scatter5", [3, 2])}, " i u",
       reduction="add")
    case("scatternd_computed", node("ScatterND", "x i u"), {"x": [2, 3, 2], "u": [2, 2]},
         {"i": np.array([[0, 2], [1, 0]])}, 11)
    case("scatternd_into_constant", node("ScatterND", "c i u"), {"u": [1, 2]},
         {"i": np.array([[1]]), "c": numbers("scatter6", [3, 2])})


def constants():
    case("range_integers", [node("Range", "a b c", "r"), node("Gather", "x r")], {"x": [7]},
         {"a": np.array(5), "b": np.array(-1), "c": np.array(-2)})
    case("range_floats", [node("Range", "a b c", "r"), node("Add", "x r")], {"x": [4]},
         {"a": np.array(0.5, np.float32), "b": np.array(2.25, np.float32),
          "c": np.array(0.5, np.float32)}, 11)
    case("nonzero_constant",
         [node("NonZero", "c", "n"), node("Transpose", "n", "t"), node("GatherND", "x t")],
         {"x": [2, 3]}, {"c": np.array([[0, 2, 0], [1, 0, -1]], np.float32)})
    case("eyelike_diagonal", [node("EyeLike", "x", "e", k=1), node("MatMul", "x e")],
         {"x": [3, 3]})
    case("eyelike_dtype", [node("EyeLike", "c", "e", dtype=1, k=-1), node("Add", "x e")],
         {"x": [2, 4]}, {"c": np.zeros([2, 4], np.int64)})
    case("onehot_constant", [node("OneHot", "i d v", "h"), node("Mul", "x h")],
         {"x": [2, 3, 4]}, {"i": np.array([[0, -1, 7], [3, 1, 2]]), "d": np.array(4),
                            "v": np.array([0.25, 2], np.float32)})
    case("onehot_axis", [node("OneHot", "i d v", "h", axis=0), node("Mul", "x h")],
         {"x": [3, 2]}, {"i": np.array([1, -1]), "d": ints(3),
                         "v": np.array([0, 1], np.float32)}, 9)


def resizes():
    def resize(name, x, scales=None, sizes=None, opset=13, roi=None, **attributes):
        inputs, constants = ["x", "", "", ""], {}
        if roi or opset < 13:
            inputs[1], constants["r"] = "r", np.array(roi or [], np.float32)
        if scales:
            inputs[2], constants["s"] = "s", np.array(scales, np.float32)
        if sizes:
            inputs[3], constants["z"] = "z", ints(*sizes)
        inputs = inputs[:4 if sizes else 3]
        case(f"resize_{name}", node("Resize", inputs, **attributes), {"x": x}, constants, opset)

    resize("nearest_twice", [1, 2, 2, 3], [1, 1, 2, 2])
    for mode in ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]:
        resize(f"nearest_{mode}", [1, 1, 3, 4], [1, 1, 1.5, 0.75], nearest_mode=mode)
    for mode in ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"]:
        resize(f"nearest_{mode}", [1, 1, 4, 5], sizes=[1, 1, 7, 3],
               coordinate_transformation_mode=mode)
        resize(f"linear_{mode}", [1, 1, 3, 4], sizes=[1, 1, 7, 2], mode="linear",
               coordinate_transformation_mode=mode)
        resize(f"cubic_{mode}", [1, 1, 4, 3], sizes=[1, 1, 6, 1], mode="cubic",
               coordinate_transformation_mode=mode)
    resize("linear_twice", [1, 2, 3, 3], [1, 1, 2, 2], opset=11, mode="linear")
    resize("linear_line", [2, 2, 5], [1, 1, 1.7], mode="linear")
    resize("linear_symmetric", [1, 1, 3, 3], [1, 1, 1.8, 0.7], opset=19, mode="linear",
           coordinate_transformation_mode="half_pixel_symmetric")
    resize("cubic_excluding", [1, 1, 4, 4], [1, 1, 1.5, 0.5], mode="cubic", cubic_coeff_a=-0.5,
           exclude_outside=1)
    resize("linear_crop", [1, 1, 4, 4], sizes=[1, 1, 3, 5], roi=[0, 0, 0.25, -0.2, 1, 1, 0.75, 1],
           mode="linear", coordinate_transformation_mode="tf_crop_and_resize",
           extrapolation_value=2.5)
    resize("nearest_crop", [1, 1, 4, 4], sizes=[1, 1, 3, 5], roi=[0, 0, 0.25, -0.2, 1, 1, 0.75, 1],
           coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=-1.5)
    resize("nearest_axes", [2, 3, 2], [2.0, 3.0], opset=18, axes=[2, 1])
    resize("not_larger", [1, 1, 3, 4], sizes=[7, 6], opset=18, axes=[2, 3],
           keep_aspect_ratio_policy="not_larger")
    resize("not_smaller", [1, 1, 3, 4], sizes=[7, 6], opset=18, axes=[2, 3], mode="linear",
           keep_aspect_ratio_policy="not_smaller")
    case("resize_opset10", node("Resize", "x s", mode="nearest"), {"x": [1, 1, 2, 3]},
         {"s": np.array([1, 1, 2.5, 0.7], np.float32)}, 10)
    case("resize_opset10_linear", node("Resize", "x s", mode="linear"), {"x": [1, 1, 2, 3]},
         {"s": np.array([1, 1, 2, 0.7], np.float32)}, 10)
    case("upsample_nearest", node("Upsample", "x s"), {"x": [1, 2, 2, 2]},
         {"s": np.array([1, 1, 2, 3], np.float32)}, 9)
    case("upsample_linear", node("Upsample", "x s", mode="linear"), {"x": [1, 1, 2, 3]},
         {"s": np.array([1, 1, 2, 2], np.float32)}, 9)
    case("resize_between_layers",
         [node("Conv", "x w", "c"), node("Resize", ["c", "", "s"], "r"), node("Conv", "r v")],
         {"x": [1, 1, 3, 3]}, {"w": numbers("rs", [1, 1, 2, 2]), "v": numbers("rs2", [1, 1, 2, 2]),
                               "s": np.array([1, 1, 2, 2], np.float32)})


def branches():
    def graph(name, nodes, output, constants=()):
        from onnx import helper, numpy_helper
        return helper.make_graph(
            nodes, name, [], [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
            [numpy_helper.from_array(value, key) for key, value in dict(constants).items()])

    relu = graph("then", [node("Relu", "h", "t"), node("Mul", "t c", "tt")], "tt",
                 {"c": numbers("branch", [3])})
    outer = graph("else", [node("Identity", "x", "e")], "e")
    for name, value in [("then", True), ("else", False)]:
        case(f"if_{name}",
             [node("Neg", "x", "h"), node("If", "k", "y", then_branch=relu, else_branch=outer)],
             {"x": [2, 3]}, {"k": np.array(value)})
    inner = graph("inner", [node("If", "k", "u", then_branch=relu, else_branch=outer),
                            node("Add", "u x", "v")], "v")
    case("if_nested",
         [node("Neg", "x", "h"), node("If", "k", "a", then_branch=inner, else_branch=outer),
          node("If", "k", "b", then_branch=inner, else_branch=outer), node("Add", "a b")],
         {"x": [2, 3]}, {"k": np.array(True)})


FAMILIES = [columns, resizes, branches, splits, repeats, triangles, blocks, gathers, scatters, constants]
