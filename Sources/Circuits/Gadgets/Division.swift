import Field

/// What is divided: a tensor, or one number for all cells.
public enum Dividend<Source: Sendable & Hashable>: Sendable, Hashable {
    case tensor(Source)
    case number(Int)

    func mapped<T>(_ transform: (Source) -> T) -> Dividend<T> {
        switch self {
        case .tensor(let source): .tensor(transform(source))
        case .number(let number): .number(number)
        }
    }
}

/// y = a / b for b > 0, rounded, quantization.md "Division".
///
/// Half up: 2a + b = 2b·y + rem with rem and 2b − 1 − rem in [0, 2^remainderBits).
/// Down: a = b·y + rem with rem and b − 1 − rem in [0, 2^remainderBits).
/// y is in its domain. Both slacks in range make the divisor positive; it need not be known to be.
public struct Division: Sendable, Hashable {
    public enum Rounding: UInt8, Sendable, Hashable {
        case halfUp = 0
        case down = 1
    }

    public var dividend: Dividend<Wire>
    public var divisor: Wire
    public var rounding: Rounding
    /// Of 2b (half up) or b (down): its largest value is 2^remainderBits.
    public var remainderBits: Int
    /// Where y lies.
    public var domain: IntegerDomain

    public init(
        dividend: Dividend<Wire>, divisor: Wire, rounding: Rounding = .halfUp, remainderBits: Int,
        domain: IntegerDomain
    ) {
        self.dividend = dividend
        self.divisor = divisor
        self.rounding = rounding
        self.remainderBits = remainderBits
        self.domain = domain
    }
}

extension Division: AdvisedGadget {
    static let kind = 6

    var sources: [Wire] {
        if case .tensor(let source) = dividend { [source, divisor] } else { [divisor] }
    }

    /// With d the divisor or its double, rem and d − 1 − rem in [0, 2^k) make d an integer in
    /// [1, 2^(k+1)) whatever field element the divisor is; then d·|y| + rem < 2^(k + 2 + 61)
    /// cannot wrap, and two solutions would differ by a multiple of d in rem.
    func validatedShape(
        _ shapes: [TensorShape], functionTables: [IntegerDomain]
    ) throws(GadgetFault) -> TensorShape {
        let shape = shapes[divisor.index]
        switch dividend {
        case .tensor(let source):
            guard shapes[source.index] == shape else { throw .extentMismatch }
        case .number(let number):
            guard number.magnitude < 1 << 61 else { throw .coefficient }
        }
        guard CircuitLimits.isDomain(domain) else { throw .domain }
        guard CircuitLimits.differenceBits.contains(remainderBits) else { throw .notUnique }
        return shape
    }

    func expand(in system: inout ConstraintSystem, _ place: GadgetPlace) -> TensorID {
        let (shape, gadget) = (place.shape, place.index)
        let a = dividend.mapped(system.tensor)
        let b = system.tensor(divisor)
        let quotient = system.advice(
            .quotient(a, by: b, rounding: rounding, domain: domain), shape, gadget)
        system.constrain(quotient, to: domain, gadget: gadget)
        let product = system.product([b, quotient], gadget: gadget)
        // 2a + b − 2b·y, or a − b·y
        let scale: Int128 = rounding == .halfUp ? 2 : 1
        var terms: [(Int128, TensorID)] = [(-scale, product)]
        var constant: Int128 = 0
        switch a {
        case .tensor(let tensor): terms.append((scale, tensor))
        case .number(let number): constant = scale * Int128(number)
        }
        let own: Int128 = rounding == .halfUp ? 1 : 0
        let remainder = system.affine(
            shape: shape, constant: constant, terms: own == 0 ? terms : terms + [(own, b)],
            gadget: gadget)
        // What is left below the divisor, minus 1.
        let slack = system.affine(
            shape: shape, constant: -1 - constant,
            terms: terms.map { (-$0.0, $0.1) } + [(scale - own, b)], gadget: gadget)
        for tensor in [remainder, slack] {
            system.constrainRange(tensor, bits: remainderBits, gadget: gadget)
        }
        return quotient
    }

    func renumbered(_ wire: (Wire) -> Wire) -> Self {
        var copy = self
        copy.dividend = dividend.mapped(wire)
        copy.divisor = wire(divisor)
        return copy
    }

    func encode(into writer: inout ByteWriter) {
        switch dividend {
        case .tensor(let source):
            writer.count(0, byteCount: 1)
            writer.count(source.index)
        case .number(let number):
            writer.count(1, byteCount: 1)
            writer.int64(number)
        }
        writer.count(divisor.index)
        writer.unsigned(UInt64(rounding.rawValue), byteCount: 1)
        writer.count(remainderBits, byteCount: 1)
        writer.domain(domain)
    }

    init(decoding reader: inout ByteReader) throws(DecodingError) {
        let isNumber = try reader.count(byteCount: 1, limit: 1, "divide.dividendKind") == 1
        dividend =
            isNumber
            ? .number(try reader.int64("divide.number"))
            : .tensor(try reader.wire("divide.dividend"))
        divisor = try reader.wire("divide.divisor")
        let raw = try reader.count(byteCount: 1, limit: 1, "divide.rounding")
        rounding = raw == 0 ? .halfUp : .down
        remainderBits = try reader.count(byteCount: 1, limit: 255, "divide.remainderBits")
        domain = try reader.domain("divide.domain")
    }
}
