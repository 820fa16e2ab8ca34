import TestSupport
import Testing

@testable import Models

/// Damaged files give a typed error or a graph, never a trap.
@Suite("Malformed models") struct MalformedModelTests {
    /// One model of each kind of content.
    static let names = [
        "network_cnn", "network_mlp", "fold_pads", "encoding_bfloat16_typed", "slice_huge_step",
        "constant_value_floats", "conv_same_upper", "cast_int64_input_movement",
    ]

    /// Builds the graph and, if there is one, evaluates it on zeros.
    private func tryOut(_ bytes: [UInt8]) {
        do {
            let graph = try ModelGraph(onnx: bytes)
            var inputs: [String: FloatTensor] = [:]
            for index in graph.inputs {
                let value = graph.values[index]
                let count = value.shape.reduce(1, *)
                // A damaged extent may be large; evaluation is not the point then.
                guard count < 1 << 16 else { return }
                inputs[value.name] = FloatTensor(
                    shape: value.shape, values: [Double](repeating: 0, count: count))
            }
            let sizes = graph.nodes.map {
                $0.operation.operationCount(
                    operands: graph.operandTypes(of: $0), results: graph.resultTypes(of: $0))
            }
            guard sizes.allSatisfy({ $0 < 1 << 22 }) else { return }
            _ = try FloatInterpreter(graph).run(inputs)
        } catch {
            #expect(!"\(error)".isEmpty)
        }
    }

    @Test("truncated at every byte", arguments: names)
    func truncation(name: String) throws {
        let model = try Fixture(name).model
        for end in model.indices { tryOut(Array(model[..<end])) }
    }

    @Test("one byte changed", arguments: names)
    func flips(name: String) throws {
        let model = try Fixture(name).model
        var generator = SeededGenerator(seed: 7)
        for index in model.indices {
            var bytes = model
            for change in [UInt8(1), 0x80, 0xff, .random(in: 1...255, using: &generator)] {
                bytes[index] = model[index] ^ change
                tryOut(bytes)
            }
        }
    }

    /// Among the bytes are extents, element types, operands' names and attributes.
    @Test("one byte changed, every operator", arguments: Fixture.names)
    func flipsOfAll(name: String) throws {
        let model = try Fixture(name).model
        var generator = SeededGenerator(seed: UInt64(name.utf8.reduce(0) { $0 + Int($1) }))
        for _ in 0..<60 {
            var bytes = model
            for _ in 0..<Int.random(in: 1...2, using: &generator) {
                let index = Int.random(in: model.indices, using: &generator)
                let isSmall = Bool.random(using: &generator)
                bytes[index] &+= .random(in: isSmall ? 1...2 : 1...255, using: &generator)
            }
            tryOut(bytes)
        }
    }

    @Test("bytes inserted and removed", arguments: names)
    func insertions(name: String) throws {
        let model = try Fixture(name).model
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<500 {
            var bytes = model
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            let end = min(bytes.count, index + Int.random(in: 0...8, using: &generator))
            let inserted = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            bytes.replaceSubrange(index..<end, with: inserted)
            tryOut(bytes)
        }
    }

    @Test("random bytes", arguments: 0..<64 as Range<UInt64>)
    func noise(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<64 {
            let count = Int.random(in: 0..<200, using: &generator)
            tryOut((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
    }

    @Test("deep nesting is skipped, not followed")
    func nesting() {
        // Graphs as attributes of graphs, 1,000 levels.
        var bytes: [UInt8] = []
        for _ in 0..<1000 {
            var writer = ProtobufWriter()
            writer.message(1) { node in
                node.message(5) { $0.data(6, bytes) }
            }
            bytes = writer.bytes
        }
        var model = ProtobufWriter()
        model.data(7, bytes)
        tryOut(model.bytes)
    }

    @Test("a length beyond the file allocates nothing")
    func giantLength() {
        var writer = ProtobufWriter()
        writer.varint(7 << 3 | 2)
        writer.varint(UInt64.max)
        #expect(throws: ModelError.self) { try ModelGraph(onnx: writer.bytes) }
        #expect(throws: ModelError.malformed(.varintTooLong(offset: 0))) {
            try ModelGraph(onnx: [UInt8](repeating: 0xff, count: 12))
        }
    }

    @Test("a chain of 100,000 nodes does not exhaust the stack")
    func longChain() throws {
        var model = TestModel()
        // Last node first, so that sorting has to walk the whole chain.
        model.nodes = (0..<100_000).reversed().map {
            TestModel.Node("Neg", [$0 == 0 ? "x" : "v\($0)"], ["v\($0 + 1)"])
        }
        model.outputs = ["v100000"]
        let graph = try ModelGraph(onnx: model.bytes)
        #expect(graph.nodes.count == 100_000)
        #expect(graph.nodes.first?.reference.outputs == ["v1"])
    }
}
