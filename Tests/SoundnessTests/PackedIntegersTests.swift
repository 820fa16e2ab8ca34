import Field
import TestSupport
import Testing

@testable import ProofSystem

/// Integers of B bits as bytes of a proof, and as elements of the transcript.
@Suite struct PackedIntegersTests {
    private static func values(_ count: Int, bits: Int) -> [Int] {
        var generator = SeededGenerator(seed: UInt64(bits * 1000 + count))
        let (lowest, highest) = (-1 << (bits - 1), 1 << (bits - 1) - 1)
        return (0..<count).map { index in
            switch index % 4 {
            case 0: lowest
            case 1: highest
            default: generator.integer(lowest...highest)
            }
        }
    }

    @Test(arguments: 1...32) func bytes(bits: Int) throws {
        for count in [0, 1, 2, 7, 8, 9, 50] {
            let values = Self.values(count, bits: bits)
            let packed = PackedIntegers.pack(values, bits: bits)
            #expect(packed.count == PackedIntegers.byteCount(count, bits: bits))
            // As a slice that does not start at 0, and with something behind it.
            let slice = ([0xaa] + packed + [0x55])[1...]
            #expect(PackedIntegers.unpack(slice, count: count, bits: bits) == values)
            for spare in (count * bits)..<(packed.count * 8) {
                var padded = packed
                padded[spare >> 3] |= 1 << UInt8(spare & 7)
                #expect(PackedIntegers.unpack(padded[...], count: count, bits: bits) == nil)
            }
        }
    }

    @Test(arguments: 1...32) func elements(bits: Int) {
        let perElement = 253 / bits
        let base = Fr(2).power(UInt64(bits))
        for count in [0, 1, perElement - 1, perElement, perElement + 1, 3 * perElement] {
            let values = Self.values(count, bits: bits)
            var expected: [Fr] = []
            for start in stride(from: 0, to: count, by: perElement) {
                expected.append(
                    values[start..<min(start + perElement, count)].reversed().reduce(.zero) {
                        // The two's complement as an unsigned integer.
                        $0 * base + Fr($1 < 0 ? $1 + 1 << bits : $1)
                    })
            }
            #expect(PackedIntegers.elements(values, bits: bits) == expected)
        }
        // Another integer anywhere gives other elements.
        let values = Self.values(perElement + 2, bits: bits)
        for index in values.indices {
            var changed = values
            changed[index] ^= 1
            #expect(
                PackedIntegers.elements(changed, bits: bits)
                    != PackedIntegers.elements(values, bits: bits))
        }
    }
}
