import Glibc
import Testing
import ToolSupport

/// Files that a model names: in its folder or below, whatever links say.
@Suite("Confined files")
struct ConfinedFileTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        mkdir(folder("model"), 0o777)
        mkdir(folder("model/data"), 0o777)
        try writeFile([0, 1, 2, 3, 4, 5], to: folder("model/data/w.bin"))
        try writeFile([9], to: folder("secret"))
    }

    private func problem(_ parts: [String]) -> FileError.Problem? {
        do throws(FileError) {
            _ = try ConfinedFile(parts, within: folder("model"))
            return nil
        } catch {
            return error.problem
        }
    }

    @Test("parts of a file, and less where it ends")
    func parts() throws {
        let file = try ConfinedFile(["data", "w.bin"], within: folder("model"))
        #expect(try file.read(offset: 2, count: 3) == [2, 3, 4])
        #expect(try file.read(offset: 4, count: .max) == [4, 5])
        #expect(try file.read(offset: 6, count: 1).isEmpty)
        #expect(try file.read(offset: 1 << 40, count: 1).isEmpty)
    }

    @Test("links may stay inside and not lead out")
    func links() throws {
        symlink("data/w.bin", folder("model/near"))
        symlink("../secret", folder("model/out"))
        symlink("..", folder("model/up"))
        symlink("out", folder("model/twice"))
        #expect(problem(["near"]) == nil)
        #expect(problem(["out"]) == .outsideFolder)
        #expect(problem(["up", "secret"]) == .outsideFolder)
        #expect(problem(["twice"]) == .outsideFolder)
        #expect(problem(["..", "secret"]) == .outsideFolder)
        // A folder whose name begins with that of the model's.
        mkdir(folder("model2"), 0o777)
        try writeFile([1], to: folder("model2/x"))
        #expect(problem(["..", "model2", "x"]) == .outsideFolder)
        // The model's own folder may be a link.
        symlink("model", folder("alias"))
        let file = try ConfinedFile(["data", "w.bin"], within: folder("alias"))
        #expect(try file.read(offset: 0, count: 1) == [0])
    }

    @Test("nothing but regular files")
    func kinds() {
        mkfifo(folder("model/pipe"), 0o666)
        #expect(problem(["data"]) == .notRegular)
        #expect(problem(["pipe"]) == .notRegular)
        #expect(problem(["none"]) == .missing)
        #expect(problem([]) == .outsideFolder)
    }

    @Test("SHA-1 of FIPS 180-4's examples and around a block's end")
    func checksums() throws {
        let examples = [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
            ),
            (String(repeating: "a", count: 55), "c1c8bbdc22796e28c0e15163d20899b65621d65a"),
            (String(repeating: "a", count: 64), "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
            (
                String(repeating: "a", count: 1_000_000),
                "34aa973cd4c4daa4f61eeb2bdbad27316534016f"
            ),
        ]
        for (text, digest) in examples {
            try writeFile(Array(text.utf8), to: folder("model/text"))
            let file = try ConfinedFile(["text"], within: folder("model"))
            #expect(try file.sha1() == digest)
        }
    }
}
