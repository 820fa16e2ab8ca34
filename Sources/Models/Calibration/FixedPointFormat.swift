/// How integers stand for reals: q = round(v · 2^fractionalBits), half up, in `bits` signed bits.
public struct FixedPointFormat: Sendable, Hashable {
    public var bits: Int
    public var fractionalBits: Int

    /// Fractional bits that a format chosen here may have. Activations of networks without
    /// normalisation reach 2^100; ports, which have fewer, check theirs.
    static let fractionalBitsRange = -128...60

    /// - Precondition: 2 to 62 bits, −128 to 64 of them fractional.
    public init(bits: Int, fractionalBits: Int) {
        precondition((2...62).contains(bits), "\(bits) bits")
        precondition((-128...64).contains(fractionalBits), "\(fractionalBits) fractional bits")
        self.bits = bits
        self.fractionalBits = fractionalBits
    }

    /// The finest format in which both ends of the range, rounded, are `bits`-bit integers.
    init(fitting range: ClosedRange<Double>, bits: Int) {
        self.init(bits: bits, fractionalBits: 0)
        let allowed = Self.fractionalBitsRange
        let magnitude = max(range.lowerBound.magnitude, range.upperBound.magnitude)
        guard magnitude > 0 else {
            fractionalBits = min(bits - 1, allowed.upperBound)
            return
        }
        // magnitude < 2^(exponent + 1); one bit more fits when −2^exponent is the lower end.
        let finest = bits - 1 - Int(magnitude.exponent)
        fractionalBits = min(max(finest, allowed.lowerBound), allowed.upperBound)
        while fractionalBits > allowed.lowerBound, !represents(range) { fractionalBits -= 1 }
    }

    /// Whether both ends, rounded, are the format's integers.
    func represents(_ range: ClosedRange<Double>) -> Bool {
        let low = Rounding.halfUp(range.lowerBound * scale)
        let high = Rounding.halfUp(range.upperBound * scale)
        return low >= Double(integers.lowerBound) && high <= Double(integers.upperBound)
    }

    /// 2^fractionalBits.
    var scale: Double { Rounding.powerOfTwo(fractionalBits) }
    /// What the integer 1 stands for.
    public var unit: Double { Rounding.powerOfTwo(-fractionalBits) }
    public var integers: ClosedRange<Int> { -(1 << (bits - 1))...(1 << (bits - 1)) - 1 }

    /// The integer for a finite real, saturated.
    public func quantised(_ value: Double) -> Int {
        let scaled = Rounding.halfUp(value * scale)
        let (low, high) = (integers.lowerBound, integers.upperBound)
        return scaled <= Double(low) ? low : scaled >= Double(high) ? high : Int(scaled)
    }

    /// Whether the real, rounded, is one of the format's integers.
    public func represents(_ value: Double) -> Bool { represents(value...value) }
}

/// Rounding of IEEE doubles; scaling by powers of two is exact.
enum Rounding {
    /// ⌊x + 1/2⌋, computed without rounding x + 1/2.
    static func halfUp(_ x: Double) -> Double {
        let floor = x.rounded(.down)
        return x - floor >= 0.5 ? floor + 1 : floor
    }

    /// - Precondition: A normal double's exponent.
    static func powerOfTwo(_ exponent: Int) -> Double {
        Double(sign: .plus, exponent: exponent, significand: 1)
    }

    /// k when x = 2^k.
    static func log2Exactly(_ x: Double) -> Int? {
        x > 0 && x.significand == 1 ? Int(x.exponent) : nil
    }
}
