import TestSupport

@testable import Models

/// Random graphs over all operators that compute on data.
struct RandomModel {
    var model: TestModel
    var shapes: [(name: String, shape: [Int])]
    var rng: SeededGenerator
    private let exponents: ClosedRange<Int>
    private var values: [(name: String, shape: [Int])] = []
    var unread: Set<String> = []
    var counter = 0
    /// Of ONNX's own operators: one before reductions took their axes as operands, one since.
    let opset: Int

    /// The graph's inputs, as `samples` makes them.
    var inputs: [(name: String, shape: [Int])] { shapes }

    /// - Parameter exponents: Each constant is multiplied by a power of ten from this range.
    init(seed: UInt64, exponents: ClosedRange<Int> = 0...0) {
        rng = SeededGenerator(seed: seed)
        self.exponents = exponents
        opset = seed.isMultiple(of: 2) ? 17 : 21
        model = TestModel()
        model.opsets = [("", opset)]
        model.nodes = []
        model.inputs = []
        shapes = []
        for index in 0..<Int.random(in: 1...2, using: &rng) {
            let shape = Self.imageShape(&rng)
            let name = "x\(index)"
            shapes.append((name, shape))
            model.inputs.append(.init(name: name, shape: shape.map { .fixed($0) }))
            define(name, shape)
        }
        // What chance would make too seldom, in turn.
        rare(Int(seed % 40), values[0].name, values[0].shape)
        for _ in 0..<Int.random(in: 2...9, using: &rng) { step() }
        // Whatever nothing reads is an output.
        model.outputs = values.map(\.name).filter { unread.contains($0) && !$0.hasPrefix("x") }
        for (name, _) in shapes where unread.contains(name) {
            let output = "out_\(name)"
            model.nodes.append(.init("Relu", [name], [output]))
            model.outputs.append(output)
        }
    }

    /// Normal numbers, one tensor for each input.
    func samples(_ count: Int, seed: UInt64) -> [[String: FloatTensor]] {
        var rng = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            var sample: [String: FloatTensor] = [:]
            for (name, shape) in shapes {
                let values = (0..<shape.reduce(1, *)).map { _ in
                    Double.random(in: -2...2, using: &rng) * Double.random(in: 0...1, using: &rng)
                }
                sample[name] = FloatTensor(shape: shape, values: values)
            }
            return sample
        }
    }
}

extension RandomModel {
    private static func imageShape(_ rng: inout SeededGenerator) -> [Int] {
        let extents = [1, 2, 3, 4, 5, 6, 7, 8]
        return [
            Int.random(in: 1...2, using: &rng), extents.prefix(6).randomElement(using: &rng) ?? 1,
            extents.randomElement(using: &rng) ?? 1, extents.randomElement(using: &rng) ?? 1,
        ]
    }

    mutating func define(_ name: String, _ shape: [Int]) {
        values.append((name, shape))
        unread.insert(name)
    }

    private mutating func pick() -> (name: String, shape: [Int]) {
        // Rather a late one.
        let index = max(
            Int.random(in: 0..<values.count, using: &rng),
            Int.random(in: 0..<values.count, using: &rng))
        return values[index]
    }

    mutating func constant(_ shape: [Int], scale: Float = 1) -> String {
        counter += 1
        let name = "w\(counter)"
        let exponent = exponents == 0...0 ? 0 : Int.random(in: exponents, using: &rng)
        let scale = scale * Float(sign: .plus, exponent: exponent * 10 / 3, significand: 1)
        let values = (0..<shape.reduce(1, *)).map { _ in
            Float.random(in: -scale...scale, using: &rng)
        }
        model.initializers.append(.floats(name, shape, values))
        return name
    }

    mutating func ints(_ values: [Int]) -> String {
        counter += 1
        model.initializers.append(.ints("i\(counter)", [values.count], values))
        return "i\(counter)"
    }

    mutating func node(
        _ type: String, _ inputs: [String], _ shape: [Int],
        _ attributes: [(String, TestModel.Attribute)] = []
    ) {
        counter += 1
        let name = "v\(counter)"
        for input in inputs { unread.remove(input) }
        model.nodes.append(.init(type, inputs, [name], attributes, name: "\(type)_\(counter)"))
        define(name, shape)
    }

    func chance(_ percent: Int, _ rng: inout SeededGenerator) -> Bool {
        Int.random(in: 0..<100, using: &rng) < percent
    }

    private static let functions = [
        "Abs", "Ceil", "Cos", "Elu", "Erf", "Floor", "HardSigmoid", "HardSwish", "Round", "Sign",
        "Sin", "Softplus", "Softsign", "ThresholdedRelu", "Selu", "Celu", "Mish",
    ]

    private mutating func rare(_ index: Int, _ x: String, _ shape: [Int]) {
        let networks = [("LSTM", 4), ("GRU", 3), ("RNN", 1)]
        switch index {
        case ..<Self.functions.count: node(Self.functions[index], [x], shape)
        case 17..<20: recurrent(x, shape, networks[index - 17])
        case 20..<25: norm(x, shape, Self.norms[index - 20])
        // Opset 21, both.
        case 25: normalization(x, shape, inGroups: true)
        case 27: node("Gelu", [x], shape)
        case 26: normalization(x, shape, inGroups: false)
        case 28:
            let flat = [shape[0], shape[1...].reduce(1, *)]
            node("Flatten", [x], flat)
            node("Gemm", ["v\(counter)", constant([flat[1], 3])], [flat[0], 3])
        case 29: node("GlobalMaxPool", [x], shape[..<2] + [1, 1])
        case 30: node("Tile", [x, ints([1, 1, 2, 1])], shape[..<2] + [2 * shape[2], shape[3]])
        case 31: node("Softmax", [x], shape, [("axis", .int(1))])
        case 32: truth(x, shape, "Or")
        default: break
        }
    }

    private mutating func step() {
        let (x, shape) = pick()
        let count = shape.reduce(1, *)
        switch Int.random(in: 0..<47, using: &rng) {
        case 0, 1: convolution(x, shape)
        case 2: pool(x, shape)
        case 3, 4: matrix(x, shape)
        case 5: node("Relu", [x], shape)
        case 6: node("LeakyRelu", [x], shape, [("alpha", .float(0.125 + Float(counter % 3)))])
        case 7: node("Clip", [x, constant([], scale: 0.5), constant([], scale: 2)], shape)
        case 8: node("Sigmoid", [x], shape)
        case 9: node("Tanh", [x], shape)
        case 10: node("Neg", [x], shape)
        case 11: binary(x, shape)
        case 12: withConstant(x, shape)
        case 13:
            guard shape.count >= 2 else { return }
            let c = shape[1]
            let variance = constant([c])
            model.initializers[model.initializers.count - 1] = .floats(
                variance, [c], (0..<c).map { 0.5 + Float($0) / 4 })
            node(
                "BatchNormalization",
                [x, constant([c], scale: 2), constant([c]), constant([c]), variance], shape)
        case 14:
            let permutation = shape.indices.shuffled(using: &rng)
            node(
                "Transpose", [x], permutation.map { shape[$0] }, [("perm", .ints(permutation))])
        case 15, 16:
            // Random factors.
            var rest = count
            var target: [Int] = []
            for _ in 0..<Int.random(in: 0...3, using: &rng) {
                let factor = (1...rest).filter { rest % $0 == 0 }.randomElement(using: &rng) ?? 1
                target.append(factor)
                rest /= factor
            }
            target.append(rest)
            node("Reshape", [x, ints(target)], target)
        case 17:
            let axis = Int.random(in: 0...shape.count, using: &rng)
            node(
                "Flatten", [x], [shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)],
                [("axis", .int(axis))])
        case 18: slice(x, shape)
        case 19: pad(x, shape)
        case 20: concat(x, shape)
        case 21, 35, 36: renamed(x, shape)
        case 22, 23:
            node(Self.functions.randomElement(using: &rng) ?? "Abs", [x], shape)
        case 24:
            node("Sigmoid", [x], shape)
            node("Mul", [x, "v\(counter)"], shape)
        case 25: choice(x, shape)
        case 26:
            node("Softplus", [x], shape)
            node(
                ["Log", "Sqrt", "Reciprocal"].randomElement(using: &rng) ?? "Log",
                ["v\(counter)"], shape)
        case 27:
            guard shape.count > 1 else { return }
            let slope = [shape[1]] + shape.dropFirst(2).map { _ in 1 }
            node("PRelu", [x, constant(slope)], shape)
        case 28, 29, 30: movement(x, shape)
        case 31, 32: reduction(x, shape)
        case 33: transposedConvolution(x, shape)
        case 37, 38, 39, 40: rows(x, shape)
        case 41: norm(x, shape)
        case 42: recurrent(x, shape)
        case 43: truth(x, shape)
        case 44, 45: power(x, shape)
        case 46: quantised(x, shape)
        default:
            guard let axis = shape.indices.randomElement(using: &rng) else { return }
            let indices = (0..<Int.random(in: 1...4, using: &rng)).map { _ in
                Int.random(in: 0..<shape[axis], using: &rng)
            }
            var result = shape
            result[axis] = indices.count
            node("Gather", [x, ints(indices)], result, [("axis", .int(axis))])
        }
    }

    private mutating func matrix(_ x: String, _ shape: [Int]) {
        guard let depth = shape.last else { return }
        let columns = Int.random(in: 1...6, using: &rng)
        if shape.count == 2, chance(60, &rng) {
            let transposes = chance(50, &rng)
            var inputs = [x, constant(transposes ? [columns, depth] : [depth, columns])]
            if chance(60, &rng) { inputs.append(constant([columns])) }
            node(
                "Gemm", inputs, [shape[0], columns],
                [
                    ("transB", .int(transposes ? 1 : 0)), ("alpha", .float(0.5)),
                    ("beta", .float(2)),
                ])
        } else if shape.count >= 2, chance(30, &rng) {
            let rows = shape[shape.count - 2]
            node("MatMul", [constant([columns, rows]), x], shape.dropLast(2) + [columns, depth])
        } else if shape.count >= 2, chance(20, &rng) {
            // With itself, transposed.
            let permutation = shape.indices.dropLast(2) + [shape.count - 1, shape.count - 2]
            node(
                "Transpose", [x], permutation.map { shape[$0] },
                [("perm", .ints(Array(permutation)))])
            let rows = shape[shape.count - 2]
            node("MatMul", [x, "v\(counter)"], shape.dropLast(1) + [rows])
        } else {
            node("MatMul", [x, constant([depth, columns])], shape.dropLast() + [columns])
        }
    }

    private mutating func binary(_ x: String, _ shape: [Int]) {
        let partners = values.filter { Shape.broadcast($0.shape, shape) != nil }
        guard let (y, other) = partners.randomElement(using: &rng),
            let result = Shape.broadcast(shape, other)
        else { return }
        node(["Add", "Sub", "Mul"].randomElement(using: &rng) ?? "Add", [x, y], result)
    }

    /// A larger or smaller one of two, or one of them by a comparison.
    private mutating func choice(_ x: String, _ shape: [Int]) {
        let partners = values.filter { Shape.broadcast($0.shape, shape) != nil }
        guard let (y, other) = partners.randomElement(using: &rng),
            let result = Shape.broadcast(shape, other)
        else { return }
        switch Int.random(in: 0..<3, using: &rng) {
        case 0: node("Max", [x, y, constant(shape)], result)
        case 1: node("Min", [x, y], result)
        default:
            // Not a value that other operators may pick: of truth values.
            counter += 1
            let condition = "c\(counter)"
            model.nodes.append(.init("Less", [x, constant(shape)], [condition]))
            node("Where", [condition, y, x], result)
        }
    }

    private mutating func withConstant(_ x: String, _ shape: [Int]) {
        let other = shape.map { chance(50, &rng) ? $0 : 1 }
        let type = ["Add", "Sub", "Mul", "Div"].randomElement(using: &rng) ?? "Add"
        let name = constant(other)
        if type == "Div" {
            let count = other.reduce(1, *)
            model.initializers[model.initializers.count - 1] = .floats(
                name, other, (0..<count).map { 0.75 + Float($0 % 5) / 2 })
        }
        let inputs = type != "Div" && chance(30, &rng) ? [name, x] : [x, name]
        node(type, inputs, shape)
    }

    private mutating func slice(_ x: String, _ shape: [Int]) {
        guard let axis = shape.indices.randomElement(using: &rng) else { return }
        let extent = shape[axis]
        let step = [1, 1, 2, -1, -2].randomElement(using: &rng) ?? 1
        let (low, high) = (
            Int.random(in: 0..<extent, using: &rng), Int.random(in: 1...extent, using: &rng)
        )
        let (first, last) = (min(low, high - 1), max(low + 1, high))
        let count = (last - first + step.magnitude.asInt - 1) / step.magnitude.asInt
        let (start, end) = step > 0 ? (first, last) : (last - 1, first == 0 ? -100 : first - 1)
        var result = shape
        result[axis] = count
        node("Slice", [x, ints([start]), ints([end]), ints([axis]), ints([step])], result)
    }

    private mutating func pad(_ x: String, _ shape: [Int]) {
        let mode = ["constant", "edge", "reflect"].randomElement(using: &rng) ?? "constant"
        let limit = mode == "reflect" ? 0 : 2
        let begins = shape.map { Int.random(in: 0...min(2, max(limit, $0 - 1)), using: &rng) }
        let ends = shape.map { Int.random(in: 0...min(2, max(limit, $0 - 1)), using: &rng) }
        var inputs = [x, ints(begins + ends)]
        if mode == "constant" { inputs.append(constant([])) }
        let result = shape.indices.map { shape[$0] + begins[$0] + ends[$0] }
        guard result.reduce(1, *) < 3000 else { return }
        node("Pad", inputs, result, [("mode", .string(mode))])
    }

    private mutating func concat(_ x: String, _ shape: [Int]) {
        guard let axis = shape.indices.randomElement(using: &rng) else { return }
        let partners = values.filter { value in
            value.shape.count == shape.count
                && shape.indices.allSatisfy { $0 == axis || value.shape[$0] == shape[$0] }
        }
        var inputs = [x]
        var result = shape
        for _ in 0..<Int.random(in: 1...2, using: &rng) {
            if chance(30, &rng) {
                inputs.append(constant(shape))
                result[axis] += shape[axis]
            } else if let (name, other) = partners.randomElement(using: &rng) {
                inputs.append(name)
                result[axis] += other[axis]
            }
        }
        node("Concat", inputs.shuffled(using: &rng), result, [("axis", .int(axis))])
    }
}

extension UInt {
    fileprivate var asInt: Int { Int(self) }
}
