import Field

/// Why an SRS must not be used.
public enum SRSIdentityError: Error, Hashable {
    case wrongLength(expected: Int, actual: Int)
    case invalidMarker(UInt8)
    case invalidTauG1(PointDecodingError)
    case invalidTauG2(PointDecodingError)
    /// [τ]_1 or [τ]_2 is infinity: τ = 0.
    case tauIsZero
    /// [τ]_1 or [τ]_2 is the generator: τ = 1.
    case tauIsOne
    /// [τ]_1 and [τ]_2 do not have the same τ.
    case inconsistent
    /// The published development τ, without the marker that admits it.
    case unmarkedDevelopmentSRS
    /// A public ceremony's τ, marked insecure: nobody's honest file says that.
    case markedPublicCeremony
}

/// Which structured reference string a key or proof belongs to: the same for all its sizes.
///
/// The generators [1]_1 and [1]_2 are always the curve's, so only τ's points are kept. Anybody who
/// knows τ can forge proofs; ``isInsecure`` says that somebody does.
public struct SRSIdentity: Sendable, Hashable {
    /// [τ]_1.
    public let tauG1: G1Affine
    /// [τ]_2.
    public let tauG2: G2Affine
    /// Whether τ was made from a seed, and is known.
    public let isInsecure: Bool

    /// Checks nothing: see ``validate()``.
    public init(tauG1: G1Affine, tauG2: G2Affine, isInsecure: Bool) {
        (self.tauG1, self.tauG2, self.isInsecure) = (tauG1, tauG2, isInsecure)
    }

    /// Keccak-256(magic, [1]_1, [τ]_1, [1]_2, [τ]_2, H, marker) over compressed encodings.
    public var digest: [UInt8] {
        var hash = Keccak256()
        hash.update(Array("zkml-srs-identity-v1".utf8))
        hash.update(G1Affine.generator.encoded)
        hash.update(tauG1.encoded)
        hash.update(G2Affine.generator.encoded)
        hash.update(tauG2.encoded)
        hash.update(G1Affine.blindingGenerator.encoded)
        hash.update([isInsecure ? 1 : 0])
        return hash.finalize()
    }

    /// Whether e([τ]_1, [1]_2) = e([1]_1, [τ]_2).
    public var isConsistent: Bool {
        Pairing.isOne([(tauG1, .generator), (-.generator, tauG2)])
    }

    /// Refuses a degenerate, inconsistent or wrongly marked SRS.
    ///
    /// The points must be valid ones, as decoding ensures. About two milliseconds.
    public func validate() throws(SRSIdentityError) {
        guard !tauG1.isInfinity && !tauG2.isInfinity else { throw .tauIsZero }
        guard tauG1 != .generator && tauG2 != .generator else { throw .tauIsOne }
        guard isConsistent else { throw .inconsistent }
        guard isInsecure || tauG2 != Self.development.tauG2 else { throw .unmarkedDevelopmentSRS }
        guard !isInsecure || ceremony == nil else { throw .markedPublicCeremony }
    }

    /// The public ceremony that made τ, if it is a recognised one.
    ///
    /// Says something of a validated identity only: [τ]_1 is not looked at.
    public var ceremony: PublicCeremony? {
        PublicCeremony.allCases.first { $0.tauG2 == tauG2 }
    }
}

// MARK: - Development

extension SRSIdentity {
    /// The seed of the development SRS that every copy of this software can make.
    public static var developmentSeed: String { "zkml-insecure-dev-srs-v1" }

    /// τ of the insecure SRS of a seed: 64 bytes, Keccak-256(seed ‖ 0) ‖ Keccak-256(seed ‖ 1) as a
    /// little-endian integer, modulo r.
    public static func developmentTau(seed: String = developmentSeed) -> Fr {
        let seed = Array(seed.utf8)
        return Fr(reducing: Keccak256.hash(seed + [0]) + Keccak256.hash(seed + [1]))
    }

    /// The insecure SRS of a seed.
    public static func development(seed: String) -> SRSIdentity {
        let tau = developmentTau(seed: seed)
        return SRSIdentity(
            tauG1: (tau * G1Affine.generator).affine, tauG2: (tau * G2Affine.generator).affine,
            isInsecure: true)
    }

    /// The insecure SRS of the default seed.
    public static let development = development(seed: developmentSeed)
}

// MARK: - Encoding

extension SRSIdentity {
    public static var byteCount: Int { G1Affine.byteCount + G2Affine.byteCount + 1 }

    /// [τ]_1, [τ]_2, and the marker as one byte, 0 or 1.
    public var encoded: [UInt8] { tauG1.encoded + tauG2.encoded + [isInsecure ? 1 : 0] }

    /// Decodes valid points; ``validate()`` says whether they belong together.
    public init(decoding bytes: some Collection<UInt8>) throws(SRSIdentityError) {
        let bytes = Array(bytes)
        guard bytes.count == Self.byteCount else {
            throw .wrongLength(expected: Self.byteCount, actual: bytes.count)
        }
        let marker = bytes[Self.byteCount - 1]
        guard marker <= 1 else { throw .invalidMarker(marker) }
        isInsecure = marker == 1
        do throws(PointDecodingError) {
            tauG1 = try G1Affine(decoding: bytes.prefix(G1Affine.byteCount))
        } catch {
            throw .invalidTauG1(error)
        }
        do throws(PointDecodingError) {
            tauG2 = try G2Affine(
                decoding: bytes.dropFirst(G1Affine.byteCount).prefix(G2Affine.byteCount))
        } catch {
            throw .invalidTauG2(error)
        }
    }
}
