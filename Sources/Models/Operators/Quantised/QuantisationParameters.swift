extension NodeReader {
    /// The scale and zero point of a quantised tensor, both constant.
    ///
    /// - Parameter scale: Nil for the scale 1.
    /// - Parameter zeroPoint: Zero where the node has none.
    /// - Parameter shape: Of the tensor.
    /// - Parameter axis: Along which a list of scales lies; nil where there is one scale only.
    func quantisation(
        scale: Int?, zeroPoint: Int, of type: ElementType, shape: [Int], axis: Int? = nil
    ) throws(ModelError) -> QuantisationParameters {
        guard Self.quantisedTypes.contains(type) else {
            throw unsupported("quantisation to \(type) is", advice: "use int8 or uint8")
        }
        var scales = FloatTensor.scalar(1)
        if let scale { scales = try floats(scale, role: "scale") }
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
        return QuantisationParameters(
            scale: FloatTensor(
                shape: try parameterShape(scales.shape, of: shape, axis: axis),
                values: scales.values),
            zeroPoint: IntTensor(
                shape: try parameterShape(zeroPoints.shape, of: shape, axis: axis),
                values: zeroPoints.values), type: type)
    }

    private static let quantisedTypes: Set<ElementType> = [.int8, .uint8, .int16, .uint16, .int32]

    /// The shape in which a list of parameters broadcasts to the tensor.
    private func parameterShape(
        _ given: [Int], of shape: [Int], axis: Int?
    ) throws(ModelError) -> [Int] {
        if given.allSatisfy({ $0 == 1 }) { return [] }
        guard let axis, given.count == 1, axis < shape.count, given[0] == shape[axis] else {
            throw unsupported(
                "scales or zero points of shape \(given) for a tensor of shape \(shape) are",
                advice: "use one for the tensor, or one for each channel of the weights")
        }
        return given + shape[(axis + 1)...].map { _ in 1 }
    }
}

extension Decomposition {
    /// The real numbers of an operand.
    mutating func dequantised(
        _ value: Value, _ parameters: QuantisationParameters, as type: ElementType = .float,
        step: String
    ) throws(ModelError) -> Value {
        let reference = reference(step)
        return try withDraft { draft throws(ModelError) in
            try draft.dequantised(value.index, parameters, as: type, reference)
        }
    }

    /// The integers of a real tensor.
    mutating func quantised(
        _ value: Value, _ parameters: QuantisationParameters, addsZeroPointFirst: Bool = false,
        step: String = "quantised"
    ) throws(ModelError) -> Value {
        let reference = reference(step)
        return try withDraft { draft throws(ModelError) in
            try draft.quantised(
                value.index, parameters, addsZeroPointFirst: addsZeroPointFirst, reference)
        }
    }
}
