import TestSupport

@testable import Models

/// Operators that are written in terms of others, and nodes with two results.
extension RandomModel {
    mutating func movement(_ x: String, _ shape: [Int]) {
        guard let axis = shape.indices.randomElement(using: &rng) else { return }
        let count = shape.reduce(1, *)
        switch Int.random(in: 0..<8, using: &rng) {
        case 0:
            let counts = shape.map { _ in Int.random(in: 1...2, using: &rng) }
            guard zip(shape, counts).reduce(count, { $0 * $1.1 }) < 2000 else { return }
            node("Tile", [x, ints(counts)], zip(shape, counts).map { $0 * $1 })
        case 1:
            let target = [2] + shape.map { $0 == 1 ? Int.random(in: 1...3, using: &rng) : $0 }
            guard target.reduce(1, *) < 2000 else { return }
            node("Expand", [x, ints(target)], target)
        case 2:
            guard shape.count >= 2 else { return }
            node("Trilu", [x], shape, [("upper", .int(Int.random(in: 0...1, using: &rng)))])
        case 3:
            node(
                "CumSum", [x, ints([axis])], shape,
                [
                    ("exclusive", .int(Int.random(in: 0...1, using: &rng))),
                    ("reverse", .int(Int.random(in: 0...1, using: &rng))),
                ])
        case 4:
            guard count < 200 else { return }
            let indices = (0..<count).map { _ in Int.random(in: 0..<shape[axis], using: &rng) }
            let name = ints(indices)
            model.initializers[model.initializers.count - 1] = .ints(name, shape, indices)
            node("GatherElements", [x, name], shape, [("axis", .int(axis))])
        case 5:
            guard shape[axis] > 1 else { return }
            let first = Int.random(in: 1..<shape[axis], using: &rng)
            split(x, shape, axis: axis, sizes: [first, shape[axis] - first])
        case 6:
            guard shape.count >= 3, count < 300 else { return }
            let scales = shape.indices.map { place -> Float in
                place < 2 ? 1 : [0.5, 1, 1.5, 2].randomElement(using: &rng) ?? 1
            }
            let result = zip(shape, scales).map { Int((Float($0) * $1).rounded(.down)) }
            guard !result.contains(0) else { return }
            let name = constant([shape.count])
            model.initializers[model.initializers.count - 1] = .floats(
                name, [shape.count], scales)
            let mode = ["nearest", "linear"].randomElement(using: &rng) ?? "nearest"
            node("Resize", [x, "", name], result, [("mode", .string(mode))])
        default:
            guard shape.count >= 2, let depth = shape.last else { return }
            let columns = Int.random(in: 1...4, using: &rng)
            node(
                "Einsum", [constant([columns, depth]), x], [columns] + shape.dropLast(),
                [("equation", .string("kz,...z->k..."))])
        }
    }

    private mutating func split(_ x: String, _ shape: [Int], axis: Int, sizes: [Int]) {
        var (first, second) = (shape, shape)
        (first[axis], second[axis]) = (sizes[0], sizes[1])
        let list = ints(sizes)
        node("Split", [x, list], first, [("axis", .int(axis))])
        let index = model.nodes.count - 1
        let name = model.nodes[index].outputs[0] + "b"
        model.nodes[index].outputs.append(name)
        define(name, second)
    }

    mutating func reduction(_ x: String, _ shape: [Int]) {
        guard let axis = shape.indices.randomElement(using: &rng) else { return }
        let axes = shape.indices.filter { $0 == axis || chance(30, &rng) }
        let count = axes.reduce(1) { $0 * shape[$1] }
        let keeps = chance(50, &rng)
        let result = shape.indices.filter { keeps || !axes.contains($0) }.map {
            axes.contains($0) ? 1 : shape[$0]
        }
        let flag = ("keepdims", TestModel.Attribute.int(keeps ? 1 : 0))
        let types = ["ReduceMean", "ReduceMax", "ReduceMin", "ReduceSum", "ReduceProd"]
        let type = types.randomElement(using: &rng) ?? "ReduceMean"
        guard type != "ReduceProd" || count <= 6 else { return }
        let (operands, attributes) = axesOperand(axes, since: type == "ReduceSum" ? 13 : 18)
        node(type, [x] + operands, result, [flag] + attributes)
    }

    mutating func transposedConvolution(_ x: String, _ shape: [Int]) {
        guard shape.count == 4 || shape.count == 3, shape.reduce(1, *) < 200 else { return }
        let results = Int.random(in: 1...2, using: &rng)
        let spatial = shape[2...].map { extent -> (kernel: Int, stride: Int, extent: Int) in
            let kernel = Int.random(in: 1...3, using: &rng)
            let stride = Int.random(in: 1...2, using: &rng)
            return (kernel, stride, (extent - 1) * stride + kernel)
        }
        node(
            "ConvTranspose", [x, constant([shape[1], results] + spatial.map(\.kernel))],
            [shape[0], results] + spatial.map(\.extent),
            [("strides", .ints(spatial.map(\.stride)))])
    }
}
