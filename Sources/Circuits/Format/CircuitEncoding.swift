import Field

// The canonical bytes of a circuit: part of the verifying key, so its digest covers all of it.

extension Circuit {
    public func encode(into writer: inout ByteWriter) {
        writer.count(limbBits, byteCount: 1)
        writer.count(inputs.count)
        for input in inputs {
            input.port.encode(into: &writer)
            writer.extents(input.shape.extents)
        }
        writer.count(constants.count)
        for shape in constants { writer.extents(shape.extents) }
        writer.count(functionTables.count)
        for domain in functionTables { writer.domain(domain) }
        writer.count(gadgets.count)
        for gadget in gadgets { gadget.encode(into: &writer) }
        writer.count(outputs.count)
        for output in outputs {
            output.port.encode(into: &writer)
            writer.count(output.wire.index)
        }
    }

    /// Decodes without judging: ``validatedShapes()`` does that.
    public init(decoding reader: inout ByteReader) throws(DecodingError) {
        self.init(limbBits: try reader.count(byteCount: 1, limit: 255, "limbBits"))
        for _ in 0..<(try reader.itemCount("inputs")) {
            let port = try Port(decoding: &reader)
            inputs.append(Input(port: port, shape: try reader.shape("input.shape")))
        }
        for _ in 0..<(try reader.itemCount("constants")) {
            constants.append(try reader.shape("constant.shape"))
        }
        for _ in 0..<(try reader.itemCount("functionTables")) {
            functionTables.append(try reader.domain("functionTable"))
        }
        for _ in 0..<(try reader.itemCount("gadgets")) {
            gadgets.append(try Gadget(decoding: &reader))
        }
        for _ in 0..<(try reader.itemCount("outputs")) {
            let port = try Port(decoding: &reader)
            outputs.append(Output(port: port, wire: try reader.wire("output.wire")))
        }
    }
}

extension Port {
    func encode(into writer: inout ByteWriter) {
        writer.string(name)
        writer.count(bits, byteCount: 1)
        writer.int64(fractionalBits)
        writer.count(Int(visibility.rawValue) | (saturates ? 2 : 0), byteCount: 1)
    }

    init(decoding reader: inout ByteReader) throws(DecodingError) {
        let name = try reader.string(limit: CircuitLimits.nameBytes, "port.name")
        let bits = try reader.count(byteCount: 1, limit: 255, "port.bits")
        let fractionalBits = try reader.int64("port.fractionalBits")
        let flags = try reader.count(byteCount: 1, limit: 3, "port.flags")
        self.init(
            name: name, bits: bits, fractionalBits: fractionalBits,
            visibility: flags & 1 == 0 ? .public : .committed, saturates: flags & 2 != 0)
    }
}

extension Gadget {
    func encode(into writer: inout ByteWriter) {
        switch self {
        case .einsum(let einsum):
            writer.count(0, byteCount: 1)
            writer.extents(einsum.extents)
            writer.labels(einsum.output)
            writer.count(einsum.operands.count, byteCount: 1)
            for operand in einsum.operands { operand.encode(into: &writer) }
        case .view(let view):
            writer.count(1, byteCount: 1)
            writer.extents(view.extents)
            view.operand.encode(into: &writer)
            writer.int64(view.fill)
        case .merge(let merge):
            writer.count(2, byteCount: 1)
            writer.count(merge.source.index)
            writer.labels(merge.groups)
        case .affine(let affine):
            writer.count(3, byteCount: 1)
            writer.extents(affine.extents)
            writer.int128(affine.constant)
            writer.count(affine.terms.count)
            for term in affine.terms {
                writer.int128(term.coefficient)
                writer.count(term.source.index)
                writer.labels(term.labels)
            }
        default:
            guard let advised else { return }
            writer.count(type(of: advised).kind, byteCount: 1)
            advised.encode(into: &writer)
        }
    }

    init(decoding reader: inout ByteReader) throws(DecodingError) {
        let start = reader.offset
        let kind = try reader.count(byteCount: 1, limit: 255, "gadget.kind")
        switch kind {
        case 0:
            let extents = try reader.extents("einsum.extents", limit: 2 * TensorShape.rankLimit)
            let output = try reader.labels("einsum.output")
            var operands: [Operand<Wire>] = []
            for _ in 0..<(try reader.count(byteCount: 1, limit: 3, "einsum.operands")) {
                operands.append(try Operand(decoding: &reader))
            }
            self = .einsum(Einsum(extents: extents, output: output, operands: operands))
        case 1:
            let extents = try reader.extents("view.extents")
            let operand = try Operand<Wire>(decoding: &reader)
            self = .view(
                View(extents: extents, operand: operand, fill: try reader.int64("view.fill")))
        case 2:
            let source = try reader.wire("merge.source")
            self = .merge(Merge(source: source, groups: try reader.labels("merge.groups")))
        case 3:
            let extents = try reader.extents("affine.extents")
            let constant = try reader.int128("affine.constant")
            var terms: [Affine<Wire>.Term] = []
            for _ in 0..<(try reader.itemCount("affine.terms")) {
                let coefficient = try reader.int128("affine.coefficient")
                let source = try reader.wire("affine.source")
                terms.append(.init(coefficient, source, try reader.labels("affine.labels")))
            }
            self = .affine(Affine(extents: extents, constant: constant, terms: terms))
        case Requantisation.kind: self = .requantise(try Requantisation(decoding: &reader))
        case Maximum.kind: self = .maximum(try Maximum(decoding: &reader))
        case Division.kind: self = .divide(try Division(decoding: &reader))
        case ReciprocalRoot.kind: self = .reciprocalRoot(try ReciprocalRoot(decoding: &reader))
        case RowFunction.kind: self = .rowFunction(try RowFunction(decoding: &reader))
        case Selection.kind: self = .select(try Selection(decoding: &reader))
        case OneHot.kind: self = .oneHot(try OneHot(decoding: &reader))
        case Gather.kind: self = .gather(try Gather(decoding: &reader))
        case EvenRounding.kind: self = .roundEven(try EvenRounding(decoding: &reader))
        default:
            throw .outOfRange(
                field: "gadget.kind", offset: start, value: kind, limit: EvenRounding.kind)
        }
    }
}

extension Operand<Wire> {
    func encode(into writer: inout ByteWriter) {
        writer.count(source.index)
        writer.count(axes.count, byteCount: 1)
        for axis in axes {
            writer.count(axis.terms.count, byteCount: 1)
            for term in axis.terms {
                writer.count(term.label, byteCount: 1)
                writer.int64(term.coefficient)
            }
            writer.int64(axis.offset)
        }
    }

    init(decoding reader: inout ByteReader) throws(DecodingError) {
        let source = try reader.wire("operand.source")
        var axes: [AxisIndex] = []
        for _ in 0..<(try reader.count(byteCount: 1, limit: TensorShape.rankLimit, "operand.axes"))
        {
            var terms: [LabelTerm] = []
            let count = try reader.count(
                byteCount: 1, limit: 2 * TensorShape.rankLimit, "operand.terms")
            for _ in 0..<count {
                let label = try reader.count(byteCount: 1, limit: 255, "operand.label")
                terms.append(LabelTerm(label, try reader.int64("operand.coefficient")))
            }
            axes.append(AxisIndex(terms, offset: try reader.int64("operand.offset")))
        }
        self.init(source, axes)
    }
}

extension ByteWriter {
    fileprivate mutating func extents(_ extents: [Int]) {
        count(extents.count, byteCount: 1)
        for extent in extents { count(extent, byteCount: 8) }
    }

    mutating func labels(_ labels: [Int]) {
        count(labels.count, byteCount: 1)
        for label in labels { count(label, byteCount: 1) }
    }

    mutating func domain(_ domain: IntegerDomain) {
        int64(domain.lowest)
        count(domain.bits, byteCount: 1)
    }

    fileprivate mutating func int128(_ value: Int128) {
        unsigned(UInt64(truncatingIfNeeded: value), byteCount: 8)
        unsigned(UInt64(truncatingIfNeeded: value >> 64), byteCount: 8)
    }
}

extension ByteReader {
    /// A count of items that each take at least one byte.
    fileprivate mutating func itemCount(_ field: String) throws(DecodingError) -> Int {
        let start = offset
        let value = try count(limit: Int(UInt32.max), field)
        guard value <= remaining else {
            throw .outOfRange(field: field, offset: start, value: value, limit: remaining)
        }
        return value
    }

    fileprivate mutating func extents(
        _ field: String, limit: Int = TensorShape.rankLimit
    ) throws(DecodingError) -> [Int] {
        var extents: [Int] = []
        for _ in 0..<(try count(byteCount: 1, limit: limit, field)) {
            extents.append(try count(byteCount: 8, limit: 1 << TensorShape.variableLimit, field))
        }
        return extents
    }

    fileprivate mutating func shape(_ field: String) throws(DecodingError) -> TensorShape {
        let start = offset
        guard let shape = TensorShape(try extents(field)) else {
            throw .notCanonical(field: field, offset: start)
        }
        return shape
    }

    mutating func labels(_ field: String) throws(DecodingError) -> [Int] {
        var labels: [Int] = []
        for _ in 0..<(try count(byteCount: 1, limit: 2 * TensorShape.rankLimit, field)) {
            labels.append(try count(byteCount: 1, limit: 255, field))
        }
        return labels
    }

    mutating func wire(_ field: String) throws(DecodingError) -> Wire {
        Wire(index: try count(limit: 1 << 30, field))
    }

    mutating func domain(_ field: String) throws(DecodingError) -> IntegerDomain {
        let lowest = try int64(field)
        return IntegerDomain(lowest: lowest, bits: try count(byteCount: 1, limit: 255, field))
    }

    fileprivate mutating func int128(_ field: String) throws(DecodingError) -> Int128 {
        let low = try unsigned(byteCount: 8, field)
        let high = try unsigned(byteCount: 8, field)
        return Int128(truncatingIfNeeded: UInt128(high) << 64 | UInt128(low))
    }
}
