/// The checksum of zip archives: CRC-32 with the reflected polynomial 0xEDB88320.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        var word = UInt32(byte)
        for _ in 0..<8 { word = (word >> 1) ^ (word & 1 == 1 ? 0xEDB8_8320 : 0) }
        return word
    }

    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        let table = table
        var crc = UInt32.max
        for byte in bytes {
            crc = (crc >> 8) ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)]
        }
        return ~crc
    }
}
