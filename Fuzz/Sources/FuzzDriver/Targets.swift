import ToolSupport

/// A decoder, or the verifier, on arbitrary bytes: it returns or throws, and never traps.
struct FuzzTarget: Sendable {
    /// Also the name of its folder in Corpus.
    var name: String
    var body: @Sendable (_ bytes: [UInt8]) -> Void

    init(_ name: String, _ body: @escaping @Sendable (_ bytes: [UInt8]) -> Void) {
        self.name = name
        self.body = body
    }
}

let targets = tensorTargets + modelTargets + circuitTargets + proofTargets + srsTargets

private let tensorTargets = [
    FuzzTarget("tensors") { bytes in
        // The limit is far below the fuzzer's own.
        _ = try? TensorFile.decode(bytes, limits: TensorLimits(arrayBytes: 1 << 24))
    },
    FuzzTarget("inflate") { bytes in
        // The first byte stands for the promised length.
        guard let first = bytes.first else { return }
        _ = try? inflate(bytes.dropFirst(), size: Int(first) << 4)
    },
]

/// The bytes with the header that they should have: `magic ‖ version (u32) ‖ length (u64)`.
///
/// No fuzzer guesses a length that changes with every mutation. Targets try bytes as they are,
/// too.
func framed(_ bytes: [UInt8], magic: String, version: UInt64) -> [UInt8] {
    let header =
        Array(magic.utf8) + littleEndian(version, byteCount: 4)
        + littleEndian(UInt64(bytes.count), byteCount: 8)
    return bytes.count < header.count ? bytes : header + bytes.dropFirst(header.count)
}

func littleEndian(_ value: UInt64, byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
}
