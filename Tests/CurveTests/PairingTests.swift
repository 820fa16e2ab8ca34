import Curve
import Field
import TestSupport
import Testing

@Suite("Pairing") struct PairingTests {
    /// The tower's coefficients of w^0, …, w^5.
    private static func coefficients(_ value: Fq12) -> [Fq2] {
        let (a, b) = (value.c0, value.c1)
        return [a.c0, b.c0, a.c1, b.c1, a.c2, b.c2]
    }

    @Test("pairs as py_ecc does", arguments: PairingVectors.pairings)
    func knownAnswers(vector: (a: String, b: String, value: [String])) {
        let a = Fr(hex: vector.a)
        let b = Fr(hex: vector.b)
        let value = Pairing.product([
            ((a * G1Affine.generator).affine, (b * G2Affine.generator).affine)
        ])
        let numbers = vector.value.map { Fq(hex: $0) }
        let expected = stride(from: 0, to: numbers.count, by: 2).map {
            Fq2(numbers[$0], numbers[$0 + 1])
        }
        #expect(Self.coefficients(value.value) == expected)
    }

    @Test("is bilinear and not degenerate", arguments: 0..<8 as Range<UInt64>)
    func bilinearity(seed: UInt64) {
        var rng = SeededGenerator(seed: seed)
        let (a, b) = (Fr.random(using: &rng), Fr.random(using: &rng))
        let p = (Fr.random(using: &rng) * G1Affine.generator).affine
        let q = (Fr.random(using: &rng) * G2Affine.generator).affine
        let e = Pairing.product([(p, q)])
        #expect(e != .one)
        #expect(Pairing.product([((a * p).affine, (b * q).affine)]) == e.power(a * b))
        #expect(e.power(a) * e.power(b) == e.power(a + b))
        #expect(Pairing.isOne([((a * p).affine, q), (-p, (a * q).affine)]))
        #expect(!Pairing.isOne([((a * p).affine, q), (p, (a * q).affine)]))
        #expect(!Pairing.isOne([((a * p).affine, q), (-p, (b * q).affine)]))
    }

    @Test("a pair with infinity counts as one")
    func infinity() {
        let (g, h) = (G1Affine.generator, G2Affine.generator)
        #expect(Pairing.isOne([(G1Affine, G2Affine)]()))
        #expect(Pairing.isOne([(g, .infinity), (.infinity, h)]))
        #expect(Pairing.isOne([(g, h), (g, .infinity), (-g, h)]))
        #expect(!Pairing.isOne([(g, h), (g, .infinity)]))
    }
}
