/// Keccak-256 as Ethereum uses it: the original padding 0x01, not SHA-3's 0x06.
///
/// Incremental: `update` may be called any number of times, and a copy may be finalised while
/// the original goes on.
/// Reference: Bertoni, Daemen, Peeters, Van Assche, "The Keccak reference", version 3.0.
public struct Keccak256: Sendable {
    /// The number of bytes absorbed between two permutations.
    public static let rate = 136

    private var state = KeccakState()
    /// How many bytes of the current block are absorbed; below `rate`.
    private var position = 0

    public init() {}

    public mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { absorb(byte) }
    }

    public mutating func update(_ bytes: [UInt8]) {
        var i = 0
        while bytes.count - i >= 8 {
            var lane: UInt64 = 0
            for k in 0..<8 { lane |= UInt64(bytes[i + k]) << UInt64(8 * k) }
            update(littleEndian: lane)
            i += 8
        }
        while i < bytes.count {
            absorb(bytes[i])
            i += 1
        }
    }

    /// Absorbs the eight little-endian bytes of `word`.
    public mutating func update(littleEndian word: UInt64) {
        let offset = position & 7
        state.lanes[position >> 3] ^= word << UInt64(8 * offset)
        guard offset != 0 else { return advance(by: 8) }
        advance(by: 8 - offset)
        state.lanes[position >> 3] ^= word >> UInt64(64 - 8 * offset)
        advance(by: offset)
    }

    /// Absorbs the 32 little-endian bytes of `limbs`.
    public mutating func update(littleEndian limbs: Limbs256) {
        update(littleEndian: limbs.l0)
        update(littleEndian: limbs.l1)
        update(littleEndian: limbs.l2)
        update(littleEndian: limbs.l3)
    }

    /// The digest of everything absorbed: 32 bytes.
    public consuming func finalize() -> [UInt8] {
        let limbs = finalizedLimbs()
        return (0..<32).map {
            UInt8(truncatingIfNeeded: limbs[limb: $0 >> 3] >> UInt64(8 * ($0 & 7)))
        }
    }

    /// The digest as a little-endian integer.
    public consuming func finalizedLimbs() -> Limbs256 {
        state.lanes[position >> 3] ^= 0x01 << UInt64(8 * (position & 7))
        state.lanes[Self.rate / 8 - 1] ^= 0x80 << 56
        state.permute()
        return Limbs256(state.lanes[0], state.lanes[1], state.lanes[2], state.lanes[3])
    }

    /// The digest of `bytes`: 32 bytes.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var hash = Keccak256()
        hash.update(bytes)
        return hash.finalize()
    }

    private mutating func absorb(_ byte: UInt8) {
        state.lanes[position >> 3] ^= UInt64(byte) << UInt64(8 * (position & 7))
        advance(by: 1)
    }

    private mutating func advance(by count: Int) {
        position += count
        if position == Self.rate {
            state.permute()
            position = 0
        }
    }
}

/// The 1600-bit state: lane (x, y) is `lanes[x + 5 y]`.
private struct KeccakState {
    var lanes = InlineArray<25, UInt64>(repeating: 0)

    /// Keccak-f[1600].
    mutating func permute() {
        var (a, b, c, d, e) = (row(0), row(5), row(10), row(15), row(20))
        for round in 0..<24 {
            // θ: every column absorbs the parity of its two neighbours.
            let parity = a ^ b ^ c ^ d ^ e
            let column = Row(
                parity.x4 ^ rotate(parity.x1, 1), parity.x0 ^ rotate(parity.x2, 1),
                parity.x1 ^ rotate(parity.x3, 1), parity.x2 ^ rotate(parity.x4, 1),
                parity.x3 ^ rotate(parity.x0, 1))
            (a, b, c, d, e) = (a ^ column, b ^ column, c ^ column, d ^ column, e ^ column)
            // ρ and π: lane (x, y) is rotated and moves to (y, 2x + 3y); then χ along rows.
            let a1 = Row(
                a.x0, rotate(b.x1, 44), rotate(c.x2, 43), rotate(d.x3, 21), rotate(e.x4, 14))
            let b1 = Row(
                rotate(a.x3, 28), rotate(b.x4, 20), rotate(c.x0, 3), rotate(d.x1, 45),
                rotate(e.x2, 61))
            let c1 = Row(
                rotate(a.x1, 1), rotate(b.x2, 6), rotate(c.x3, 25), rotate(d.x4, 8),
                rotate(e.x0, 18))
            let d1 = Row(
                rotate(a.x4, 27), rotate(b.x0, 36), rotate(c.x1, 10), rotate(d.x2, 15),
                rotate(e.x3, 56))
            let e1 = Row(
                rotate(a.x2, 62), rotate(b.x3, 55), rotate(c.x4, 39), rotate(d.x0, 41),
                rotate(e.x1, 2))
            (a, b, c, d, e) = (a1.chi(), b1.chi(), c1.chi(), d1.chi(), e1.chi())
            a.x0 ^= Self.roundConstants[round]  // ι
        }
        store(a, at: 0)
        store(b, at: 5)
        store(c, at: 10)
        store(d, at: 15)
        store(e, at: 20)
    }

    private func row(_ i: Int) -> Row {
        Row(lanes[i], lanes[i + 1], lanes[i + 2], lanes[i + 3], lanes[i + 4])
    }

    private mutating func store(_ row: Row, at i: Int) {
        lanes[i] = row.x0
        lanes[i + 1] = row.x1
        lanes[i + 2] = row.x2
        lanes[i + 3] = row.x3
        lanes[i + 4] = row.x4
    }

    private static let roundConstants: InlineArray<24, UInt64> = [
        0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808a,
        0x8000_0000_8000_8000, 0x0000_0000_0000_808b, 0x0000_0000_8000_0001,
        0x8000_0000_8000_8081, 0x8000_0000_0000_8009, 0x0000_0000_0000_008a,
        0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000a,
        0x0000_0000_8000_808b, 0x8000_0000_0000_008b, 0x8000_0000_0000_8089,
        0x8000_0000_0000_8003, 0x8000_0000_0000_8002, 0x8000_0000_0000_0080,
        0x0000_0000_0000_800a, 0x8000_0000_8000_000a, 0x8000_0000_8000_8081,
        0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
    ]
}

/// Five lanes with the same y. Named fields, so that the compiler keeps them in registers.
private struct Row {
    var x0, x1, x2, x3, x4: UInt64

    init(_ x0: UInt64, _ x1: UInt64, _ x2: UInt64, _ x3: UInt64, _ x4: UInt64) {
        (self.x0, self.x1, self.x2, self.x3, self.x4) = (x0, x1, x2, x3, x4)
    }

    static func ^ (a: Row, b: Row) -> Row {
        Row(a.x0 ^ b.x0, a.x1 ^ b.x1, a.x2 ^ b.x2, a.x3 ^ b.x3, a.x4 ^ b.x4)
    }

    func chi() -> Row {
        Row(
            x0 ^ (~x1 & x2), x1 ^ (~x2 & x3), x2 ^ (~x3 & x4), x3 ^ (~x4 & x0),
            x4 ^ (~x0 & x1))
    }
}

private func rotate(_ lane: UInt64, _ count: UInt64) -> UInt64 {
    lane << count | lane >> (64 - count)
}
