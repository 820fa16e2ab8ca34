import CGMP
import Field
import TestSupport
import Testing

@Suite("Agreement with GMP") struct GMPAgreementTests {
    @Test("Fr", arguments: 0..<8 as Range<UInt64>)
    func scalarField(seed: UInt64) { check(Fr.self, seed: seed) }

    @Test("Fq", arguments: 0..<8 as Range<UInt64>)
    func baseField(seed: UInt64) { check(Fq.self, seed: seed) }

    private func check<F: MontgomeryField>(_: F.Type, seed: UInt64) {
        var rng = SeededGenerator(seed: seed)
        let p = BigInteger(F.modulus)
        let values = F.edgeValues + (0..<16).map { _ in F.random(using: &rng) }
        for a in values {
            let x = BigInteger(a.canonicalLimbs)
            for b in values {
                let y = BigInteger(b.canonicalLimbs)
                #expect((a * b).canonicalLimbs == x.combined(y, __gmpz_mul).modulo(p))
                #expect((a + b).canonicalLimbs == x.combined(y, __gmpz_add).modulo(p))
                #expect((a - b).canonicalLimbs == x.combined(y, __gmpz_sub).modulo(p))
            }
            if let inverse = a.inverse() { #expect(inverse.canonicalLimbs == x.inverse(modulo: p)) }
        }
    }
}

/// A GMP integer, as the oracle.
private final class BigInteger {
    var value = __mpz_struct()

    init() { __gmpz_init(&value) }

    init(_ limbs: Limbs256) {
        __gmpz_init(&value)
        let words = [limbs.l0, limbs.l1, limbs.l2, limbs.l3]
        __gmpz_import(&value, words.count, -1, 8, 0, 0, words)
    }

    deinit { __gmpz_clear(&value) }

    typealias Operation = (
        UnsafeMutablePointer<__mpz_struct>?, UnsafePointer<__mpz_struct>?,
        UnsafePointer<__mpz_struct>?
    ) -> Void

    func combined(_ other: BigInteger, _ operation: Operation) -> BigInteger {
        let result = BigInteger()
        // Copies of the headers: GMP reads the operands only.
        var (a, b) = (value, other.value)
        operation(&result.value, &a, &b)
        return result
    }

    func modulo(_ p: BigInteger) -> Limbs256 { combined(p, __gmpz_mod).limbs }

    func inverse(modulo p: BigInteger) -> Limbs256 {
        combined(p) { _ = __gmpz_invert($0, $1, $2) }.limbs
    }

    private var limbs: Limbs256 {
        var words = [UInt64](repeating: 0, count: 4)
        __gmpz_export(&words, nil, -1, 8, 0, 0, &value)
        return Limbs256(words[0], words[1], words[2], words[3])
    }
}
