import Field
import TestSupport
import Testing

@testable import Curve

@Suite("Multi-scalar multiplication") struct MultiScalarTests {
    @Test(
        "agrees with the sum of products",
        arguments: [0, 1, 2, 3, 7, 8, 9, 17, 64, 100, 500, 1500])
    func agreement(count: Int) {
        var rng = SeededGenerator(seed: UInt64(count))
        let edges = Fr.edgeValues
        var points: [G1Affine] = []
        var scalars: [Fr] = []
        let base = (0..<8).map { _ in (Fr.random(using: &rng) * G1Affine.generator).affine }
        for i in 0..<count {
            // Repeated, opposite and infinite points; edge values among the scalars.
            points.append(i % 11 == 5 ? .infinity : i % 3 == 0 ? base[i % 8] : -base[i % 8])
            scalars.append(i % 2 == 0 ? Fr.random(using: &rng) : edges[i % edges.count])
        }
        #expect(G1.multiScalarMultiply(points: points, scalars: scalars) == slow(points, scalars))
    }

    /// Double-and-add, one point after the other.
    private func slow(_ points: [G1Affine], _ scalars: [Fr]) -> G1 {
        zip(points, scalars).reduce(.infinity) { sum, term in
            let limbs = term.1.canonicalLimbs
            var product = G1.infinity
            for bit in (0..<256).reversed() {
                product = product.doubled()
                if limbs.bits(from: bit, count: 1) == 1 { product += term.0 }
            }
            return sum + product
        }
    }

    @Test("buckets full of one point, of opposite points, of infinity", arguments: [8, 33, 200])
    func crowdedBuckets(count: Int) {
        let point = G1Affine.generator
        for scalar in [Fr.one, -.one, Fr(3), .zero, .half] {
            let scalars = [Fr](repeating: scalar, count: count)
            func sum(_ points: [G1Affine]) -> G1 {
                G1.multiScalarMultiply(points: points, scalars: scalars)
            }
            #expect(sum(Array(repeating: point, count: count)) == Fr(count) * scalar * point)
            #expect(sum(Array(repeating: .infinity, count: count)) == .infinity)
            let opposite = (0..<count).map { $0 % 2 == 0 ? point : -point }
            #expect(sum(opposite) == (count % 2 == 0 ? .infinity : scalar * G1(point)))
            // Multiples that meet each other again in sums: 1, 2, 3 = 1 + 2, …
            let multiples = G1.normalize((1...count).map { Fr($0) * point })
            #expect(sum(multiples) == Fr(count * (count + 1) / 2) * scalar * point)
        }
    }

    @Test("the endomorphism multiplies by a cube root of one, and scalars are split by it")
    func endomorphism() throws {
        var rng = SeededGenerator(seed: 7)
        // λ from the halves of scalars, each of which must give the same.
        var lambda: Fr?
        let scalars = Fr.edgeValues + (0..<2000).map { _ in Fr.random(using: &rng) }
        for scalar in scalars {
            let (low, high) = G1Endomorphism.split(scalar.canonicalLimbs)
            #expect(max(low.magnitude, high.magnitude) < 1 << 127)
            guard let inverse = Fr(high).inverse() else {
                #expect(Fr(low) == scalar)
                continue
            }
            let quotient = (scalar - Fr(low)) * inverse
            if let lambda { #expect(quotient == lambda) }
            lambda = quotient
        }
        let found = try #require(lambda)
        #expect(found != .one && found * found + found + .one == .zero)
        for _ in 0..<5 {
            let point = (Fr.random(using: &rng) * G1Affine.generator).affine
            #expect(found * point == G1(G1Endomorphism.apply(point)))
        }
        #expect(G1Endomorphism.apply(.infinity) == .infinity)
    }
}
