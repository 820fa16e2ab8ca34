import Circuits
import Curve
import Field
import ProofSystem
import Testing
import ZKMLTestSupport

@testable import Prover
@testable import Verifier

/// A model with its keys: proves, honestly or not, and says why the verifier refuses.
///
/// A cheating prover is a tampered witness (consistent afterwards: what is computed from a changed
/// tensor follows the change), a ``Cheat`` in the messages, or both.
struct Forge {
    let model: TestModel
    let system: ConstraintSystem
    let key: ProvingKey
    let verifier: NativeVerifier
    /// What fills the padding of everything committed, constants in the key included.
    let garbageSeed: UInt64?

    let srs: StructuredReferenceString

    static let srs = StructuredReferenceString.generate(log2Size: 12)

    /// - Parameters:
    ///   - log2Chunk: At least what the circuit needs is taken.
    ///   - garbageSeed: Also plants random field elements in the padding of the key's constants.
    ///   - constants: Cells of the key's constants, by tensor, as the publisher commits to them.
    ///   - behindConstants: Cells that the publisher commits to behind the last block of V_c.
    init(
        _ model: TestModel, log2Chunk: Int = 6, srs: StructuredReferenceString = Forge.srs,
        garbageSeed: UInt64? = nil, constants: [TensorID: FieldWitness.Tampering] = [:],
        behindConstants: [Int: Fr] = [:]
    ) throws {
        self.model = model
        self.srs = srs
        self.garbageSeed = garbageSeed
        publisher = constants
        system = try model.system()
        let log2Chunk = max(log2Chunk, VectorLayout.smallestLog2Chunk(system))
        let layout = VectorLayout(system, log2Chunk: log2Chunk)
        let witness = FieldWitness(
            system: system, constants: model.constants, inputs: model.inputs,
            garbageSeed: garbageSeed, tamper: constants
        ).compute()
        var chunks =
            layout.vector(.constants).map { vector in
                VectorCells(vector, block: witness.storedCells).commitments(
                    log2Chunk: log2Chunk, powers: srs.powers)
            } ?? []
        for (cell, value) in behindConstants {
            let (chunk, coefficient) = (cell >> log2Chunk, cell & (1 << log2Chunk - 1))
            chunks[chunk] = (G1(chunks[chunk]) + value * srs.powers[coefficient]).affine
        }
        let verifyingKey = try VerifyingKey(
            circuit: model.circuit, log2Chunk: log2Chunk, srs: srs.identity,
            constantChunks: chunks)
        key = try ProvingKey(
            verifyingKey: verifyingKey, constants: model.constants, powers: srs.powers)
        // What a node does: nothing but the bytes.
        verifier = NativeVerifier(key: try VerifyingKey(decoding: verifyingKey.encoded))
    }

    private let publisher: [TensorID: FieldWitness.Tampering]

    /// Every tensor, with the key's constants; `tamper` changes one right after it is computed.
    func witness(
        _ tamper: [TensorID: FieldWitness.Tampering] = [:], inputs: [[Int64]]? = nil
    ) -> Witness {
        FieldWitness(
            system: system, constants: model.constants, inputs: inputs ?? model.inputs,
            garbageSeed: garbageSeed, tamper: publisher.merging(tamper) { $1 }
        ).compute()
    }

    /// One for each committed port.
    var blindings: [Fr] { system.committedPorts.indices.map { Fr(1000 + $0) } }

    /// Public values and commitments as the witness has them; a public value that is no integer of
    /// its port's bits becomes the nearest one that is.
    func statement(_ witness: Witness) -> NativeStatement {
        func values(_ port: Port, _ tensor: TensorID) -> [Int] {
            guard port.visibility == .public else { return [] }
            return witness.trueFieldCells(tensor).map {
                port.domain.clamping($0.smallInteger ?? 0)
            }
        }
        return NativeStatement(
            inputs: zip(system.circuit.inputs, system.wireTensors).map { values($0.port, $1) },
            outputs: zip(system.circuit.outputs, system.outputs).map {
                values($0.port, $1.tensor)
            },
            commitments: zip(system.committedPorts, blindings).map {
                commitment(witness.paddedFieldCells($0), blinding: $1)
            })
    }

    /// Com(cells; blinding).
    func commitment(_ cells: [Fr], blinding: Fr = .zero) -> G1Affine {
        let plain = MSMKernel.multiply(bases: srs.powers, scalars: cells)
        return (G1(plain) + blinding * G1Affine.blindingGenerator).affine
    }

    /// A proof of the witness, which may be false.
    ///
    /// - Parameter statement: What the proof claims; nil for what the witness says.
    func prove(
        _ witness: Witness, _ cheat: Cheat = Cheat(), statement: NativeStatement? = nil,
        transcript: some ProofTranscript = KeccakTranscript(), log: ProverLog? = nil
    ) throws -> NativeProof {
        try NativeProver(key: key).prove(
            witness, blindings: blindings, transcript: transcript,
            tamper: cheat.tamper(log: log), statement: statement ?? self.statement(witness))
    }

    /// The relation that the verifier finds violated; nil for a proof it accepts.
    func refusal(
        _ proof: NativeProof, transcript: some ProofTranscript = KeccakTranscript()
    ) -> VerificationError? {
        do throws(VerificationError) {
            try verifier.verify(proof, transcript: transcript)
            return nil
        } catch {
            return error
        }
    }

    /// Proves and verifies.
    func refusal(
        of witness: Witness, _ cheat: Cheat = Cheat(), statement: NativeStatement? = nil
    ) throws -> VerificationError? {
        refusal(try prove(witness, cheat, statement: statement))
    }

    /// The level of an einsum's result in the order of reductions.
    func level(_ tensor: TensorID) -> Int { key.verifyingKey.plan.levels.levels[tensor.index] }
}

// MARK: Finding tensors

extension Forge {
    /// The tensor of a gadget's result.
    func result(_ gadget: Int) -> TensorID {
        system.wireTensors[system.circuit.resultWire(gadget).index]
    }

    /// Tensors of a gadget's expansion (nil: of the ports) with a role.
    func tensors(_ gadget: Int?, _ isWanted: (TensorRole) -> Bool) -> [TensorID] {
        system.tensorIDs.filter { system[$0].gadget == gadget && isWanted(system[$0].role) }
    }

    func advice(_ gadget: Int?, _ isWanted: (AdviceRule) -> Bool) -> [TensorID] {
        tensors(gadget) { role in
            if case .advice(let rule) = role { isWanted(rule) } else { false }
        }
    }

    func quotient(_ gadget: Int) -> TensorID {
        advice(gadget) { if case .rounded = $0 { true } else { false } }[0]
    }

    func flag(_ gadget: Int) -> TensorID {
        advice(gadget) { if case .saturationFlag = $0 { true } else { false } }[0]
    }

    func overshoot(_ gadget: Int) -> TensorID {
        advice(gadget) { if case .overshoot = $0 { true } else { false } }[0]
    }

    func tableValue(_ gadget: Int) -> TensorID {
        advice(gadget) { if case .tableValue = $0 { true } else { false } }[0]
    }

    /// The committed low limbs, lowest first in each range check.
    func limbs(_ gadget: Int?) -> [TensorID] {
        advice(gadget) { if case .limb = $0 { true } else { false } }
    }

    func selector(_ gadget: Int) -> TensorID {
        advice(gadget) { if case .firstZero = $0 { true } else { false } }[0]
    }

    func multiplicity(_ table: Int) -> TensorID { system.tables[table].multiplicity }

    /// The table of plain integers [0, 2^bits), if the circuit has it.
    func rangeTable(bits: Int) -> Int? {
        system.tables.firstIndex { $0.bits == bits && $0.columns == [.index(lowest: 0)] }
    }

    /// Positions of a tensor's true cells among its padded ones, row-major.
    func truePositions(_ tensor: TensorID) -> [Int] {
        let shape = system.shape(tensor)
        return indices(shape.paddedExtents).enumerated().compactMap { position, index in
            zip(index, shape.extents).allSatisfy { $0 < $1 } ? position : nil
        }
    }

    func paddingPositions(_ tensor: TensorID) -> [Int] {
        Array(0..<system.shape(tensor).paddedCellCount).filter {
            !Set(truePositions(tensor)).contains($0)
        }
    }
}

/// Adds `amount` to one padded cell.
func adding(_ amount: Fr = .one, at position: Int) -> FieldWitness.Tampering {
    { $0[position] += amount }
}

/// Sets padded cells.
func setting(_ cells: [Int: Fr]) -> FieldWitness.Tampering {
    { values in for (position, value) in cells { values[position] = value } }
}
