import Field

/// What distinguishes one group of the pairing from the other: y² = x³ + b over a field.
public protocol CurveParameters: Sendable {
    associatedtype Coordinate: PointCoordinate
    static var b: Coordinate { get }
    static var generator: AffinePoint<Self> { get }
    /// Whether a point of the curve lies in the subgroup of order r.
    static func subgroupContains(_ point: AffinePoint<Self>) -> Bool
}

/// A point as (x, y); the point at infinity, which has none, is (0, 0).
///
/// (0, 0) is on neither curve, as b ≠ 0. In memory: x, then y, in Montgomery form, the layout of
/// the C kernels. The memberwise initialiser checks nothing: see ``isOnCurve``.
@frozen
public struct AffinePoint<Curve: CurveParameters>: Sendable, Hashable {
    public var x, y: Curve.Coordinate

    @inlinable public init(x: Curve.Coordinate, y: Curve.Coordinate) { (self.x, self.y) = (x, y) }

    @inlinable public static var infinity: Self { Self(x: .zero, y: .zero) }
    @inlinable public static var generator: Self { Curve.generator }
    @inlinable public var isInfinity: Bool { x.isZero && y.isZero }

    @inlinable public static prefix func - (a: Self) -> Self { Self(x: a.x, y: -a.y) }

    /// Whether the point is infinity or satisfies the curve's equation.
    @inlinable public var isOnCurve: Bool { isInfinity || y.squared() == x.squared() * x + Curve.b }

    /// Whether a point of the curve lies in the subgroup of order r.
    ///
    /// - Precondition: ``isOnCurve``; the answer means nothing elsewhere.
    public var isInSubgroup: Bool { Curve.subgroupContains(self) }
}

/// A point in Jacobian coordinates, (X/Z², Y/Z³); Z = 0 is infinity.
///
/// Operations branch on special cases (infinity, equal and opposite points): not constant time.
/// Reference: Explicit-Formulas Database, short Weierstrass curves with a = 0.
@frozen
public struct JacobianPoint<Curve: CurveParameters>: Sendable {
    public typealias Coordinate = Curve.Coordinate
    public var x, y, z: Coordinate

    @inlinable public init(x: Coordinate, y: Coordinate, z: Coordinate) {
        (self.x, self.y, self.z) = (x, y, z)
    }

    @inlinable public init(_ point: AffinePoint<Curve>) {
        self.init(x: point.x, y: point.y, z: point.isInfinity ? .zero : .one)
    }

    @inlinable public static var infinity: Self { Self(x: .one, y: .one, z: .zero) }
    @inlinable public static var generator: Self { Self(Curve.generator) }
    @inlinable public var isInfinity: Bool { z.isZero }

    @inlinable public static prefix func - (a: Self) -> Self { Self(x: a.x, y: -a.y, z: a.z) }

    /// 7 multiplications (dbl-2009-l).
    @specialized(where Curve == G1Curve)
    @specialized(where Curve == G2Curve)
    @inlinable public func doubled() -> Self {
        let a = x.squared()
        let b = y.squared()
        let c = b.squared()
        let d = ((x + b).squared() - a - c).doubled()
        let e = a.doubled() + a
        let x3 = e.squared() - d.doubled()
        let y3 = e * (d - x3) - c.doubled().doubled().doubled()
        return Self(x: x3, y: y3, z: (y * z).doubled())
    }

    /// 11 multiplications.
    @inlinable public static func + (a: Self, b: AffinePoint<Curve>) -> Self {
        if b.isInfinity { return a }
        if a.isInfinity { return Self(b) }
        let zz = a.z.squared()
        return a.chord(from: a.x, a.y, to: b.x * zz, b.y * (zz * a.z), z: a.z)
    }

    /// 16 multiplications.
    @inlinable public static func + (a: Self, b: Self) -> Self {
        if b.isInfinity { return a }
        if a.isInfinity { return b }
        let (aa, bb) = (a.z.squared(), b.z.squared())
        return a.chord(
            from: a.x * bb, a.y * (bb * b.z), to: b.x * aa, b.y * (aa * a.z), z: a.z * b.z)
    }

    /// The sum of `self` and another point, given as (u1, s1) and (u2, s2) over the common `z`.
    @inlinable func chord(
        from u1: Coordinate, _ s1: Coordinate, to u2: Coordinate, _ s2: Coordinate, z: Coordinate
    ) -> Self {
        let h = u2 - u1
        let r = s2 - s1
        if h.isZero { return r.isZero ? doubled() : .infinity }
        let hh = h.squared()
        let hhh = hh * h
        let v = u1 * hh
        let x3 = r.squared() - hhh - v.doubled()
        return Self(x: x3, y: r * (v - x3) - s1 * hhh, z: z * h)
    }

    @inlinable public static func - (a: Self, b: Self) -> Self { a + -b }
    @inlinable public static func += (a: inout Self, b: Self) { a = a + b }
    @inlinable public static func += (a: inout Self, b: AffinePoint<Curve>) { a = a + b }

    /// The point in affine coordinates: one inversion.
    public var affine: AffinePoint<Curve> {
        Self.normalize([self])[0]
    }

    /// Many points in affine coordinates: one inversion and 7 multiplications a point.
    @specialized(where Curve == G1Curve)
    @specialized(where Curve == G2Curve)
    @inlinable public static func normalize(_ points: [Self]) -> [AffinePoint<Curve>] {
        var inverses = points.map(\.z)
        Coordinate.batchInvert(&inverses)
        // Infinity's inverse is left at 0, which makes its coordinates (0, 0).
        return zip(points, inverses).map { point, inverse in
            let square = inverse.squared()
            return AffinePoint(x: point.x * square, y: point.y * (square * inverse))
        }
    }
}

extension JacobianPoint: Equatable {
    /// Whether both are the same point, whatever their Z.
    @inlinable public static func == (a: Self, b: Self) -> Bool {
        if a.isInfinity || b.isInfinity { return a.isInfinity && b.isInfinity }
        let (aa, bb) = (a.z.squared(), b.z.squared())
        return a.x * bb == b.x * aa && a.y * (bb * b.z) == b.y * (aa * a.z)
    }
}
