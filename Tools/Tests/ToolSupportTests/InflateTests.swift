import Testing
import ToolSupport

@Suite("Inflate")
struct InflateTests {
    @Test("zlib's streams at every level and by every strategy")
    func zlibStreams() throws {
        let file = try TensorFile.read(Vectors.path("deflate.npz"))
        #expect(file.entries.count == 16)
        let stored = try #require(file["stored"])
        #expect(stored.count > 8000)
        for entry in file.entries { #expect(entry.tensor == stored, "\(entry.name ?? "")") }
    }

    @Test("codes of up to 15 bits, distances of up to 32768")
    func longCodes() throws {
        let file = try TensorFile.read(Vectors.path("deflate-long.npz"))
        let sums = file.entries.map { entry in
            guard case .integers(let values) = entry.tensor.values else { return Int64(-1) }
            return values.enumerated().reduce(0) { $0 + $1.element * Int64(1 + $1.offset % 1009) }
        }
        #expect(.integers(sums) == (try Vectors.expected("deflate-long-sums")).values)
    }

    /// Streams written by hand; a bit string is read first bit first.
    static let refused: [(String, InflateError)] = [
        ("", .truncated),
        ("1", .truncated),
        ("1 11", .badBlockType),
        ("1 00 00000 0100000000000000 1111111111111111 00000000", .badStoredLength),
        ("1 00 00000 1000000000000000 0111111111111111", .truncated),
        ("1 10 0000001 00000", .badDistance),  // length 3, distance 1, and nothing there yet
        ("1 10 11000110", .badSymbol),  // literal 286
        ("1 01 11111 00000 0000 000000000000000000", .badCodeLengths),  // 288 literal codes
        ("1 01 00000 11111 0000 000000000000000000", .badCodeLengths),  // 32 distance codes
        ("1 01 00000 00000 0000 100 100 100 000", .badCodeLengths),  // three codes of one bit
        ("1 01 00000 00000 0000 000 100 000 000", .badCodeLengths),  // an incomplete code
    ]

    @Test("streams that are refused", arguments: refused)
    func refusedStreams(bits: String, error: InflateError) {
        // The type's two bits stand least significant first: 10 is the fixed code, 01 dynamic.
        let stream = bytes(bits)
        #expect(throws: error) { try inflate(stream[...], size: 100) }
    }

    @Test("the length must be the promised one")
    func lengths() throws {
        let three: [UInt8] = [0x4B, 0x4C, 0x4A, 0x06, 0x00]  // zlib's fixed block for "abc"
        #expect(try inflate(three[...], size: 3) == Array("abc".utf8))
        #expect(throws: InflateError.tooLong) { try inflate(three[...], size: 2) }
        #expect(throws: InflateError.tooShort) { try inflate(three[...], size: 4) }
        #expect(throws: InflateError.tooShort) { try inflate(three[...], size: .max) }
        #expect(throws: InflateError.trailingBytes) { try inflate((three + [0])[...], size: 3) }
        for length in three.indices {
            #expect(throws: InflateError.truncated) { try inflate(three[..<length], size: 3) }
        }
    }

    @Test("noise gives an error or bytes", arguments: 0..<8 as Range<UInt64>)
    func noise(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<3000 {
            let count = Int.random(in: 0..<200, using: &generator)
            var stream = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            // Half of them begin as a dynamic block, which noise seldom survives otherwise.
            if count > 0, Bool.random(using: &generator) { stream[0] = stream[0] & 0xF8 | 0b101 }
            _ = try? inflate(stream[...], size: Int.random(in: 0..<5000, using: &generator))
        }
    }

    private func bytes(_ bits: String) -> [UInt8] {
        let digits = bits.filter { $0 != " " }.map { $0 == "1" ? UInt8(1) : 0 }
        return stride(from: 0, to: digits.count, by: 8).map { start in
            digits[start..<min(start + 8, digits.count)].reversed().reduce(0) { $0 << 1 | $1 }
        }
    }
}
