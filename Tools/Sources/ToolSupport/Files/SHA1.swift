/// SHA-1 (FIPS 180-4), for the checksums of ONNX's external data; not for security.
struct SHA1 {
    private var state: [UInt32] = [
        0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0,
    ]
    private var rest: [UInt8] = []
    private var byteCount: UInt64 = 0

    mutating func update(_ bytes: [UInt8]) {
        byteCount += UInt64(bytes.count)
        let all = rest + bytes
        let whole = all.count / 64 * 64
        for start in stride(from: 0, to: whole, by: 64) { compress(all[start..<start + 64]) }
        rest = Array(all[whole...])
    }

    /// The digest of what was added so far.
    func hexadecimal() -> String {
        var copy = self
        let padding = [0x80] + [UInt8](repeating: 0, count: (119 - rest.count) % 64)
        let length = byteCount * 8
        copy.update(
            padding + (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * UInt64($0))) })
        return copy.state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    private mutating func compress(_ block: ArraySlice<UInt8>) {
        var words: [UInt32] = []
        words.reserveCapacity(80)
        for start in stride(from: block.startIndex, to: block.endIndex, by: 4) {
            words.append(block[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) })
        }
        for i in 16..<80 {
            let word = words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16]
            words.append(Self.rotated(word, 1))
        }
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for (i, word) in words.enumerated() {
            let (mixed, constant): (UInt32, UInt32) =
                switch i {
                case ..<20: (b & c | ~b & d, 0x5A82_7999)
                case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
                case ..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
                default: (b ^ c ^ d, 0xCA62_C1D6)
                }
            (a, b, c, d, e) = (
                Self.rotated(a, 5) &+ mixed &+ e &+ constant &+ word, a, Self.rotated(b, 30), c, d
            )
        }
        for (i, word) in [a, b, c, d, e].enumerated() { state[i] &+= word }
    }

    private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word << count | word >> (32 - count)
    }
}
