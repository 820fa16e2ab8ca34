import Foundation
import Testing

@testable import Models

/// Docs/operators.md against the registry.
@Suite("Documented operators") struct OperatorDocumentTests {
    @Test("the page has every operator, and what is refused by name")
    func everyOperator() throws {
        let page = try String(
            contentsOf: Fixture.vectors.deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "Docs/operators.md"), encoding: .utf8)
        // The tables behind it list whatever ONNX has test cases of.
        let text = try #require(page.components(separatedBy: "## Conformance").first)
        let words = Set(text.split { !$0.isLetter && !$0.isNumber }.map(String.init))
        let registered = Set(OperatorRegistry.resolvers.keys)
            .union(OperatorRegistry.decomposers.keys)
            .map { $0.split(separator: ".").last.map(String.init) ?? $0 }
        for name in registered.sorted() where !words.contains(name) {
            Issue.record("\(name) is not in Docs/operators.md")
        }
        for name in ["Loop", "Scan", "DynamicQuantizeLinear", "DynamicQuantizeMatMul"] {
            #expect(words.contains(name))
            #expect(OperatorRegistry.refusals.keys.contains { $0.hasSuffix(name) })
        }
    }
}
