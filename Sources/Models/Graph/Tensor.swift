/// Real numbers in row-major order.
public struct FloatTensor: Sendable, Equatable {
    /// Extents, outermost first; empty for a scalar.
    public let shape: [Int]
    public let values: [Double]

    /// - Precondition: As many values as the shape has elements.
    public init(shape: [Int], values: [Double]) {
        precondition(
            Shape.elementCount(shape) == values.count, "\(values.count) values for shape \(shape)")
        self.shape = shape
        self.values = values
    }
}

/// Integers in row-major order; booleans are 0 and 1.
public struct IntTensor: Sendable, Equatable {
    /// Extents, outermost first; empty for a scalar.
    public let shape: [Int]
    public let values: [Int]

    /// - Precondition: As many values as the shape has elements.
    public init(shape: [Int], values: [Int]) {
        precondition(
            Shape.elementCount(shape) == values.count, "\(values.count) values for shape \(shape)")
        self.shape = shape
        self.values = values
    }
}

/// A tensor of either kind. Which one follows from the value's ``ElementType``.
public enum Tensor: Sendable, Equatable {
    case float(FloatTensor)
    case int(IntTensor)

    /// A tensor without elements; nil when the type has some.
    /// - Precondition: The shape's element count is within ``Shape/elementLimit``.
    init(repeating value: Int, _ type: ValueType) {
        let count = type.shape.reduce(1, *)
        self =
            type.elementType.isFloat
            ? .float(
                FloatTensor(
                    shape: type.shape, values: [Double](repeating: Double(value), count: count)))
            : .int(IntTensor(shape: type.shape, values: [Int](repeating: value, count: count)))
    }

    init?(empty type: ValueType) {
        guard Shape.elementCount(type.shape) == 0 else { return nil }
        self =
            type.elementType.isFloat
            ? .float(FloatTensor(shape: type.shape, values: []))
            : .int(IntTensor(shape: type.shape, values: []))
    }

    public var shape: [Int] {
        switch self {
        case .float(let tensor): tensor.shape
        case .int(let tensor): tensor.shape
        }
    }

    /// Its elements as doubles.
    var reals: [Double] {
        switch self {
        case .float(let tensor): tensor.values
        case .int(let tensor): tensor.values.map(Double.init)
        }
    }

    var elementCount: Int {
        switch self {
        case .float(let tensor): tensor.values.count
        case .int(let tensor): tensor.values.count
        }
    }

    var isFinite: Bool {
        switch self {
        case .float(let tensor): tensor.values.allSatisfy(\.isFinite)
        case .int: true
        }
    }
}

/// What is known of a value before it is computed.
public struct ValueType: Sendable, Equatable {
    public let elementType: ElementType
    public let shape: [Int]

    public init(_ elementType: ElementType, _ shape: [Int]) {
        self.elementType = elementType
        self.shape = shape
    }
}
