/// The operators of ONNX's default domain that are supported, by name.
enum OperatorRegistry {
    static let resolvers: [String: Resolver] = [
        // Linear maps
        "Gemm": Gemm.resolve,
        "MatMul": MatMul.resolve,
        "Conv": Conv.resolve,
        "BatchNormalization": BatchNormalization.resolve,
        "AveragePool": AveragePool.resolve,
        "GlobalAveragePool": AveragePool.resolveGlobal,
        "MaxPool": MaxPool.resolve,
        "GlobalMaxPool": MaxPool.resolveGlobal,

        // Element by element
        "Add": Arithmetic.resolveAdd,
        "Sub": Arithmetic.resolveSub,
        "Mul": Arithmetic.resolveMul,
        "Div": Arithmetic.resolveDiv,
        "Sum": Arithmetic.resolveSum,
        "Neg": Negation.resolve,
        "Relu": Relu.resolve,
        "LeakyRelu": LeakyRelu.resolve,
        "Clip": Clip.resolve,
        "Sigmoid": Sigmoid.resolve,
        "Tanh": Tanh.resolve,

        // Rows and positions
        "Softmax": Softmax.resolve,
        "ArgMax": ArgExtreme.resolveMax,
        "ArgMin": ArgExtreme.resolveMin,
        "TopK": TopK.resolve,
        "OneHot": OneHotEncoding.resolve,

        // The same elements in another shape
        "Identity": Reshape.resolveIdentity,
        "Dropout": Reshape.resolveDropout,
        "Flatten": Reshape.resolveFlatten,
        "Reshape": Reshape.resolve,
        "Squeeze": Reshape.resolveSqueeze,
        "Unsqueeze": Reshape.resolveUnsqueeze,
        "Cast": Cast.resolve,

        // Elements in other places
        "Transpose": Transpose.resolve,
        "Slice": Slice.resolve,
        "Pad": Pad.resolve,
        "Gather": Gather.resolve,
        "Concat": Concat.resolve,

        // Constants
        "Constant": Constant.resolve,
        "ConstantOfShape": Fill.resolve,
        "Shape": Constant.resolveShape,
        "Size": Constant.resolveSize,
    ]
}
