extension Limbs256 {
    @inlinable public static var bitWidth: Int { 256 }

    /// The number of bits without leading zeros.
    public var significantBitCount: Int {
        for i in (0..<4).reversed() where self[limb: i] != 0 {
            return 64 * (i + 1) - self[limb: i].leadingZeroBitCount
        }
        return 0
    }

    /// Bits `start ..< start + count` as an integer; those from 256 on are 0. `count` < 64.
    @inlinable public func bits(from start: Int, count: Int) -> UInt64 {
        guard start < Self.bitWidth else { return 0 }
        let (limb, shift) = (start >> 6, UInt64(start & 63))
        var value = self[limb: limb] >> shift
        if shift != 0 && limb < 3 { value |= self[limb: limb + 1] << (64 - shift) }
        return value & (1 << UInt64(count) - 1)
    }
}
