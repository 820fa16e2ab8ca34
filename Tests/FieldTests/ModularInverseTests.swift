import TestSupport
import Testing

@testable import Field

/// What is computed a quick way is what the slow way computes.
@Suite struct ModularInverseTests {
    @Test("division steps agree with Fermat's power", arguments: UInt64(0)..<8)
    func inverses(seed: UInt64) {
        check(Fr.self, seed: seed)
        check(Fq.self, seed: seed)
    }

    private func check<F: MontgomeryField>(_: F.Type, seed: UInt64) {
        var rng = SeededGenerator(seed: seed)
        let p = F.modulus
        let exponent = [p.l0 &- 2, p.l1, p.l2, p.l3]
        var values = F.edgeValues + (0..<50).map { _ in F.random(using: &rng) }
        // Few and many ones in what the steps see, which is the Montgomery form.
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            values.append(F(montgomery: Limbs256(1 << shift, 0, 0, 0)))
            values.append(F(montgomery: Limbs256(0, 1 << shift, 0, 0)))
            values.append(F(montgomery: Limbs256(0, 0, 0, 1 << (shift % 61))))
            values.append(F(montgomery: Limbs256(.max << shift, .max, .max, 0)))
        }
        for value in values {
            guard let inverse = value.inverse() else {
                #expect(value.isZero)
                continue
            }
            #expect(inverse == slowPower(value, exponent))
            #expect(inverse.limbs < p)
        }
        #expect(F.zero.inverse() == nil)
    }

    private func slowPower<F: FieldElement>(_ base: F, _ exponent: [UInt64]) -> F {
        var result = F.one
        for word in exponent.reversed() {
            for bit in (0..<64).reversed() {
                result = result.squared()
                if word >> UInt64(bit) & 1 == 1 { result *= base }
            }
        }
        return result
    }

    @Test("windows of exponents agree with single bits", arguments: UInt64(0)..<8)
    func powers(seed: UInt64) {
        var rng = SeededGenerator(seed: seed)
        let base = Fr.random(using: &rng)
        let exponents: [[UInt64]] = [
            [], [0], [1], [31], [.max], [0, 0], [0, 1], [.max, .max], [1, 0, 1 << 63],
            [rng.next()], [rng.next(), rng.next(), rng.next(), rng.next()],
        ]
        for exponent in exponents {
            #expect(base.power(exponent) == slowPower(base, exponent), "\(exponent)")
            #expect(Fr.zero.power(exponent) == slowPower(Fr.zero, exponent))
        }
    }

    @Test("wide integers are reduced as their bytes are")
    func reduction() {
        var rng = SeededGenerator(seed: 3)
        let ends: [UInt64] = [0, 1, .max]
        for _ in 0..<100 {
            let words = (0..<8).map { $0 % 3 == 0 ? ends[Int(rng.next() % 3)] : rng.next() }
            let bytes = words.flatMap { word in
                (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
            }
            let low = Limbs256(words[0], words[1], words[2], words[3])
            let high = Limbs256(words[4], words[5], words[6], words[7])
            #expect(Fr(reducing: low, high: high) == Fr(reducing: bytes))
            #expect(Fq(reducing: low, high: high) == Fq(reducing: bytes))
        }
        #expect(Fr.half.doubled() == .one)
    }

    @Test("inner products with integers", arguments: [0, 1, 2, 3, 100, 1000])
    func innerProducts(count: Int) {
        var rng = SeededGenerator(seed: UInt64(count))
        let edges = Fr.edgeValues
        let weights = (0..<count).map {
            $0 % 3 == 0 ? edges[$0 % edges.count] : .random(using: &rng)
        }
        let values = (0..<count).map { index in
            index % 5 == 0
                ? [Int.min, .max, 0, 1, -1][index / 5 % 5] : Int(truncatingIfNeeded: rng.next())
        }
        let expected = zip(weights, values).reduce(Fr.zero) { $0 + $1.0 * Fr($1.1) }
        #expect(Fr.innerProduct(weights, values[...]) == expected)
        // The shorter of the two counts.
        #expect(Fr.innerProduct(weights + [.one], values[...]) == expected)
        #expect(Fr.innerProduct(weights, (values + [7])[...]) == expected)
    }

    @Test("digests as integers")
    func digests() {
        for count in [0, 1, 135, 136, 500] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
            var hash = Keccak256()
            hash.update(bytes)
            let limbs = hash.finalizedLimbs()
            let digest = (0..<32).map {
                UInt8(truncatingIfNeeded: limbs[limb: $0 >> 3] >> UInt64(8 * ($0 & 7)))
            }
            #expect(digest == Keccak256.hash(bytes))
        }
    }
}
