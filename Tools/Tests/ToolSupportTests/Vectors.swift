import Testing
import ToolSupport

/// The files that Tests/Vectors/make_vectors.py writes.
enum Vectors {
    static func path(_ name: String) -> String {
        let here = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return here.dropLast(2).joined(separator: "/") + "/Vectors/tensors/" + name
    }

    static func bytes(_ name: String) throws -> [UInt8] { try readFile(path(name)) }

    /// What the files hold, by Python's word.
    static func expected(_ name: String) throws -> TensorData {
        try #require(try TensorFile.read(path("expected.json"))[name])
    }
}

/// SplitMix64: the same sequence on every machine.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}

/// An empty folder that goes away with this value.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = "/tmp/zkml-tests-\(UInt64.random(in: .min ... .max))"
        try writeFolder(to: path, names: []) { _ in }
    }

    /// The path of a file in it.
    func callAsFunction(_ name: String) -> String { joinPath(path, name) }

    deinit { removeTree(path) }

    private func removeTree(_ path: String) {
        for name in (try? folderContents(path)) ?? [] { removeTree(joinPath(path, name)) }
        removePath(path)
    }
}
