import Foundation
import Testing

/// house.md: what a full node links is `Verifier` and its closure, pure Swift without C, Foundation
/// or anything else that could trap, block or differ from machine to machine.
///
/// Reads Package.swift and the `import` lines: `swift package describe` cannot run while a test of
/// the same package does.
@Suite struct ArchitectureTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The targets of the verifier's closure and what each may import.
    private static let closure: [String: Set<String>] = [
        "Field": [],
        "Curve": ["Field"],
        "Circuits": ["Field"],
        "ProofSystem": ["Field", "Curve", "Circuits"],
        "Verifier": ["Field", "Curve", "Circuits", "ProofSystem"],
    ]

    private static let imports: [String: Set<String>] = closure.merging(
        [
            "Prover": ["Field", "Curve", "Circuits", "ProofSystem", "CKernels"],
            "Models": ["Field", "Circuits", "CGMP"],
        ]) { $1 }
    /// Files are read and written there.
    private static let mayUseFoundation: Set = ["Prover", "Models"]

    private func sources(_ target: String) throws -> [URL] {
        let folder = Self.root.appending(path: "Sources/\(target)")
        let files = try #require(
            FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        return files.compactMap { $0 as? URL }.filter { !$0.hasDirectoryPath }
    }

    private func importLines(_ url: URL) throws -> [(line: String, module: String)] {
        try String(contentsOf: url, encoding: .utf8).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard let place = words.firstIndex(of: "import"),
                words[..<place].allSatisfy({
                    $0.hasPrefix("@") || ["public", "internal", "private", "package"].contains($0)
                }), place + 1 < words.count
            else { return nil }
            // `import struct M.T` names the module behind the kind.
            let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
            let name = kinds.contains(words[place + 1]) ? words[place + 2] : words[place + 1]
            return (String(line), name.split(separator: ".").first.map(String.init) ?? name)
        }
    }

    @Test(arguments: imports.keys.sorted()) func importsOnlyDownwards(target: String) throws {
        let allowed = try #require(Self.imports[target])
        for file in try sources(target) where file.pathExtension == "swift" {
            for (line, module) in try importLines(file) {
                if module == "Foundation", Self.mayUseFoundation.contains(target) { continue }
                #expect(allowed.contains(module), "\(file.lastPathComponent): \(line)")
                #expect(!line.contains("@_implementationOnly"))
            }
        }
    }

    /// Nothing but Swift lies in the closure's folders, and nothing of it is unsafe, concurrent,
    /// random, or a trap on purpose.
    @Test(arguments: closure.keys.sorted()) func closureIsPureSwift(target: String) throws {
        let forbidden = [
            "Unsafe", "unsafe", "@_silgen_name", "@_cdecl", "@c ", "DispatchQueue", "Task {",
            "async ", "await ", "Clock", "Date(", "SystemRandomNumberGenerator", "fatalError(",
            "try!", "#if canImport",
        ]
        for file in try sources(target) {
            #expect(file.pathExtension == "swift", "\(file.path)")
            let code = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
                .filter { !$0.drop(while: { $0 == " " }).hasPrefix("//") }
            for line in code {
                for word in forbidden where line.contains(word) {
                    Issue.record("\(file.lastPathComponent): \(line)")
                }
            }
        }
    }

    /// The manifest agrees: dependencies of the closure's targets are those of the table.
    @Test func manifest() throws {
        let manifest = try String(
            contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
        let flat = manifest.split(separator: "\n").joined(separator: " ")
            .replacing("  ", with: " ").replacing("  ", with: " ").replacing("  ", with: " ")
        for (target, allowed) in Self.imports.sorted(by: { $0.key < $1.key }) {
            let pattern = try Regex(
                #"\.target\(\s*name: "\#(target)"(?:,\s*dependencies: \[([^\]]*)\])?"#)
            let match = try #require(try pattern.firstMatch(in: flat), "\(target)")
            let list = match.output[1].substring.map(String.init) ?? ""
            let names = list.split(separator: ",").map {
                $0.trimmingCharacters(in: CharacterSet(charactersIn: " \""))
            }.filter { !$0.isEmpty }
            #expect(Set(names) == allowed, "\(target)")
        }
        // No package comes from elsewhere.
        #expect(!manifest.contains(".package("))
        #expect(!manifest.contains("unsafeFlags"))
    }
}
