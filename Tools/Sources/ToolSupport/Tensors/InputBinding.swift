/// Name and shape of a model's input or output.
public struct TensorSpec: Sendable, Equatable {
    public var name: String
    public var shape: [Int]

    public init(name: String, shape: [Int]) {
        self.name = name
        self.shape = shape
    }
}

/// Whether a file may, must or must not hold several samples along one more leading axis.
public enum SampleAxis: Sendable {
    case forbidden
    case allowed
    case required
}

/// The tensors of a file, put in the order of a model's inputs.
public struct BoundTensors: Sendable, Equatable {
    /// True where the file's tensors have the additional leading axis.
    public var isBatch: Bool
    /// For each sample the tensors of the model's inputs, in order, in exactly their shapes.
    public var samples: [[TensorData]]

    public init(isBatch: Bool, samples: [[TensorData]]) {
        self.isBatch = isBatch
        self.samples = samples
    }
}

/// Why the tensors of a file do not fit a model.
public enum InputFitError: Error, Equatable, CustomStringConvertible {
    case missing(name: String, present: [String])
    /// Unnamed tensors are taken in order, so their number must be the model's.
    case unnamedCount(expected: Int, actual: Int)
    case shape(name: String, expected: [Int], actual: [Int], samples: SampleAxis)
    case flatCount(name: String, expected: [Int], actual: Int)
    case sampleCounts(name: String, expected: Int, actual: Int)
    case empty(name: String)

    public var description: String {
        switch self {
        case .missing(let name, let present):
            "\(quoted(name)) is missing; the file has "
                + (present.isEmpty ? "nothing" : present.map(quoted).joined(separator: ", "))
        case .unnamedCount(let expected, let actual):
            "\(expected) tensors expected, the file has \(actual) without names"
        case .shape(let name, let expected, let actual, let samples):
            switch samples {
            case .forbidden: "\(quoted(name)) has shape \(actual), not \(expected)"
            case .allowed:
                "\(quoted(name)) has shape \(actual), neither \(expected) nor samples of it"
            case .required:
                "\(quoted(name)) has shape \(actual), not \(["n"] + expected.map(String.init)) for n samples"
            }
        case .flatCount(let name, let expected, let actual):
            "\(quoted(name)) has shape \(expected); the file's flat list has \(actual) values"
        case .sampleCounts(let name, let expected, let actual):
            "\(quoted(name)) has \(actual) samples, the tensor before it \(expected)"
        case .empty(let name): "\(quoted(name)) has no values"
        }
    }
}

extension NamedTensors {
    /// Finds each of `specs` by name, or by position where the file has no names.
    ///
    /// Tensors of other names are left aside: a test split also carries its labels. Only EZKL's
    /// flat lists are reshaped; anything else has the spec's shape, or that with one more leading
    /// axis (the same extent for all).
    public func bound(
        to specs: [TensorSpec], samples axis: SampleAxis
    ) throws(InputFitError) -> BoundTensors {
        var sampleCount: Int?
        var isBatch: Bool?
        var columns: [[TensorData]] = []
        for (spec, entry) in zip(specs, try ordered(as: specs)) {
            let tensor = entry.tensor
            guard tensor.count > 0 else { throw .empty(name: spec.name) }
            let parts: [TensorData]
            let hasAxis: Bool
            if entry.isFlat, axis != .required {
                guard let shaped = tensor.reshaped(to: spec.shape) else {
                    throw .flatCount(name: spec.name, expected: spec.shape, actual: tensor.count)
                }
                (parts, hasAxis) = ([shaped], false)
            } else if tensor.shape == spec.shape, axis != .required {
                (parts, hasAxis) = ([tensor], false)
            } else if axis != .forbidden, !tensor.shape.isEmpty,
                Array(tensor.shape.dropFirst()) == spec.shape
            {
                (parts, hasAxis) = (tensor.parts(), true)
            } else {
                throw .shape(
                    name: spec.name, expected: spec.shape, actual: tensor.shape, samples: axis)
            }
            if let sampleCount, let isBatch, sampleCount != parts.count || isBatch != hasAxis {
                throw .sampleCounts(
                    name: spec.name, expected: sampleCount, actual: parts.count)
            }
            (sampleCount, isBatch) = (parts.count, hasAxis)
            columns.append(parts)
        }
        // A model without inputs still runs once.
        let samples = (0..<(sampleCount ?? 1)).map { i in columns.map { $0[i] } }
        return BoundTensors(isBatch: isBatch ?? false, samples: samples)
    }

    private func ordered(as specs: [TensorSpec]) throws(InputFitError) -> [Entry] {
        let named = entries.compactMap(\.name)
        if named.isEmpty {
            guard entries.count == specs.count else {
                throw .unnamedCount(expected: specs.count, actual: entries.count)
            }
            return entries
        }
        var found: [Entry] = []
        for spec in specs {
            guard let entry = entries.first(where: { $0.name == spec.name }) else {
                throw .missing(name: spec.name, present: named)
            }
            found.append(entry)
        }
        return found
    }
}
