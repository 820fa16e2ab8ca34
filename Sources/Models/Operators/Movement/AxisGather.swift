/// Each axis of the result read at given positions of the operand's: what `Expand`, `Tile`,
/// `Compress`, `CenterCropPad` and nearest-neighbour `Resize` come to.
public struct AxisGather: DataMovement, Equatable {
    /// Which positions of an axis the result has, in order.
    public enum Axis: Sendable, Equatable {
        /// All of them.
        case all
        /// Each one so many times before the next.
        case repeated(Int)
        /// All of them, so many times.
        case tiled(Int)
        /// These; ``IndexMap/padding`` for an element that the operand does not have.
        case positions([Int])
    }

    /// One an axis of the operand.
    public let axes: [Axis]
    public let padding: Double

    public init(axes: [Axis], padding: Double = 0) {
        self.axes = axes
        self.padding = padding
    }

    public var parameterCount: Int {
        axes.reduce(0) { sum, axis in
            if case .positions(let list) = axis { sum + list.count } else { sum }
        }
    }

    /// The result's shape; extents saturate.
    func shape(_ operand: [Int]) -> [Int] {
        zip(operand, axes).map { extent, axis in
            switch axis {
            case .all: extent
            case .repeated(let count), .tiled(let count): extent.saturatingProduct(count)
            case .positions(let list): list.count
            }
        }
    }

    public func indexMap(operand: [Int]) -> IndexMap {
        let strides = Shape.strides(operand)
        return IndexMap(
            offsets: operand.indices.map { index in
                let (extent, stride) = (operand[index], strides[index])
                return switch axes[index] {
                case .all: (0..<extent).map { $0 * stride }
                case .repeated(let count): (0..<extent * count).map { $0 / count * stride }
                case .tiled(let count): (0..<extent * count).map { $0 % extent * stride }
                case .positions(let list):
                    list.map { $0 == IndexMap.padding ? IndexMap.padding : $0 * stride }
                }
            })
    }
}

extension AxisGather {
    /// `Tile`: the operand so many times along each axis.
    static func resolveTile(_ node: inout NodeReader) throws(ModelError) -> ResolvedNode {
        try node.expect(inputs: 2...2)
        let type = try node.type(0)
        let counts = try node.integers(1, role: "repeats")
        guard counts.count == type.shape.count, counts.allSatisfy({ $0 >= 0 }) else {
            throw node.mismatch(expected: "\(type.shape.count) repeats", actual: "\(counts)")
        }
        let operation = AxisGather(axes: counts.map { $0 == 1 ? .all : .tiled($0) })
        return ResolvedNode(
            operation, operands: [0], type.elementType, operation.shape(type.shape))
    }

    /// `Compress`: the positions of an axis, or of all elements in a row, where a constant condition
    /// holds.
    static func decomposeCompress(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 2...2)
        var x = try steps.operand(0)
        var axis = 0
        if let given = try node.int("axis") {
            axis = try node.axis(given, bound: x.shape.count, name: "axis")
        } else {
            x = try steps.reshape(x, to: [x.shape.saturatingProduct], step: "flat")
        }
        let condition = try node.integers(1, role: "condition")
        let positions = condition.indices.filter { condition[$0] != 0 }
        guard condition.count <= x.shape[axis] else {
            throw node.mismatch(
                expected: "at most \(x.shape[axis]) conditions", actual: "\(condition.count)")
        }
        var axes = x.shape.map { _ in Axis.all }
        axes[axis] = .positions(positions)
        return [try steps.gather(x, axes, step: "selected")]
    }

    /// `Expand`: numpy's broadcast to a shape.
    static func decomposeExpand(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 2...2)
        let x = try steps.operand(0)
        let target = try node.integers(1, role: "shape")
        guard let shape = Shape.broadcast(x.shape, target), Shape.elementCount(shape) != nil else {
            throw node.mismatch(
                expected: "shapes that broadcast", actual: "\(x.shape), \(target)")
        }
        return [try steps.expand(x, to: shape, step: "broadcast")]
    }

    /// `CenterCropPad`: axes cropped or padded with zeros on both sides, the odd one at the end.
    static func decomposeCenterCropPad(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 2...2)
        let x = try steps.operand(0)
        let target = try node.integers(1, role: "shape")
        let axes = try node.axes(
            node.ints("axes") ?? Array(x.shape.indices), rank: x.shape.count)
        guard axes.count == target.count, target.allSatisfy({ $0 >= 0 && $0 <= 1 << 28 }) else {
            throw node.mismatch(expected: "\(axes.count) extents", actual: "\(target)")
        }
        var (begins, extents) = (x.shape.map { _ in 0 }, x.shape)
        for (axis, extent) in zip(axes, target) {
            let difference = extent - x.shape[axis]
            // Half of it before the data, rounded to zero; a crop starts at half, rounded down.
            begins[axis] = difference / 2
            extents[axis] = extent
        }
        let pad = Pad(mode: .constant, begins: begins, extents: extents, padding: 0)
        return [try steps.add(pad, to: [x], shape: extents, step: "centre")]
    }
}

extension Decomposition {
    /// The positions given of each axis; no step where that is all of them.
    mutating func gather(
        _ x: Value, _ axes: [AxisGather.Axis], padding: Double = 0, step: String
    ) throws(ModelError) -> Value {
        let operation = AxisGather(axes: axes, padding: padding)
        guard axes.contains(where: { $0 != .all }) else { return x }
        return try add(operation, to: [x], shape: operation.shape(x.shape), step: step)
    }

    /// numpy's broadcast; no step where the shape is that already.
    ///
    /// - Precondition: The shape is one that x broadcasts to.
    mutating func expand(_ x: Value, to shape: [Int], step: String) throws(ModelError) -> Value {
        let extents = Shape.padded(x.shape, to: shape.count)
        let aligned = try reshape(x, to: extents, step: step + "/axes")
        return try gather(
            aligned, zip(extents, shape).map { $0 == $1 ? .all : .repeated($1) }, step: step)
    }
}
