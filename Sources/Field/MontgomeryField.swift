/// A prime field of at most 254 bits kept in Montgomery form, `value · 2^256 mod p`.
///
/// The laws every instance keeps: four little-endian 64-bit limbs, fully reduced (`limbs < p`),
/// so `==` on limbs is equality in the field. Arithmetic runs in time independent of the
/// operands' values, except where a label says `variableTime`.
///
/// The arithmetic is written once here and specialised for the concrete ``Fr`` and ``Fq``; code
/// above this layer names those two and is never generic over this protocol.
public protocol MontgomeryField: FieldElement {
    /// The Montgomery limbs, least significant first.
    var limbs: Limbs256 { get set }
    /// - Precondition: `limbs` is below the modulus.
    init(montgomery limbs: Limbs256)
    /// p.
    static var modulus: Limbs256 { get }
    /// −p⁻¹ mod 2^64.
    static var negatedModulusInverse: UInt64 { get }
    /// 2^256 mod p: the Montgomery form of 1.
    static var radix: Limbs256 { get }
    /// 2^512 mod p.
    static var radixSquared: Limbs256 { get }
}

/// Four 64-bit limbs, least significant first; the memory layout of C's `uint64_t[4]`.
@frozen
public struct Limbs256: Sendable, Hashable {
    public var l0, l1, l2, l3: UInt64

    @inlinable public init(_ l0: UInt64, _ l1: UInt64, _ l2: UInt64, _ l3: UInt64) {
        (self.l0, self.l1, self.l2, self.l3) = (l0, l1, l2, l3)
    }

    @inlinable public subscript(limb index: Int) -> UInt64 {
        switch index {
        case 0: l0
        case 1: l1
        case 2: l2
        default: l3
        }
    }

    /// The integer `a − b` modulo 2^256, and whether it borrowed.
    @inline(__always) @inlinable public static func subtracting(_ a: Limbs256, _ b: Limbs256) -> (
        Limbs256, borrow: UInt64
    ) {
        let (d0, b0) = a.l0.subtractingReportingOverflow(b.l0)
        let (d1, b1) = subtract(a.l1, b.l1, borrow: b0 ? 1 : 0)
        let (d2, b2) = subtract(a.l2, b.l2, borrow: b1)
        let (d3, b3) = subtract(a.l3, b.l3, borrow: b2)
        return (Limbs256(d0, d1, d2, d3), b3)
    }

    /// The integer `a + b` modulo 2^256; the carry is dropped.
    @inline(__always) @inlinable public static func adding(_ a: Limbs256, _ b: Limbs256) -> Limbs256
    {
        var t = UInt128(a.l0) + UInt128(b.l0)
        let s0 = UInt64(truncatingIfNeeded: t)
        t = UInt128(a.l1) + UInt128(b.l1) + (t >> 64)
        let s1 = UInt64(truncatingIfNeeded: t)
        t = UInt128(a.l2) + UInt128(b.l2) + (t >> 64)
        let s2 = UInt64(truncatingIfNeeded: t)
        t = UInt128(a.l3) + UInt128(b.l3) + (t >> 64)
        return Limbs256(s0, s1, s2, UInt64(truncatingIfNeeded: t))
    }

    @inline(__always) @inlinable static func subtract(_ a: UInt64, _ b: UInt64, borrow: UInt64) -> (
        UInt64, UInt64
    ) {
        let (d, o1) = a.subtractingReportingOverflow(b)
        let (e, o2) = d.subtractingReportingOverflow(borrow)
        return (e, (o1 ? 1 : 0) | (o2 ? 1 : 0))
    }

    /// `self` when `mask` is all ones, `other` when it is zero.
    @inline(__always) @inlinable func selected(by mask: UInt64, else other: Limbs256) -> Limbs256 {
        Limbs256(
            (l0 & mask) | (other.l0 & ~mask), (l1 & mask) | (other.l1 & ~mask),
            (l2 & mask) | (other.l2 & ~mask), (l3 & mask) | (other.l3 & ~mask))
    }

    /// Whether the integer is below `other`.
    @inlinable public static func < (a: Limbs256, b: Limbs256) -> Bool {
        subtracting(a, b).borrow == 1
    }
}

extension MontgomeryField {
    @inlinable public static var zero: Self { Self(montgomery: Limbs256(0, 0, 0, 0)) }
    @inlinable public static var one: Self { Self(montgomery: radix) }
    /// The number of bytes of the canonical encoding.
    @inlinable public static var byteCount: Int { 32 }
    @inlinable public var isZero: Bool { (limbs.l0 | limbs.l1 | limbs.l2 | limbs.l3) == 0 }

    @inlinable public static func + (a: Self, b: Self) -> Self {
        // Both operands are below 2^254: the sum cannot leave 256 bits.
        reduced(Limbs256.adding(a.limbs, b.limbs))
    }

    @inlinable public static func - (a: Self, b: Self) -> Self {
        let (difference, borrow) = Limbs256.subtracting(a.limbs, b.limbs)
        let mask = 0 &- borrow
        let p = modulus
        return Self(
            montgomery: Limbs256.adding(
                difference, Limbs256(p.l0 & mask, p.l1 & mask, p.l2 & mask, p.l3 & mask)))
    }

    /// The product, by coarsely integrated operand scanning.
    ///
    /// Reference: Koç, Acar, Kaliski, "Analyzing and Comparing Montgomery Multiplication
    /// Algorithms" (IEEE Micro, 1996), section 5.
    @inlinable public static func * (a: Self, b: Self) -> Self {
        montgomeryProduct(a.limbs, b.limbs)
    }

    @inline(__always) @inlinable static func reduced(_ x: Limbs256) -> Self {
        let (difference, borrow) = Limbs256.subtracting(x, modulus)
        return Self(montgomery: x.selected(by: 0 &- borrow, else: difference))
    }

    /// a · b · 2^−256 for a below 2p and a · b below 2^256 p: both reduced or sums of two that are,
    /// or one reduced and the other any 256-bit integer.
    @inlinable static func montgomeryProduct(_ a: Limbs256, _ b: Limbs256) -> Self {
        let p = modulus
        var t0: UInt64 = 0
        var t1: UInt64 = 0
        var t2: UInt64 = 0
        var t3: UInt64 = 0
        // The running sum stays below a + p < 2^256 and needs no fifth limb between rows; what it
        // ends with is below a · b / 2^256 + p < 2p.
        @inline(__always) func row(_ y: UInt64) {
            var c = UInt128(a.l0) * UInt128(y) + UInt128(t0)
            let low = UInt64(truncatingIfNeeded: c)
            let m = low &* negatedModulusInverse
            var d = UInt128(m) * UInt128(p.l0) + UInt128(low)
            c = UInt128(a.l1) * UInt128(y) + UInt128(t1) + (c >> 64)
            d = UInt128(m) * UInt128(p.l1) + UInt128(UInt64(truncatingIfNeeded: c)) + (d >> 64)
            t0 = UInt64(truncatingIfNeeded: d)
            c = UInt128(a.l2) * UInt128(y) + UInt128(t2) + (c >> 64)
            d = UInt128(m) * UInt128(p.l2) + UInt128(UInt64(truncatingIfNeeded: c)) + (d >> 64)
            t1 = UInt64(truncatingIfNeeded: d)
            c = UInt128(a.l3) * UInt128(y) + UInt128(t3) + (c >> 64)
            d = UInt128(m) * UInt128(p.l3) + UInt128(UInt64(truncatingIfNeeded: c)) + (d >> 64)
            t2 = UInt64(truncatingIfNeeded: d)
            t3 = UInt64(truncatingIfNeeded: c >> 64) &+ UInt64(truncatingIfNeeded: d >> 64)
        }
        row(b.l0)
        row(b.l1)
        row(b.l2)
        row(b.l3)
        return reduced(Limbs256(t0, t1, t2, t3))
    }
}

extension MontgomeryField {
    /// The residue of an unsigned integer.
    @inlinable public init(_ value: UInt64) {
        self = Self.montgomeryProduct(Limbs256(value, 0, 0, 0), Self.radixSquared)
    }

    /// The residue of a signed integer: −1 becomes p − 1.
    @inlinable public init(_ value: Int) {
        let magnitude = Self(UInt64(value.magnitude))
        self = value < 0 ? -magnitude : magnitude
    }

    /// The residue of a signed 128-bit integer.
    @inlinable public init(_ value: Int128) {
        let m = value.magnitude
        let magnitude = Self.montgomeryProduct(
            Limbs256(UInt64(truncatingIfNeeded: m), UInt64(truncatingIfNeeded: m >> 64), 0, 0),
            Self.radixSquared)
        self = value < 0 ? -magnitude : magnitude
    }

    /// The element with the given canonical limbs, or nil when they are not below the modulus.
    @inlinable public init?(canonicalLimbs: Limbs256) {
        guard canonicalLimbs < Self.modulus else { return nil }
        self = Self.montgomeryProduct(Self.radixSquared, canonicalLimbs)
    }

    /// The least non-negative residue.
    @inlinable public var canonicalLimbs: Limbs256 {
        Self.montgomeryProduct(limbs, Limbs256(1, 0, 0, 0)).limbs
    }

    /// Decodes 32 little-endian bytes; nil unless there are exactly 32 and the value is below p.
    @inlinable public init?(canonicalBytes bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for byte in bytes {
            // The four words as one number, moved down a byte.
            words.0 = words.0 >> 8 | words.1 << 56
            words.1 = words.1 >> 8 | words.2 << 56
            words.2 = words.2 >> 8 | words.3 << 56
            words.3 = words.3 >> 8 | UInt64(byte) << 56
        }
        self.init(canonicalLimbs: Limbs256(words.0, words.1, words.2, words.3))
    }

    /// The canonical encoding: 32 bytes, little-endian, value below p.
    @inlinable public var canonicalBytes: [UInt8] {
        let c = canonicalLimbs
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        for i in 0..<Self.byteCount {
            bytes.append(UInt8(truncatingIfNeeded: c[limb: i >> 3] >> UInt64(8 * (i & 7))))
        }
        return bytes
    }

    /// The little-endian integer in `bytes`, reduced modulo p. Any length; two multiplications for
    /// eight bytes.
    @inlinable public init(reducing bytes: some BidirectionalCollection<UInt8>) {
        let base = Self(UInt64(1) << 32).squared()
        var value = Self.zero
        var word: UInt64 = 0
        // From the most significant byte; the first word is the short one.
        var left = bytes.count
        for byte in bytes.reversed() {
            word = word << 8 | UInt64(byte)
            left -= 1
            if left & 7 == 0 {
                value = value * base + Self(word)
                word = 0
            }
        }
        self = value
    }

    /// The integer low + 2^256 · high, reduced modulo p: three multiplications.
    @inlinable public init(reducing low: Limbs256, high: Limbs256) {
        let square = Self.radixSquared
        let top = Self.montgomeryProduct(square, Self.montgomeryProduct(square, high).limbs)
        self = Self.montgomeryProduct(square, low) + top
    }

    /// The multiplicative inverse, or nil for zero. Variable time; about 70 multiplications' worth.
    public func inverse() -> Self? {
        guard !isZero else { return nil }
        let invert = ModularInverse(
            modulus: Self.modulus, negatedInverse: Self.negatedModulusInverse)
        // (x 2^256)⁻¹, times 2^512 twice and over 2^256 twice.
        let raw = Self(montgomery: invert(limbs))
        let square = Self(montgomery: Self.radixSquared)
        return raw * square * square
    }

    /// A uniform element, by rejection.
    public static func random(using generator: inout some RandomNumberGenerator) -> Self {
        while true {
            let candidate = Limbs256(
                generator.next(), generator.next(), generator.next(), generator.next() >> 2)
            if candidate < modulus { return Self(montgomery: candidate) }
        }
    }
}

extension MontgomeryField where Self: CustomStringConvertible {
    public var description: String {
        let c = canonicalLimbs
        return "0x"
            + (0..<4).reversed().map { i in
                let digits = String(c[limb: i], radix: 16)
                return String(repeating: "0", count: 16 - digits.count) + digits
            }.joined()
    }
}
