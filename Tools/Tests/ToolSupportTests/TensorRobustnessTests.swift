import Testing
import ToolSupport

/// Damaged files give an error or tensors, never a trap.
@Suite("Damaged tensor files")
struct TensorRobustnessTests {
    static let files = [
        "f2-big.npy", "f4.npy", "i8.npy", "u1.npy", "b1.npy", "fortran.npy", "version3.npy",
        "stored.npz", "deflated.npz", "streamed.npz", "zip64.npz", "named.json", "ezkl.json",
        "numbers.json",
    ]

    @Test("every truncation is refused", arguments: files)
    func truncations(name: String) throws {
        // A line end after JSON's closing brace says nothing.
        var bytes = try Vectors.bytes(name)
        while bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        for length in bytes.indices {
            #expect(throws: TensorProblem.self, "\(length) bytes") {
                try TensorFile.decode(Array(bytes[..<length]))
            }
        }
    }

    @Test("every byte, changed", arguments: files)
    func flips(name: String) throws {
        let bytes = try Vectors.bytes(name)
        var generator = SeededGenerator(seed: 1)
        for i in bytes.indices {
            var values: Set<UInt8> = [0, 0xFF, bytes[i] ^ 1, bytes[i] ^ 0x80]
            values.insert(UInt8.random(in: .min ... .max, using: &generator))
            for value in values {
                var changed = bytes
                changed[i] = value
                attempt(changed)
            }
        }
    }

    @Test("several changes at once", arguments: files)
    func mutations(name: String) throws {
        let bytes = try Vectors.bytes(name)
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<2000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let i = Int.random(in: changed.indices, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: changed[i] = UInt8.random(in: .min ... .max, using: &generator)
                case 1: changed.insert(changed[i], at: i)
                case 2: changed.remove(at: i)
                default:
                    let j = Int.random(in: changed.indices, using: &generator)
                    changed.swapAt(i, j)
                }
            }
            attempt(changed)
        }
    }

    @Test("bytes after the end of an array are refused")
    func trailing() throws {
        for name in ["f4.npy", "fortran.npy"] {
            let bytes = try Vectors.bytes(name)
            #expect(throws: TensorProblem.trailingBytes(1)) { try TensorFile.decode(bytes + [0]) }
        }
        let archive = try Vectors.bytes("stored.npz")
        #expect(throws: TensorProblem.self) { try TensorFile.decode(archive + [0]) }
    }

    /// Typed throws: whatever is thrown is a TensorProblem; what matters is to come back.
    private func attempt(_ bytes: [UInt8]) {
        do throws(TensorProblem) {
            let file = try TensorFile.decode(bytes)
            let isFinite = file.entries.allSatisfy { $0.tensor.doubles.allSatisfy(\.isFinite) }
            #expect(isFinite)
        } catch {
            _ = "\(error)"  // the message does not trap either
        }
    }
}
