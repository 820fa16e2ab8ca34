import Field
import TestSupport
import Testing

@Suite("Extension tower") struct ExtensionTowerTests {
    @Test("field laws hold", arguments: 0..<16 as Range<UInt64>)
    func laws(seed: UInt64) {
        var rng = SeededGenerator(seed: seed)
        let fq2 = Fq.edgeValues.flatMap { [Fq2($0, .zero), Fq2(.zero, $0), Fq2($0, -.one)] }
        let a = Fq2.random(using: &rng)
        let fq6 = fq2.flatMap { [Fq6($0), Fq6(.zero, $0, a), Fq6(.zero, .zero, $0)] }
        let fq12 = fq6.flatMap { [Fq12($0), Fq12(.zero, $0)] }
        checkFieldLaws(of: Fq2.self, seed: seed, edges: fq2)
        checkFieldLaws(of: Fq6.self, seed: seed, edges: fq6)
        checkFieldLaws(of: Fq12.self, seed: seed, edges: fq12)
    }

    @Test("products in F_q² are those of the schoolbook", arguments: UInt64(0)..<4)
    func quadraticProducts(seed: UInt64) {
        var rng = SeededGenerator(seed: seed)
        let edges = Fq.edgeValues
        // Every pair of edge values meets every other pair somewhere.
        var values = edges.flatMap { a in edges.map { Fq2(a, $0) } }
        for _ in 0..<20 { values.append(Fq2(.random(using: &rng), .random(using: &rng))) }
        values.shuffle(using: &rng)
        for (i, a) in values.enumerated() {
            for b in [a, values[(i + 1) % values.count], values[(i * 7 + 3) % values.count]] {
                let expected = Fq2(a.c0 * b.c0 - a.c1 * b.c1, a.c0 * b.c1 + a.c1 * b.c0)
                #expect(a * b == expected)
            }
            #expect(a.squared() == Fq2(a.c0 * a.c0 - a.c1 * a.c1, (a.c0 * a.c1).doubled()))
        }
    }

    @Test("u² = −1, v³ = ξ, w² = v")
    func generators() {
        let u = Fq2(.zero, .one)
        let v = Fq6(.zero, .one)
        let w = Fq12(.zero, .one)
        #expect(u.squared() == -.one)
        #expect(v * v * v == Fq6(.nonResidue))
        #expect(w.squared() == Fq12(v))
        var rng = SeededGenerator(seed: 1)
        let a = Fq2.random(using: &rng)
        #expect(a.timesNonResidue() == a * .nonResidue)
        #expect(Fq2(a.norm) == a * a.conjugate)
    }

    @Test("Frobenius is the q-th power")
    func frobenius() {
        var rng = SeededGenerator(seed: 2)
        let q = [Fq.modulus.l0, Fq.modulus.l1, Fq.modulus.l2, Fq.modulus.l3]
        let a = Fq12.random(using: &rng)
        #expect(a.frobenius() == a.power(q))
        #expect(a.c0.c0.conjugate == a.c0.c0.power(q))
        var sixth = a
        for _ in 0..<6 { sixth = sixth.frobenius() }
        #expect(sixth == a.conjugate)
    }

    @Test("sparse and cyclotomic shortcuts agree with the general product", arguments: 0..<4)
    func shortcuts(seed: Int) throws {
        var rng = SeededGenerator(seed: UInt64(seed))
        let a = Fq12.random(using: &rng)
        let (b0, b1) = (Fq2.random(using: &rng), Fq2.random(using: &rng))
        #expect(a.multiplied(byLine: b0, b1) == a * Fq12(.one, Fq6(b0, b1)))

        // The easy part of the final exponentiation leads into the cyclotomic subgroup.
        let unitary = a.conjugate * (try #require(a.inverse()))
        let c = unitary.frobenius().frobenius() * unitary
        #expect(c.cyclotomicSquared() == c.squared())
        #expect(c.conjugate * c == .one)
        for exponent: UInt64 in [0, 1, 2, 3, 7, 0x44e9_92b4_4a69_09f1, .max] {
            #expect(c.cyclotomicPower(exponent) == c.power(exponent), "exponent \(exponent)")
        }
    }

    @Test("signed binary digits add up, and no two neighbours are non-zero")
    func signedBinary() {
        var rng = SeededGenerator(seed: 3)
        let random = (0..<20).map { _ in UInt128(rng.next()) << UInt128(rng.next() % 60) }
        for value in random + [0, 1, 2, 3, 6, 7, 29_793_968_203_157_093_288, 1 << 125] {
            let digits = Array(SignedBinary(value))
            #expect(digits.reduce(0) { 2 * $0 + Int128($1) } == Int128(value))
            #expect(zip(digits, digits.dropFirst()).allSatisfy { $0 == 0 || $1 == 0 })
            #expect(digits.first != 0)
        }
    }

    @Test("square roots are found exactly where they exist", arguments: 0..<16)
    func squareRoots(seed: Int) throws {
        var rng = SeededGenerator(seed: UInt64(seed))
        let a = Fq.random(using: &rng)
        let root = try #require(a.squared().squareRoot())
        #expect(root == a || root == -a)
        #expect((-a.squared()).squareRoot() == nil)  // −1 is no square
        #expect(Fq.zero.squareRoot() == .zero)

        for b in [
            Fq2.random(using: &rng), Fq2(a), Fq2(.zero, a), Fq2(a, a), .zero, .one, -.one,
            Fq2(.zero, .one), .nonResidue,
        ] {
            let root = try #require(b.squared().squareRoot())
            #expect(root == b || root == -b)
            // ξ is no square: neither is ξ times a square.
            if !b.isZero { #expect(b.squared().timesNonResidue().squareRoot() == nil) }
        }
    }

    @Test("exactly one of ±a is odd")
    func signs() {
        var rng = SeededGenerator(seed: 4)
        for a in Fq.edgeValues + [.random(using: &rng)] {
            for b in [Fq2(a), Fq2(.zero, a), Fq2(a, .one)] where !b.isZero {
                #expect(b.isOdd != (-b).isOdd)
            }
        }
        #expect(Fq(1).isOdd && !Fq(2).isOdd && !Fq2.zero.isOdd)
        #expect(Fq2(Fq(1), Fq(2)).isOdd && !Fq2(Fq(2), Fq(1)).isOdd && Fq2(.zero, Fq(1)).isOdd)
    }
}
