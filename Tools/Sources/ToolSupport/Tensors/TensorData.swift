/// The values of one tensor, in row-major order.
///
/// Integers stay integers (all of `Int64`); reals are IEEE doubles and always finite, because
/// the readers refuse NaN and infinity. float16 and float32 are exact in a double.
public struct TensorData: Sendable, Equatable {
    public enum Values: Sendable, Equatable {
        case reals([Double])
        case integers([Int64])
    }

    /// The extents; empty for a scalar.
    public let shape: [Int]
    public let values: Values

    /// - Precondition: `values` holds as many elements as `shape` says.
    public init(shape: [Int], reals: [Double]) {
        precondition(elementCount(of: shape) == reals.count, "\(shape): \(reals.count) values")
        self.shape = shape
        self.values = .reals(reals)
    }

    /// - Precondition: `values` holds as many elements as `shape` says.
    public init(shape: [Int], integers: [Int64]) {
        precondition(
            elementCount(of: shape) == integers.count, "\(shape): \(integers.count) values")
        self.shape = shape
        self.values = .integers(integers)
    }

    /// The number of elements.
    public var count: Int {
        switch values {
        case .reals(let reals): reals.count
        case .integers(let integers): integers.count
        }
    }

    public var isInteger: Bool {
        if case .integers = values { true } else { false }
    }

    /// The values as doubles: exact for reals and for integers up to 2^53, else to the nearest.
    public var doubles: [Double] {
        switch values {
        case .reals(let reals): reals
        case .integers(let integers): integers.map(Double.init)
        }
    }

    /// The same values under another shape.
    ///
    /// - Returns: Nil where the element counts differ.
    public func reshaped(to shape: [Int]) -> TensorData? {
        guard elementCount(of: shape) == count else { return nil }
        switch values {
        case .reals(let reals): return TensorData(shape: shape, reals: reals)
        case .integers(let integers): return TensorData(shape: shape, integers: integers)
        }
    }

    /// The parts along the leading axis, each with that axis removed.
    ///
    /// - Precondition: The tensor is not a scalar.
    public func parts() -> [TensorData] {
        precondition(!shape.isEmpty, "a scalar has no leading axis")
        let inner = Array(shape.dropFirst())
        let stride = elementCount(of: inner) ?? 0
        return (0..<shape[0]).map { i in
            let range = i * stride..<(i + 1) * stride
            switch values {
            case .reals(let reals):
                return TensorData(shape: inner, reals: Array(reals[range]))
            case .integers(let integers):
                return TensorData(shape: inner, integers: Array(integers[range]))
            }
        }
    }

    /// Reals of one shape under a new leading axis.
    ///
    /// - Precondition: All parts have the same shape, and there is at least one.
    public static func stacked(_ parts: [TensorData]) -> TensorData {
        precondition(!parts.isEmpty, "nothing to stack")
        precondition(parts.allSatisfy { $0.shape == parts[0].shape }, "shapes differ")
        return TensorData(
            shape: [parts.count] + parts[0].shape, reals: parts.flatMap(\.doubles))
    }
}

/// The product of the extents; nil for a negative extent or where it leaves `Int`.
public func elementCount(of shape: [Int]) -> Int? {
    guard shape.allSatisfy({ $0 >= 0 }) else { return nil }
    if shape.contains(0) { return 0 }
    var count = 1
    for extent in shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard !overflow else { return nil }
        count = product
    }
    return count
}

/// The coordinates of a row-major position.
func coordinates(of position: Int, in shape: [Int]) -> [Int] {
    var rest = position
    var index = [Int](repeating: 0, count: shape.count)
    for axis in shape.indices.reversed() where shape[axis] > 0 {
        index[axis] = rest % shape[axis]
        rest /= shape[axis]
    }
    return index
}

/// What a tensor file holds, in the order of the file.
public struct NamedTensors: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        /// Nil where the format has no names: a `.npy` file, EZKL's `input_data`, or `arr_0` and
        /// so on, the names that numpy gives to unnamed arrays.
        public var name: String?
        public var tensor: TensorData
        /// True for EZKL's flat lists, which carry no shape of their own.
        public var isFlat: Bool

        public init(name: String?, tensor: TensorData, isFlat: Bool = false) {
            self.name = name
            self.tensor = tensor
            self.isFlat = isFlat
        }
    }

    public var entries: [Entry]

    public init(_ entries: [Entry]) { self.entries = entries }

    /// Named tensors, in the given order.
    public init(_ tensors: KeyValuePairs<String, TensorData>) {
        entries = tensors.map { Entry(name: $0.key, tensor: $0.value) }
    }

    /// The tensor of that name.
    public subscript(name: String) -> TensorData? {
        entries.first { $0.name == name }?.tensor
    }
}
