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
    /// Variable time in the exponent, which must be public.
    @inlinable public func power(_ exponent: [UInt64]) -> Self {
        var result = Self.one
        var started = false
        for word in exponent.reversed() {
            for bit in (0..<64).reversed() {
                if started { result = result.squared() }
                if word >> UInt64(bit) & 1 == 1 {
                    result *= self
                    started = true
                }
            }
        }
        return result
    }

    /// `self` to a small public power.
    @inlinable public func power(_ exponent: UInt64) -> Self { power([exponent]) }
}
