"""The elementwise cases of onnx_operators.py: functions, patterns that are fused, truth values,
integers and operators of any number of operands.
"""
import numpy as np
from onnx import TensorProto

from onnx_fixture import case, ints, node, numbers


def functions():
    f = lambda value: np.array(value, dtype=np.float32)

    def on(name, operator, values, opset=17, constants=None, extra="", **attributes):
        values = np.asarray(values, dtype=np.float32)
        case(f"{operator.lower()}_{name}", node(operator, "x" + extra, **attributes),
             {"x": list(values.shape)}, constants, opset, given={"x": values})

    def plain(name, operator, shape, opset=17, scale=1.0, **attributes):
        on(name, operator, numbers(f"{operator}_{name}", shape, scale), opset, **attributes)

    def positive(name, operator, shape, opset=17, least=0.125, scale=1.0, **attributes):
        on(name, operator, np.abs(numbers(f"{operator}_{name}", shape, scale)) + f(least), opset,
           **attributes)

    # Operator, the first opset that has it (9 at least), what it is given besides plain numbers.
    for operator, since in [("Abs", 9), ("Ceil", 9), ("Floor", 9), ("Round", 11), ("Sign", 9),
                            ("Exp", 9), ("Erf", 9), ("Elu", 9), ("Selu", 9), ("Celu", 12),
                            ("Softplus", 9), ("Softsign", 9), ("HardSigmoid", 9),
                            ("HardSwish", 14), ("Mish", 18), ("ThresholdedRelu", 10), ("Sin", 9),
                            ("Cos", 9), ("Gelu", 20)]:
        plain("plain", operator, [2, 3, 5], max(17, since), 2.0)
        plain(f"opset{since}", operator, [1, 7], since, 2.0)
        plain("opset22", operator, [1, 1, 2, 1, 3, 1], 22)
    for operator in ["Log", "Sqrt", "Reciprocal"]:
        positive("plain", operator, [2, 3, 5])
        positive("opset9", operator, [7], 9)
        positive("opset22", operator, [1, 1, 2, 1, 3, 1], 22)
        positive("large", operator, [2, 5], 13, 100.0, 900.0)
    on("small", "Log", [0.0009765625, 0.01, 0.5, 1, 3, 20])
    on("zero", "Sqrt", [0, 0.0009765625, 0.25, 2, 9])
    on("negative", "Reciprocal", [-4, -1, -0.25, 0.5, 3, 8])
    on("wide", "Exp", [-20, -5, -1, 0, 0.5, 3, 6])
    on("negative", "Exp", [-30, -12, -3, -1.5, -0.25, 0])
    on("wide", "Erf", [-8, -2, -0.5, -0.001, 0, 0.001, 0.5, 2, 8])
    on("wide", "Softplus", [-80, -20, -5, 0, 5, 20])
    on("wide", "Mish", [-60, -9, -1.2, 0, 3, 50], 18)
    on("wide", "Sin", [-200, -31.5, -3.25, 0, 1.5, 100])
    on("wide", "Cos", [-200, -31.5, -3.25, 0, 1.5, 100])
    for operator in ["Round", "Floor", "Ceil"]:
        on("ties", operator, [-4, -3.5, -2.5, -1.5, -0.5, -0.25, 0, 0.25, 0.5, 1.5, 2.5, 3.5])
    on("zeros", "Sign", [-2, -0.015625, 0, 0, 0.015625, 2])
    plain("alpha", "Elu", [3, 4], alpha=0.5)
    plain("attributes", "Selu", [3, 4], alpha=1.5, gamma=2.0)
    plain("alpha", "Celu", [3, 4], alpha=2.0)
    plain("attributes", "HardSigmoid", [3, 4], 22, 3.0, alpha=0.25, beta=0.375)
    plain("alpha", "ThresholdedRelu", [3, 4], 22, 2.0, alpha=0.5)
    plain("negative_alpha", "ThresholdedRelu", [3, 4], 22, 2.0, alpha=-0.5)
    on("at_alpha", "ThresholdedRelu", [0.5, 0.5, 1, -1], alpha=0.5)
    plain("tanh", "Gelu", [3, 4], 20, 2.0, approximate="tanh")
    on("wide", "Gelu", [-30, -4, -0.75, 0, 4, 30], 20)

    def power(name, values, exponent, opset=17):
        on(name, "Pow", values, opset, {"e": np.asarray(exponent)}, " e")
    signed = numbers("pow", [3, 4], 1.5)
    unsigned = np.abs(signed) + f(0.25)
    power("square", signed, f(2))
    power("cube", signed, f([3]), 9)
    power("fourth", signed, f(4))
    power("one", signed, f(1))
    power("zero", signed, f(0))
    power("root", unsigned, f(0.5))
    power("third_root", unsigned, f(1 / 3))
    power("inverse", signed + np.sign(signed) * f(0.25), f(-1))
    power("inverse_root", unsigned, f(-0.5))
    power("real", unsigned, f(1.7))
    power("integer_exponent", signed, np.int64(3), 13)
    power("several", signed, np.array([0, 1, 2, 3], np.float32))
    power("several_broadcast", unsigned[:1], np.array([[0.5], [2]], np.float32))
    power("same_everywhere", signed, np.full([3, 4], 2, np.float32))

    def prelu(name, x, slope, opset=17, constant=True):
        key = {"s": numbers(f"prelu_{name}/s", slope, 0.5)}
        if constant:
            case(f"prelu_{name}", node("PRelu", "x s"), {"x": x}, key, opset)
        else:
            case(f"prelu_{name}", node("PRelu", "x s"), {"x": x, "s": slope}, None, opset)
    prelu("channels", [2, 3, 4, 5], [3, 1, 1])
    prelu("scalar", [2, 3], [1])
    prelu("opset9", [2, 3], [3], 9)
    prelu("full", [2, 3], [2, 3], 16)
    prelu("computed", [2, 3, 4], [3, 1], constant=False)
    case("prelu_after_conv", [node("Conv", "x w", "c"), node("PRelu", "c s")], {"x": [1, 2, 5, 5]},
         {"w": numbers("prelu/w", [3, 2, 3, 3], 0.5), "s": numbers("prelu/s", [3, 1, 1], 0.5)})


def patterns():
    f = lambda value: np.array(value, dtype=np.float32)
    x = {"x": [2, 3, 5]}
    case("swish_alpha", node("Swish", "x", alpha=1.5), x, opset=24)
    case("pattern_silu", [node("Sigmoid", "x", "s"), node("Mul", "x s")], x)
    case("pattern_swish_beta",
         [node("Mul", "x b", "t"), node("Sigmoid", "t", "s"), node("Mul", "s x")], x,
         {"b": f(1.702)})
    case("pattern_gelu_erf",
         [node("Div", "x r", "d"), node("Erf", "d", "e"), node("Add", "e one", "p"),
          node("Mul", "x p", "m"), node("Mul", "m half")], x,
         {"r": f(1.4142135), "one": f(1), "half": f(0.5)})
    case("pattern_gelu_erf_half_first",
         [node("Mul", "x half", "h"), node("Mul", "x r", "d"), node("Erf", "d", "e"),
          node("Add", "one e", "p"), node("Mul", "h p")], x,
         {"r": f(0.70710677), "one": f([1]), "half": f(0.5)}, 13)
    case("pattern_gelu_tanh",
         [node("Pow", "x three", "c"), node("Mul", "c k", "ck"), node("Add", "x ck", "i"),
          node("Mul", "i r", "t"), node("Tanh", "t", "h"), node("Add", "h one", "p"),
          node("Mul", "x half", "xh"), node("Mul", "xh p")], x,
         {"three": f(3), "k": f(0.044715), "r": f(0.7978845608), "one": f(1), "half": f(0.5)})
    case("pattern_mish", [node("Softplus", "x", "s"), node("Tanh", "s", "t"), node("Mul", "x t")],
         x)
    case("pattern_hard_swish",
         [node("Add", "x three", "a"), node("Clip", "a zero six", "c"), node("Mul", "x c", "m"),
          node("Div", "m six")], x, {"three": f(3), "zero": f(0), "six": f(6)})
    case("pattern_after_sum",
         [node("Add", "a b", "x"), node("Sigmoid", "x", "s"), node("Mul", "x s")],
         {"a": [2, 3], "b": [2, 3]})
    case("pattern_gate_read_twice",
         [node("Sigmoid", "x", "s"), node("Mul", "x s", "y"), node("Neg", "s", "z")], x,
         outputs=("y", "z"))
    case("pattern_chain", [node("Exp", "x", "e"), node("Add", "e one", "a"), node("Log", "a")], x,
         {"one": f(1)})


def truth():
    f = lambda value: np.array(value, dtype=np.float32)
    boolean = TensorProto.BOOL
    grid = [[-1, -0.5, 0, 0.5], [0.5, 0.5, -0.5, 1]]
    other = [[-1, 0.5, 0, 0.25], [0.5, -0.5, -0.5, 0.75]]
    for operator, since in [("Equal", 11), ("Greater", 9), ("GreaterOrEqual", 12), ("Less", 9),
                            ("LessOrEqual", 12)]:
        name = operator.lower()
        two = {"a": [2, 4], "b": [2, 4]}
        case(f"{name}_ties", node(operator, "a b"), two, given={"a": grid, "b": other},
             kind=boolean)
        case(f"{name}_opset{since}", node(operator, "a b"), {"a": [2, 1, 3], "b": [5, 1]},
             opset=since, kind=boolean)
        case(f"{name}_constant", node(operator, "a c"), {"a": [2, 4]}, {"c": f(0.5)},
             given={"a": grid}, kind=boolean)
        case(f"{name}_constant_first", node(operator, "c a"), {"a": [2, 4]},
             {"c": f([0.3, -0.5, 1e9, -1e9])}, given={"a": grid}, kind=boolean)
        case(f"{name}_integers", node(operator, "a b"),
             {"a": ([3, 4], np.int64), "b": ([4], np.int64)}, kind=boolean,
             given={"a": [[1, 2, 3, 4], [4, 3, 2, 1], [100000, -1, 3, 0]], "b": [1, 3, 3, 0]})
    case("equal_bool", node("Equal", "a b"), {"a": ([3, 4], np.bool_), "b": ([4], np.bool_)},
         kind=boolean)
    case("greater_of_sums",
         [node("MatMul", "x w", "m"), node("Greater", "m c", "g"), node("Cast", "g", to=1)],
         {"x": [2, 5]}, {"w": numbers("greater/w", [5, 3]), "c": f(0.1)})
    for operator in ["And", "Or", "Xor"]:
        name = operator.lower()
        case(f"{name}_plain", node(operator, "a b"),
             {"a": ([3, 4], np.bool_), "b": ([3, 4], np.bool_)}, kind=boolean)
        case(f"{name}_broadcast", node(operator, "a b"),
             {"a": ([2, 1, 3], np.bool_), "b": ([5, 1], np.bool_)}, opset=9, kind=boolean)
        case(f"{name}_constant", node(operator, "a c"), {"a": ([3, 2], np.bool_)},
             {"c": np.array([True, False])}, kind=boolean)
    case("not_plain", node("Not", "a"), {"a": ([3, 4], np.bool_)}, kind=boolean)
    case("not_of_comparison", [node("Less", "x c", "l"), node("Not", "l")], {"x": [7]},
         {"c": f(0)}, kind=boolean)
    where = node("Where", "c a b")
    case("where_plain", where, {"c": ([3, 4], np.bool_), "a": [3, 4], "b": [3, 4]})
    case("where_broadcast", where, {"c": ([3, 1], np.bool_), "a": [4], "b": [2, 1, 1]}, opset=9)
    case("where_constant_condition", where, {"a": [2, 3], "b": [3]},
         {"c": np.array([[True], [False]])})
    case("where_constant_side", where, {"c": ([2, 3], np.bool_), "a": [2, 3]}, {"b": f(-2.5)})
    case("where_constant_sides", where, {"c": ([2, 3], np.bool_)},
         {"a": f([0.3, 1, 2]), "b": f(-2.5)})
    case("where_masks_data", where, {"a": [2, 3]},
         {"c": np.array([True, False, True]), "b": f(0.7)})
    case("where_integers", where, {"c": ([2, 3], np.bool_), "a": ([2, 3], np.int64)},
         {"b": ints(70000)}, kind=TensorProto.INT64)
    case("where_comparison", [node("Greater", "x y0", "g"), node("Where", "g x y0", "y")],
         {"x": [2, 5], "y0": [2, 5]})
    for operator in ["IsNaN", "IsInf"]:
        case(f"{operator.lower()}_plain",
             [node(operator, "x", "n"), node("Where", "n zero x")], {"x": [2, 3]}, {"zero": f(0)},
             opset=10)
    case("isinf_attributes",
         [node("IsInf", "x", "n", detect_negative=0, detect_positive=1),
          node("Where", "n zero x")], {"x": [2, 3]}, {"zero": f(0)}, opset=20)


def integers():
    whole = TensorProto.INT64
    given = {"x": [[-7, -4, -1, 0], [1, 3, 9, 100]]}
    on = lambda name, nodes, constants=None, kind=whole, opset=17, given=given, x=np.int64: case(
        f"integers_{name}", nodes, {"x": ([2, 4], x)}, constants, opset, given=given, kind=kind)
    large = {"x": [[-7000000, -4, -1, 0], [1, 3, 90000, 1000000]]}
    for operator in ["Neg", "Abs", "Sign"]:
        on(operator.lower(), node(operator, "x"))
        on(f"{operator.lower()}_large", node(operator, "x"), given=large)
    on("relu", node("Relu", "x"), kind=TensorProto.INT32, x=np.int32)
    on("relu_large", node("Relu", "x"), given=large, kind=TensorProto.INT32, x=np.int32)
    on("clip", node("Clip", "x l h"), {"l": np.int64(-3), "h": np.int64(50)})
    on("clip_large", node("Clip", "x l h"), {"l": np.int64(-300), "h": np.int64(50000)},
       given=large)
    on("add", node("Add", "x c"), {"c": ints(1, 2, 3, 100000)})
    on("sub_first", node("Sub", "c x"), {"c": ints(1, 2, 3, 100000)}, given=large)
    on("mul", node("Mul", "x c"), {"c": ints(-3)})
    on("square", node("Mul", "x x"), given={"x": [[-4000, -4, -1, 0], [1, 3, 90, 1000]]})
    on("pow", node("Pow", "x c"), {"c": np.int64(5)}, given={"x": [[-7, -4, -1, 0], [1, 3, 9, 20]]})
    on("div", node("Div", "x c"), {"c": ints(3)})
    on("div_negative", node("Div", "x c"), {"c": ints(-2)})
    on("mod", node("Mod", "x c"), {"c": ints(3)})
    on("mod_negative", node("Mod", "x c"), {"c": ints(-3)}, opset=10)
    on("fmod", node("Mod", "x c", fmod=1), {"c": ints(3)})
    on("max", node("Max", "x c"), {"c": ints(2, 0, -2, 200000)}, given=large)
    on("min", node("Min", "x c"), {"c": np.int64(2)})
    on("to_bool", node("Cast", "x", to=TensorProto.BOOL), kind=TensorProto.BOOL)
    on("to_int32", node("Cast", "x", to=TensorProto.INT32), kind=TensorProto.INT32)
    on("to_float", [node("Cast", "x", "f", to=1), node("Mul", "f c")],
       {"c": np.array(0.3, np.float32)}, kind=TensorProto.FLOAT)
    case("integers_add_two", node("Add", "x z"), {"x": ([2, 1, 3], np.int32), "z": ([4, 1], np.int32)},
         kind=TensorProto.INT32)
    case("cast_to_integers", node("Cast", "x", to=whole), {"x": [9]}, kind=whole,
         given={"x": [-3.75, -2, -1.5, -0.5, 0, 0.25, 0.9375, 1, 3.5]})
    case("cast_to_bool", node("Cast", "x", to=TensorProto.BOOL), {"x": [5]},
         kind=TensorProto.BOOL, given={"x": [-1, 0, 0.25, 0, 2]})
    case("cast_bool_to_float", [node("Cast", "x", "f", to=1), node("Mul", "f z")],
         {"x": ([2, 3], np.bool_), "z": [3]})
    case("mod_float", node("Mod", "x c", fmod=1), {"x": [8]}, {"c": np.array(1.5, np.float32)},
         given={"x": [-4, -3, -1.75, -0.25, 0, 0.5, 1.5, 3.75]})
    reals = {"x": [[-4.25, -3, -1.75, -0.25], [0.75, 0.5, 2.25, 3.5]]}
    several = {"c": np.array([1.5, -2, 0.75, 1.5], np.float32)}
    case("mod_float_several", node("Mod", "x c", fmod=1), {"x": [2, 4]}, several, given=reals)
    case("mod_float_wide", node("Mod", "x c", fmod=1), {"x": [2, 1]}, several,
         given={"x": [[-4.25], [3.5]]})
    many = {"c": np.arange(1, 18, dtype=np.float32) * 0.3}
    case("mod_float_many", node("Mod", "x c", fmod=1), {"x": [2, 1]}, many,
         given={"x": [[-4.21], [3.53]]})
    for fmod, runs in [(0, False), (1, True)]:
        given = {**reals, "z": [[1.3, 0.7, 0.6, 0.8], [1.1, 0.3, 0.9, 1.2]]}
        case(f"mod_float_computed_{fmod}", node("Mod", "x z", fmod=fmod),
             {"x": [2, 4], "z": [2, 4]}, given=given, opset=17 if runs else 28,
             reference=not runs)
    case("mod_float_floored", node("Mod", "x c"), {"x": [2, 4]}, several, 28, given=reals,
         reference=True)


def variadic():
    for operator in ["Max", "Min", "Sum", "Mean"]:
        name = operator.lower()
        case(f"{name}_two", node(operator, "a b"), {"a": [2, 3, 5], "b": [2, 3, 5]})
        case(f"{name}_one", node(operator, "a"), {"a": [2, 3]}, opset=9)
        case(f"{name}_three_broadcast", node(operator, "a b c"),
             {"a": [2, 1, 3], "b": [4, 1], "c": [3]}, opset=9)
        case(f"{name}_constant", node(operator, "a c b"), {"a": [2, 3], "b": [2, 3]},
             {"c": numbers(name, [3])})
        case(f"{name}_number", node(operator, "a c"), {"a": [2, 3]},
             {"c": np.array(0.25, np.float32)})
        case(f"{name}_scalars", node(operator, "a b"), {"a": [], "b": []}, opset=13)
    case("max_of_layers",
         [node("MatMul", "x w", "m"), node("MatMul", "x v", "n"), node("Max", "m n")],
         {"x": [2, 5]}, {"w": numbers("max/w", [5, 3]), "v": numbers("max/v", [5, 3])})


FAMILIES = [functions, patterns, truth, integers, variadic]
