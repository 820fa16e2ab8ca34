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
        "Neg": Negation.resolve,
        "Sum": Variadic.resolver(.sum),
        "Mean": Variadic.resolver(.mean),
        "Max": Variadic.resolver(.maximum),
        "Min": Variadic.resolver(.minimum),
        "Mod": Remainder.resolve,
        "Pow": Power.resolve,
        "PRelu": PRelu.resolve,

        // Functions of each element
        "Abs": Absolute.resolve,
        "Relu": Relu.resolve,
        "LeakyRelu": LeakyRelu.resolve,
        "ThresholdedRelu": ThresholdedRelu.resolve,
        "Clip": Clip.resolve,
        "Sigmoid": Sigmoid.resolve,
        "HardSigmoid": HardSigmoid.resolve,
        "HardSwish": HardSwish.resolve,
        "Tanh": Tanh.resolve,
        "Erf": ErrorFunction.resolve,
        "Gelu": Gelu.resolve,
        "Mish": Mish.resolve,
        "Softplus": Softplus.resolve,
        "Softsign": Softsign.resolve,
        "Elu": ExponentialUnit.resolveElu,
        "Selu": ExponentialUnit.resolveSelu,
        "Celu": ExponentialUnit.resolveCelu,
        "Exp": Exponential.resolve,
        "Log": Logarithm.resolve,
        "Sqrt": SquareRoot.resolve,
        "Reciprocal": Reciprocal.resolve,
        "Sin": Sine.resolve,
        "Cos": Cosine.resolve,
        "Floor": IntegerRounding.resolveFloor,
        "Ceil": IntegerRounding.resolveCeil,
        "Round": IntegerRounding.resolveRound,
        "Sign": Sign.resolve,

        // Truth values
        "Equal": Comparison.resolver(.equal),
        "Greater": Comparison.resolver(.greater),
        "GreaterOrEqual": Comparison.resolver(.greaterOrEqual),
        "Less": Comparison.resolver(.less),
        "LessOrEqual": Comparison.resolver(.lessOrEqual),
        "And": Logic.resolver(.and),
        "Or": Logic.resolver(.or),
        "Xor": Logic.resolver(.xor),
        "Not": LogicalNot.resolve,
        "Where": Selection.resolve,
        "IsNaN": FiniteCheck.resolveNaN,
        "IsInf": FiniteCheck.resolveInfinity,

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
