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
            for line in try code(file) {
                for word in forbidden where line.contains(word) {
                    Issue.record("\(file.lastPathComponent): \(line)")
                }
            }
        }
    }

    private func code(_ file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.hasPrefix("//") }
    }

    // MARK: Traps

    /// The lines of the closure that trap when what they say does not hold, and why no bytes of a
    /// proof or key get there. Everything else that can be wrong with bytes is a typed error.
    private static let traps: [(file: String, line: String, reason: String)] = [
        (
            "ByteCoding.swift",
            #"precondition(value >= 0 && (byteCount == 8 || value < 1 << (8 * byteCount)), "\(value)")"#,
            "writing only; what is written again was read from fields of the same widths"
        ),
        (
            "UnivariatePolynomial.swift", "precondition(",
            "as many values as the degree of a sum-check's rounds, at most 5 with any key"
        ),
        (
            "ScalarMultiplication.swift", "precondition(",
            "points and scalars of one list of terms"
        ),
        (
            "TensorShape.swift", #"preconditionFailure("no fewer axes have more cells")"#,
            "some axes of a shape are a shape"
        ),
        (
            "Selection.swift", "let edgeShape = TensorShape(edgeExtents)!",
            "a shape with one extent replaced by 1"
        ),
        (
            "ExpansionSteps.swift", "let rows = TensorShape([1 << bits])!",
            "tables of gadgets and limbs have at most 2^16 rows: `validate` has checked both"
        ),
        (
            "OneHot.swift", "TensorShape(shape(x).extents + [count])!, gadget)",
            "`validatedShape` of one-hot tensors and gathers has made this very shape"
        ),
        (
            "GadgetExpansion.swift", #"preconditionFailure("every other gadget has advice")"#,
            "the four gadgets without have cases of their own"
        ),
        (
            "CircuitBuilder.swift", "precondition(",
            "the publisher's closures; verifiers build nothing"
        ),
        (
            "CircuitBuilder.swift",
            #"preconditionFailure("wire \(wire.index) is not of a builder")"#,
            "the publisher's; verifiers build nothing"
        ),
    ]
    /// Computes witnesses: the prover's part of Circuits, that no verifier calls.
    private static let proversFiles: Set = ["TensorEvaluation.swift"]

    @Test func trapsAreKnown() throws {
        let words = ["precondition(", "preconditionFailure(", "assert(", "assertionFailure("]
        // Behind a name, a bracket or a generic's end, and no `!=`.
        let unwrap = try Regex(#"[\w)\]>]!(?!=)"#)
        var found: [String] = []
        for target in Self.closure.keys.sorted() {
            for file in try sources(target)
            where !Self.proversFiles.contains(file.lastPathComponent) {
                for line in try code(file) {
                    let bare = line.replacing(/"(?:[^"\\]|\\.)*"/, with: "\"\"")
                        .replacing(/\/\/.*/, with: "")
                    guard
                        words.contains(where: bare.contains) || bare.contains(unwrap)
                            || bare.contains("as!")
                    else { continue }
                    found.append("\(file.lastPathComponent): \(line)")
                }
            }
        }
        // A new one must be explained, and the explanation of one that is gone goes too.
        #expect(found.sorted() == Self.traps.map { "\($0.file): \($0.line)" }.sorted())
    }

    /// The verifier's own files name nothing of the prover's part.
    @Test func verifiersEvaluateNoWitness() throws {
        for target in ["ProofSystem", "Verifier"] {
            for file in try sources(target) {
                for line in try code(file) {
                    #expect(
                        !line.contains("TensorEvaluation") && !line.contains("CircuitBuilder"),
                        "\(file.lastPathComponent): \(line)")
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
