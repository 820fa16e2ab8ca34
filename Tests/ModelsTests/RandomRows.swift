import TestSupport

@testable import Models

/// Operators along rows, truth values, quantised values, and those that change nothing but names.
extension RandomModel {
    /// A node whose result other operators may not pick: no real numbers.
    private mutating func hidden(
        _ type: String, _ inputs: [String],
        _ attributes: [(String, TestModel.Attribute)] = []
    ) -> String {
        counter += 1
        let name = "h\(counter)"
        for input in inputs { unread.remove(input) }
        model.nodes.append(.init(type, inputs, [name], attributes, name: "\(type)_\(counter)"))
        return name
    }

    private mutating func toFloat(_ x: String, _ shape: [Int]) {
        node("Cast", [x], shape, [("to", .int(1))])
    }

    // MARK: Rows

    mutating func rows(_ x: String, _ shape: [Int]) {
        guard let axis = shape.indices.randomElement(using: &rng) else { return }
        let attribute = ("axis", TestModel.Attribute.int(axis))
        switch Int.random(in: 0..<8, using: &rng) {
        case 0: node("Softmax", [x], shape, [attribute])
        case 1: node("LogSoftmax", [x], shape, [attribute])
        case 2:
            let row = Array(shape[axis...])
            node(
                "LayerNormalization", [x, constant(row, scale: 2), constant(row)], shape,
                [attribute, ("epsilon", .float(0.01))])
        case 3: normalization(x, shape)
        case 4:
            guard shape.count > 1, chance(80, &rng) else { return }
            node(
                "LRN", [x], shape,
                [("size", .int(Int.random(in: 1...4, using: &rng))), ("bias", .float(1))])
        case 5:
            let (index, kept) = position(x, shape, axis)
            toFloat(index, kept)
        case 6:
            let (index, kept) = position(x, shape, axis)
            guard kept.reduce(shape[axis], *) < 500 else { return toFloat(index, kept) }
            let depth = ints([shape[axis]])
            node("OneHot", [index, depth, constant([2])], kept + [shape[axis]])
        default:
            let count = Int.random(in: 1...shape[axis], using: &rng)
            var result = shape
            result[axis] = count
            node(
                "TopK", [x, ints([count])], result,
                [attribute, ("largest", .int(Int.random(in: 0...1, using: &rng)))])
            let indices = "h\(counter)"
            model.nodes[model.nodes.count - 1].outputs.append(indices)
            if chance(50, &rng) { toFloat(indices, result) }
        }
    }

    /// A place of an extreme, and the shape that is left.
    private mutating func position(
        _ x: String, _ shape: [Int], _ axis: Int
    ) -> (String, [Int]) {
        let keeps = chance(50, &rng)
        let index = hidden(
            chance(50, &rng) ? "ArgMax" : "ArgMin", [x],
            [
                ("axis", .int(axis)), ("keepdims", .int(keeps ? 1 : 0)),
                ("select_last_index", .int(Int.random(in: 0...1, using: &rng))),
            ])
        var kept = shape
        if keeps { kept[axis] = 1 } else { kept.remove(at: axis) }
        return (index, kept)
    }

    mutating func normalization(_ x: String, _ shape: [Int], inGroups: Bool? = nil) {
        guard shape.count > 2 else { return }
        let channels = shape[1]
        let epsilon = ("epsilon", TestModel.Attribute.float(0.01))
        let operands = [x, constant([channels], scale: 2), constant([channels])]
        guard opset >= 21, inGroups ?? chance(60, &rng) else {
            return node("InstanceNormalization", operands, shape, [epsilon])
        }
        let groups = (1...channels).filter { channels % $0 == 0 }.randomElement(using: &rng) ?? 1
        node("GroupNormalization", operands, shape, [("num_groups", .int(groups)), epsilon])
    }

    /// Reductions that are sums of something else.
    static let norms = [
        "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp", "ReduceLogSum",
    ]

    mutating func norm(_ x: String, _ shape: [Int], _ given: String? = nil) {
        guard let axis = shape.indices.randomElement(using: &rng) else { return }
        var result = shape
        result[axis] = 1
        let type = given ?? Self.norms.randomElement(using: &rng) ?? "ReduceL1"
        var operand = x
        if type == "ReduceLogSum" {
            node("Softplus", [x], shape)
            operand = "v\(counter)"
        }
        let (more, attributes) = axesOperand([axis], since: 18)
        node(type, [operand] + more, result, attributes)
    }

    /// Axes as an operand since an opset, as an attribute before it.
    mutating func axesOperand(
        _ axes: [Int], since first: Int
    ) -> ([String], [(String, TestModel.Attribute)]) {
        opset >= first ? ([ints(axes)], []) : ([], [("axes", .ints(axes))])
    }

    /// - Parameter given: A network, and how many gates it has.
    mutating func recurrent(
        _ x: String, _ shape: [Int], _ given: (type: String, gates: Int)? = nil
    ) {
        var (x, count) = (x, shape.reduce(1, *))
        if given != nil, count > 96, shape.count == 4 {
            node("GlobalAveragePool", [x], shape[..<2] + [1, 1])
            (x, count) = ("v\(counter)", shape[0] * shape[1])
        }
        guard count <= 96,
            let length = [1, 2, 3, 4].filter({ count % $0 == 0 }).randomElement(using: &rng)
        else { return }
        let batch = [1, 2].filter { count / length % $0 == 0 }.randomElement(using: &rng) ?? 1
        let size = count / length / batch
        node("Reshape", [x, ints([length, batch, size])], [length, batch, size])
        let sequence = "v\(counter)"
        let (type, gates) =
            given ?? [("LSTM", 4), ("GRU", 3), ("RNN", 1)].randomElement(using: &rng) ?? ("RNN", 1)
        let hidden = Int.random(in: 1...3, using: &rng)
        var inputs = [
            sequence, constant([1, gates * hidden, size]), constant([1, gates * hidden, hidden]),
        ]
        if chance(60, &rng) { inputs.append(constant([1, 2 * gates * hidden])) }
        node(
            type, inputs, [length, 1, batch, hidden],
            [
                ("hidden_size", .int(hidden)),
                ("direction", .string(chance(50, &rng) ? "forward" : "reverse")),
            ])
    }

    // MARK: Truth values

    mutating func truth(_ x: String, _ shape: [Int], _ given: String? = nil) {
        var holds = comparison(x, shape)
        switch given == nil ? Int.random(in: 0..<4, using: &rng) : 2 {
        case 0: holds = hidden("Not", [holds])
        case 1: break
        default:
            let type = given ?? ["And", "Or", "Xor"].randomElement(using: &rng) ?? "And"
            holds = hidden(type, [holds, comparison(x, shape)])
        }
        if chance(50, &rng) {
            node("Where", [holds, x, constant(shape)], shape)
        } else {
            toFloat(holds, shape)
        }
    }

    private mutating func comparison(_ x: String, _ shape: [Int]) -> String {
        let types = ["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"]
        return hidden(
            types.randomElement(using: &rng) ?? "Less",
            [x, constant(chance(50, &rng) ? shape : [])])
    }

    // MARK: Element by element

    mutating func power(_ x: String, _ shape: [Int]) {
        switch Int.random(in: 0..<6, using: &rng) {
        case 0:
            node("Tanh", [x], shape)
            node("Exp", ["v\(counter)"], shape)
        case 1:
            let exponent = constant([])
            model.initializers[model.initializers.count - 1] = .floats(
                exponent, [], [[2, 3].randomElement(using: &rng) ?? 2])
            node("Tanh", [x], shape)
            node("Pow", ["v\(counter)", exponent], shape)
        case 2:
            let divisor = constant([])
            model.initializers[model.initializers.count - 1] = .floats(divisor, [], [0.75])
            node("Mod", [x, divisor], shape, [("fmod", .int(1))])
        case 3: node("Sum", [x, constant(shape), x], shape)
        case 4: node("Mean", [x, constant(shape)], shape)
        default:
            guard opset >= 20 else { return }
            node(
                "Gelu", [x], shape,
                [("approximate", .string(chance(50, &rng) ? "none" : "tanh"))])
        }
    }

    /// Rounded to 8 bits and back.
    mutating func quantised(_ x: String, _ shape: [Int]) {
        let isSigned = chance(50, &rng)
        let scale = constant([])
        model.initializers[model.initializers.count - 1] = .floats(scale, [], [1 / 32])
        let zero = "z\(counter)"
        model.initializers.append(
            .init(name: zero, shape: [], type: isSigned ? 3 : 2, raw: [isSigned ? 5 : 130]))
        let integers = hidden("QuantizeLinear", [x, scale, zero])
        node("DequantizeLinear", [integers, scale, zero], shape)
    }

    // MARK: Names and shapes

    mutating func renamed(_ x: String, _ shape: [Int]) {
        switch Int.random(in: 0..<8, using: &rng) {
        case 0: node("Identity", [x], shape)
        case 1: node("Dropout", [x], shape)
        case 2: toFloat(x, shape)
        case 3:
            let values = constant(shape)
            let tensor = model.initializers.removeLast()
            model.nodes.append(
                .init("Constant", [], [values], [("value", .tensor(tensor))], name: values))
            node("Add", [x, values], shape)
        case 4:
            guard shape.count < 6 else { return }
            let axis = Int.random(in: 0...shape.count, using: &rng)
            var result = shape
            result.insert(1, at: axis)
            node("Unsqueeze", [x, ints([axis])], result)
        case 5:
            guard let axis = shape.indices.filter({ shape[$0] == 1 }).randomElement(using: &rng)
            else { return }
            var result = shape
            result.remove(at: axis)
            node("Squeeze", [x, ints([axis])], result)
        case 6:
            guard shape.count == 4, shape[2] % 2 == 0, shape[3] % 2 == 0 else { return }
            node(
                "SpaceToDepth", [x], [shape[0], 4 * shape[1], shape[2] / 2, shape[3] / 2],
                [("blocksize", .int(2))])
        default:
            guard shape.count == 4, shape[1] % 4 == 0 else { return }
            node(
                "DepthToSpace", [x], [shape[0], shape[1] / 4, 2 * shape[2], 2 * shape[3]],
                [
                    ("blocksize", .int(2)),
                    ("mode", .string(chance(50, &rng) ? "DCR" : "CRD")),
                ])
        }
    }
}
