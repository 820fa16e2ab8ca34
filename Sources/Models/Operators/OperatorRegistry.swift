/// The operators that are supported, by name; those of other domains than ONNX's own with that.
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
        "Tile": AxisGather.resolveTile,
        "Split": Split.resolve,
        "Concat": Concat.resolve,

        // Constants
        "Constant": Constant.resolve,
        "ConstantOfShape": Fill.resolve,
        "Shape": Constant.resolveShape,
        "Size": Constant.resolveSize,
    ]

    /// Of operators that have a resolver too: whether a node goes to its decomposer all the same.
    static let decomposedCases: [String: @Sendable (NodeReader) throws(ModelError) -> Bool] = [
        "Pow": SeveralConstants.applies,
        "Div": IntegerDivision.applies,
        "Mod": IntegerDivision.appliesToRemainder,
        "BatchNormalization": BatchNormalization.isTrained,
        "MaxPool": { $0.outputCount > 1 },
        "OneHot": OneHotEncoding.hasRealIndices,
    ]

    static func isDecomposed(
        _ operatorName: String, _ node: NodeReader
    ) throws(ModelError) -> Bool {
        try decomposedCases[operatorName]?(node) ?? false
    }

    /// Operators that opsets 2 to 6 changed: what they were before is not read.
    static let changedBeforeOpset6: Set<String> = [
        "Abs", "Add", "BatchNormalization", "Cast", "Ceil", "Clip", "Concat", "Div", "Dropout",
        "Elu", "Exp", "Floor", "GRU", "Gemm", "GlobalLpPool", "HardSigmoid",
        "InstanceNormalization", "LeakyRelu", "Log", "LpPool", "Max", "Mean", "Min", "Mul", "Neg",
        "PRelu", "Pad", "Reciprocal", "Relu", "Reshape", "Selu", "Sigmoid", "Split", "Sqrt", "Sub",
        "Sum", "Tanh", "Tile",
    ]

    /// Operators that are written in terms of others.
    static let decomposers: [String: Decomposer] = [
        // What the operation of that name does not take
        "Pow": SeveralConstants.decomposePower,
        "Div": IntegerDivision.decomposeQuotient,
        "Mod": IntegerDivision.decomposeRemainder,
        "Swish": Swish.decompose,
        "BatchNormalization": Normalization.decomposeTrainedBatch,
        "MaxPool": MaxPool.decomposeWithPositions,
        "OneHot": OneHotEncoding.decomposeReals,

        // Sums of products
        "Einsum": EinsumOperator.decompose,
        "ConvTranspose": ConvTranspose.decompose,
        "CumSum": CumulativeSum.decompose,

        // Reductions
        "ReduceSum": Reductions.decomposeSum,
        "ReduceMean": Reductions.decomposeMean,
        "ReduceSumSquare": Reductions.decomposeSumSquare,
        "ReduceL1": Reductions.decomposeL1,
        "ReduceL2": Reductions.decomposeL2,
        "ReduceLogSum": Reductions.decomposeLogSum,
        "ReduceLogSumExp": Reductions.decomposeLogSumExp,
        "LpPool": LpPool.decompose,
        "GlobalLpPool": LpPool.decomposeGlobal,
        "ReduceMax": Reductions.decomposeMax,
        "ReduceMin": Reductions.decomposeMin,
        "ReduceProd": Reductions.decomposeProd,

        // Rows
        "LayerNormalization": Normalization.decomposeLayer,
        "RMSNormalization": Normalization.decomposeRMS,
        "InstanceNormalization": Normalization.decomposeInstance,
        "GroupNormalization": Normalization.decomposeGroup,
        "MeanVarianceNormalization": Normalization.decomposeMeanVariance,
        "LpNormalization": Normalization.decomposeLp,
        "LRN": LocalResponse.decompose,
        "LogSoftmax": Softmax.decomposeLog,
        "LSTM": RecurrentNetwork.decomposer(.lstm),
        "GRU": RecurrentNetwork.decomposer(.gru),
        "RNN": RecurrentNetwork.decomposer(.rnn),

        // Quantised tensors
        "QuantizeLinear": QuantizeLinear.decompose,
        "DequantizeLinear": QuantizeLinear.decomposeInverse,
        "QLinearConv": QLinearLayers.decomposeConv,
        "QLinearMatMul": QLinearLayers.decomposeMatMul,
        "ConvInteger": QLinearLayers.sumsDecomposer("Conv"),
        "MatMulInteger": QLinearLayers.sumsDecomposer("MatMul"),
        // What onnxruntime writes: 16-bit types before opset 21, and fused operators.
        "com.microsoft.QuantizeLinear": QuantizeLinear.decompose,
        "com.microsoft.DequantizeLinear": QuantizeLinear.decomposeInverse,
        "com.microsoft.QGemm": QLinearLayers.decomposeGemm,
        "com.microsoft.QLinearAdd": QLinearLayers.binaryDecomposer("Add"),
        "com.microsoft.QLinearMul": QLinearLayers.binaryDecomposer("Mul"),
        "com.microsoft.QLinearSigmoid": QLinearLayers.unaryDecomposer("Sigmoid"),
        "com.microsoft.QLinearLeakyRelu": QLinearLayers.unaryDecomposer("LeakyRelu"),
        "com.microsoft.QLinearAveragePool": QLinearLayers.unaryDecomposer("AveragePool"),
        "com.microsoft.QLinearGlobalAveragePool":
            QLinearLayers.unaryDecomposer("GlobalAveragePool"),
        "com.microsoft.QLinearConcat": QLinearLayers.decomposeConcat,

        // Elements in other places
        "Resize": Resize.decompose,
        "Upsample": Resize.decompose,
        "Expand": AxisGather.decomposeExpand,
        "Compress": AxisGather.decomposeCompress,
        "CenterCropPad": AxisGather.decomposeCenterCropPad,
        "DepthToSpace": BlocksAndDepth.decomposeToSpace,
        "SpaceToDepth": BlocksAndDepth.decomposeToDepth,
        "GatherElements": GatherElements.decompose,
        "GatherND": ConstantSelections.decomposeGatherND,
        "Col2Im": Col2Im.decompose,
        "ReverseSequence": ConstantSelections.decomposeReverseSequence,
        "Trilu": ConstantSelections.decomposeTrilu,
        "Scatter": Scatter.decomposeElements,
        "ScatterElements": Scatter.decomposeElements,
        "ScatterND": Scatter.decomposeBlocks,

        // Constants
        "Range": ConstantSequences.decomposeRange,
        "NonZero": ConstantSequences.decomposeNonZero,
        "EyeLike": ConstantSequences.decomposeEyeLike,
    ]

    /// Whether an operator, named with its domain unless that is the default one, is anything here.
    static func knows(_ name: String) -> Bool {
        resolvers[name] != nil || decomposers[name] != nil || refusals[name] != nil
    }

    /// Operators that no circuit can or should have, and what to do instead.
    static let refusals: [String: String] = {
        let unroll = "unroll it when the model is exported"
        let tensors = "use tensors only"
        let dynamic =
            "its scale depends on the data, and a circuit's is fixed; quantise statically, with "
            + "calibration data"
        let text = "convert text to numbers outside the model"
        var result = [
            "Loop": unroll, "Scan": unroll,
            "Unique": "its result's shape depends on the data; use fixed extents",
            "Optional": tensors, "OptionalGetElement": tensors, "OptionalHasElement": tensors,
            "DynamicQuantizeLinear": dynamic, "com.microsoft.DynamicQuantizeMatMul": dynamic,
            "com.microsoft.DynamicQuantizeLSTM": dynamic,
            "SplitToSequence": "use Split", "ConcatFromSequence": "use Concat",
        ]
        for name in ["At", "Construct", "Empty", "Erase", "Insert", "Length", "Map"] {
            result["Sequence" + name] = tensors
        }
        for name in [
            "StringNormalizer", "StringConcat", "StringSplit", "RegexFullMatch", "TfIdfVectorizer",
        ] {
            result[name] = text
        }
        for name in [
            "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial",
            "Bernoulli",
        ] {
            result[name] = "make random numbers an input of the model"
        }
        return result
    }()
}
