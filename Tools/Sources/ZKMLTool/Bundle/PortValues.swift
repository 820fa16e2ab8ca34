import Circuits
import Models
import ProofSystem
import ToolSupport

extension Port {
    var format: FixedPointFormat {
        FixedPointFormat(bits: bits, fractionalBits: fractionalBits)
    }

    /// The port's integers for real numbers: rounded half up, and outside B bits saturated, or
    /// refused with the tensor's name and the cell.
    func quantised(_ tensor: TensorData, saturating: Bool) throws -> [Int64] {
        let format = format
        let values = tensor.doubles
        if !saturating, let cell = values.firstIndex(where: { !format.represents($0) }) {
            let low = Double(format.integers.lowerBound) * format.unit
            let high = Double(format.integers.upperBound) * format.unit
            throw ToolFailure(
                .unfitInput,
                "\(quoted(name)), cell \(cell): \(values[cell]) is outside \(low) … \(high), and "
                    + "this model was compiled with --out-of-range refuse")
        }
        return values.map { Int64(format.quantised($0)) }
    }

    /// The real numbers that integers stand for.
    func reals(_ integers: some Sequence<Int>) -> [Double] {
        let unit = format.unit
        return integers.map { Double($0) * unit }
    }

    func report(_ integers: some Sequence<Int>, shape: TensorShape) -> TensorReport {
        TensorReport(
            name: name, shape: shape.extents, content: .values(reals(integers)), bits: bits,
            fractionalBits: fractionalBits)
    }
}

extension NativeProof {
    /// What the statement says of inputs and outputs: values, or commitments.
    func portReports(_ key: VerifyingKey) -> (inputs: [TensorReport], outputs: [TensorReport]) {
        var commitments = statement.commitments.makeIterator()
        let reports = zip(key.publicPorts, statement.inputs + statement.outputs).map {
            port, values -> TensorReport in
            switch port.port.visibility {
            case .public: return port.port.report(values, shape: port.shape)
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
