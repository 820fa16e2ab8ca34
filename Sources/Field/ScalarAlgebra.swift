/// What the verifier's arithmetic is written over: a commutative algebra over ``Fr``.
///
/// ``Fr`` itself is the native instance. A circuit variable is the other: the second proof stage
/// runs the same verifier code to write down its own constraints, so code over this protocol
/// must not branch on values.
public protocol ScalarAlgebra: Sendable {
    /// An integer of the statement: a machine's integer natively, a variable in a circuit.
    associatedtype PublicInteger: Sendable
    static var zero: Self { get }
    static var one: Self { get }
    /// The constant `value`.
    init(constant value: Fr)
    static func + (a: Self, b: Self) -> Self
    static func - (a: Self, b: Self) -> Self
    static func * (a: Self, b: Self) -> Self
    static func += (a: inout Self, b: Self)
    static func -= (a: inout Self, b: Self)
    static func *= (a: inout Self, b: Self)
    /// The inverse of a value that is not zero with overwhelming probability; zero for zero.
    func inverseOrZero() -> Self
    /// Σ weights_i · values_i over as many as the shorter of the two has.
    static func innerProduct(_ weights: [Self], _ values: ArraySlice<PublicInteger>) -> Self
}

extension Fr: ScalarAlgebra {
    @inlinable public init(constant value: Fr) { self = value }
    @inlinable public func inverseOrZero() -> Fr { inverse() ?? .zero }

    /// Four 64-bit multiplications a value, and three multiplications of elements in all.
    ///
    /// Σ w·v = Σ w·(v + 2^63) − 2^63·Σ w, so that no factor has a sign; the sums are integers of
    /// up to 382 bits and are reduced once, at the end.
    public static func innerProduct(_ weights: [Fr], _ values: ArraySlice<Int>) -> Fr {
        var products = WideSum()
        var total = WideSum()
        for (weight, value) in zip(weights, values) {
            products.add(weight.limbs, times: UInt64(bitPattern: Int64(value)) ^ 1 << 63)
            total.add(weight.limbs, times: 1)
        }
        return products.residue - total.residue * Fr(UInt64(1) << 63)
    }
}

/// A sum of up to 2^63 products of 254 bits with 64 bits.
private struct WideSum {
    private var low = Limbs256(0, 0, 0, 0)
    private var high: UInt128 = 0

    @inline(__always) mutating func add(_ limbs: Limbs256, times factor: UInt64) {
        var t = UInt128(limbs.l0) * UInt128(factor) + UInt128(low.l0)
        low.l0 = UInt64(truncatingIfNeeded: t)
        t = UInt128(limbs.l1) * UInt128(factor) + UInt128(low.l1) + (t >> 64)
        low.l1 = UInt64(truncatingIfNeeded: t)
        t = UInt128(limbs.l2) * UInt128(factor) + UInt128(low.l2) + (t >> 64)
        low.l2 = UInt64(truncatingIfNeeded: t)
        t = UInt128(limbs.l3) * UInt128(factor) + UInt128(low.l3) + (t >> 64)
        low.l3 = UInt64(truncatingIfNeeded: t)
        high &+= t >> 64
    }

    /// The sum modulo r, in the same (Montgomery) form as what was added.
    var residue: Fr {
        let top = Limbs256(
            UInt64(truncatingIfNeeded: high), UInt64(truncatingIfNeeded: high >> 64), 0, 0)
        // low · 2^256 · 2^−256 and high · 2^512 · 2^−256.
        return Fr.montgomeryProduct(Fr.radix, low) + Fr.montgomeryProduct(Fr.radixSquared, top)
    }
}
