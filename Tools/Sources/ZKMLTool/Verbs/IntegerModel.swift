import Circuits
import Models
import Prover
import ToolSupport

/// An output of the integer model.
struct OutputSpec {
    var spec: TensorSpec
    var bits: Int
    var fractionalBits: Int
}

/// The integer model of a bundle, ready to run.
struct IntegerModel {
    let file: CircuitFile
    private let interpreter: IntegerInterpreter
    let inputs: [TensorSpec]
    let outputs: [OutputSpec]

    /// Opens circuit and weights; no keys are read.
    init(bundle: String) throws {
        let files = BundleFiles(folder: bundle)
        let file = try files.readCircuit()
        let system: ConstraintSystem
        do {
            system = try ConstraintSystem(file.circuit)
        } catch {
            throw ToolFailure(.unreadableFile, "\(files.circuit): refused: \(error)")
        }
        try self.init(
            file: file, system: system, constants: try files.readWeights(of: file.circuit))
    }

    init(file: CircuitFile, system: ConstraintSystem, constants: [[Int64]]) throws {
        self.file = file
        interpreter = try IntegerInterpreter(system, constants: constants)
        inputs = file.circuit.inputs.map {
            TensorSpec(name: $0.port.name, shape: $0.shape.extents)
        }
        outputs = zip(file.circuit.outputs, system.outputs).map {
            OutputSpec(
                spec: TensorSpec(
                    name: $0.port.name, shape: system.shape($1.tensor).extents),
                bits: $0.port.bits, fractionalBits: $0.port.fractionalBits)
        }
    }

    /// The integers of one inference's inputs.
    func quantised(_ inputs: [TensorData]) throws -> [[Int64]] {
        try zip(file.circuit.inputs, inputs).map {
            try $0.port.quantised($1)
        }
    }

    /// How many values of one inference's inputs are out of range and saturate.
    func saturatedCount(_ inputs: [TensorData]) -> Int {
        zip(file.circuit.inputs, inputs).reduce(0) {
            $0 + ($1.0.port.saturatedCount($1.1) ?? 0)
        }
    }

    /// One inference: tensors in the order and shapes of `inputs` and `outputs`, as real numbers.
    ///
    /// - Throws: An error of exit status 5 for an input out of range, where that is refused.
    func run(_ inputs: [TensorData]) throws -> [TensorData] {
        let integers = try quantised(inputs)
        let results = try naming { () throws(WitnessError) in try interpreter.outputs(integers) }
        return zip(zip(file.circuit.outputs, outputs), results).map { output, cells in
            TensorData(
                shape: output.1.spec.shape, reals: output.0.port.reals(cells))
        }
    }

    /// Every tensor of one inference.
    func witness(_ inputs: [[Int64]]) throws -> Witness {
        try naming { () throws(WitnessError) in try interpreter.witness(inputs) }
    }

    private func naming<R>(_ body: () throws(WitnessError) -> R) throws -> R {
        do {
            return try body()
        } catch {
            throw ToolFailure(.unfitInput, describe(error, gadgetNames: file.gadgetNames))
        }
    }
}
