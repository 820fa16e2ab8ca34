"""Cases of sums of products; see onnx_operators.py."""
import numpy as np

from onnx_fixture import case, ints, node, numbers


def einsums():
    def einsum(name, equation, shapes, constants=(), opset=17):
        letters = "abcdef"[:len(shapes)]
        inputs = {k: s for i, (k, s) in enumerate(zip(letters, shapes)) if i not in constants}
        fixed = {letters[i]: numbers(f"einsum_{name}{i}", shapes[i]) for i in constants}
        case(f"einsum_{name}", node("Einsum", " ".join(letters), equation=equation), inputs, fixed,
             opset)

    einsum("product", "ij,jk->ik", [[2, 3], [3, 5]])
    einsum("implicit", "kj, ik", [[3, 5], [2, 3]], [1], 12)
    einsum("attention", "bhqd,bhkd->bhqk", [[1, 2, 3, 2], [1, 2, 5, 2]])
    einsum("constant", "bij,jkl->bkil", [[2, 3, 2], [2, 2, 3]], [1])
    einsum("constant_first", "kij,bj->bik", [[2, 3, 2], [4, 2]], [0])
    einsum("transpose", "ijk->kij", [[2, 3, 4]])
    einsum("sum", "ij->j", [[3, 5]])
    einsum("total", "ij->", [[3, 5]])
    einsum("diagonal", "iij->ij", [[3, 3, 2]])
    einsum("trace", "ii", [[4, 4]])
    einsum("outer", "i,j->ij", [[3], [4]])
    einsum("ellipsis", "...ij,...jk->...ik", [[2, 2, 3], [2, 3, 2]])
    einsum("ellipsis_summed", "i...,i...->...", [[3, 2], [3, 2]], [1])
    einsum("three", "ij,jk,kl->il", [[2, 3], [3, 2], [2, 3]])
    einsum("four", "ab,bc,cd,bd->a", [[2, 3], [3, 2], [2, 3], [3, 3]], [1, 2])
    einsum("loner", "ij,kj->k", [[2, 3], [4, 3]], [0])
    einsum("scalar", ",ij->ji", [[], [2, 3]])


def any_rank():
    """Windows over one, three and four axes."""
    def conv(name, x, w, bias=False, **attributes):
        constants = {"w": numbers(name + "/w", w, 0.5)}
        if bias:
            constants["b"] = numbers(name + "/b", [w[0]])
        case(f"conv_{name}", node("Conv", "x w b" if bias else "x w", **attributes), {"x": x},
             constants)

    conv("volume", [1, 2, 3, 4, 3], [3, 2, 2, 3, 2], True)
    conv("volume_strides", [2, 2, 5, 4, 5], [2, 1, 3, 2, 2], group=2, strides=[2, 1, 3],
         pads=[1, 0, 2, 1, 1, 0], dilations=[1, 2, 1])
    conv("volume_same", [1, 1, 4, 3, 5], [1, 1, 2, 3, 2], auto_pad="SAME_LOWER",
         strides=[2, 1, 2])

    def pool(name, operator, x, opset=17, **attributes):
        case(f"{operator.lower()}_{name}", node(operator, "x", **attributes), {"x": x}, None, opset)
    for operator in ["MaxPool", "AveragePool"]:
        pool("volume", operator, [1, 2, 4, 3, 5], kernel_shape=[2, 3, 2], strides=[2, 1, 3],
             pads=[1, 0, 0, 1, 1, 1], ceil_mode=1)
    pool("volume_count_pad", "AveragePool", [1, 1, 3, 4, 3], 19, kernel_shape=[2, 2, 3],
         pads=[1, 0, 1, 0, 1, 1], count_include_pad=1)
    for operator in ["GlobalAveragePool", "GlobalMaxPool"]:
        pool("volume", operator, [2, 3, 2, 5, 3])


def transposed_convolutions():
    def deconv(name, x, w, bias=False, opset=17, **attributes):
        constants = {"w": numbers(name + "/w", w, 0.5)}
        if bias:
            constants["b"] = numbers(name + "/b", [w[1] * attributes.get("group", 1)])
        case(f"convtranspose_{name}", node("ConvTranspose", "x w b" if bias else "x w",
                                           **attributes), {"x": x}, constants, opset)

    deconv("plain", [1, 2, 3, 4], [2, 3, 3, 2])
    deconv("strides", [2, 1, 3, 2], [1, 2, 2, 3], True, strides=[3, 2])
    deconv("pads", [1, 2, 4, 4], [2, 1, 4, 3], True, strides=[2, 2], pads=[1, 0, 2, 1],
           output_padding=[1, 0])
    deconv("dilations", [1, 1, 3, 3], [1, 1, 2, 3], dilations=[3, 2], strides=[2, 3])
    deconv("groups", [1, 4, 2, 3], [4, 3, 2, 2], True, group=2, strides=[2, 1], opset=9)
    deconv("output_shape", [1, 1, 3, 3], [1, 2, 3, 3], strides=[3, 2], output_shape=[10, 8],
           output_padding=[1, 1])
    deconv("same_upper", [1, 1, 3, 3], [1, 2, 3, 4], strides=[2, 2], auto_pad="SAME_UPPER")
    deconv("same_lower", [1, 1, 3, 2], [1, 1, 4, 2], strides=[3, 1], auto_pad="SAME_LOWER")
    deconv("line", [2, 2, 5], [2, 3, 4], strides=[3], pads=[2, 1])
    deconv("volume", [1, 2, 2, 3, 2], [2, 1, 2, 2, 3], strides=[2, 1, 2])
    case("convtranspose_weights_from_input", node("ConvTranspose", "x w", strides=[2]),
         {"x": [1, 2, 3], "w": [2, 2, 3]})
    case("convtranspose_network",
         [node("Conv", "x w", "c", strides=[2, 2]), node("Relu", "c", "r"),
          node("ConvTranspose", "r v b", "t", strides=[2, 2]), node("Sigmoid", "t")],
         {"x": [1, 1, 4, 6]},
         {"w": numbers("ae", [2, 1, 2, 2]), "v": numbers("ae2", [2, 1, 2, 2]),
          "b": numbers("ae3", [1])})


def products():
    case("matmul_six_axes", node("MatMul", "a b"), {"a": [1, 2, 1, 1, 2, 3], "b": [2, 3, 2]})
    case("matmul_row_times_computed_stack", node("MatMul", "a b"), {"a": [3], "b": [2, 3, 2]})
    case("matmul_stack_times_computed_column", node("MatMul", "a b"), {"a": [2, 2, 3], "b": [3]})


FAMILIES = [einsums, any_rank, transposed_convolutions, products]
