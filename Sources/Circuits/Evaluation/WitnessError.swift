/// Why there is no witness for these values: something in it would leave what the circuit can
/// express. Cells are row-major positions among true cells.
public enum WitnessError: Error, Equatable, Sendable {
    case inputCount(expected: Int, actual: Int)
    case inputCells(port: String, expected: Int, actual: Int)
    case constantCount(expected: Int, actual: Int)
    case constantCells(index: Int, expected: Int, actual: Int)
    /// An input that is no integer of the port's B bits.
    case input(port: String, cell: Int, value: Int64, allowed: ClosedRange<Int64>)
    /// An output that is no integer of the port's B bits.
    case output(port: String, cell: Int, value: Int64, allowed: ClosedRange<Int64>)
    /// A rounded quotient outside its domain, in a requantisation that does not saturate.
    case outOfRange(gadget: Int, cell: Int, value: Int64, allowed: ClosedRange<Int64>)
    /// A quotient `distance` ≥ 2^bits outside its domain, in a requantisation that saturates.
    case overshoot(gadget: Int, cell: Int, distance: UInt64, bits: Int)
    /// Cells that a maximum compares lie `distance` ≥ 2^bits below the largest; `cell` is the
    /// position of that maximum.
    case spread(gadget: Int, cell: Int, distance: UInt64, bits: Int)
    /// An operand outside what a gadget takes: a divisor or a root's argument that is not positive
    /// or too large, an index outside its table.
    case operand(gadget: Int, cell: Int, value: Int64, allowed: ClosedRange<Int64>)
    /// A value that is no 64-bit integer.
    case overflow(tensor: TensorID, gadget: Int?)
    /// An affine sum that is no multiple of 2^rightShift.
    case inexactShift(tensor: TensorID, gadget: Int?)
}
