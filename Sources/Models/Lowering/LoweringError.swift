import Circuits

/// Why a graph does not become a circuit.
public enum LoweringError: Error, Sendable {
    /// The graph or a sample is not what the reference interpreter takes.
    case model(ModelError)
    case option(name: String, value: String, allowed: String)
    /// An operation that runs in floating point only.
    case unsupported(NodeReference, what: String, advice: String)
    /// An input that no output depends on: nothing would be proved about it.
    case unusedInput(String)
    case inputType(name: String, ElementType)
    /// A value too large for any fixed-point format.
    case outOfScale(value: String, magnitude: Double)
    /// Sums of this layer could pass 2^62.
    case accumulatorOverflow(layer: String, bits: Int)
    /// A reshape that cuts across axes and is too large to prove as such.
    case reshapeTooLarge(layer: String, cells: Int, limit: Int)
    /// An output or input that has more cells, or a longer name, than a circuit allows.
    case port(name: String, PortFault)
    /// A gadget that the circuit language refuses, under the layer's name.
    case gadget(layer: String, GadgetFault)
    /// No bits are enough for the accuracy that was asked for.
    case missedTarget(MissedTarget)
    /// Anything else that is wrong with the finished circuit.
    case circuit(CircuitError)
}

extension LoweringError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .model(let error):
            "\(error)"
        case .option(let name, let value, let allowed):
            "option \(name) = \(value): \(allowed) expected"
        case .unsupported(let node, let what, let advice):
            "\(node): \(what) not supported; \(advice)"
        case .unusedInput(let name):
            "input \"\(name)\": no output depends on it; remove it from the model"
        case .inputType(let name, let type):
            "input \"\(name)\": element type \(type) is not supported; use float"
        case .outOfScale(let value, let magnitude):
            "\"\(value)\": numbers up to \(magnitude) are too large; scale the model down"
        case .accumulatorOverflow(let layer, let bits):
            "\(layer): sums may take \(bits) bits, and 62 are provable; use fewer bits, or "
                + "normalise the layer's input"
        case .reshapeTooLarge(let layer, let cells, let limit):
            "\(layer): a reshape of \(cells) elements cuts across axes, at most \(limit) are "
                + "provable; keep the extents of one shape multiples of the other's"
        case .port(let name, let fault):
            "input or output \"\(name)\": \(fault) is outside what a circuit allows"
        case .gadget(let layer, let fault):
            "\(layer): the circuit does not allow it (\(fault)); make the layer smaller"
        case .missedTarget(let missed):
            "\(missed)"
        case .circuit(let error):
            "the circuit is not valid: \(error)"
        }
    }
}
