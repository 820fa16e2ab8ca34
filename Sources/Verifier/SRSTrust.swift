import Curve

/// Which SRSs a verifier relies on.
///
/// Whoever knows τ can prove anything under every key on it, and nothing in a key shows that nobody
/// does: a publisher can bring a τ of their own. So an SRS is relied on because of where it comes
/// from, or not at all.
public struct SRSTrust: Sendable, Hashable {
    /// Public ceremonies to accept.
    public var ceremonies: Set<PublicCeremony>
    /// ``SRSIdentity/digest``s of SRSs to accept beside them.
    public var digests: Set<[UInt8]>
    /// Accept every SRS that is not marked insecure: for a verifier that knows by other means, such
    /// as a model ID from somebody it trusts, that the SRS is good.
    public var acceptsUnknown: Bool
    /// Accept SRSs marked insecure, on which anybody can forge proofs: for trials.
    public var acceptsInsecure: Bool

    public init(
        ceremonies: Set<PublicCeremony> = Set(PublicCeremony.allCases), digests: Set<[UInt8]> = [],
        acceptsUnknown: Bool = false, acceptsInsecure: Bool = false
    ) {
        self.ceremonies = ceremonies
        self.digests = digests
        self.acceptsUnknown = acceptsUnknown
        self.acceptsInsecure = acceptsInsecure
    }

    /// The recognised public ceremonies and nothing else.
    public static var publicCeremonies: SRSTrust { SRSTrust() }

    /// Those, and SRSs marked insecure.
    public static var development: SRSTrust { SRSTrust(acceptsInsecure: true) }

    /// Why a validated SRS is not relied on; nil when it is.
    ///
    /// The marker decides first: no digest makes an SRS of known τ a good one.
    func rejection(of srs: SRSIdentity) -> ProofRejection? {
        if srs.isInsecure { return acceptsInsecure ? nil : .insecureSRS }
        if acceptsUnknown { return nil }
        if let ceremony = srs.ceremony, ceremonies.contains(ceremony) { return nil }
        let digest = srs.digest
        return digests.contains(digest) ? nil : .unknownSRS(digest: digest)
    }
}
