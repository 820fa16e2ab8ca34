import Circuits
import Models
import ProofSystem
import ToolSupport

extension Port {
    /// The port's integers for real numbers: rounded half up, and outside B bits saturated, or
    /// refused with the tensor's name and the cell.
    func quantised(_ tensor: TensorData, saturating: Bool) throws -> [Int64] {
        let values = tensor.doubles
        do {
            return try quantised(values, outOfRange: saturating ? .saturate : .refuse)
        } catch .outOfRange(let name, let cell) {
            let low = Double(format.integers.lowerBound) * format.unit
            let high = Double(format.integers.upperBound) * format.unit
            throw ToolFailure(
                .unfitInput,
                "\(quoted(name)), cell \(cell): \(values[cell]) is outside \(low) … \(high), and "
                    + "this model was compiled with --out-of-range refuse")
        } catch .notFinite(let name, let cell) {
            throw ToolFailure(.unfitInput, "\(quoted(name)), cell \(cell): not a finite number")
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
        let inputCount = key.circuit.inputs.count
        return (Array(reports[..<inputCount]), Array(reports[inputCount...]))
    }
}
