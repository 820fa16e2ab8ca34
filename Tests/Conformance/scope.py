"""Which cases count: element types, static shapes, operators."""

import onnx
from onnx import TensorProto

# The operators that this project sets out to support. A case with any other operator is run and
# recorded all the same, but does not count.
OPERATORS = frozenset(
    """
    Abs Ceil Floor Round Sign Exp Log Sqrt Reciprocal Neg Pow Erf Sin Cos
    Relu LeakyRelu PRelu ThresholdedRelu Elu Selu Celu Gelu Softplus Softsign Sigmoid HardSigmoid
    HardSwish Mish Swish Tanh Clip
    Add Sub Mul Div Mod Sum Min Max Where
    Equal Greater GreaterOrEqual Less LessOrEqual And Or Not Xor
    ReduceSum ReduceMean ReduceMax ReduceMin ReduceSumSquare ReduceL1 ReduceL2 ReduceProd CumSum
    Softmax LogSoftmax BatchNormalization LayerNormalization RMSNormalization GroupNormalization
    InstanceNormalization LRN LpNormalization
    Einsum MatMul Gemm Conv ConvTranspose
    MaxPool GlobalMaxPool AveragePool GlobalAveragePool
    Reshape Flatten Squeeze Unsqueeze Identity Dropout Cast
    Transpose Slice Pad Concat Split Expand Tile DepthToSpace SpaceToDepth Resize Trilu
    Gather GatherElements ScatterND ArgMax ArgMin TopK OneHot
    Constant ConstantOfShape Shape Size Range
    LSTM GRU RNN
    QuantizeLinear DequantizeLinear QLinearConv QLinearMatMul MatMulInteger ConvInteger
    """.split()
)

# Computed when the graph is built: their operands are extents and limits, or tensors of which
# only the shape is asked.
COMPUTED = frozenset({"ConstantOfShape", "Range", "Shape", "Size"})

ELEMENT_TYPES = frozenset(
    [
        TensorProto.FLOAT,
        TensorProto.FLOAT16,
        TensorProto.BOOL,
        TensorProto.INT8,
        TensorProto.INT16,
        TensorProto.INT32,
        TensorProto.INT64,
        TensorProto.UINT8,
        TensorProto.UINT16,
        TensorProto.UINT32,
        TensorProto.UINT64,
    ]
)


def operators(case):
    """The names of the case's operators, each once, in order of the alphabet."""
    return sorted({_name(node) for node in case.model.graph.node})


def subject(case):
    """The one operator that a case is about, constants aside; None where there are several."""
    names = operators(case)
    rest = [name for name in names if name != "Constant"] or names
    return rest[0] if len(rest) == 1 else None


def opset(case):
    """The version of the default domain, None without one."""
    return next((o.version for o in case.model.opset_import if o.domain in ("", "ai.onnx")), None)


def exclusion(case):
    """Why the case does not count; None where it does."""
    others = [name for name in operators(case) if name not in OPERATORS]
    if others:
        return "operator " + ", ".join(others)
    graph = case.model.graph
    inferred = onnx.shape_inference.infer_shapes(case.model).graph
    for info in [*graph.input, *graph.output, *inferred.value_info]:
        # Nothing is known of values that shape inference leaves out.
        if info.type.WhichOneof("value") not in ("tensor_type", None):
            return f"{info.name} is no tensor"
        if info.type.HasField("tensor_type"):
            element_type = info.type.tensor_type.elem_type
            if element_type not in ELEMENT_TYPES:
                return "element type " + TensorProto.DataType.Name(element_type).lower()
    for tensor in graph.initializer:
        if tensor.data_type not in ELEMENT_TYPES:
            return "element type " + TensorProto.DataType.Name(tensor.data_type).lower()
    for info in case.input_infos:
        shape = info.type.tensor_type.shape
        if not info.type.tensor_type.HasField("shape") or not all(
            dimension.HasField("dim_value") for dimension in shape.dim
        ):
            return f"{info.name} has no static shape"
    return None


def _name(node):
    return node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}"
