import Field
import TestSupport
import Testing

@Suite("Keccak-256") struct Keccak256Tests {
    /// Digests of the bytes (7 i + n) mod 256, i < n (Tests/Vectors/keccak256.py prints them).
    static let vectors: [(Int, String)] = [
        (0, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        (1, "5fe7f977e71dba2ea1a68e21057beebb9be2ac30c6410aa38d4f3fbe41dcffd2"),
        (3, "7d228cdb40e661b0731cd20c876de675137701233a19b450a36e53a053407a22"),
        (8, "66d6ac686bbe637cb6cf3e4deb8a1bb6aec0163cbbbd2c22747069455e660457"),
        (31, "f2edf8e57f5f8acb78dac9a80285ed8d829840361fdc4d99698e7ab6685d82ea"),
        (32, "75ddc22689ac5cfab91ff4f11af7f47658c89f63dcb005c00824017d8081c7e8"),
        (55, "546a7fe6ccfdaf2fb18c8725219ad2041f386774722f4f2dcb3b2793bfa58b7e"),
        (64, "d432c602ee561dfffe10aa1a7df28751b7990fcb5ba7a66055452fd680beb44c"),
        (134, "8884d266ac61dea6a59234e679bb56fd1bf116a05634f2e8de1b7224302bc122"),
        (135, "8ab570337c9a3a773c3605160ca58e3f0546d92d217c908669cc4f35a31933bc"),
        (136, "16b30a6be318a7acbcba7a2194789f628abf68dfbbf55a4d840f22f6a4d29efd"),
        (137, "6a7e8293441d51be41bf4994995b35981f90c07866c7fd0465f405e2b7a8f8dd"),
        (143, "44155d1cbe1b42fdc2d7da57823137461f4589a7e86cfe5e429c55cb55a258ae"),
        (144, "fe052a68a78768cd738644a394394460e6bc3dfa6fbf82581c63531d1bcda736"),
        (271, "bb02bca6be57f42d131406260c6f1a81fd9922af8bd1c96d78f454b19ae10add"),
        (272, "443464c0c3ac8036d14a6f8647fc93b592d514adefbe88683cbbda3b4b2c4553"),
        (273, "73d5960773e36742ead7c872d84d535f35e75b9517ccb1023491276013f88890"),
        (1000, "5cab097db1a529f5b1a15428cc494df950671bc3824340aad89941fa68e151bc"),
        (4096, "6e8e59a43f8d57c8c233464330056609579a3cfeb41fc1b5d83e58ad787c8246"),
    ]

    private static func message(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: 7 * $0 + count) }
    }

    @Test("hashes as pycryptodome does", arguments: vectors)
    func knownAnswers(count: Int, digest: String) {
        #expect(hex(Keccak256.hash(Self.message(count))) == digest)
    }

    @Test("the empty string as Ethereum knows it")
    func empty() {
        #expect(
            hex(Keccak256().finalize())
                == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")
    }

    @Test("pieces hash as the whole, and a finalised copy leaves the original alone")
    func pieces() {
        let message = Self.message(700)
        let expected = Keccak256.hash(message)
        for step in [1, 3, 7, 8, 13, 64, 135, 136, 137, 300] {
            var (arrays, sequences) = (Keccak256(), Keccak256())
            for start in stride(from: 0, to: message.count, by: step) {
                let piece = message[start..<min(start + step, message.count)]
                arrays.update(Array(piece))
                sequences.update(piece)
                _ = arrays.finalize()
            }
            #expect(arrays.finalize() == expected, "arrays of \(step) bytes")
            #expect(sequences.finalize() == expected, "slices of \(step) bytes")
        }
    }

    @Test("a word is its eight bytes, wherever it falls", arguments: [0, 1, 7, 8, 130, 135, 136])
    func words(offset: Int) {
        let before = Self.message(offset)
        let words: [UInt64] = [0x0102_0304_0506_0708, .max, 0, 1]
        var hash = Keccak256()
        hash.update(before)
        for word in words { hash.update(littleEndian: word) }
        let bytes = words.flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
        }
        #expect(hash.finalize() == Keccak256.hash(before + bytes))
    }
}
