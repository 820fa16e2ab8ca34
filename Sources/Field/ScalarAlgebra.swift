/// What the verifier's arithmetic is written over: a commutative algebra over ``Fr``.
///
/// ``Fr`` itself is the native instance. A circuit variable is the other: the second proof stage
/// runs the same verifier code to write down its own constraints, so code over this protocol
/// must not branch on values.
public protocol ScalarAlgebra: Sendable {
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
}

extension Fr: ScalarAlgebra {
    @inlinable public init(constant value: Fr) { self = value }
    @inlinable public func inverseOrZero() -> Fr { inverse() ?? .zero }
}
