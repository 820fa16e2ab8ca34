import Testing

@testable import Models

/// Tensors whose elements lie beside the model.
@Suite("External data") struct ExternalDataTests {
    /// x + w, w of two floats in another file.
    private func model(_ entries: [(String, String)], raw: [UInt8] = []) -> [UInt8] {
        TestModel(.init("Add", ["x", "w"])) {
            $0.inputs[0].shape = [.fixed(2)]
            $0.initializers = [
                .init(
                    name: "w", shape: [2], type: 1, raw: raw,
                    extra: { tensor in
                        for (key, value) in entries {
                            tensor.message(13) { entry in
                                entry.string(1, key)
                                entry.string(2, value)
                            }
                        }
                        tensor.int(14, 1)
                    })
            ]
        }.bytes
    }

    private let file: [UInt8] = [7, 7, 7, 7, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 7]

    private func load(
        _ bytes: [UInt8], asked: @escaping (ExternalData) -> Void = { _ in }
    ) throws(ModelError) -> ModelGraph {
        try ModelGraph(onnx: bytes) { (data) throws(ExternalDataProblem) in
            asked(data)
            return Array(file.dropFirst(data.offset).prefix(data.length))
        }
    }

    @Test("offset and length are the reader's to obey; the values are exact")
    func values() throws {
        let entries = [
            ("location", "./data/w.bin"), ("offset", "4"), ("length", "8"), ("checksum", "ABC"),
        ]
        let graph = try load(model(entries)) { data in
            #expect(data.path == ["data", "w.bin"])
            #expect((data.offset, data.length) == (4, 8))
            #expect(data.checksum == "abc")
        }
        let value = graph.values.first { $0.name == "w" }
        #expect(value?.constant == .float(.init(shape: [2], values: [1, -2])))
        // Without a length the shape says how many bytes.
        _ = try load(model([("location", "w"), ("offset", "4")])) { #expect($0.length == 8) }
    }

    @Test("a tensor of an attribute and of a branch is read too")
    func attributes() throws {
        let tensor = TestModel.Tensor(
            name: "c", shape: [2], type: 1, raw: [],
            extra: { tensor in
                tensor.message(13) { entry in
                    entry.string(1, "location")
                    entry.string(2, "w")
                }
                tensor.int(14, 1)
            })
        let bytes = TestModel(
            .init("Constant", [], ["c"], [("value", .tensor(tensor))]), .init("Add", ["x", "c"])
        ) {
            $0.inputs[0].shape = [.fixed(2)]
        }.bytes
        _ = try load(bytes)
        #expect(throws: ModelError.self) { try ModelGraph(onnx: bytes) }
    }

    @Test(
        "paths that could leave the folder are refused before anything is read",
        arguments: [
            "/etc/passwd", "../w", "a/../../w", "a/..", "..", ".", "", "a//b", "a/", "\\w", "C:w",
            "a\\..\\w", "w\0",
        ])
    func traversal(location: String) {
        let expected = ModelError.tensor("w", .externalData(.outsideFolder(location)))
        #expect(throws: expected) {
            try load(model([("location", location)])) { _ in Issue.record("asked") }
        }
    }

    @Test("entries without meaning are refused")
    func entries() {
        func problem(_ entries: [(String, String)], raw: [UInt8] = []) -> ExternalDataProblem? {
            do throws(ModelError) {
                _ = try load(model(entries, raw: raw))
                return nil
            } catch .tensor(_, .externalData(let problem)) {
                return problem
            } catch {
                return nil
            }
        }
        let location = ("location", "w")
        #expect(problem([]) == .missingLocation)
        #expect(problem([location, location]) == .entry(key: "location", value: "w"))
        #expect(problem([location, ("offset", "-1")]) == .entry(key: "offset", value: "-1"))
        #expect(problem([location, ("offset", "1e3")]) == .entry(key: "offset", value: "1e3"))
        #expect(problem([location, ("basepath", "/")]) == .entry(key: "basepath", value: "/"))
        #expect(problem([location, ("length", "9")]) == .length(expected: 8, actual: 9))
        #expect(problem([location, ("offset", "8")]) == .tooShort("w", expected: 8))
        #expect(problem([location], raw: file) != nil)
    }

    @Test("without a reader, and with one that fails, the tensor is named")
    func reader() {
        let bytes = model([("location", "w")])
        #expect(throws: ModelError.tensor("w", .externalData(.noReader))) {
            try ModelGraph(onnx: bytes)
        }
        let problem = ExternalDataProblem.unreadable("w", reason: "gone")
        let error = #expect(throws: ModelError.self) {
            try ModelGraph(onnx: bytes) { _ throws(ExternalDataProblem) in throw problem }
        }
        #expect(error == .tensor("w", .externalData(problem)))
        #expect(error.map { "\($0)".contains("gone") } == true)
    }
}
