import Field

/// What proving a circuit costs: exact counts of cells, predictions of bytes, time and memory.
public struct CircuitCost: Sendable, Hashable {
    /// c: commitments are to chunks of 2^c cells.
    public var log2Chunk: Int
    /// Cells of V_a, padding of tensors included.
    public var adviceCells: Int
    /// Cells of V_c: weights and the value columns of tables.
    public var constantCells: Int
    /// Leaves of the fraction tree, padding of tensors included.
    public var leaves: Int
    /// Rows of each lookup table, as log2.
    public var tableBits: [Int]
    /// Multiply-adds of all einsums, as an interpreter does them.
    public var multiplyAdds: Int
    public var publicCells: Int
    public var adviceChunks: Int
    public var constantChunks: Int
    /// Field elements, points and public values.
    public var proofBytes: Int
    public var keyBytes: Int
    /// Field elements of a proof.
    public var proofElements: Int
    /// Group elements in the verifier's combination.
    public var verifierTerms: Int
    public var proveSeconds: Double
    public var verifySeconds: Double
    public var peakMemoryBytes: Int
    public var gadgets: [GadgetCost]

    public var tableRows: Int { tableBits.reduce(0) { $0 + 1 << $1 } }
}

/// The part of one gadget.
public struct GadgetCost: Sendable, Hashable {
    /// Padding included.
    public var adviceCells = 0
    public var leaves = 0
    public var multiplyAdds = 0

    public init() {}
}

/// What does not depend on the size of chunks.
///
/// A circuit somebody else wrote may count more than any machine has, and more than an integer
/// holds: counts stop at ``limit``.
struct CircuitCounts {
    /// Far more than fits anywhere; times bytes a cell, it is still an integer.
    static let limit = 1 << 50

    /// True cells, and with padding.
    private(set) var advice = (cells: 0, padded: 0)
    private(set) var constants = (cells: 0, padded: 0)
    private(set) var leaves = (cells: 0, padded: 0)
    /// Variables of the largest committed block or port.
    private(set) var portVariables: [Int] = []
    private(set) var integerCells = 0
    private(set) var largestTensor = 0
    private(set) var multiplyAdds = 0
    /// Cells of the operands of einsums, each counted once for every tap of its widest window.
    private(set) var einsumReads = 0
    private(set) var publicCells = 0
    private(set) var publicBytes = 0
    private(set) var gadgets: [GadgetCost]
    let leafDepth: Int
    let reductionElements: Int
    let circuitBytes: Int
    let tableBits: [Int]

    init(_ system: ConstraintSystem) {
        gadgets = Array(repeating: GadgetCost(), count: system.circuit.gadgets.count)
        tableBits = system.tables.map(\.bits)
        for lookup in system.lookups {
            let tensor = system[lookup.columns[0]]
            leaves.cells.count(tensor.shape.cellCount)
            leaves.padded.count(tensor.shape.paddedCellCount)
            if let gadget = tensor.gadget {
                gadgets[gadget].leaves.count(tensor.shape.paddedCellCount)
            }
        }
        for bits in tableBits {
            leaves.cells.count(1 << bits)
            leaves.padded.count(1 << bits)
        }
        leafDepth = system.lookups.isEmpty ? 0 : max(1, log2Ceiling(leaves.padded))
        reductionElements = ProofSize.reductionElements(system, leafDepth: leafDepth)
        var writer = ByteWriter()
        system.circuit.encode(into: &writer)
        circuitBytes = writer.bytes.count
        for id in system.tensorIDs { add(system[id], in: system) }
        let ports =
            system.circuit.inputs.map { ($0.port, $0.shape) }
            + zip(system.circuit.outputs, system.outputs).map {
                ($0.port, system.shape($1.tensor))
            }
        for (port, shape) in ports where port.visibility == .public {
            publicCells += shape.cellCount
            publicBytes += (shape.cellCount * port.bits + 7) / 8
        }
    }

    private mutating func add(_ tensor: SystemTensor, in system: ConstraintSystem) {
        let (cells, padded) = (tensor.shape.cellCount, tensor.shape.paddedCellCount)
        integerCells.count(cells)
        largestTensor = max(largestTensor, cells)
        switch tensor.role {
        case .advice, .multiplicity:
            advice.cells.count(cells)
            advice.padded.count(padded)
            if let gadget = tensor.gadget { gadgets[gadget].adviceCells.count(padded) }
        case .constant:
            constants.cells.count(cells)
            constants.padded.count(padded)
        case .committedInput, .committedOutput:
            portVariables.append(tensor.shape.variableCount)
        case .einsum(let einsum):
            var products = max(1, einsum.operands.count - 1)
            for extent in einsum.extents { products.multiplyCount(by: extent) }
            multiplyAdds.count(products)
            if let gadget = tensor.gadget { gadgets[gadget].multiplyAdds.count(products) }
            for operand in einsum.operands {
                var reads = system.shape(operand.source).cellCount
                reads.multiplyCount(by: Self.taps(operand, of: einsum))
                einsumReads.count(reads)
            }
            einsumReads.count(cells)
        case .publicInput, .view, .merge, .affine:
            break
        }
    }
}

extension CircuitCounts {
    /// How often a reduction reads each cell of an operand: once for every place of the widest
    /// window, an axis on which labels that the output's point fixes move with others.
    private static func taps(_ operand: Operand<TensorID>, of einsum: Einsum<TensorID>) -> Int {
        func isFixed(_ label: Label) -> Bool {
            einsum.output.contains(label)
                && einsum.operands.filter { other in
                    other.axes.contains { $0.terms.contains { $0.label == label } }
                }.count == 1
        }
        return operand.axes.reduce(1) { widest, axis in
            let (fixed, moving) = (
                axis.terms.filter { isFixed($0.label) }, axis.terms.filter { !isFixed($0.label) }
            )
            guard !fixed.isEmpty else { return widest }
            var places = 1
            for term in moving { places.multiplyCount(by: einsum.extents[term.label]) }
            return max(widest, places)
        }
    }
}

extension Int {
    /// Adds to a count.
    fileprivate mutating func count(_ more: Int) {
        let (sum, overflow) = addingReportingOverflow(more)
        self = overflow ? CircuitCounts.limit : Swift.min(sum, CircuitCounts.limit)
    }

    fileprivate mutating func multiplyCount(by factor: Int) {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        self = overflow ? CircuitCounts.limit : Swift.min(product, CircuitCounts.limit)
    }
}
