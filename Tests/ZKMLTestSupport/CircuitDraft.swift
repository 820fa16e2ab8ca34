import Circuits
import TestSupport

/// A circuit under construction that knows, for every wire, the integers it can hold whatever the
/// inputs.
///
/// Its wires are its own: constants may be added at any time. ``finish(_:inputs:)`` renumbers.
public struct CircuitDraft {
    private static let constantBase = 1 << 20
    private static let gadgetBase = 1 << 21

    public private(set) var circuit: Circuit
    private var constants: [[Int64]] = []
    private var tables: [[Int64]] = []
    private var shapes: [Wire: TensorShape] = [:]
    private var ranges: [Wire: ClosedRange<Int>] = [:]
    /// Every wire, in the order made.
    public private(set) var wires: [Wire] = []
    /// Wires that a gadget or an output reads.
    public private(set) var read: Set<Wire> = []

    public init(limbBits: Int) { circuit = Circuit(limbBits: limbBits) }

    public func shape(_ wire: Wire) -> TensorShape { shapes[wire]! }
    public func extents(_ wire: Wire) -> [Int] { shape(wire).extents }
    public func range(_ wire: Wire) -> ClosedRange<Int> { ranges[wire]! }

    /// The gadget that made a wire.
    public func gadget(_ wire: Wire) -> Gadget? {
        wire.index >= Self.gadgetBase ? circuit.gadgets[wire.index - Self.gadgetBase] : nil
    }

    private mutating func record(
        _ wire: Wire, _ shape: TensorShape, _ range: ClosedRange<Int>
    ) -> Wire {
        wires.append(wire)
        shapes[wire] = shape
        ranges[wire] = range
        return wire
    }

    public mutating func input(
        _ extents: [Int], bits: Int, visibility: Visibility = .public
    ) -> Wire {
        let port = Port(
            name: "input\(circuit.inputs.count)", bits: bits, fractionalBits: 0,
            visibility: visibility)
        let shape = TensorShape(extents)!
        circuit.inputs.append(.init(port: port, shape: shape))
        return record(
            Wire(index: circuit.inputs.count - 1), shape,
            port.domain.lowest...port.domain.highest)
    }

    public mutating func constant(_ extents: [Int], _ cells: [Int64]) -> Wire {
        let shape = TensorShape(extents)!
        precondition(cells.count == shape.cellCount)
        circuit.constants.append(shape)
        constants.append(cells)
        return record(
            Wire(index: Self.constantBase + constants.count - 1), shape,
            Int(cells.min()!)...Int(cells.max()!))
    }

    public mutating func constant(
        _ extents: [Int], in range: ClosedRange<Int>, using generator: inout SeededGenerator
    ) -> Wire {
        constant(extents, generator.cells(extents.reduce(1, *), in: range))
    }

    public mutating func table(_ domain: IntegerDomain, _ value: (Int) -> Int) -> Int {
        circuit.functionTables.append(domain)
        tables.append((domain.lowest...domain.highest).map { Int64(value($0)) })
        return tables.count - 1
    }

    /// - Precondition: the gadget is valid and its result fits in 62 bits.
    public mutating func add(_ gadget: Gadget) -> Wire {
        let extents: [Int]
        switch gadget {
        case .einsum(let einsum): extents = einsum.output.map { einsum.extents[$0] }
        case .view(let view): extents = view.extents
        case .merge(let merge):
            var axis = 0
            extents = merge.groups.map { group in
                defer { axis += group }
                return self.extents(merge.source)[axis..<axis + group].reduce(1, *)
            }
        case .affine(let affine): extents = affine.extents
        case .requantise, .divide, .reciprocalRoot, .rowFunction, .select, .roundEven:
            extents = self.extents(gadget.sources[gadget.sources.count - 1])
        case .maximum(let maximum):
            let source = self.extents(maximum.source)
            extents = source.indices.filter { !maximum.axes.contains($0) }.map { source[$0] }
        case .oneHot(let oneHot): extents = self.extents(oneHot.source) + [oneHot.count]
        case .gather(let gather):
            extents = self.extents(gather.indices) + self.extents(gather.table).dropFirst()
        }
        read.formUnion(gadget.sources)
        guard let range = range(of: gadget) else { preconditionFailure("a wire beyond 62 bits") }
        circuit.gadgets.append(gadget)
        return record(
            Wire(index: Self.gadgetBase + circuit.gadgets.count - 1), TensorShape(extents)!,
            range)
    }

    /// Makes a wire an output of as many bits as its range needs.
    ///
    /// - Precondition: at most 32.
    public mutating func output(
        _ wire: Wire, extraBits: Int = 0, visibility: Visibility = .public
    ) {
        let bits = min(range(wire).signedBits + extraBits, 32)
        read.insert(wire)
        circuit.outputs.append(
            .init(
                port: Port(
                    name: "output\(circuit.outputs.count)", bits: bits, fractionalBits: 0,
                    visibility: visibility), wire: wire))
    }

    /// The circuit with its wires in order.
    public func finish(_ name: String, inputs: [[Int64]]) -> TestModel {
        var finished = circuit
        finished.gadgets = circuit.gadgets.map { $0.renumbered(position) }
        finished.outputs = circuit.outputs.map { .init(port: $0.port, wire: position($0.wire)) }
        return TestModel(
            name: name, circuit: finished, constants: constants + tables, inputs: inputs)
    }

    private func position(_ wire: Wire) -> Wire {
        if wire.index >= Self.gadgetBase {
            return circuit.resultWire(wire.index - Self.gadgetBase)
        }
        if wire.index >= Self.constantBase {
            return circuit.constantWire(wire.index - Self.constantBase)
        }
        return wire
    }
}

extension CircuitDraft {
    /// The integers a gadget's result can hold, by interval arithmetic; nil beyond 62 bits.
    public func range(of gadget: Gadget) -> ClosedRange<Int>? {
        switch gadget {
        case .einsum(let einsum):
            var product = Interval(1, 1)
            for operand in einsum.operands {
                var factor = Interval(range(operand.source))
                if !operand.isPlain(source: shape(operand.source), extents: einsum.extents) {
                    factor = factor.including(0)
                }
                product = product * factor
            }
            let count = einsum.extents.indices.reduce(1) {
                einsum.output.contains($1) ? $0 : $0 * einsum.extents[$1]
            }
            return product.scaled(Int128(count)).range
        case .view(let view):
            return Interval(range(view.operand.source)).including(Int128(view.fill)).range
        case .merge(let merge):
            return range(merge.source)
        case .affine(let affine):
            var sum = Interval(affine.constant, affine.constant)
            for term in affine.terms {
                let scaled = Interval(range(term.source)).scaled(term.coefficient)
                sum = Interval(sum.low + scaled.low, sum.high + scaled.high)
            }
            return sum.range
        case .requantise(let requantisation):
            if case .table(let table) = requantisation.function {
                return Int(tables[table].min()!)...Int(tables[table].max()!)
            }
            let quotients = quotients(requantisation.source, shift: requantisation.shift)
            let domain = requantisation.domain
            return domain.clamping(quotients.lowerBound)...domain.clamping(quotients.upperBound)
        case .maximum(let maximum):
            return range(maximum.source)
        case .divide(let division):
            return division.domain.lowest...division.domain.highest
        case .reciprocalRoot(let root):
            return 0...1 << root.precision
        case .rowFunction(let function):
            return Int(tables[function.table].min()!)...Int(tables[function.table].max()!)
        case .select, .oneHot:
            return 0...1
        case .gather(let gather):
            return range(gather.table)
        case .roundEven(let rounding):
            return rounding.domain.lowest...rounding.domain.highest
        }
    }

    /// Where round half up (wire / 2^shift) lies.
    public func quotients(_ wire: Wire, shift: Int) -> ClosedRange<Int> {
        func round(_ x: Int) -> Int {
            Int((Int128(x) + (Int128(1) << Int128(shift)) / 2) >> Int128(shift))
        }
        return round(range(wire).lowerBound)...round(range(wire).upperBound)
    }
}

/// low ... high; products of three wires of 40 bits fit.
private struct Interval {
    var low, high: Int128

    init(_ low: Int128, _ high: Int128) { (self.low, self.high) = (low, high) }
    init(_ range: ClosedRange<Int>) {
        self.init(Int128(range.lowerBound), Int128(range.upperBound))
    }

    var range: ClosedRange<Int>? {
        max(abs(low), abs(high)) < 1 << 62 ? Int(low)...Int(high) : nil
    }

    func including(_ value: Int128) -> Interval { Interval(min(low, value), max(high, value)) }

    func scaled(_ factor: Int128) -> Interval {
        factor < 0
            ? Interval(high * factor, low * factor) : Interval(low * factor, high * factor)
    }

    static func * (a: Interval, b: Interval) -> Interval {
        let corners = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]
        return Interval(corners.min()!, corners.max()!)
    }
}

extension ClosedRange<Int> {
    /// The least B for which every integer of the range is a B-bit signed one.
    public var signedBits: Int {
        var bits = 1
        while lowerBound < -(1 << (bits - 1)) || upperBound >= 1 << (bits - 1) { bits += 1 }
        return bits
    }

    /// The least b for which the range has at most 2^b integers.
    public var sizeBits: Int { log2Ceiling(upperBound - lowerBound + 1) }
}
