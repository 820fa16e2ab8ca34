import Circuits
import Curve
import Field

/// How many elements and points a key's proofs have.
public struct ProofShape: Sendable, Hashable {
    public let elementCount: Int
    public let openingPointCount: Int
    public let adviceChunkCount: Int
    public let portCount: Int

    /// Runs the protocol once without values.
    init(system: ConstraintSystem, plan: ReductionPlan) throws(VerificationError) {
        var driver = CountingDriver()
        let statement = Statement<NoValue>(
            inputs: system.circuit.inputs.map {
                Array(repeating: NoValue(), count: $0.port.publicCellCount($0.shape))
            },
            outputs: zip(system.circuit.outputs, system.outputs).map {
                Array(
                    repeating: NoValue(),
                    count: $0.port.publicCellCount(system.shape($1.tensor)))
            })
        _ = try reduce(system, plan: plan, statement: statement, driver: &driver)
        elementCount = driver.elementCount
        openingPointCount = driver.pointCount
        adviceChunkCount = plan.layout.chunkCount(.advice)
        portCount = system.committedPorts.count
    }

    /// Bytes of a proof without its public values.
    public var byteCount: Int {
        NativeProof.magic.utf8.count + 12 + 32
            + (elementCount + openingPointCount + adviceChunkCount + portCount) * 32
    }
}

extension Port {
    /// Cells in the statement.
    func publicCellCount(_ shape: TensorShape) -> Int {
        visibility == .public ? shape.cellCount : 0
    }
}

/// A native proof with its statement, as it is written to a file.
public struct NativeProof: Sendable, Hashable {
    public static let magic = "ZKMLPROF"
    public static let version: UInt64 = 1

    /// The digest of the verifying key it was made for.
    public var modelID: [UInt8]
    public var statement: NativeStatement
    public var adviceChunks: [G1Affine]
    /// Every field element the prover sends, in the protocol's order.
    public var elements: [Fr]
    /// Every group element of the opening, in the protocol's order.
    public var openingPoints: [G1Affine]

    public init(
        modelID: [UInt8], statement: NativeStatement, adviceChunks: [G1Affine], elements: [Fr],
        openingPoints: [G1Affine]
    ) {
        self.modelID = modelID
        self.statement = statement
        self.adviceChunks = adviceChunks
        self.elements = elements
        self.openingPoints = openingPoints
    }
}

/// Why bytes are not a proof for a key.
public enum ProofDecodingError: Error, Equatable, Sendable {
    case malformed(DecodingError)
    case unsupportedVersion(UInt64)
    /// A proof for the model with this ID.
    case wrongKey(modelID: [UInt8])
}

extension NativeProof {
    /// - Precondition: the proof has the key's shape.
    public func encoded(for key: VerifyingKey) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(modelID)
        for (port, values) in zip(key.publicPorts, statement.inputs + statement.outputs) {
            if port.port.visibility == .public {
                writer.append(PackedIntegers.pack(values, bits: port.port.bits))
            }
        }
        for point in statement.commitments + adviceChunks { writer.append(point.encoded) }
        for element in elements { writer.fr(element) }
        for point in openingPoints { writer.append(point.encoded) }
        return ByteWriter.file(magic: Self.magic, version: Self.version, body: writer.bytes)
    }

    /// Where the parts of a key's proofs lie, in order: they depend on the key alone.
    public static func sections(
        for key: VerifyingKey
    ) -> [(name: String, offset: Int, byteCount: Int)] {
        let ports = key.publicPorts.map { port, shape in
            PackedIntegers.byteCount(port.publicCellCount(shape), bits: port.bits)
        }
        let inputCount = key.circuit.inputs.count
        let shape = key.proofShape
        let sizes = [
            ("header", magic.utf8.count + 12), ("modelID", 32),
            ("inputs", ports[..<inputCount].reduce(0, +)),
            ("outputs", ports[inputCount...].reduce(0, +)),
            ("commitments", shape.portCount * G1Affine.byteCount),
            ("adviceChunks", shape.adviceChunkCount * G1Affine.byteCount),
            ("elements", shape.elementCount * Fr.byteCount),
            ("openingPoints", shape.openingPointCount * G1Affine.byteCount),
        ]
        var offset = 0
        return sizes.map { name, byteCount in
            defer { offset += byteCount }
            return (name, offset, byteCount)
        }
    }

    /// The ID of the model a proof file says it is about; nil when it is too short to say.
    public static func modelID(of bytes: [UInt8]) -> [UInt8]? {
        let start = magic.utf8.count + 12
        return bytes.count >= start + 32 ? Array(bytes[start..<start + 32]) : nil
    }

    /// Decodes a proof that must have exactly the key's shape.
    ///
    /// Nothing the prover wrote decides how much is allocated; anything left over is an error.
    public init(decoding bytes: [UInt8], key: VerifyingKey) throws(ProofDecodingError) {
        var reader = ByteReader(bytes)
        do throws(DecodingError) {
            try reader.header(magic: Self.magic, version: Self.version)
            modelID = Array(try reader.bytes(32, "modelID"))
        } catch {
            if case .unsupportedVersion(_, let version) = error {
                throw .unsupportedVersion(version)
            }
            throw .malformed(error)
        }
        guard modelID == key.digest else { throw .wrongKey(modelID: modelID) }
        do throws(DecodingError) {
            var values: [[Int]] = []
            for (port, shape) in key.publicPorts {
                values.append(try reader.integers(port.publicCellCount(shape), port: port))
            }
            let shape = key.proofShape
            let inputCount = key.circuit.inputs.count
            statement = NativeStatement(
                inputs: Array(values[..<inputCount]), outputs: Array(values[inputCount...]),
                commitments: try reader.points(shape.portCount, "commitments"))
            adviceChunks = try reader.points(shape.adviceChunkCount, "adviceChunks")
            guard shape.elementCount <= reader.remaining / Fr.byteCount else {
                throw .truncated(
                    field: "elements", offset: reader.offset,
                    needed: shape.elementCount * Fr.byteCount, available: reader.remaining)
            }
            elements = []
            elements.reserveCapacity(shape.elementCount)
            for _ in 0..<shape.elementCount { elements.append(try reader.fr("elements")) }
            openingPoints = try reader.points(shape.openingPointCount, "openingPoints")
            try reader.finish()
        } catch {
            throw .malformed(error)
        }
    }
}

extension VerifyingKey {
    /// Inputs, then outputs, with their shapes.
    public var publicPorts: [(port: Port, shape: TensorShape)] {
        circuit.inputs.map { ($0.port, $0.shape) }
            + zip(circuit.outputs, system.outputs).map { ($0.port, system.shape($1.tensor)) }
    }
}

extension ByteReader {
    fileprivate mutating func integers(_ count: Int, port: Port) throws(DecodingError) -> [Int] {
        let start = offset
        let packed = try bytes(PackedIntegers.byteCount(count, bits: port.bits), port.name)
        guard let values = PackedIntegers.unpack(packed, count: count, bits: port.bits) else {
            throw .notCanonical(field: port.name, offset: start)
        }
        return values
    }
}
