/// BLAKE2b with 512 bits of output and no key, of bytes in memory. Reference: RFC 7693.
enum BLAKE2b {
    static func hash(_ bytes: borrowing RawSpan) -> [UInt8] {
        var state = initialVector
        // Output length 64, key length 0, fanout and depth 1.
        state[0] ^= 0x0101_0040
        let count = bytes.byteCount
        // The last block, which is whole or padded with zeros, is marked.
        let last = max(0, (count - 1) / 128)
        for block in 0..<last {
            compress(bytes, at: 128 * block, counted: 128 * (block + 1), isLast: false, &state)
        }
        var tail = (128 * last..<count).map {
            bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self)
        }
        tail += [UInt8](repeating: 0, count: 128 - tail.count)
        compress(tail.span.bytes, at: 0, counted: count, isLast: true, &state)
        return state.flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
        }
    }

    private static func compress(
        _ bytes: borrowing RawSpan, at start: Int, counted: Int, isLast: Bool,
        _ state: inout [UInt64]
    ) {
        var m = InlineArray<16, UInt64>(repeating: 0)
        var v = InlineArray<16, UInt64>(repeating: 0)
        for i in 0..<16 {
            // SAFETY: every bit pattern is an integer; the caller has 128 bytes from `start` on.
            m[i] = UInt64(
                littleEndian: bytes.unsafeLoadUnaligned(
                    fromByteOffset: start + 8 * i, as: UInt64.self))
            v[i] = i < 8 ? state[i] : initialVector[i - 8]
        }
        // Lengths stay below 2^64, so the counter's high word is 0.
        v[12] ^= UInt64(counted)
        if isLast { v[14] = ~v[14] }
        func mix(_ a: Int, _ b: Int, _ c: Int, _ d: Int, _ x: UInt64, _ y: UInt64) {
            v[a] = v[a] &+ v[b] &+ x
            v[d] = rotate(v[d] ^ v[a], 32)
            v[c] = v[c] &+ v[d]
            v[b] = rotate(v[b] ^ v[c], 24)
            v[a] = v[a] &+ v[b] &+ y
            v[d] = rotate(v[d] ^ v[a], 16)
            v[c] = v[c] &+ v[d]
            v[b] = rotate(v[b] ^ v[c], 63)
        }
        for round in 0..<12 {
            let s = permutations[round % 10]
            mix(0, 4, 8, 12, m[s[0]], m[s[1]])
            mix(1, 5, 9, 13, m[s[2]], m[s[3]])
            mix(2, 6, 10, 14, m[s[4]], m[s[5]])
            mix(3, 7, 11, 15, m[s[6]], m[s[7]])
            mix(0, 5, 10, 15, m[s[8]], m[s[9]])
            mix(1, 6, 11, 12, m[s[10]], m[s[11]])
            mix(2, 7, 8, 13, m[s[12]], m[s[13]])
            mix(3, 4, 9, 14, m[s[14]], m[s[15]])
        }
        for i in 0..<8 { state[i] ^= v[i] ^ v[i + 8] }
    }

    private static func rotate(_ word: UInt64, _ count: UInt64) -> UInt64 {
        word >> count | word << (64 - count)
    }

    private static let initialVector: [UInt64] = [
        0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1,
        0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f, 0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
    ]

    private static let permutations: InlineArray<10, InlineArray<16, Int>> = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
    ]
}
