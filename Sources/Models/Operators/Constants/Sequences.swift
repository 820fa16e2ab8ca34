/// Constants that other constants, or shapes alone, determine: `Range`, `NonZero`, `EyeLike`.
enum ConstantSequences {
    /// `Range`: start, start + delta, … before the limit.
    static func decomposeRange(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 3...3)
        let type = try node.type(0).elementType
        for input in 1...2 where try node.type(input).elementType != type {
            throw .elementType(node.reference, input: input, try node.type(input).elementType)
        }
        if type.isFloat {
            let start = try node.scalar(0, role: "start")
            let limit = try node.scalar(1, role: "limit")
            let delta = try node.scalar(2, role: "delta")
            let exact = ((limit - start) / delta).rounded(.up)
            guard delta != 0, exact.isFinite else {
                throw .evaluation(node.reference, .divisionByZero)
            }
            let count = try steps.reserved([Int(min(max(exact, 0), 0x1p40))])
            // Multiples of the step, as onnxruntime, which sums, has them up to rounding.
            let values = (0..<count).map { start + Double($0) * delta }
            return [steps.constant(.float(FloatTensor(shape: [count], values: values)), type)]
        }
        var bounds: [Int] = []
        for (input, role) in ["start", "limit", "delta"].enumerated() {
            let list = try node.integers(input, role: role)
            guard list.count == 1 else {
                throw node.mismatch(expected: "one number as \(role)", actual: "\(list.count)")
            }
            bounds += list
        }
        let (start, limit, delta) = (bounds[0], bounds[1], bounds[2])
        guard delta != 0 else { throw .evaluation(node.reference, .divisionByZero) }
        let (distance, overflow) = limit.subtractingReportingOverflow(start)
        guard !overflow, distance != .min, delta != .min else {
            throw .evaluation(node.reference, .integerOverflow)
        }
        let reach = distance.signum() == delta.signum() ? distance.magnitude : 0
        let wanted = reach == 0 ? 0 : (reach - 1) / delta.magnitude + 1
        let count = try steps.reserved([Int(clamping: wanted)])
        let values = (0..<count).map { start + $0 * delta }
        return [steps.constant(.int(IntTensor(shape: [count], values: values)), type)]
    }

    /// `NonZero` of a constant: the indices of its elements that are not 0, one column each.
    static func decomposeNonZero(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 1...1)
        let tensor = try node.constant(0, role: "X")
        let places: [Int] =
            switch tensor {
            case .float(let tensor): tensor.values.indices.filter { tensor.values[$0] != 0 }
            case .int(let tensor): tensor.values.indices.filter { tensor.values[$0] != 0 }
            }
        let (shape, strides) = (tensor.shape, Shape.strides(tensor.shape))
        _ = try steps.reserved([shape.count, places.count])
        let values = zip(shape, strides).flatMap { extent, stride in
            places.map { $0 / stride % extent }
        }
        let result = IntTensor(shape: [shape.count, places.count], values: values)
        return [steps.constant(.int(result), .int64)]
    }

    /// `EyeLike`: ones on a diagonal; of the operand only the shape matters.
    static func decomposeEyeLike(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 1...1)
        let given = try node.type(0)
        let offset = try node.int("k", default: 0)
        var type = given.elementType
        if let code = try node.int("dtype") {
            guard let named = ElementType(rawValue: code) else {
                throw node.invalid(
                    attribute: "dtype", ElementType.name(ofCode: code), advice: "use numbers")
            }
            type = named
        }
        guard given.shape.count == 2 else {
            throw node.mismatch(expected: "a matrix", actual: "\(given.shape)")
        }
        let count = try steps.reserved(given.shape)
        let columns = max(1, given.shape[1])
        let ones = (0..<count).map { $0 % columns - $0 / columns == offset }
        let tensor: Tensor =
            type.isFloat
            ? .float(FloatTensor(shape: given.shape, values: ones.map { $0 ? 1 : 0 }))
            : .int(IntTensor(shape: given.shape, values: ones.map { $0 ? 1 : 0 }))
        return [steps.constant(tensor, type)]
    }
}
