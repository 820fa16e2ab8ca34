import Circuits
import Field

/// The public values of a statement: true cells, row-major.
///
/// Committed inputs and outputs have no entry here (an empty array): the statement carries their
/// commitments.
public struct Statement<Scalar: ScalarAlgebra>: Sendable {
    public var inputs: [[Scalar.PublicInteger]]
    public var outputs: [[Scalar.PublicInteger]]

    public init(inputs: [[Scalar.PublicInteger]], outputs: [[Scalar.PublicInteger]]) {
        self.inputs = inputs
        self.outputs = outputs
    }
}
