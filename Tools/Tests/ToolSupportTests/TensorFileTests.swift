import Testing
import ToolSupport

@Suite("Tensor files")
struct TensorFileTests {
    static let arrays = [
        "f2", "f2-big", "f4", "f4-big", "f8", "f8-big", "i1", "i2", "i2-big", "i4", "i4-big", "i8",
        "i8-big", "u1", "u2", "u2-big", "u4", "u4-big", "u8", "u8-big", "b1", "scalar", "vector",
        "empty", "fortran", "version2", "version3",
    ]

    @Test("npy as numpy writes it", arguments: arrays)
    func npy(name: String) throws {
        let file = try TensorFile.read(Vectors.path("\(name).npy"))
        let entry = try #require(file.entries.first)
        #expect(file.entries.count == 1)
        #expect(entry.name == nil)
        let expected = try Vectors.expected(name)
        #expect(entry.tensor.shape == expected.shape)
        #expect(entry.tensor.doubles == expected.doubles)
        // Integers are kept as such; 64-bit ones would not survive a double.
        if case .integers(let integers) = entry.tensor.values, name != "b1" {
            #expect(expected.values == .integers(integers))
        }
    }

    @Test("npz as numpy and zipfile write it", arguments: ["stored", "deflated", "streamed"])
    func npz(name: String) throws {
        let file = try TensorFile.read(Vectors.path("\(name).npz"))
        #expect(file.entries.map(\.name) == ["image", "mask"])
        let image = try Vectors.expected("image")
        #expect(file["image"] == image)
        #expect(file["mask"] == (try Vectors.expected("mask")))
    }

    @Test("npz without names, and with every field in its zip64 place")
    func unusualArchives() throws {
        let unnamed = try TensorFile.read(Vectors.path("unnamed.npz"))
        #expect(unnamed.entries.map(\.name) == [nil, nil])
        #expect(unnamed.entries.first?.tensor == (try Vectors.expected("image")))
        let zip64 = try TensorFile.read(Vectors.path("zip64.npz"))
        #expect(zip64["image"] == (try Vectors.expected("image")))
    }

    @Test("JSON by name, and EZKL's flat lists")
    func json() throws {
        let named = try TensorFile.read(Vectors.path("named.json"))
        #expect(named.entries.map(\.name) == ["image", "mask", "weird é😀\""])
        #expect(named["image"] == (try Vectors.expected("image")))
        #expect(named.entries.last?.tensor == TensorData(shape: [], integers: [3]))
        let ezkl = try TensorFile.read(Vectors.path("ezkl.json"))
        #expect(ezkl.entries.map(\.isFlat) == [true, true])
        #expect(ezkl.entries.map(\.name) == [nil, nil])
        #expect(ezkl.entries[0].tensor.doubles == (try Vectors.expected("image")).doubles)
    }

    @Test("JSON numbers to the last bit, as Python reads them")
    func jsonNumbers() throws {
        let file = try TensorFile.read(Vectors.path("numbers.json"))
        let values = try #require(file["values"]).doubles
        let bits = try #require(file["bits"])
        #expect(values.count > 50)
        // JSON's -0.0 is an exception to nothing; only the integer -0 would lose its sign.
        #expect(.integers(values.map { Int64(bitPattern: $0.bitPattern) }) == bits.values)
    }

    @Test("what we write, we read")
    func roundTrip() throws {
        let tensors = NamedTensors([
            "reals": TensorData(shape: [2, 2], reals: [0.1, -1e300, .leastNonzeroMagnitude, 0]),
            "integers": TensorData(shape: [3], integers: [.min, 0, .max]),
            "scalar": TensorData(shape: [], reals: [2.5]),
            "nothing": TensorData(shape: [0, 4], reals: []),
            "ünï/код": TensorData(shape: [1], integers: [1]),
        ])
        let bytes = try TensorFile.npz(tensors)
        #expect(try TensorFile.decode(bytes) == tensors)
        #expect(try TensorFile.npz(tensors) == bytes)
        let vector = TensorData(shape: [3], reals: [1, 2, 3])
        let npy = TensorFile.npy(vector)
        #expect(try TensorFile.decode(npy).entries.map(\.tensor) == [vector])
        // numpy's own bytes for the same array.
        let reals = TensorData(shape: [3], reals: [1.5, -2.0, 1e300])
        #expect(TensorFile.npy(reals) == (try Vectors.bytes("vector.npy")))
    }

    @Test("names that no zip archive can hold are refused")
    func longName() {
        let name = String(repeating: "x", count: 70_000)
        let tensors = NamedTensors([.init(name: name, tensor: .init(shape: [], reals: [1]))])
        #expect(throws: TensorProblem.zip(.badName)) { try TensorFile.npz(tensors) }
    }

    @Test("errors say file, array and place")
    func messages() throws {
        let error = #expect(throws: TensorFileError.self) {
            try TensorFile.read(Vectors.path("refused-nan.npy"))
        }
        #expect(
            error?.description.hasSuffix(
                "refused-nan.npy: nan at index [1, 1]; "
                    + "values must be finite") == true)
        #expect(throws: FileError.self) { try TensorFile.read(Vectors.path("no such file")) }
        #expect(throws: FileError(path: "/", problem: .isFolder)) { try TensorFile.read("/") }
    }
}
