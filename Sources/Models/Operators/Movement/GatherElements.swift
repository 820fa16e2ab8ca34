/// `GatherElements`: out[i, j…] = x[indices[i, j…], j…] for axis 0, and so on; constant indices by a
/// sum with a constant 0/1 tensor, computed ones by a sum with their one-hot tensor.
enum GatherElements {
    static func decompose(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 2...2)
        let x = try steps.operand(0)
        let axis = try node.axis(
            node.int("axis", default: 0), bound: x.shape.count, name: "axis")
        let type = try node.type(1)
        guard type.shape.count == x.shape.count,
            x.shape.indices.allSatisfy({ $0 == axis || type.shape[$0] <= x.shape[$0] })
        else {
            throw node.mismatch(
                expected: "indices no larger than \(x.shape)", actual: "\(type.shape)")
        }
        guard !type.elementType.isFloat else {
            throw .elementType(node.reference, input: 1, type.elementType)
        }
        // Other axes may be cropped.
        let counts = x.shape.indices.map { $0 == axis ? x.shape[$0] : type.shape[$0] }
        let cropped = try steps.crop(x, to: counts, step: "cropped")
        guard try node.constant(1) == nil else {
            let indices = try ConstantIndices(node, input: 1, extent: x.shape[axis])
            return [
                try steps.select(
                    cropped, axis: axis, from: { indices[$0] }, shape: type.shape,
                    step: "selected")
            ]
        }
        let encoding = OneHotEncoding(
            axis: type.shape.count, depth: x.shape[axis], off: 0, on: 1, isStrict: true)
        let isSource = try steps.add(
            encoding, to: [steps.operand(1)],
            [ValueType(x.type.elementType, type.shape + [x.shape[axis]])], step: "places")[0]
        return [
            try steps.select(
                cropped, axis: axis, by: isSource, shape: type.shape, step: "selected")
        ]
    }
}

extension Decomposition {
    /// The first elements of each axis.
    mutating func crop(_ x: Value, to counts: [Int], step: String) throws(ModelError) -> Value {
        guard counts != x.shape else { return x }
        let slice = Slice(
            starts: counts.map { _ in 0 }, steps: counts.map { _ in 1 }, counts: counts)
        return try add(slice, to: [x], shape: counts, step: step)
    }

    /// out[i] = x[i, but source(i) along an axis].
    mutating func select(
        _ x: Value, axis: Int, from source: ([Int]) -> Int, shape: [Int], step: String
    ) throws(ModelError) -> Value {
        let rank = shape.count
        let isSource = try zeroOne(shape + [x.shape[axis]], like: x) {
            source(Array($0.dropLast())) == $0[rank]
        }
        return try select(x, axis: axis, by: isSource, shape: shape, step: step)
    }

    /// out[i] = Σ isSource[i, k] · x[i, but k along an axis].
    mutating func select(
        _ x: Value, axis: Int, by isSource: Value, shape: [Int], step: String
    ) throws(ModelError) -> Value {
        let rank = shape.count
        var labels = Array(0..<rank)
        labels[axis] = rank
        let sum = EinsteinSum(
            operands: [Array(0...rank), labels], output: Array(0..<rank),
            extents: shape + [x.shape[axis]])
        return try add(sum, to: [isSource, x], shape: shape, step: step)
    }
}
