import Circuits
import Curve
import Field
import ProofSystem

/// What a prover needs beside the input: the verifying key, the constants, the powers of tau.
public struct ProvingKey: Sendable {
    public let verifyingKey: VerifyingKey
    /// Weights, then the value columns of the function tables: true cells, row-major.
    public let constants: [[Int64]]
    /// 2^log2Chunk powers of tau in G1.
    public let powers: [G1Affine]

    /// Pairs a key with its constants and powers.
    ///
    /// - Throws: ``ProvingKeyError`` when counts do not fit the key. Whether the constants are the
    ///   committed ones is not checked here: see ``constantsAreCommitted()``.
    public init(
        verifyingKey: VerifyingKey, constants: [[Int64]], powers: [G1Affine]
    ) throws(ProvingKeyError) {
        try Self.check(constants, verifyingKey.circuit)
        guard powers.count >= 1 << verifyingKey.log2Chunk else {
            throw .tooFewPowers(needed: 1 << verifyingKey.log2Chunk, actual: powers.count)
        }
        self.verifyingKey = verifyingKey
        self.constants = constants
        self.powers = Array(powers.prefix(1 << verifyingKey.log2Chunk))
    }

    /// Makes both keys: commits to the constants.
    ///
    /// One small-scalar MSM over the constants' cells.
    /// - Throws: ``ProvingKeyError``.
    public init(
        circuit: Circuit, constants: [[Int64]], log2Chunk: Int, srs: SRSIdentity,
        powers: [G1Affine]
    ) throws(ProvingKeyError) {
        let system: ConstraintSystem
        do throws(CircuitError) {
            system = try ConstraintSystem(circuit)
        } catch {
            throw .key(.circuit(error))
        }
        try Self.check(constants, circuit)
        guard powers.count >= 1 << log2Chunk else {
            throw .tooFewPowers(needed: 1 << log2Chunk, actual: powers.count)
        }
        let layout = VectorLayout(system, log2Chunk: log2Chunk)
        let chunks = Self.commitments(
            to: constants, system: system, layout: layout, powers: powers)
        do throws(KeyError) {
            verifyingKey = try VerifyingKey(
                circuit: circuit, log2Chunk: log2Chunk, srs: srs, constantChunks: chunks)
        } catch {
            throw .key(error)
        }
        self.constants = constants
        self.powers = Array(powers.prefix(1 << log2Chunk))
    }

    /// Whether the constants are those the key commits to. One MSM.
    public func constantsAreCommitted() -> Bool {
        Self.commitments(
            to: constants, system: verifyingKey.system, layout: verifyingKey.plan.layout,
            powers: powers) == verifyingKey.constantChunks
    }

    private static func commitments(
        to constants: [[Int64]], system: ConstraintSystem, layout: VectorLayout,
        powers: [G1Affine]
    ) -> [G1Affine] {
        guard let vector = layout.vector(.constants) else { return [] }
        var witness = Witness(system: system)
        for (tensor, cells) in zip(system.constantTensors, constants) {
            witness[tensor] = .integers(cells)
        }
        return VectorCells(vector, block: witness.storedCells).commitments(
            log2Chunk: layout.log2Chunk, powers: powers)
    }

    private static func check(
        _ constants: [[Int64]], _ circuit: Circuit
    ) throws(ProvingKeyError) {
        let shapes = circuit.constantShapes
        guard constants.count == shapes.count else {
            throw .constantCount(expected: shapes.count, actual: constants.count)
        }
        for (index, (cells, shape)) in zip(constants, shapes).enumerated()
        where cells.count != shape.cellCount {
            throw .constantCells(index: index, expected: shape.cellCount, actual: cells.count)
        }
    }
}

/// Why a proving key cannot be made.
public enum ProvingKeyError: Error, Sendable {
    case key(KeyError)
    case constantCount(expected: Int, actual: Int)
    case constantCells(index: Int, expected: Int, actual: Int)
    case tooFewPowers(needed: Int, actual: Int)
}

extension ConstraintSystem {
    /// The tensors of all committed constants, in the order of ``Circuit/constantShapes``.
    public var constantTensors: [TensorID] {
        tensorIDs.filter {
            if case .constant = self[$0].role { true } else { false }
        }
    }
}
