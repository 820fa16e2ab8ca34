import Testing
import ToolSupport

@Suite("Files")
struct FileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("written whole, read back, nothing left beside it")
    func writing() throws {
        let path = folder("a.bin")
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        try writeFile(bytes, to: path)
        #expect(try readFile(path) == bytes)
        try writeFile([1, 2, 3], to: path)
        #expect(try readFile(path) == [1, 2, 3])
        #expect(try folderContents(folder.path) == ["a.bin"])
        try writeFile(to: path) { (file) throws(FileError) in
            try file.write([4])
            try file.write([])
            try file.write([5, 6])
        }
        #expect(try readFile(path) == [4, 5, 6])
    }

    @Test("secret files are the user's alone")
    func secrets() throws {
        try writeFile([1], to: folder("open"))
        try writeFile([1], to: folder("secret"), privacy: .secret)
        #expect(permissions(of: folder("secret")) == 0o600)
        // Also where an open file of that name was there before.
        try writeFile([1], to: folder("open"), privacy: .secret)
        #expect(permissions(of: folder("open")) == 0o600)
    }

    @Test("a failed write leaves the former file and no other")
    func failure() throws {
        let path = folder("a")
        try writeFile([1], to: path)
        let problem = FileError(path: "x", problem: .missing)
        #expect(throws: problem) {
            try writeFile(to: path) { (file) throws(FileError) in
                try file.write([2])
                throw problem
            }
        }
        #expect(try readFile(path) == [1])
        #expect(try folderContents(folder.path) == ["a"])
    }

    @Test("errors name what is missing")
    func errors() {
        let inside = folder("no/file")
        #expect(throws: FileError(path: inside, problem: .missing)) { try readFile(inside) }
        #expect(throws: FileError(path: folder("no"), problem: .missing)) {
            try writeFile([], to: inside)
        }
        #expect(throws: FileError(path: folder.path, problem: .isFolder)) {
            try readFile(folder.path)
        }
        #expect(throws: FileError.self) { try writeFile([], to: folder.path) }
        #expect(throws: FileError(path: "/dev/zero", problem: .tooLarge(limit: 100))) {
            try readFile("/dev/zero", limit: 100)
        }
    }

    @Test("a folder is replaced only where all of it is ours")
    func folders() throws {
        let path = folder("bundle")
        let names: Set<String> = ["a", "b"]
        try writeFolder(to: path, names: names) { try writeFile([1], to: joinPath($0, "a")) }
        try writeFolder(to: path + "/", names: names) { try writeFile([2], to: joinPath($0, "b")) }
        #expect(try folderContents(path) == ["b"])

        try writeFile([3], to: joinPath(path, "letter.txt"))
        let foreign = FileError(path: path, problem: .foreignFile("letter.txt"))
        #expect(throws: foreign) { try writeFolder(to: path, names: names) { _ in } }
        #expect(try folderContents(path) == ["b", "letter.txt"])

        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try writeFolder(to: folder("other"), names: names) {
                try writeFile([1], to: joinPath($0, "a"))
                throw Stop()
            }
        }
        try writeFile([1], to: folder("file"))
        #expect(throws: FileError(path: folder("file"), problem: .notAFolder)) {
            try writeFolder(to: folder("file"), names: names) { _ in }
        }
        #expect(try folderContents(folder.path) == ["bundle", "file"])
    }

    @Test("the cache folder, by the XDG rules")
    func cache() {
        func path(_ environment: [String: String]) -> String? {
            cacheFolderPath { environment[$0] }
        }
        #expect(path(["XDG_CACHE_HOME": "/c", "HOME": "/h"]) == "/c/zkml")
        #expect(path(["XDG_CACHE_HOME": "relative", "HOME": "/h"]) == "/h/.cache/zkml")
        #expect(path(["XDG_CACHE_HOME": "", "HOME": "/h/"]) == "/h/.cache/zkml")
        #expect(path(["HOME": "h"]) == nil)
        #expect(path([:]) == nil)
    }
}
