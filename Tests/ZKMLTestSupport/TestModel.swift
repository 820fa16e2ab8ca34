import Circuits
import TestSupport

/// A circuit with its constants and an input that it can express.
public struct TestModel: Sendable, CustomStringConvertible {
    public var name: String
    public var circuit: Circuit
    /// Weights, then value columns of the function tables.
    public var constants: [[Int64]]
    public var inputs: [[Int64]]

    public var description: String { name }

    /// - Throws: ``CircuitError`` when the model is none.
    public func system() throws(CircuitError) -> ConstraintSystem { try ConstraintSystem(circuit) }
}

extension TestModel {
    /// The same model with other inputs, uniform over the ports' integers.
    public func withRandomInputs(seed: UInt64) -> TestModel {
        var generator = SeededGenerator(seed: seed)
        var model = self
        model.inputs = circuit.inputs.map {
            let domain = $0.port.domain
            return generator.cells($0.shape.cellCount, in: domain.lowest...domain.highest)
        }
        return model
    }
}
