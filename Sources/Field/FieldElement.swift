/// What curve formulas and batch inversion need of a field: the prime fields and the extensions.
///
/// Generic code over it is written once and specialised for the concrete fields.
public protocol FieldElement: Sendable, Hashable {
    static var zero: Self { get }
    static var one: Self { get }
    var isZero: Bool { get }
    static func + (a: Self, b: Self) -> Self
    static func - (a: Self, b: Self) -> Self
    static func * (a: Self, b: Self) -> Self
    static prefix func - (a: Self) -> Self
    func squared() -> Self
    func doubled() -> Self
    /// The multiplicative inverse, or nil for zero.
    func inverse() -> Self?
}

extension FieldElement {
    @inlinable public static prefix func - (a: Self) -> Self { zero - a }
    @inlinable public static func += (a: inout Self, b: Self) { a = a + b }
    @inlinable public static func -= (a: inout Self, b: Self) { a = a - b }
    @inlinable public static func *= (a: inout Self, b: Self) { a = a * b }
    @inlinable public func squared() -> Self { self * self }
    @inlinable public func doubled() -> Self { self + self }

    /// `self` to the power of a little-endian limb array.
    ///
    /// Variable time in the exponent, which must be public: a squaring a bit, a multiplication by
    /// an odd power below 32 every six bits or so.
    @inlinable public func power(_ exponent: [UInt64]) -> Self {
        let bitCount = exponent.count * 64
        func bit(_ i: Int) -> Int { Int(exponent[i >> 6] >> UInt64(i & 63) & 1) }
        var odd = [self]
        if exponent.count > 1 {
            let square = squared()
            for _ in 1..<16 { odd.append(odd[odd.count - 1] * square) }
        }
        let width = exponent.count > 1 ? 5 : 1
        var result = Self.one
        var started = false
        var i = bitCount - 1
        while i >= 0 {
            guard bit(i) == 1 else {
                if started { result = result.squared() }
                i -= 1
                continue
            }
            // The longest window that ends in a one.
            var end = max(0, i - width + 1)
            while bit(end) == 0 { end += 1 }
            var value = 0
            for k in stride(from: i, through: end, by: -1) {
                value = value << 1 | bit(k)
                if started { result = result.squared() }
            }
            result = started ? result * odd[value >> 1] : odd[value >> 1]
            started = true
            i = end - 1
        }
        return result
    }

    /// `self` to a small public power.
    @inlinable public func power(_ exponent: UInt64) -> Self { power([exponent]) }
}
