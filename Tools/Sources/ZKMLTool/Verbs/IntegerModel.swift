import ToolSupport

/// An output of the integer model.
struct OutputSpec {
    var spec: TensorSpec
    var bits: Int
    var fractionalBits: Int
}

/// The integer model of a bundle, ready to run.
protocol IntegerModel {
    var inputs: [TensorSpec] { get }
    var outputs: [OutputSpec] { get }

    /// One inference: tensors in the order and shapes of `inputs` and `outputs`, as real numbers.
    ///
    /// - Throws: An error of exit status 5 for an input out of range, where that is refused.
    func run(_ inputs: [TensorData]) throws -> [TensorData]
}

/// Opens the integer model of a bundle.
func openIntegerModel(bundle: String) throws -> any IntegerModel {
    throw ToolFailure.notBuilt("run")
}
