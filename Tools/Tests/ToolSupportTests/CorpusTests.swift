import Testing
import ToolSupport

/// What fuzzing has found worth keeping, once more: an error or a value, never a trap.
@Suite("Fuzzing corpus")
struct CorpusTests {
    private func inputs(_ target: String) throws -> [[UInt8]] {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
        let folder = root.joined(separator: "/") + "/Fuzz/Corpus/" + target
        return try folderContents(folder).map { try readFile(joinPath(folder, $0)) }
    }

    @Test("tensor files")
    func tensors() throws {
        let inputs = try inputs("tensors")
        #expect(inputs.count > 100)
        for bytes in inputs { _ = try? TensorFile.decode(bytes) }
    }

    @Test("deflate streams")
    func streams() throws {
        let inputs = try inputs("inflate")
        #expect(inputs.count > 50)
        for bytes in inputs {
            guard let first = bytes.first else { continue }
            _ = try? inflate(bytes.dropFirst(), size: Int(first) << 4)
        }
    }
}
