import Testing
import ToolSupport

@Suite("Malformed tensor files")
struct TensorRefusalTests {
    static let refused: [(String, TensorProblem)] = [
        ("refused-nan.npy", .notFinite(index: [1, 1], value: "nan")),
        ("refused-infinity.npy", .notFinite(index: [1], value: "-inf")),
        ("refused-u8-large.npy", .integerOutOfRange(index: [1])),
        ("refused-complex.npy", .unsupportedElementType("<c16")),
        ("refused-text.npy", .unsupportedElementType("<U1")),
        ("refused-record.npy", .unsupportedElementType("record")),
    ]

    @Test("arrays that are refused", arguments: refused)
    func refusedArrays(name: String, problem: TensorProblem) throws {
        let bytes = try Vectors.bytes(name)
        #expect(throws: problem) { try TensorFile.decode(bytes) }
    }

    @Test("no values, no format")
    func unknownFormats() {
        for text in ["", " ", "[1]", "PK", "hello"] {
            #expect(throws: TensorProblem.unknownFormat) {
                try TensorFile.decode(Array(text.utf8))
            }
        }
    }

    static let badJSON: [(String, JSONProblem, Int)] = [
        (#"{"a": [1, 2"#, .unexpectedEnd, 12),
        (#"{"a": 1} x"#, .expected("the end of the file"), 10),
        (#"{"a": 1, "a": 2}"#, .duplicateKey("a"), 10),
        (#"{"a": [[1], [1, 2]]}"#, .ragged(expected: 1, actual: 2), 13),
        (#"{"a": [[1], 2]}"#, .expected("a list, as beside it,"), 13),
        (#"{"a": [1, [2]]}"#, .notANumber, 11),
        (#"{"a": "1"}"#, .notANumber, 7),
        (#"{"a": null}"#, .notANumber, 7),
        (#"{"a": 01}"#, .notANumber, 9),
        (#"{"a": 1.}"#, .notANumber, 9),
        (#"{"a": 1e}"#, .notANumber, 9),
        (#"{"a": 1e999}"#, .numberTooLarge, 7),
        (#"{"a": +1}"#, .notANumber, 7),
        (#"{"a" 1}"#, .expected("\":\""), 6),
        (#"{a: 1}"#, .expected("a string"), 2),
        (#"{"\x": 1}"#, .badString, 4),
        (#"{"\ud800": 1}"#, .badString, 9),
        (#"{"a": 1,}"#, .expected("a string"), 9),
    ]

    @Test("JSON that is refused, with its place", arguments: badJSON)
    func refusedJSON(text: String, problem: JSONProblem, column: Int) {
        #expect(throws: TensorProblem.json(problem, line: 1, column: column)) {
            try TensorFile.decode(Array(text.utf8))
        }
        #expect(throws: TensorProblem.json(problem, line: 3, column: column)) {
            try TensorFile.decode(Array(("\n \n" + text).utf8))
        }
    }

    @Test("JSON nested beyond any tensor")
    func deepJSON() {
        for count in [33, 64, 65, 100_000] {
            let text = "{\"a\": " + String(repeating: "[", count: count)
            #expect(throws: TensorProblem.self) { try TensorFile.decode(Array(text.utf8)) }
        }
        let deepest =
            "{\"a\": " + String(repeating: "[", count: 32) + "7"
            + String(repeating: "]", count: 32) + "}"
        #expect(throws: Never.self) { try TensorFile.decode(Array(deepest.utf8)) }
    }

    @Test("JSON with what Python writes for values that are not numbers")
    func nonFiniteJSON() {
        for word in ["NaN", "Infinity", "-Infinity"] {
            let problem = TensorProblem.inEntry("a", .notFinite(index: [0, 1], value: word))
            #expect(throws: problem) {
                try TensorFile.decode(Array("{\"a\": [[1, \(word)]]}".utf8))
            }
        }
    }

    static let headers: [(String, NpyHeaderProblem)] = [
        ("{'descr': '<f4', 'fortran_order': False}", .missingKey),
        ("{'descr': '<f4', 'descr': '<f4'}", .duplicateKey),
        ("{'descr': '<f4', 'x': 1}", .unknownKey),
        ("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", .syntax),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (1)}", .syntax),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", .syntax),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", .shape),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", .shape),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", .syntax),
        ("{'descr': '<f4", .syntax),
        ("", .syntax),
    ]

    @Test("npy headers that are refused", arguments: headers)
    func refusedHeaders(header: String, problem: NpyHeaderProblem) {
        let bytes = npy(header, data: [0, 0, 0, 0])
        let error = #expect(throws: TensorProblem.self) { try TensorFile.decode(bytes) }
        guard case .npyHeader(let actual, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(actual == problem)
    }

    @Test("a shape does not decide how much is allocated")
    func hugeShapes() throws {
        for shape in ["(1152921504606846975,)", "(4611686018427387904, 1)", "(2, 1000000000)"] {
            let header = "{'descr': '<f8', 'fortran_order': False, 'shape': \(shape)}"
            #expect(throws: TensorProblem.self) { try TensorFile.decode(npy(header, data: [])) }
        }
        for order in ["True", "False"] {
            let shape = "(0, 4611686018427387904, 4611686018427387904)"
            let header = "{'descr': '<f8', 'fortran_order': \(order), 'shape': \(shape)}"
            let file = try TensorFile.decode(npy(header, data: []))
            #expect(file.entries.map(\.tensor.count) == [0])
        }
        var limits = TensorLimits()
        limits.arrayBytes = 47
        let cube = try Vectors.bytes("f4.npy")
        #expect(throws: TensorProblem.tooLarge(bytes: 48, limit: 47)) {
            try TensorFile.decode(cube, limits: limits)
        }
        let json = Array("{\"a\": [1, 2, 3, 4, 5, 6]}".utf8)
        #expect(throws: TensorProblem.self) { try TensorFile.decode(json, limits: limits) }
        #expect(throws: FileError.self) {
            try TensorFile.read(Vectors.path("f4.npy"), limits: TensorLimits(fileBytes: 10))
        }
    }

    @Test("zip archives that are refused")
    func refusedArchives() throws {
        let honest = try Vectors.bytes("stored.npz")
        let directory = try #require(lastIndex(of: [0x50, 0x4B, 1, 2], in: honest))
        func changed(_ offset: Int, _ value: UInt8) -> TensorProblem? {
            var bytes = honest
            bytes[directory + offset] = value
            do throws(TensorProblem) {
                _ = try TensorFile.decode(bytes)
                return nil
            } catch {
                return error
            }
        }
        #expect(changed(8, 1) == .inEntry("mask.npy", .zip(.encrypted)))
        #expect(changed(10, 12) == .inEntry("mask.npy", .zip(.unsupportedMethod(12))))
        #expect(changed(34, 1) == .zip(.severalDisks))
        #expect(changed(46, 0x6E) == .inEntry("nask.npy", .zip(.nameDiffers)))
        guard case .inEntry("mask", .zip(.checksum)) = changed(16, honest[directory + 16] ^ 1)
        else { return #expect(Bool(false), "a wrong checksum passes") }

        let twice = try TensorFile.npz(
            NamedTensors(["a": .init(shape: [], reals: [1]), "a": .init(shape: [], reals: [2])]))
        #expect(throws: TensorProblem.inEntry("a.npy", .zip(.duplicateName))) {
            try TensorFile.decode(twice)
        }
    }

    /// An npy file, version 1.0.
    private func npy(_ header: String, data: [UInt8]) -> [UInt8] {
        let text = Array(header.utf8)
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count), 0] + text + data
    }

    private func lastIndex(of pattern: [UInt8], in bytes: [UInt8]) -> Int? {
        bytes.indices.last { bytes[$0...].starts(with: pattern) }
    }
}
