/// `Pad`: more elements before and after each axis, or fewer where a count is negative.
public struct Pad: DataMovement, Equatable {
    public enum Mode: String, Sendable {
        case constant
        /// Mirrored at the first and last element, which are not repeated.
        case reflect
        /// The first and last element repeated.
        case edge
        /// The axis over and over.
        case wrap
    }

    public let mode: Mode
    /// Elements added before each axis.
    public let begins: [Int]
    /// The extents of the result.
    public let extents: [Int]
    /// The element of constant padding.
    public let padding: Double

    /// Pads and value are attributes before opset 11, constant operands since; axes since 18.
    static func resolve(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        let type = try node.type(0)
        let name = try node.string("mode") ?? "constant"
        guard let mode = Mode(rawValue: name), mode != .wrap || node.opset >= 19 else {
            throw node.invalid(attribute: "mode", name, advice: "use constant, reflect or edge")
        }
        var pads: [Int]
        var value = 0.0
        var axes = Array(type.shape.indices)
        if node.opset < 11 {
            try node.expect(inputs: 1...1)
            guard let list = try node.ints("pads") else {
                throw .attribute(node.reference, name: "pads", .missing)
            }
            pads = list
            value = try node.float("value") ?? 0
        } else {
            try node.expect(inputs: 2...(node.opset < 18 ? 3 : 4))
            pads = try node.integers(1, role: "pads")
            if node.has(2) { value = try constantValue(node) }
            if node.has(3) {
                axes = try node.axes(node.integers(3, role: "axes"), rank: type.shape.count)
            }
        }
        guard pads.count == 2 * axes.count else {
            throw node.mismatch(expected: "\(2 * axes.count) pads", actual: "\(pads)")
        }
        var (begins, extents) = (type.shape.map { _ in 0 }, type.shape)
        for (i, axis) in axes.enumerated() {
            let (begin, end) = (pads[i], pads[axes.count + i])
            let extent = type.shape[axis]
            let limit = mode == .reflect ? extent - 1 : Shape.elementLimit
            guard begin >= -extent, end >= -extent, begin <= limit, end <= limit,
                begin + end >= -extent,
                extent > 0 || mode == .constant
            else {
                throw node.mismatch(
                    expected: "pads between \(-extent) and \(limit) on axis \(axis)",
                    actual: "\(begin), \(end)")
            }
            guard mode == .constant || (begin >= 0 && end >= 0) else {
                throw node.unsupported("cropping in mode \(name) is", advice: "crop with Slice")
            }
            (begins[axis], extents[axis]) = (begin, extent + begin + end)
        }
        return ResolvedNode(
            Pad(mode: mode, begins: begins, extents: extents, padding: value), operands: [0],
            type.elementType, extents)
    }

    private static func constantValue(_ node: NodeReader) throws(ModelError) -> Double {
        guard case .int(let tensor) = try node.constant(2, role: "constant_value") else {
            return try node.scalar(2, role: "constant_value")
        }
        guard let value = tensor.values.first, tensor.values.count == 1,
            value.magnitude <= 1 << 53, try !node.type(0).elementType.isFloat
        else {
            throw node.mismatch(expected: "one number as constant_value", actual: "\(tensor.shape)")
        }
        return Double(value)
    }

    public func indexMap(operand: [Int]) -> IndexMap {
        let strides = Shape.strides(operand)
        return IndexMap(
            offsets: operand.indices.map { axis in
                (0..<extents[axis]).map { position in
                    source(position - begins[axis], extent: operand[axis])
                        .map { $0 * strides[axis] } ?? IndexMap.padding
                }
            })
    }

    /// The operand's element for a position counted from its first; nil for constant padding.
    private func source(_ position: Int, extent: Int) -> Int? {
        if (0..<extent).contains(position) { return position }
        return switch mode {
        case .constant: nil
        case .reflect: position < 0 ? -position : 2 * (extent - 1) - position
        case .edge: position < 0 ? 0 : extent - 1
        case .wrap: (position % extent + extent) % extent
        }
    }
}
