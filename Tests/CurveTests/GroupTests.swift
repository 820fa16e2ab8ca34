import Field
import TestSupport
import Testing

@testable import Curve

@Suite("Groups") struct GroupTests {
    @Test("multiplies the generators as py_ecc does")
    func knownMultiples() {
        for row in PairingVectors.g1 {
            let c = row.dropFirst().map { Fq(hex: $0) }
            let expected = G1Affine(x: c[0], y: c[1])
            #expect((Fr(hex: row[0]) * G1Affine.generator).affine == expected)
            #expect(expected.isOnCurve && expected.isInSubgroup)
        }
        for row in PairingVectors.g2 {
            let c = row.dropFirst().map { Fq(hex: $0) }
            let expected = G2Affine(x: Fq2(c[0], c[1]), y: Fq2(c[2], c[3]))
            #expect((Fr(hex: row[0]) * G2Affine.generator).affine == expected)
            #expect(expected.isOnCurve && expected.isInSubgroup)
        }
    }

    @Test("points have the layout that the C kernels expect")
    func layout() {
        #expect(MemoryLayout<G1Affine>.size == 64 && MemoryLayout<G1Affine>.stride == 64)
        let point = G1Affine.generator
        let limbs = withUnsafeBytes(of: point) { Array($0.bindMemory(to: UInt64.self)) }
        let (x, y) = (point.x.limbs, point.y.limbs)
        #expect(limbs == [x.l0, x.l1, x.l2, x.l3, y.l0, y.l1, y.l2, y.l3])
    }

    @Test("group laws hold", arguments: 0..<8 as Range<UInt64>)
    func laws(seed: UInt64) {
        checkLaws(G1.self, seed: seed)
        checkLaws(G2.self, seed: seed)
    }

    private func checkLaws<C: CurveParameters>(_: JacobianPoint<C>.Type, seed: UInt64) {
        typealias Point = JacobianPoint<C>
        var rng = SeededGenerator(seed: seed)
        let g = Point.generator
        let (k, l) = (Fr.random(using: &rng), Fr.random(using: &rng))
        let (p, q) = (k * g, l * g)
        #expect(p + q == q + p && p + q == p + q.affine && p + q == (k + l) * g)
        #expect((p + q) + g == p + (q + g))
        // Same and opposite points, in both forms of addition and with different Z.
        #expect(
            p + p == p.doubled() && p + p.affine == p.doubled() && p + Point(p.affine) == Fr(2) * p)
        #expect(p - p == .infinity && p + -p.affine == .infinity)
        #expect(p + Point.infinity == p && Point.infinity + p == p && p + AffinePoint.infinity == p)
        #expect(Point.infinity + p.affine == p && Point.infinity.doubled() == .infinity)
        #expect(Point.infinity + Point.infinity == .infinity && p != .infinity && p != q && p != -p)
        #expect(Point.infinity.affine == .infinity && Point(AffinePoint.infinity).isInfinity)
        #expect(Fr.zero * p == .infinity && Fr.one * p == p && -Fr.one * p == -p)
        #expect(k * AffinePoint<C>.infinity == .infinity)
        for affine in [p.affine, -p.affine, (p + q).affine, p.doubled().affine, .infinity] {
            #expect(affine.isOnCurve && affine.isInSubgroup)
        }
        #expect(Point.normalize([p, .infinity, q]) == [p.affine, .infinity, q.affine])
        #expect(Point.normalize([]).isEmpty)
        #expect(!AffinePoint<C>(x: .zero, y: .one).isOnCurve)
        #expect(!AffinePoint<C>(x: p.affine.x, y: p.affine.y + .one).isOnCurve)
    }

    @Test("multiplies by every edge value as repeated addition does")
    func scalarEdges() {
        for k in Fr.edgeValues {
            let limbs = k.canonicalLimbs
            var expected = G1.infinity
            for bit in (0..<256).reversed() {
                expected = expected.doubled()
                if limbs.bits(from: bit, count: 1) == 1 { expected += G1.generator }
            }
            #expect(k * G1Affine.generator == expected)
        }
        for k in 0...40 {
            let expected = (0..<k).reduce(G1.infinity) { sum, _ in sum + G1.generator }
            #expect(Fr(k) * G1Affine.generator == expected)
        }
    }

    @Test("the order annihilates, and only the subgroup passes", arguments: 0..<6)
    func subgroup(seed: Int) {
        let order = Fr.modulus
        #expect(G1.sum([.generator], [order]) == .infinity)
        let point = randomTwistPoint(seed: UInt64(seed))
        #expect(point.isOnCurve)
        // A random point of the twist is in the subgroup with probability 1 in 2^254.
        #expect(G2.sum([point], [order]) != .infinity && !point.isInSubgroup)
        // Its multiple by the cofactor 2q − r is.
        let q = Fq.modulus
        let (difference, _) = Limbs256.subtracting(q, order)
        let cofactor = Limbs256.adding(q, difference)
        let cleared = G2.sum([point], [cofactor]).affine
        #expect(!cleared.isInfinity && cleared.isInSubgroup)
        #expect(G2.sum([cleared], [order]) == .infinity)
        // A point of the wrong order added to a good one is still refused.
        #expect(!(G2(point) + G2Affine.generator).affine.isInSubgroup)
        #expect((G2(cleared) + G2Affine.generator).affine.isInSubgroup)
    }

    @Test("a point of small order 10069, a factor of the cofactor, is refused")
    func smallOrder() {
        // 2q − r = 10069 · 5864401 · …
        let (cofactor, order) = (Self.cofactorOver10069, Fr.modulus)
        for seed: UInt64 in 100..<103 {
            let point = G2.sum([G2.sum([randomTwistPoint(seed: seed)], [cofactor]).affine], [order])
            #expect(Fr(10069) * point == .infinity)
            if !point.isInfinity { #expect(!point.affine.isInSubgroup) }
        }
    }

    /// (2q − r)/10069.
    private static var cofactorOver10069: Limbs256 {
        let (difference, _) = Limbs256.subtracting(Fq.modulus, Fr.modulus)
        let cofactor = Limbs256.adding(Fq.modulus, difference)
        var remainder: UInt64 = 0
        let digits = (0..<4).reversed().map { i in
            let (digit, rest) = UInt64(10069).dividingFullWidth((remainder, cofactor[limb: i]))
            remainder = rest
            return digit
        }
        precondition(remainder == 0)
        return Limbs256(digits[3], digits[2], digits[1], digits[0])
    }
}

/// A point of the twist with a random x: on the curve, not in the subgroup.
func randomTwistPoint(seed: UInt64) -> G2Affine {
    var rng = SeededGenerator(seed: seed)
    while true {
        let x = Fq2(.random(using: &rng), .random(using: &rng))
        if let y = (x.squared() * x + G2Curve.b).squareRoot() { return G2Affine(x: x, y: y) }
    }
}
