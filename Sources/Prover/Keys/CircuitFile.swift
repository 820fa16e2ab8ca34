import Circuits
import Field

/// The bundle's `circuit`: the circuit as the key has it, and the name of the layer that each
/// gadget came from, which the key leaves out.
public struct CircuitFile: Sendable, Hashable {
    public static let magic = "ZKMLCIRC"
    public static let version: UInt64 = 1

    public var circuit: Circuit
    public var gadgetNames: [String]

    public init(circuit: Circuit, gadgetNames: [String]) {
        self.circuit = circuit
        self.gadgetNames = gadgetNames
    }

    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        circuit.encode(into: &writer)
        for name in gadgetNames { writer.string(name) }
        return ByteWriter.file(magic: Self.magic, version: Self.version, body: writer.bytes)
    }

    /// Decodes without validating the circuit.
    ///
    /// - Throws: ``Field/DecodingError``.
    public init(decoding bytes: [UInt8]) throws(DecodingError) {
        var reader = ByteReader(bytes)
        try reader.header(magic: Self.magic, version: Self.version)
        circuit = try Circuit(decoding: &reader)
        gadgetNames = []
        for _ in circuit.gadgets {
            gadgetNames.append(try reader.string(limit: 1 << 12, "gadget name"))
        }
        try reader.finish()
    }
}
