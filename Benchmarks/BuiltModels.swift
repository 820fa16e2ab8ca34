/// ONNX files of models in common shapes, with random weights: what a proof costs depends on
/// shapes, not on what was learned.
enum BuiltModels {
    /// Two convolutions of 32 channels, two of 64, without padding, a pool after each pair, and
    /// ten logits of a 3x32x32 image: 14.4 M multiply-adds, 82 k weights.
    static func cifarCNN() -> [UInt8] {
        var model = ONNXWriter()
        model.input("image", [1, 3, 32, 32])
        func convolution(_ x: String, _ channels: Int, _ count: Int) -> String {
            let kernel = model.weights([count, channels, 3, 3], fanIn: 9 * channels)
            let bias = model.floats([count], Array(repeating: 0.05, count: count))
            return model.node("Relu", [model.node("Conv", [x, kernel, bias])])
        }
        func pool(_ x: String) -> String {
            model.node(
                "MaxPool", [x], [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2]))])
        }
        var x = convolution(convolution("image", 3, 32), 32, 32)
        x = convolution(convolution(pool(x), 32, 64), 64, 64)
        x = dense(model.node("Flatten", [pool(x)]), 1600, 10, &model)
        return model.file(output: x)
    }

    /// Layers of the given widths with ReLU between them.
    static func mlp(_ widths: [Int]) -> [UInt8] {
        var model = ONNXWriter()
        model.input("x", [1, widths[0]])
        var x = "x"
        for layer in 1..<widths.count {
            if layer > 1 { x = model.node("Relu", [x]) }
            x = dense(x, widths[layer - 1], widths[layer], &model)
        }
        return model.file(output: x)
    }

    /// A transformer's block, normalised before each half: attention of `heads` heads over all
    /// positions, then an MLP with GELU.
    static func transformerBlock(positions: Int, width: Int, heads: Int, hidden: Int) -> [UInt8] {
        var model = ONNXWriter()
        model.input("x", [positions, width])
        let headWidth = width / heads
        func layerNorm(_ x: String) -> String {
            let scale = model.floats([width], (0..<width).map { 0.8 + 0.4 * Float($0 % 7) / 7 })
            let shift = model.floats([width], Array(repeating: 0.01, count: width))
            return model.node("LayerNormalization", [x, scale, shift])
        }
        func project(_ x: String) -> String {
            model.node("MatMul", [x, model.weights([width, width], fanIn: 2 * width)])
        }
        /// [positions, width] as [heads, positions, headWidth], its axes permuted.
        func split(_ x: String, _ permutation: [Int]) -> String {
            let shape = model.integers([positions, heads, headWidth])
            return model.node(
                "Transpose", [model.node("Reshape", [x, shape])], [("perm", .ints(permutation))])
        }
        let attended = layerNorm("x")
        let queries = split(project(attended), [1, 0, 2])
        let keys = split(project(attended), [1, 2, 0])
        let values = split(project(attended), [1, 0, 2])
        let scale = model.floats([], [1 / Float(headWidth).squareRoot()])
        let scores = model.node("Mul", [model.node("MatMul", [queries, keys]), scale])
        let mixed = model.node("MatMul", [model.node("Softmax", [scores]), values])
        let merged = model.node(
            "Reshape",
            [
                model.node("Transpose", [mixed], [("perm", .ints([1, 0, 2]))]),
                model.integers([positions, width]),
            ])
        let x = model.node("Add", ["x", project(merged)])
        let inner = model.node("Gelu", [dense(layerNorm(x), width, hidden, &model)])
        let sum = model.node("Add", [x, dense(inner, hidden, width, &model)])
        return model.file(output: sum)
    }

    private static func dense(
        _ x: String, _ inputs: Int, _ outputs: Int, _ model: inout ONNXWriter
    ) -> String {
        let matrix = model.weights([inputs, outputs], fanIn: inputs)
        let bias = model.floats([outputs], Array(repeating: 0.05, count: outputs))
        return model.node("Gemm", [x, matrix, bias])
    }
}
