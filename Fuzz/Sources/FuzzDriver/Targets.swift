import ToolSupport

/// A decoder, or the verifier, on arbitrary bytes: it returns or throws, and never traps.
struct FuzzTarget: Sendable {
    /// Also the name of its folder in Corpus.
    var name: String
    var body: @Sendable (_ bytes: [UInt8]) -> Void
}

let targets = [
    FuzzTarget(name: "tensors") { bytes in
        // The limit is far below the fuzzer's own.
        _ = try? TensorFile.decode(bytes, limits: TensorLimits(arrayBytes: 1 << 24))
    },
    FuzzTarget(name: "inflate") { bytes in
        // The first byte stands for the promised length.
        guard let first = bytes.first else { return }
        _ = try? inflate(bytes.dropFirst(), size: Int(first) << 4)
    },
]
