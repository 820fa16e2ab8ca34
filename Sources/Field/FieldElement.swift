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
}
