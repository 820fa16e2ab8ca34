extension NodeReader {
    /// The scale and zero point of a quantised tensor, both constant.
    ///
    /// - Parameter scale: Nil for the scale 1.
    /// - Parameter zeroPoint: Zero where the node has none.
    /// - Parameter shape: Of the tensor.
    /// - Parameter axis: Along which a list of scales lies; nil where there is one scale only.
    /// - Parameter block: How many neighbours along the axis share a scale; 0 without blocks.
    func quantisation(
        scale: Int?, zeroPoint: Int, of type: ElementType, shape: [Int], axis: Int? = nil,
        block: Int = 0
    ) throws(ModelError) -> QuantisationParameters {
        guard Self.quantisedTypes.contains(type) else {
            throw unsupported("quantisation to \(type) is", advice: "use int8 or uint8")
        }
        var scales = FloatTensor.scalar(1)
        if let scale {
            guard try constant(scale) != nil else {
                throw unsupported(
                    "a scale (input \(scale)) that is no constant is",
                    advice: "quantise statically, with calibration data")
            }
            scales = try floats(scale, role: "scale")
        }
        guard scales.values.allSatisfy({ $0 > 0 && Double(Float($0)) == $0 }) else {
            throw unsupported(
                "a scale that is no positive float is", advice: "quantise with positive scales")
        }
        var zeroPoints = IntTensor(shape: [], values: [0])
        if has(zeroPoint) {
            guard case .int(let tensor) = try constant(zeroPoint, role: "zero_point"),
                try self.type(zeroPoint).elementType == type
            else {
                throw .elementType(
                    reference, input: zeroPoint, try self.type(zeroPoint).elementType)
            }
            zeroPoints = tensor
        }
        if block > 0 {
            let blocks = try blocks(scales.shape, of: shape, axis: axis, block: block)
            let isOne = zeroPoints.values.count == 1 && !has(zeroPoint)
            guard isOne || zeroPoints.shape == scales.shape else {
                throw mismatch(
                    expected: "zero points of shape \(scales.shape)",
                    actual: "\(zeroPoints.shape)")
            }
            return QuantisationParameters(
                scale: FloatTensor(shape: shape, values: blocks.map { scales.values[$0] }),
                zeroPoint: isOne
                    ? zeroPoints
                    : IntTensor(shape: shape, values: blocks.map { zeroPoints.values[$0] }),
                type: type)
        }
        return QuantisationParameters(
            scale: FloatTensor(
                shape: try parameterShape(scales.shape, of: shape, axis: axis),
                values: scales.values),
            zeroPoint: IntTensor(
                shape: try parameterShape(zeroPoints.shape, of: shape, axis: axis),
                values: zeroPoints.values), type: type)
    }

    /// For each element of a tensor the place of its block's parameters.
    private func blocks(
        _ given: [Int], of shape: [Int], axis: Int?, block: Int
    ) throws(ModelError) -> [Int] {
        var expected = shape
        if let axis {
            expected[axis] = shape[axis] / block + (shape[axis] % block == 0 ? 0 : 1)
        }
        guard let axis, given == expected else {
            throw mismatch(
                expected: "scales of shape \(expected) for blocks of \(block)", actual: "\(given)")
        }
        let (strides, rows) = (Shape.strides(shape), Shape.strides(given))
        return (0..<shape.reduce(1, *)).map { element in
            shape.indices.reduce(0) { place, index in
                let position = element / strides[index] % shape[index]
                return place + (index == axis ? position / block : position) * rows[index]
            }
        }
    }

    private static let quantisedTypes: Set<ElementType> = [.int8, .uint8, .int16, .uint16, .int32]

    /// The shape in which a list of parameters broadcasts to the tensor.
    private func parameterShape(
        _ given: [Int], of shape: [Int], axis: Int?
    ) throws(ModelError) -> [Int] {
        if given.allSatisfy({ $0 == 1 }) { return [] }
        guard let axis, given.count == 1, axis < shape.count, given[0] == shape[axis],
            given[0] > 0
        else {
            throw unsupported(
                "scales or zero points of shape \(given) for a tensor of shape \(shape) are",
                advice: "use one for the tensor, or one for each channel of the weights")
        }
        return given + shape[(axis + 1)...].map { _ in 1 }
    }
}

extension Decomposition {
    /// The real numbers of an operand.
    ///
    /// - Parameter step: Nil where that is all the node does.
    mutating func dequantised(
        _ value: Value, _ parameters: QuantisationParameters, as type: ElementType = .float,
        step: String? = nil
    ) throws(ModelError) -> Value {
        let reference = step.map { self.reference($0) } ?? self.reference
        return try withDraft { draft throws(ModelError) in
            try draft.dequantised(value.index, parameters, as: type, reference)
        }
    }

    /// The integers of a real tensor.
    mutating func quantised(
        _ value: Value, _ parameters: QuantisationParameters, addsZeroPointFirst: Bool = false
    ) throws(ModelError) -> Value {
        let reference = reference
        return try withDraft { draft throws(ModelError) in
            try draft.quantised(
                value.index, parameters, addsZeroPointFirst: addsZeroPointFirst, reference)
        }
    }
}
