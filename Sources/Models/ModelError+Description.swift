extension ModelError {
    /// What a caller should do about it.
    public enum Category: Sendable {
        /// The file is not a valid ONNX model.
        case malformed
        /// A valid model that uses something we do not support.
        case unsupported
        /// The data given with the model (shapes, samples, inputs) does not fit it.
        case input
    }

    public var category: Category {
        switch self {
        case .malformed, .invalidGraph, .inputCount, .mismatch: .malformed
        case .tensor(_, let problem):
            switch problem {
            case .externalData, .segment, .elementType, .tooManyElements, .notANumber: .unsupported
            case .encoding, .extent, .elementCount, .byteCount, .integerOutOfRange: .malformed
            }
        case .unsupportedOpset, .unsupportedFeature, .unknownOperator, .outputCount, .attribute,
            .elementType, .notConstant, .unsupported, .evaluation, .extent:
            .unsupported
        case .unboundDimension, .inputShape, .inputMissing, .inputUnknown, .inputValue: .input
        }
    }
}

extension ModelError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let error):
            return "not an ONNX file: \(error)"
        case .invalidGraph(let problem):
            return "invalid ONNX graph: \(problem)"
        case .unsupportedOpset(let version):
            let range = ModelGraph.supportedOpsets
            return
                "opset \(version) of the default domain is not supported (only \(range.lowerBound) to "
                + "\(range.upperBound)); export the model again with opset_version=17"
        case .unsupportedFeature(let feature, let name):
            return name.isEmpty
                ? "\(feature.rawValue): not supported"
                : "\"\(name)\": \(feature.rawValue) is not supported"
        case .tensor(let name, let problem):
            return "tensor \"\(name)\": \(problem)"
        case .unknownOperator(let node, let domain):
            return domain.isEmpty
                ? "\(node): operator \(node.operatorName) is not supported"
                : "\(node): operators of the domain \"\(domain)\" are not supported; export the model "
                    + "without custom or contributed operators"
        case .inputCount(let node, let expected, let actual):
            return "\(node): \(Self.count(expected, "input")) expected, \(actual) given"
        case .outputCount(let node, let expected, let actual):
            return "\(node): \(Self.count(expected, "output")) supported, \(actual) used"
        case .attribute(let node, let name, let problem):
            return "\(node): attribute \"\(name)\" \(problem)"
        case .elementType(let node, let input, let type):
            return
                "\(node): input \(input) has element type \(type), which the operator does not take "
                + "here; insert a Cast to float"
        case .notConstant(let node, let input, let role):
            return
                "\(node): input \(input) (\(role)) must be a constant, but depends on the model's "
                + "input; export with constant folding, or with fixed shapes"
        case .mismatch(let node, let expected, let actual):
            return "\(node): expected \(expected), got \(actual)"
        case .unsupported(let node, let what, let advice):
            return "\(node): \(what) not supported; \(advice)"
        case .evaluation(let node, let error):
            return "\(node): \(error)"
        case .extent(let value, let shape):
            return
                "the value \"\(value)\" of shape \(shape) has "
                + (shape.contains(0) ? "no elements" : "too many elements or axes")
                + "; take it out of the model, or bind it as a constant"
        case .unboundDimension(let input, let axis, let symbol):
            return
                "input \"\(input)\": dimension \(axis)\(symbol.map { " (\"\($0)\")" } ?? "") has no "
                + "fixed extent; give sample inputs, or the extent by name"
        case .inputShape(let input, let expected, let actual):
            return "input \"\(input)\": shape \(expected) expected, got \(actual)"
        case .inputMissing(let name):
            return "input \"\(name)\" is missing"
        case .inputUnknown(let name):
            return "the model has no input \"\(name)\""
        case .inputValue(let input, let index):
            return "input \"\(input)\": element \(index) is not a finite value of the input's type"
        }
    }

    private static func count(_ range: ClosedRange<Int>, _ noun: String) -> String {
        let number =
            range.lowerBound == range.upperBound
            ? "\(range.lowerBound)"
            : range.upperBound == .max
                ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
        return range == 1...1 ? "1 \(noun)" : "\(number) \(noun)s"
    }
}

extension GraphProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missingOpset: "no opset of the default domain is declared"
        case .duplicateName(let name): "the name \"\(name)\" is defined twice"
        case .undefinedName(let name, let user): "\(user) uses \"\(name)\", which nothing defines"
        case .cycle(let names): "the values \(names) depend on themselves"
        case .unnamed(let what): "\(what) has no name"
        case .noOutputs: "the graph has no outputs"
        }
    }
}

extension TensorProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .externalData(let problem): "\(problem)"
        case .segment: "it is stored in segments, which is not supported"
        case .elementType(let name): "element type \(name) is not supported"
        case .encoding: "its data is not in a field that its element type allows"
        case .extent(let extent): "negative extent \(extent)"
        case .tooManyElements: "more than 2^31 elements or 64 axes"
        case .elementCount(let expected, let actual):
            "\(expected) elements expected, \(actual) present"
        case .byteCount(let expected, let actual): "\(expected) bytes expected, \(actual) present"
        case .notANumber(let index): "element \(index) is NaN"
        case .integerOutOfRange(let index): "element \(index) is out of its type's range"
        }
    }
}

extension AttributeProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing: "is missing"
        case .duplicate: "is given twice"
        case .unknown: "does not exist for this operator at the model's opset"
        case .kind(let expected, let actual): "is of kind \(actual), \(expected) expected"
        case .value(let value, let advice): "= \(value) is not supported; \(advice)"
        }
    }
}

extension EvaluationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .integerOverflow: "integer overflow in constant arithmetic"
        case .divisionByZero: "division by zero"
        case .notFinite: "the result has a NaN or an infinity"
        case .indexOutOfRange: "an index is out of range"
        case .tooLarge: "more memory or time is needed than allowed"
        }
    }
}
