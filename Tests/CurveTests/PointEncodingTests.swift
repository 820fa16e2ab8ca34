import Field
import TestSupport
import Testing

@testable import Curve

@Suite("Point encodings") struct PointEncodingTests {
    private static func samples<C: CurveParameters>(_: AffinePoint<C>.Type) -> [AffinePoint<C>] {
        var rng = SeededGenerator(seed: 21)
        let random = (0..<8).map { _ in (Fr.random(using: &rng) * AffinePoint<C>.generator).affine }
        return [.infinity, .generator, -.generator] + random + random.map { -$0 }
    }

    @Test("decoding undoes encoding, and different points differ")
    func roundTrip() throws {
        func check<C: CurveParameters>(_ type: AffinePoint<C>.Type) throws {
            let points = Self.samples(type)
            for point in points {
                #expect(point.encoded.count == type.byteCount)
                #expect(try AffinePoint<C>(decoding: point.encoded) == point)
            }
            #expect(Set(points.map(\.encoded)).count == Set(points).count)
        }
        try check(G1Affine.self)
        try check(G2Affine.self)
    }

    @Test("the rules as bytes")
    func goldenBytes() {
        let zeros = [UInt8](repeating: 0, count: 31)
        #expect(G1Affine.generator.encoded == [1] + zeros)  // (1, 2): even
        #expect((-G1Affine.generator).encoded == [1] + zeros.dropLast() + [0x80])
        #expect(G1Affine.infinity.encoded == zeros + [0x40])
        #expect(G2Affine.infinity.encoded == zeros + [0] + zeros + [0x40])
        // EIP-197's generator: x.c0, x.c1; y.c0 ends in …daa, even.
        #expect(
            hex(G2Affine.generator.encoded)
                == "edf692d95cbdde46ddda5ef7d422436779445c5e66006a42761e1f12efde0018"
                + "c212f3aeb785e49712e7a9353349aaf1255dfb31b7bf60723a480d9293938e19")
    }

    @Test("a changed bit is another point or an error")
    func bitFlips() {
        func check<C: CurveParameters>(_ type: AffinePoint<C>.Type) {
            for point in Self.samples(type).prefix(5) {
                let honest = point.encoded
                for bit in 0..<8 * honest.count {
                    var bytes = honest
                    bytes[bit >> 3] ^= 1 << (bit & 7)
                    guard let other = try? AffinePoint<C>(decoding: bytes) else { continue }
                    #expect(other != point && other.isOnCurve && other.isInSubgroup)
                    #expect(other.encoded == bytes)
                }
            }
        }
        check(G1Affine.self)
        check(G2Affine.self)
    }

    @Test("wrong lengths, flags and coordinates are named")
    func errors() {
        func error<C: CurveParameters>(_: AffinePoint<C>.Type, _ bytes: [UInt8])
            -> PointDecodingError?
        {
            do throws(PointDecodingError) {
                _ = try AffinePoint<C>(decoding: bytes)
                return nil
            } catch {
                return error
            }
        }
        let g = G1Affine.generator.encoded
        for count in [0, 1, 31, 33, 64] {
            let bytes = [UInt8](repeating: 0, count: count)
            #expect(error(G1Affine.self, bytes) == .wrongLength(expected: 32, actual: count))
        }
        #expect(error(G2Affine.self, g) == .wrongLength(expected: 64, actual: 32))

        // Infinity has one encoding.
        let zeros = [UInt8](repeating: 0, count: 31)
        #expect(error(G1Affine.self, zeros + [0xc0]) == .invalidFlags)
        #expect(error(G1Affine.self, [1] + zeros.dropLast() + [0x40]) == .invalidFlags)
        #expect(error(G1Affine.self, zeros + [0x41]) == .invalidFlags)
        #expect(error(G1Affine.self, zeros + [0]) == .notOnCurve)  // x = 0: 3 is no square
        #expect(error(G1Affine.self, zeros + [0x80]) == .notOnCurve)

        // x + q encodes the same residue: refused. q itself, and the largest 254 bits.
        let q = [Fq.modulus.l0, Fq.modulus.l1, Fq.modulus.l2, Fq.modulus.l3]
        var modulus = q.flatMap { limb in
            (0..<8).map { UInt8(truncatingIfNeeded: limb >> (8 * $0)) }
        }
        #expect(error(G1Affine.self, modulus) == .notCanonical)
        #expect(error(G2Affine.self, [UInt8](repeating: 0, count: 32) + modulus) == .notCanonical)
        #expect(error(G2Affine.self, modulus + [UInt8](repeating: 0, count: 32)) == .notCanonical)
        modulus[0] += 1
        #expect(error(G1Affine.self, modulus) == .notCanonical)
        #expect(error(G1Affine.self, [UInt8](repeating: 255, count: 31) + [0x3f]) == .notCanonical)
        // The flags belong to the last byte alone: in the middle of G2 they are part of c0.
        var middle = G2Affine.generator.encoded
        middle[31] |= 0x40
        #expect(error(G2Affine.self, middle) == .notCanonical)
    }

    @Test("G2 points outside the subgroup are refused by name", arguments: 0..<4)
    func wrongSubgroup(seed: Int) {
        let point = randomTwistPoint(seed: UInt64(seed))
        #expect(throws: PointDecodingError.notInSubgroup) {
            _ = try G2Affine(decoding: point.encoded)
        }
    }

    @Test("random bytes never trap", arguments: 0..<64)
    func noise(seed: Int) {
        var rng = SeededGenerator(seed: UInt64(seed))
        for count in [32, 64] {
            var bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: rng.next()) }
            bytes[count - 1] &= seed % 2 == 0 ? 0xff : 0x9f
            if count == 64 { bytes[31] &= 0x1f }
            _ = try? G1Affine(decoding: bytes)
            _ = try? G2Affine(decoding: bytes)
        }
    }
}
