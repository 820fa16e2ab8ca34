import Circuits
import Curve
import Field
import ProofSystem
import TestSupport
import Testing
import Verifier
import ZKMLTestSupport

@testable import Prover

/// A small proof as bytes: whatever is done to them, a typed refusal and never a trap.
@Suite struct ProofBytesTests {
    /// Everything a proof can have: committed and public ports of odd bits, advice, constants, a
    /// table, several chunks.
    static func model() -> TestModel {
        var generator = SeededGenerator(seed: 13)
        var draft = CircuitDraft(limbBits: 2)
        let x = draft.input([3], bits: 3)
        let z = draft.input([2], bits: 3, visibility: .committed)
        let w = draft.constant([2, 3], in: -2...2, using: &generator)
        let product = draft.einsum("a", (w, "ab"), (x, "b"))
        let y = draft.requantise(product, shift: 1, bits: 4) { max($0, 0) }
        draft.output(draft.affine("a", (1, y, "a"), (1, z, "a")), extraBits: 0)
        draft.output(y, visibility: .committed)
        return draft.finish("small", inputs: [[3, -4, 1], [2, -1]])
    }

    let forge: Forge
    let bytes: [UInt8]

    init() throws {
        forge = try Forge(Self.model(), log2Chunk: 3)
        bytes = try forge.prove(forge.witness()).encoded(for: forge.key.verifyingKey)
    }

    private func rejection(_ bytes: [UInt8], insecure: Bool = true) -> ProofRejection? {
        do throws(ProofRejection) {
            _ = try forge.verifier.verify(
                bytes, trusting: insecure ? .development : .publicCeremonies)
            return nil
        } catch {
            return error
        }
    }

    @Test func accepted() {
        #expect(rejection(bytes) == nil)
        #expect(rejection(bytes, insecure: false) == .insecureSRS)
        let shape = forge.key.verifyingKey.proofShape
        let ports = forge.system.circuit.inputs[0].port.bits * 3 + 7
        #expect(bytes.count == shape.byteCount + ports / 8 + 2)
    }

    /// One bit of every byte, every bit of the first 300.
    @Test func flippedBits() {
        let sections = NativeProof.sections(for: forge.key.verifyingKey)
        for index in bytes.indices {
            let section = sections.last { $0.offset <= index }!.name
            let bits = index < 300 ? Array(0..<8) : [index % 8]
            for bit in bits {
                var flipped = bytes
                flipped[index] ^= 1 << UInt8(bit)
                let place: Comment = "byte \(index), bit \(bit)"
                switch (section, rejection(flipped)) {
                case ("header", .malformed), ("header", .unsupportedVersion): break
                case ("modelID", let rejection):
                    #expect(
                        rejection == .wrongKey(modelID: Array(flipped[20..<52])), place)
                case (_, .malformed(.notCanonical)): break
                case ("inputs", .false(let error)), ("outputs", .false(let error)),
                    ("commitments", .false(let error)), ("adviceChunks", .false(let error)):
                    #expect(error == .treeLayer(1), place)
                case ("elements", .false), ("openingPoints", .false(.openingValue)),
                    ("openingPoints", .false(.pairing)):
                    break
                case (_, let rejection):
                    Issue.record("\(place): \(String(describing: rejection))")
                }
            }
        }
    }

    @Test func truncations() {
        for count in bytes.indices {
            let rejection = rejection(Array(bytes[..<count]))
            guard case .malformed = rejection else {
                Issue.record("\(count) bytes: \(String(describing: rejection))")
                continue
            }
            // The declared length made to agree.
            guard count >= 20 else { continue }
            var shorter = Array(bytes[..<count])
            setLength(&shorter)
            guard case .malformed = self.rejection(shorter) else {
                Issue.record("\(count) bytes, as declared")
                continue
            }
        }
    }

    @Test func extraBytes() {
        for extra in [1, 2, 31, 32, 33, 64] {
            for value in [UInt8(0), 0xff] {
                var longer = bytes + [UInt8](repeating: value, count: extra)
                #expect(
                    rejection(longer)
                        == .malformed(
                            .wrongLength(declared: bytes.count, actual: longer.count)))
                setLength(&longer)
                #expect(rejection(longer) == .malformed(.trailingBytes(extra)))
            }
        }
    }

    private func setLength(_ bytes: inout [UInt8]) {
        var writer = ByteWriter()
        writer.unsigned(UInt64(bytes.count), byteCount: 8)
        bytes.replaceSubrange(12..<20, with: writer.bytes)
    }

    /// Scalars and coordinates in a second encoding: the same value plus the modulus.
    @Test func otherEncodings() throws {
        let proof = try forge.prove(forge.witness())
        let start = bytes.count - 32 * (proof.elements.count + proof.openingPoints.count)
        for index in proof.elements.indices {
            let range = start + 32 * index..<start + 32 * index + 32
            var writer = ByteWriter()
            let (sum, carry) = adding(proof.elements[index].canonicalLimbs, Fr.modulus)
            guard !carry else { continue }
            for limb in [sum.l0, sum.l1, sum.l2, sum.l3] { writer.unsigned(limb, byteCount: 8) }
            var other = bytes
            other.replaceSubrange(range, with: writer.bytes)
            #expect(
                rejection(other)
                    == .malformed(.notCanonical(field: "elements", offset: range.lowerBound)))
        }
        for (offset, point, field) in points(of: proof) {
            for (name, encoding) in Self.wrongEncodings(of: point) {
                var other = bytes
                other.replaceSubrange(offset..<offset + G1Affine.byteCount, with: encoding)
                #expect(
                    rejection(other) == .malformed(.notCanonical(field: field, offset: offset)),
                    "\(field) at \(offset): \(name)")
            }
        }
        // Bits beyond the last packed value: 9 bits of input in two bytes.
        var padded = bytes
        padded[53] |= 0x80
        #expect(
            rejection(padded) == .malformed(.notCanonical(field: "input0", offset: 52)))
    }

    /// Every point of a proof: where it is, which it is, what the decoder calls it.
    private func points(of proof: NativeProof) -> [(offset: Int, G1Affine, field: String)] {
        let all = [
            "commitments": proof.statement.commitments, "adviceChunks": proof.adviceChunks,
            "openingPoints": proof.openingPoints,
        ]
        return NativeProof.sections(for: forge.key.verifyingKey).flatMap { section in
            (all[section.name] ?? []).enumerated().map {
                (section.offset + $0 * G1Affine.byteCount, $1, section.name)
            }
        }
    }

    /// 32 bytes that are no encoding of a point: x + q, an x without a point, flags and bits beside
    /// that of infinity.
    static func wrongEncodings(of point: G1Affine) -> [(name: String, bytes: [UInt8])] {
        let honest = point.encoded
        let zeros = [UInt8](repeating: 0, count: 31)
        var writer = ByteWriter()
        let sum = Limbs256.adding(point.x.canonicalLimbs, Fq.modulus)
        for limb in [sum.l0, sum.l1, sum.l2, sum.l3] { writer.unsigned(limb, byteCount: 8) }
        var next = point.x
        repeat { next += .one } while (next.squared() * next + Fq(3)).squareRoot() != nil
        var both = honest
        both[31] |= 0xc0
        var infinite = honest
        infinite[31] = infinite[31] & 0x3f | 0x40
        return [
            ("x + q", writer.bytes), ("no point", next.canonicalBytes),
            ("no point, odd y", next.canonicalBytes.dropLast() + [next.canonicalBytes[31] | 0x80]),
            ("both flags", both), ("infinity with an x", infinite),
            ("infinity with a sign", zeros + [0xc0]),
            ("infinity with a bit", [1] + zeros.dropLast() + [0x40]),
            ("infinity as zeros", zeros + [0]), ("all bits", [UInt8](repeating: 0xff, count: 32)),
        ]
    }

    private func adding(_ a: Limbs256, _ b: Limbs256) -> (Limbs256, Bool) {
        let sum = Limbs256.adding(a, b)
        return (sum, sum < a)
    }

    @Test func versionsAndMagic() {
        for version: UInt8 in [0, 2, 255] {
            var other = bytes
            other[8] = version
            #expect(rejection(other) == .unsupportedVersion(UInt64(version)))
        }
        #expect(rejection([]) == .malformed(.wrongMagic(expected: "ZKMLPROF")))
        #expect(
            rejection(forge.key.verifyingKey.encoded)
                == .malformed(.wrongMagic(expected: "ZKMLPROF")))
    }

    // MARK: Honest proofs in the wrong place

    @Test func anotherInput() throws {
        let other = forge.witness(inputs: [[3, -4, 0], [2, -1]])
        let proof = try forge.prove(forge.witness())
        let otherProof = try forge.prove(other)
        #expect(forge.refusal(otherProof) == nil)
        var mixed = proof
        mixed.statement = otherProof.statement
        #expect(forge.refusal(mixed) == .treeLayer(1))
        mixed = otherProof
        mixed.statement = proof.statement
        #expect(forge.refusal(mixed) == .treeLayer(1))
        // Every part of one proof in the other.
        var part = proof
        part.adviceChunks = otherProof.adviceChunks
        #expect(forge.refusal(part) == .treeLayer(1))
        part = proof
        part.elements = otherProof.elements
        #expect(forge.refusal(part) == .treeLayer(1))
        part = proof
        part.openingPoints = otherProof.openingPoints
        #expect(forge.refusal(part) == .openingValue)
    }

    @Test func anotherModelsKey() throws {
        var model = Self.model()
        model.constants[0][0] += 1
        let other = try Forge(model, log2Chunk: 3)
        var renamedProof = try forge.prove(forge.witness())
        renamedProof.modelID = other.key.verifyingKey.digest
        #expect(other.refusal(renamedProof) == .treeLayer(1), "weights of another model")
        do throws(ProofRejection) {
            _ = try other.verifier.verify(bytes, trusting: .development)
            Issue.record("accepted")
        } catch {
            #expect(error == .wrongKey(modelID: forge.key.verifyingKey.digest))
        }
        // The same circuit in other chunks, with another name for a port, or with another rule for
        // inputs out of range, is another model.
        var renamed = Self.model()
        renamed.circuit.outputs[0].port.name = "else"
        var saturating = Self.model()
        saturating.circuit.inputs[0].port.saturates = true
        for change in [
            try Forge(Self.model(), log2Chunk: 4), try Forge(renamed, log2Chunk: 3),
            try Forge(saturating, log2Chunk: 3),
        ] {
            var named = bytes
            named.replaceSubrange(20..<52, with: change.key.verifyingKey.digest)
            do throws(ProofRejection) {
                _ = try change.verifier.verify(named, trusting: .development)
                Issue.record("accepted")
            } catch {
                if case .wrongKey = error { Issue.record("\(error)") }
            }
        }
    }

    /// A decoded proof put together by hand: lengths are checked, nothing traps.
    @Test func wrongCounts() throws {
        let proof = try forge.prove(forge.witness())
        let edits: [(String, (inout NativeProof) -> Void)] = [
            ("elements missing", { $0.elements.removeLast() }),
            ("elements added", { $0.elements.append(.zero) }),
            ("no elements", { $0.elements = [] }),
            ("point missing", { $0.openingPoints.removeLast() }),
            ("point added", { $0.openingPoints.append(.infinity) }),
            ("chunk missing", { $0.adviceChunks.removeLast() }),
            ("chunk added", { $0.adviceChunks.append(.infinity) }),
            ("commitment missing", { $0.statement.commitments.removeLast() }),
            ("commitment added", { $0.statement.commitments.append(.infinity) }),
            ("input missing", { $0.statement.inputs.removeLast() }),
            ("input cell missing", { $0.statement.inputs[0].removeLast() }),
            ("committed input with values", { $0.statement.inputs[1] = [1, 2] }),
            ("output added", { $0.statement.outputs.append([]) }),
            ("value beyond its bits", { $0.statement.inputs[0][0] = 4 }),
            ("value below its bits", { $0.statement.outputs[0][0] = .min }),
        ]
        var other = proof
        other.modelID[31] ^= 1
        #expect(forge.refusal(other) == .wrongKey)
        for (name, edit) in edits {
            var edited = proof
            edit(&edited)
            #expect(forge.refusal(edited) == .proofLength, "\(name)")
        }
    }

    // MARK: Golden bytes

    /// Keccak-256 of the proof and the key of ``model()``, made with the development SRS and the
    /// blindings of ``Forge``.
    ///
    /// A change here is a change of the format or of the protocol: raise the versions in
    /// NativeProof, VerifyingKey and NativeProtocol, then copy the digests that the failure prints.
    @Test func golden() {
        #expect(hex(Keccak256.hash(bytes)) == Self.goldenProof)
        #expect(hex(forge.key.verifyingKey.digest) == Self.goldenKey)
    }

    static let goldenProof =
        "67c5a240d98b3dd5118c75d4b3f635b7aea48889497472e2b47833efe9238062"
    static let goldenKey =
        "813c5130d8b7bb90e0ac88ac2cee5dfe7a8a7645322feca87c857f46d864f8d3"
}
