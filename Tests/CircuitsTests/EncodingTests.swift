import Circuits
import Field
import Testing
import ZKMLTestSupport

@Suite struct EncodingTests {
    static let models =
        StandardCircuits.all(seed: 5) + (1...40).map { RandomCircuits.make(seed: $0) }

    @Test(arguments: models) func roundTrip(model: TestModel) throws {
        var writer = ByteWriter()
        model.circuit.encode(into: &writer)
        var reader = ByteReader(writer.bytes)
        let decoded = try Circuit(decoding: &reader)
        try reader.finish()
        #expect(decoded == model.circuit)
    }
}
