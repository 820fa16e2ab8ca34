/// What the caller decides about the extents that a model leaves open.
///
/// An extent comes, in this order, from the model, from ``shapes``, from ``symbols``, and, for the
/// first dimension of an input only, from ``batch``. An extent that none of them gives is an error.
public struct InputBindings: Sendable {
    /// The extent of an open first dimension.
    public var batch: Int
    /// Extents by the names that the model uses, such as "batch_size".
    public var symbols: [String: Int]
    /// Whole shapes by the name of the graph input, such as those of a sample.
    public var shapes: [String: [Int]]

    public init(batch: Int = 1, symbols: [String: Int] = [:], shapes: [String: [Int]] = [:]) {
        self.batch = batch
        self.symbols = symbols
        self.shapes = shapes
    }
}

extension InputBindings {
    /// A graph input as the model declares it.
    struct Declaration {
        let name: String
        /// Nil where even the rank is open.
        let dimensions: [ValueInfoProto.Dimension]?
    }

    /// The shapes of all graph inputs, in order.
    func resolve(_ inputs: [Declaration]) throws(ModelError) -> [[Int]] {
        for name in shapes.keys.sorted() where !inputs.contains(where: { $0.name == name }) {
            throw .inputUnknown(name)
        }
        var symbols = self.symbols
        for input in inputs { try bindGivenShape(of: input, into: &symbols) }
        for input in inputs where shapes[input.name] == nil {
            if case .symbol(let symbol)? = input.dimensions?.first, symbols[symbol] == nil {
                symbols[symbol] = batch
            }
        }
        var result: [[Int]] = []
        for input in inputs {
            let shape: [Int]
            if let given = shapes[input.name] {
                shape = given
            } else {
                shape = try self.shape(of: input, symbols: symbols)
            }
            guard Shape.elementCount(shape) != nil else {
                guard shapes[input.name] != nil || shape.contains(where: { $0 < 0 }) else {
                    throw .extent(value: input.name, shape)
                }
                throw .inputShape(
                    input: input.name, expected: "extents that multiply to at most 2^31",
                    actual: "\(shape)")
            }
            result.append(shape)
        }
        return result
    }

    private func bindGivenShape(
        of input: Declaration, into symbols: inout [String: Int]
    ) throws(ModelError) {
        guard let shape = shapes[input.name], let dimensions = input.dimensions else { return }
        let mismatch = ModelError.inputShape(
            input: input.name, expected: Self.text(dimensions), actual: "\(shape)")
        guard shape.count == dimensions.count else { throw mismatch }
        for (extent, dimension) in zip(shape, dimensions) {
            switch dimension {
            case .fixed(let value):
                guard Int64(extent) == value else { throw mismatch }
            case .symbol(let symbol):
                guard symbols[symbol, default: extent] == extent else { throw mismatch }
                symbols[symbol] = extent
            case .unknown: break
            }
        }
    }

    private func shape(
        of input: Declaration, symbols: [String: Int]
    ) throws(ModelError) -> [Int] {
        guard let dimensions = input.dimensions else {
            throw .unboundDimension(input: input.name, axis: 0, symbol: nil)
        }
        var shape: [Int] = []
        for (axis, dimension) in dimensions.enumerated() {
            switch dimension {
            case .fixed(let value): shape.append(Int(value))
            case .symbol(let symbol):
                guard let extent = symbols[symbol] else {
                    throw .unboundDimension(input: input.name, axis: axis, symbol: symbol)
                }
                shape.append(extent)
            case .unknown:
                guard axis == 0 else {
                    throw .unboundDimension(input: input.name, axis: axis, symbol: nil)
                }
                shape.append(batch)
            }
        }
        return shape
    }

    private static func text(_ dimensions: [ValueInfoProto.Dimension]) -> String {
        let extents = dimensions.map { dimension in
            switch dimension {
            case .fixed(let value): "\(value)"
            case .symbol(let symbol): symbol
            case .unknown: "?"
            }
        }
        return "[\(extents.joined(separator: ", "))]"
    }
}
