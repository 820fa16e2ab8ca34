import Circuits
import Curve
import Field
import ProofSystem

/// Why no proof is made.
public enum ProverError: Error, Equatable, Sendable {
    /// The witness belongs to another circuit, or lacks a tensor.
    case witnessMismatch
    /// As many blindings as committed inputs and outputs are needed.
    case blindingCount(expected: Int, actual: Int)
    /// A public value or committed value outside its B bits.
    case portValueOutOfRange(port: String, cell: Int, value: Int)
}

/// Makes native proofs: protocol.md sections 3 to 5.
///
/// The proof depends on key, witness and blindings alone, not on the number of threads.
public struct NativeProver: Sendable {
    public let key: ProvingKey

    public init(key: ProvingKey) { self.key = key }

    /// Proves that the circuit takes the witness's inputs to its outputs.
    ///
    /// - Parameter blindings: one for each committed port, inputs first; uniform and fresh, or the
    ///   one of the commitment that this proof continues.
    /// - Throws: ``ProverError``. A witness that breaks a constraint is not noticed: its proof does
    ///   not verify.
    public func prove(
        _ witness: Witness, blindings: [Fr] = []
    ) throws(ProverError) -> NativeProof {
        try prove(witness, blindings: blindings, transcript: KeccakTranscript(), tamper: nil)
    }

    func prove(
        _ witness: Witness, blindings: [Fr], transcript: some ProofTranscript,
        tamper: MessageTamper?, statement givenStatement: NativeStatement? = nil,
        denseVariables: Int = BatchProver.denseVariables
    ) throws(ProverError) -> NativeProof {
        let verifyingKey = key.verifyingKey
        let system = verifyingKey.system
        guard witness.system.circuit == system.circuit else { throw .witnessMismatch }
        let ports = system.committedPorts
        guard blindings.count == ports.count else {
            throw .blindingCount(expected: ports.count, actual: blindings.count)
        }
        for id in system.tensorIDs where witness[id] == nil {
            if case .multiplicity = system[id].role { continue }
            throw .witnessMismatch
        }
        let layout = verifyingKey.plan.layout
        let multiplicities = Multiplicities.count(witness)
        let vectors = layout.vectors.map { vector in
            VectorCells(vector) {
                multiplicities[$0].map(StoredCells.init(padded:)) ?? witness.storedCells($0)
            }
        }
        var statement: NativeStatement
        if let givenStatement {
            statement = givenStatement
        } else {
            statement = try publicStatement(witness)
        }
        var adviceChunks: [G1Affine] = []
        for cells in vectors {
            switch cells.vector.kind {
            case .advice:
                adviceChunks = cells.commitments(
                    log2Chunk: layout.log2Chunk, powers: key.powers)
            case .port(let port) where givenStatement == nil:
                let plain = cells.commitments(log2Chunk: layout.log2Chunk, powers: key.powers)[0]
                let blinded = G1(plain) + blindings[port] * G1Affine.blindingGenerator
                statement.commitments.append(blinded.affine)
            case .port, .constants: break
            }
        }
        tamper?.commitments?(&statement, &adviceChunks)
        var transcript = transcript
        transcript.absorbPrologue(
            key: verifyingKey, statement: statement, adviceChunks: adviceChunks)
        var recorder = ProofRecorder(
            ReductionWitness(
                witness: witness, multiplicities: multiplicities, vectors: vectors,
                layout: layout, powers: key.powers, portBlindings: blindings,
                denseVariables: denseVariables),
            transcript: transcript, tamper: tamper)
        do throws(VerificationError) {
            _ = try reduceNative(
                system, plan: verifyingKey.plan, statement: statement.publicValues,
                driver: &recorder)
        } catch {
            // Only a plan that no key has can throw here: the recorder refuses nothing.
            throw .witnessMismatch
        }
        return NativeProof(
            modelID: verifyingKey.digest, statement: statement, adviceChunks: adviceChunks,
            elements: recorder.elements, openingPoints: recorder.points)
    }

    /// What opens the committed ports of a proof this prover made with these blindings.
    public func openings(
        of proof: NativeProof, witness: Witness, blindings: [Fr]
    ) -> [PortOpening] {
        let system = key.verifyingKey.system
        let ports =
            system.circuit.inputs.map(\.port).filter { $0.visibility == .committed }
            + system.circuit.outputs.map(\.port).filter { $0.visibility == .committed }
        return zip(ports, system.committedPorts).enumerated().map { index, port in
            PortOpening(
                port: port.0, shape: system.shape(port.1),
                values: witness.trueIntegers(port.1).map(Int64.init),
                blinding: blindings[index], commitment: proof.statement.commitments[index])
        }
    }

    /// Public values from the witness; commitments are added by the caller.
    private func publicStatement(_ witness: Witness) throws(ProverError) -> NativeStatement {
        let system = witness.system
        var inputs: [[Int]] = []
        for (index, input) in system.circuit.inputs.enumerated() {
            let tensor = system.wireTensors[index]
            let values = try portValues(witness, tensor, input.port)
            inputs.append(input.port.visibility == .public ? values : [])
        }
        var outputs: [[Int]] = []
        for (output, claim) in zip(system.circuit.outputs, system.outputs) {
            let values = try portValues(witness, claim.tensor, output.port)
            outputs.append(output.port.visibility == .public ? values : [])
        }
        return NativeStatement(inputs: inputs, outputs: outputs, commitments: [])
    }

    private func portValues(
        _ witness: Witness, _ tensor: TensorID, _ port: Port
    ) throws(ProverError) -> [Int] {
        let values = witness.trueIntegers(tensor)
        for (cell, value) in values.enumerated() where !port.domain.contains(value) {
            throw .portValueOutOfRange(port: port.name, cell: cell, value: value)
        }
        return values
    }
}

extension Witness {
    /// True cells as integers; field elements beyond 63 bits become Int.min, which fits no port.
    func trueIntegers(_ tensor: TensorID) -> [Int] {
        switch values[tensor.index] {
        case .integers(let cells): return cells.map(Int.init)
        case .padded(let elements):
            let shape = system.shape(tensor)
            return CellArray.elements(elements).gathered(
                extents: shape.extents, strides: shape.paddedStrides, padded: shape.extents
            ).asElements().map(\.signedInteger)
        case nil: return []
        }
    }
}

extension Fr {
    /// The integer of least magnitude with this residue, Int.min if it has more than 62 bits.
    fileprivate var signedInteger: Int {
        let limit = Limbs256(1 << 62, 0, 0, 0)
        if canonicalLimbs < limit { return Int(canonicalLimbs.l0) }
        let negated = -self
        return negated.canonicalLimbs < limit ? -Int(negated.canonicalLimbs.l0) : .min
    }
}
