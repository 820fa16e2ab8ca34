import Circuits
import Field
import Prover
import Testing

@Suite("Weights files") struct WeightsFileTests {
    private static func circuit(_ counts: [Int]) throws -> Circuit {
        var circuit = Circuit(limbBits: 4)
        circuit.constants = try counts.map { try #require(TensorShape([$0])) }
        return circuit
    }

    /// The integers at each end of what 1, 2, 4 and 8 bytes hold, and one beyond.
    @Test("every width comes back")
    func roundTrip() throws {
        var constants: [[Int64]] = [[0], [-1, 1, 0]]
        for bits in [7, 15, 31] {
            let end = Int64(1) << Int64(bits)
            constants += [[-end], [end - 1], [-end - 1, 0], [end, -1, 5], [end - 1, -end]]
        }
        constants.append([.min, .max, 0])
        let bytes = WeightsFile.encoded(constants)
        let circuit = try Self.circuit(constants.map(\.count))
        #expect(try WeightsFile.decode(bytes, circuit: circuit) == constants)
        #expect(throws: DecodingError.self) {
            try WeightsFile.decode(Array(bytes.dropLast()), circuit: circuit)
        }
    }

    @Test("the bytes are those of Docs/formats.md")
    func layout() throws {
        let bytes = WeightsFile.encoded([[1, -2], [-129]])
        let expected: [UInt8] =
            Array("ZKMLWGTS".utf8) + [1, 0, 0, 0, 46, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0]
            + [1, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0xfe] + [2, 1, 0, 0, 0, 0, 0, 0, 0, 0x7f, 0xff]
        #expect(bytes == expected)
    }
}
