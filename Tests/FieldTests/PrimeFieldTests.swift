import Field
import TestSupport
import Testing

@Suite("Prime fields") struct PrimeFieldTests {
    @Test("Fr computes as Python does", arguments: FieldVectors.fr)
    func knownFr(row: [String]) { knownAnswers(row.map { Fr(hex: $0) }) }

    @Test("Fq computes as Python does", arguments: FieldVectors.fq)
    func knownFq(row: [String]) { knownAnswers(row.map { Fq(hex: $0) }) }

    private func knownAnswers<F: MontgomeryField>(_ row: [F]) {
        let (a, b) = (row[0], row[1])
        #expect([a, b, a + b, a - b, a * b, a.inverse()] == row)
    }

    @Test("field laws hold", arguments: 0..<32 as Range<UInt64>)
    func laws(seed: UInt64) {
        checkFieldLaws(of: Fr.self, seed: seed, edges: Fr.edgeValues)
        checkFieldLaws(of: Fq.self, seed: seed, edges: Fq.edgeValues)
    }

    @Test("integers become residues")
    func integers() {
        func check<F: MontgomeryField>(_: F.Type) {
            #expect(F(0 as UInt64) == .zero && F(1 as UInt64) == .one && F(-1) == -.one)
            #expect(F(UInt64.max) + .one == F(hex: String(repeating: "0", count: 47) + "1" + z16))
            #expect(F(Int.min) + F(Int.max) == -.one)
            #expect(F(Int128.min) + F(Int128.max) == -.one)
            #expect(F(Int128(Int.min)) == F(Int.min))
            #expect(F(2).power(10) == F(1024) && F(5).power(0) == .one)
        }
        let z16 = String(repeating: "0", count: 16)
        check(Fr.self)
        check(Fq.self)
    }

    @Test("encodes canonically and refuses everything else")
    func encoding() {
        func check<F: MontgomeryField>(_: F.Type) {
            var rng = SeededGenerator(seed: 11)
            for value in F.edgeValues + (0..<32).map({ _ in F.random(using: &rng) }) {
                let bytes = value.canonicalBytes
                #expect(F(canonicalBytes: bytes) == value && F(reducing: bytes) == value)
                #expect(bytes.count == 32)
                #expect(F(canonicalBytes: bytes.dropLast()) == nil)
                #expect(F(canonicalBytes: bytes + [0]) == nil)
            }
            let p = F.modulus
            for limbs in [
                p, Limbs256(p.l0 + 1, p.l1, p.l2, p.l3), Limbs256(0, 0, 0, p.l3 + 1),
                Limbs256(.max, .max, .max, .max), Limbs256(0, 0, p.l2 + 1, p.l3),
            ] {
                #expect(F(canonicalLimbs: limbs) == nil)
            }
            // p and p + 1 as bytes of any length.
            let last = (-F.one).canonicalBytes
            #expect(F(reducing: [last[0] + 1] + last.dropFirst()) == .zero)
            #expect(F(reducing: [UInt8]()) == .zero)
            #expect(F(reducing: [0, 0, 1]) == F(65536))
            #expect(F(reducing: [UInt8](repeating: 0, count: 64) + [1]) == F(2).power(512))
        }
        check(Fr.self)
        check(Fq.self)
    }

    @Test("bits of an integer")
    func bits() {
        let value = Limbs256(0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210, 0, 0x8000_0000_0000_0001)
        let limbs = [value.l0, value.l1, value.l2, value.l3]
        for start in 0..<260 {
            for count in [1, 5, 13, 63] {
                let expected = (0..<count).reduce(0 as UInt64) { sum, k in
                    let bit = start + k
                    guard bit < 256 else { return sum }
                    return sum | (limbs[bit >> 6] >> UInt64(bit & 63) & 1) << UInt64(k)
                }
                #expect(value.bits(from: start, count: count) == expected)
            }
        }
        #expect(value.significantBitCount == 256)
        #expect(Limbs256(0, 1, 0, 0).significantBitCount == 65)
        #expect(Limbs256(0, 0, 0, 0).significantBitCount == 0)
    }

    @Test("batch inversion leaves zeros alone")
    func batchInversion() {
        var rng = SeededGenerator(seed: 5)
        for count in [0, 1, 2, 3, 50] {
            let values = (0..<count).map { $0 % 3 == 1 ? Fr.zero : Fr.random(using: &rng) }
            var inverses = values
            Fr.batchInvert(&inverses)
            #expect(inverses == values.map { $0.inverse() ?? .zero })
        }
        var zeros = [Fr.zero, .zero]
        Fr.batchInvert(&zeros)
        #expect(zeros == [.zero, .zero])
    }
}

/// The axioms, and what the derived operations promise, on random and edge values.
func checkFieldLaws<F: FieldElement>(of _: F.Type, seed: UInt64, edges: [F])
where F: RandomElement {
    var rng = SeededGenerator(seed: seed)
    for (i, edge) in edges.enumerated() {
        let a = F.random(using: &rng)
        let b = edge
        let c = edges[(i + Int(seed)) % edges.count]
        #expect(a + b == b + a && (a + b) + c == a + (b + c))
        #expect(a * b == b * a && (a * b) * c == a * (b * c))
        #expect(a * (b + c) == a * b + a * c)
        #expect(b - c == b + -c && b - b == .zero && b + .zero == b && b * .one == b)
        #expect((b - c).isZero == (b == c))
        #expect(b.squared() == b * b && b.doubled() == b + b && a.squared() == a * a)
        #expect(b.power([3]) == b * b * b)
        for value in [a, b] {
            if let inverse = value.inverse() {
                #expect(value * inverse == .one)
            } else {
                #expect(value.isZero)
            }
        }
    }
}

/// A field with random elements, for the shared laws.
protocol RandomElement {
    static func random(using generator: inout some RandomNumberGenerator) -> Self
}
extension Fr: RandomElement {}
extension Fq: RandomElement {}
extension Fq2: RandomElement {
    static func random(using rng: inout some RandomNumberGenerator) -> Fq2 {
        Fq2(.random(using: &rng), .random(using: &rng))
    }
}
extension Fq6: RandomElement {
    static func random(using rng: inout some RandomNumberGenerator) -> Fq6 {
        Fq6(.random(using: &rng), .random(using: &rng), .random(using: &rng))
    }
}
extension Fq12: RandomElement {
    static func random(using rng: inout some RandomNumberGenerator) -> Fq12 {
        Fq12(.random(using: &rng), .random(using: &rng))
    }
}
