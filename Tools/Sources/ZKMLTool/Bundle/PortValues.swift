import Circuits
import Models
import ProofSystem
import ToolSupport

extension Port {
    /// The port's integers for real numbers: rounded half up, and outside B bits saturated or
    /// refused, as the port says.
    ///
    /// - Throws: Exit status 5, naming the tensor and the cell.
    func quantised(_ tensor: TensorData) throws -> [Int64] {
        do {
            return try quantised(tensor.doubles)
        } catch {
            throw ToolFailure(.unfitInput, describe(error, values: tensor.doubles))
        }
    }

    /// How many values saturate; nil where the port takes none out of range.
    func saturatedCount(_ tensor: TensorData) -> Int? {
        saturates ? outOfRangeCount(tensor.doubles) : nil
    }

    /// - Parameter values: Those that are refused.
    func describe(_ error: InputError, values: [Double]) -> String {
        switch error {
        case .outOfRange(let name, let cell):
            let low = Double(format.integers.lowerBound) * format.unit
            let high = Double(format.integers.upperBound) * format.unit
            return
                "\(quoted(name)), cell \(cell): \(values[cell]) is outside \(low) … \(high), and "
                + "this model was compiled with --out-of-range refuse"
        case .notFinite(let name, let cell):
            return "\(quoted(name)), cell \(cell): not a finite number"
        }
    }

    func report(_ integers: some Sequence<Int64>, shape: TensorShape) -> TensorReport {
        TensorReport(
            name: name, shape: shape.extents, content: .values(reals(Array(integers))),
            bits: bits, fractionalBits: fractionalBits)
    }
}

extension NativeProof {
    /// What the statement says of inputs and outputs: values, or commitments.
    func portReports(_ key: VerifyingKey) -> (inputs: [TensorReport], outputs: [TensorReport]) {
        var commitments = statement.commitments.makeIterator()
        let reports = zip(key.publicPorts, statement.inputs + statement.outputs).map {
            port, values -> TensorReport in
            switch port.port.visibility {
            case .public: return port.port.report(values.map(Int64.init), shape: port.shape)
            case .committed:
                let point = commitments.next()?.encoded ?? []
                return TensorReport(
                    name: port.port.name, shape: port.shape.extents,
                    content: .commitment(hexadecimal(point)), bits: port.port.bits,
                    fractionalBits: port.port.fractionalBits)
            }
        }
        var inputs = Array(reports.prefix(key.circuit.inputs.count))
        for (index, input) in key.circuit.inputs.enumerated() {
            inputs[index].saturates = input.port.saturates
        }
        return (inputs, Array(reports.dropFirst(inputs.count)))
    }
}
