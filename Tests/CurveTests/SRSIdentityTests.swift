import Field
import TestSupport
import Testing

@testable import Curve

@Suite("SRS identity") struct SRSIdentityTests {
    // Printed by Tests/Vectors/srs_identity.py.
    static let blindingX =
        "1f547a0545f4f6bbef574625736f46566aa6726a419f38ec0662451790d6abcf"
    static let blindingY =
        "0b70a1838787b26eacfc5acf71310582adee7602838a8aef5163dc20215a82b4"
    static let tau =
        "0b232a8eacfe63b308bd4f991cec43237f6302ac897f81231ae78398c325d05e"
    static let tauG1 =
        "d7606939a2fdcba314901adb2dc418f935c6b20d5fb56655d0eae0cf6bc0c39f"
    static let tauG2 =
        "47a1ffdc67b4597a2adeb32a9c6f5c1a39399d66e2f30ecb9dc0f95608160d1325e1426bdf4b02f013288a2ae83a9b7346c3a0d1162440caa41b7110a97f0c02"
    static let insecureDigest =
        "3abead73ce1668fdb3a99a819b3a029f958435959ec84b5070d5994b37388a00"
    static let secureDigest =
        "db791acc40d08c6890d635966338a568516a7c854ba172db78f97fa0e1d44c13"
    static let ceremonyTauG1 =
        "691eb9f201e815acfbda1511e3113dbbe4d2f6abe1ca8f7f004cd4ecb5509326"
    static let ceremonyTauG2 =
        "d260e80c57bedbcdcbb5eaa9ed8966851b1945afb4c3dd60f233332251439417acf5f8eeada37abdc044ef030604952e9269fe59db919fd9ab13b97d95826298"
    static let hermezTauG2 =
        "9ef7ae8aee7f9fbc35256c99a6896971279089a85221c4820437d3b5d11f44303de238193d44d835e9f7ca20d12c195fd39765f8915b9a9c2f4dee652d6a1826"

    private static func identity(_ tau: Fr, _ tau2: Fr? = nil, insecure: Bool) -> SRSIdentity {
        SRSIdentity(
            tauG1: (tau * G1Affine.generator).affine,
            tauG2: ((tau2 ?? tau) * G2Affine.generator).affine,
            isInsecure: insecure)
    }

    private static func ceremony(insecure: Bool) throws -> SRSIdentity {
        SRSIdentity(
            tauG1: try G1Affine(decoding: bytes(hex: ceremonyTauG1)),
            tauG2: try G2Affine(decoding: bytes(hex: ceremonyTauG2)), isInsecure: insecure)
    }

    private func refusal(of identity: SRSIdentity) -> SRSIdentityError? {
        do throws(SRSIdentityError) {
            try identity.validate()
            return nil
        } catch {
            return error
        }
    }

    @Test("H and the development τ are what the protocol says")
    func derivations() {
        let h = G1Affine.blindingGenerator
        #expect(h == G1Affine(x: Fq(hex: Self.blindingX), y: Fq(hex: Self.blindingY)))
        #expect(h.isOnCurve && !h.y.isOdd)
        #expect(SRSIdentity.developmentTau() == Fr(hex: Self.tau))
        let development = SRSIdentity.development
        #expect(hex(development.tauG1.encoded) == Self.tauG1)
        #expect(hex(development.tauG2.encoded) == Self.tauG2)
        #expect(SRSIdentity.developmentTau(seed: "another") != SRSIdentity.developmentTau())
    }

    @Test("digests as Python makes them, and the marker is part of them")
    func digests() {
        let development = SRSIdentity.development
        #expect(hex(development.digest) == Self.insecureDigest)
        let unmarked = SRSIdentity(
            tauG1: development.tauG1, tauG2: development.tauG2, isInsecure: false)
        #expect(hex(unmarked.digest) == Self.secureDigest)
        #expect(
            Self.identity(Fr(5), insecure: true).digest
                != Self.identity(Fr(6), insecure: true).digest)
    }

    @Test("a good one passes")
    func accepted() throws {
        #expect(refusal(of: .development) == nil)
        #expect(refusal(of: .development(seed: "mine")) == nil)
        #expect(refusal(of: Self.identity(Fr(12345), insecure: false)) == nil)
        let ceremony = try Self.ceremony(insecure: false)
        #expect(refusal(of: ceremony) == nil)
    }

    @Test("ceremonies are recognised by all of [τ]_2")
    func ceremonies() throws {
        let ceremony = try Self.ceremony(insecure: false)
        #expect(ceremony.ceremony == .perpetualPowersOfTau)
        #expect(SRSIdentity.development.ceremony == nil)
        #expect(Self.identity(Fr(12345), insecure: false).ceremony == nil)
        // −τ, and the swapped coefficients of a coordinate, are other points.
        let (g1, g2) = (ceremony.tauG1, ceremony.tauG2)
        let swapped = G2Affine(x: Fq2(g2.x.c1, g2.x.c0), y: g2.y)
        for other in [-g2, swapped, g2.endomorphism] {
            #expect(SRSIdentity(tauG1: g1, tauG2: other, isInsecure: false).ceremony == nil)
        }
        let negated = SRSIdentity(tauG1: -g1, tauG2: -g2, isInsecure: false)
        #expect(refusal(of: negated) == nil && negated.ceremony == nil)
        for known in PublicCeremony.allCases {
            #expect(known.tauG2.isOnCurve && known.tauG2.isInSubgroup, "\(known)")
            #expect(known.tauG2 != .generator)
            #expect(
                SRSIdentity(tauG1: g1, tauG2: known.tauG2, isInsecure: false).ceremony == known)
        }
        #expect(Set(PublicCeremony.allCases.map(\.tauG2)).count == PublicCeremony.allCases.count)
        // x·[1]_2 as the verifier contract has it, in decimal: printed by srs_identity.py.
        #expect(hex(PublicCeremony.hermez.tauG2.encoded) == Self.hermezTauG2)
    }

    @Test("a bad one is refused by name")
    func refused() throws {
        #expect(refusal(of: Self.identity(.zero, insecure: true)) == .tauIsZero)
        #expect(refusal(of: Self.identity(.one, .zero, insecure: true)) == .tauIsZero)
        #expect(refusal(of: Self.identity(.one, insecure: true)) == .tauIsOne)
        #expect(refusal(of: Self.identity(Fr(2), .one, insecure: true)) == .tauIsOne)
        #expect(refusal(of: Self.identity(Fr(2), Fr(3), insecure: false)) == .inconsistent)
        let tau = SRSIdentity.developmentTau()
        #expect(refusal(of: Self.identity(tau, insecure: false)) == .unmarkedDevelopmentSRS)
        #expect(refusal(of: try Self.ceremony(insecure: true)) == .markedPublicCeremony)
    }

    @Test("decoding undoes encoding and names what is wrong")
    func encoding() throws {
        let honest = SRSIdentity.development.encoded
        #expect(honest.count == SRSIdentity.byteCount)
        #expect(try SRSIdentity(decoding: honest) == .development)
        func error(_ change: (inout [UInt8]) -> Void) -> SRSIdentityError? {
            var bytes = honest
            change(&bytes)
            do throws(SRSIdentityError) {
                _ = try SRSIdentity(decoding: bytes)
                return nil
            } catch {
                return error
            }
        }
        #expect(error { $0.removeLast() } == .wrongLength(expected: 97, actual: 96))
        #expect(error { $0.append(0) } == .wrongLength(expected: 97, actual: 98))
        #expect(error { $0.removeAll() } == .wrongLength(expected: 97, actual: 0))
        #expect(error { $0[96] = 2 } == .invalidMarker(2))
        #expect(error { $0[31] |= 0x7f } == .invalidTauG1(.invalidFlags))
        #expect(
            error { $0.replaceSubrange(0..<32, with: [UInt8](repeating: 0x3f, count: 32)) }
                == .invalidTauG1(.notCanonical))
        let foreign = randomTwistPoint(seed: 1).encoded
        #expect(
            error { $0.replaceSubrange(32..<96, with: foreign) } == .invalidTauG2(.notInSubgroup))
    }
}
