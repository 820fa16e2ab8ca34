import Circuits
import Field
import TestSupport
import Testing
import ZKMLTestSupport

@Suite struct EncodingTests {
    static let models =
        StandardCircuits.all(seed: 5) + (1...20).map { RandomCircuits.make(seed: $0) }

    private func encoded(_ circuit: Circuit) -> [UInt8] {
        var writer = ByteWriter()
        circuit.encode(into: &writer)
        return writer.bytes
    }

    /// Decodes everything there is.
    private func decoded(_ bytes: [UInt8]) throws(DecodingError) -> Circuit {
        var reader = ByteReader(bytes)
        let circuit = try Circuit(decoding: &reader)
        try reader.finish()
        return circuit
    }

    @Test(arguments: models) func roundTrip(model: TestModel) throws {
        #expect(try decoded(encoded(model.circuit)) == model.circuit)
    }

    /// One byte for visibility and saturation: every value has a meaning, or is refused.
    @Test func portFlags() throws {
        for (flags, visibility, saturates) in [
            (0, Visibility.public, false), (1, .committed, false), (2, .public, true),
            (3, .committed, true),
        ] {
            var circuit = Circuit(limbBits: 4)
            let port = Port(
                name: "x", bits: 8, fractionalBits: 3, visibility: visibility, saturates: saturates)
            circuit.inputs = [.init(port: port, shape: TensorShape([2])!)]
            var bytes = encoded(circuit)
            // Limb bits, count, name, bits, fractional bits.
            let place = 1 + 4 + 5 + 1 + 8
            #expect(bytes[place] == flags)
            #expect(try decoded(bytes) == circuit)
            for other in UInt8(4)...255 {
                bytes[place] = other
                #expect(
                    throws: DecodingError.outOfRange(
                        field: "port.flags", offset: place, value: Int(other), limit: 3)
                ) { try decoded(bytes) }
            }
        }
    }

    @Test(arguments: models.prefix(8)) func truncation(model: TestModel) throws {
        let bytes = encoded(model.circuit)
        for count in bytes.indices {
            #expect(throws: DecodingError.self) { try decoded(Array(bytes[..<count])) }
        }
        #expect(throws: DecodingError.trailingBytes(1)) { try decoded(bytes + [0]) }
    }

    /// A changed byte is refused by the decoder or by validation, or is another valid circuit;
    /// nothing traps, and no two encodings are one circuit.
    @Test(arguments: models) func changedByte(model: TestModel) throws {
        let bytes = encoded(model.circuit)
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<150 {
            var changed = bytes
            for _ in 0..<generator.pick([1, 1, 2]) {
                let position = generator.integer(0...bytes.count - 1)
                changed[position] ^= generator.pick([1, 0x80, 0xff, 1 << 4])
            }
            do {
                let circuit = try decoded(changed)
                #expect(encoded(circuit) == changed)
                _ = try ConstraintSystem(circuit)
            } catch is DecodingError {
            } catch is CircuitError {
            }
        }
    }
}
