import Circuits
import Field

/// The public values of a statement, as field elements: true cells, row-major.
///
/// Committed inputs and outputs have no entry here (an empty array): the statement carries their
/// commitments.
public struct Statement<Scalar: ScalarAlgebra>: Sendable {
    public var inputs: [[Scalar]]
    public var outputs: [[Scalar]]

    public init(inputs: [[Scalar]], outputs: [[Scalar]]) {
        self.inputs = inputs
        self.outputs = outputs
    }
}
