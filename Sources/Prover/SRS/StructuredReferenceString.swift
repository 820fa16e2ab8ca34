import Curve
import Field

/// The powers [τ^i]_1 that a prover commits with, i < 2^log2Size, and whose they are.
///
/// Made from a seed (insecure, for development), read from our own file, or imported from a
/// ceremony's: see ``init(importingPtau:log2Size:isInsecure:check:)`` and
/// ``init(importingHalo2:log2Size:isInsecure:check:)``.
public struct StructuredReferenceString: Sendable {
    /// [1]_1, [τ]_1, [τ²]_1, …: a power of two of them, at least two.
    public let powers: [G1Affine]
    public let identity: SRSIdentity

    /// The sizes that exist: the largest public ceremony has 2^28 powers.
    public static var supportedLog2Sizes: ClosedRange<Int> { 1...28 }

    /// - Precondition: the powers are checked, a power of two, and those of `identity`.
    init(powers: [G1Affine], identity: SRSIdentity) {
        precondition(powers.count >= 2 && powers.count.nonzeroBitCount == 1)
        (self.powers, self.identity) = (powers, identity)
    }

    public var log2Size: Int { powers.count.trailingZeroBitCount }

    /// The first 2^log2Size powers; the identity stays.
    ///
    /// - Throws: ``SRSError/notEnoughPowers(requestedLog2Size:availableLog2Size:)``.
    public func prefix(log2Size: Int) throws(SRSError) -> StructuredReferenceString {
        try Self.check(requestedLog2Size: log2Size, available: powers.count)
        return Self(powers: Array(powers.prefix(1 << log2Size)), identity: identity)
    }

    /// The insecure SRS of a seed: anybody who knows the seed can forge proofs.
    ///
    /// By a kernel with a table of the generator's multiples.
    /// - Precondition: `log2Size` is in ``supportedLog2Sizes``.
    public static func generate(
        log2Size: Int, seed: String = SRSIdentity.developmentSeed
    ) -> StructuredReferenceString {
        precondition(supportedLog2Sizes ~= log2Size, "no SRS of 2^\(log2Size) powers")
        let powers = MSMKernel.powers(
            of: SRSIdentity.developmentTau(seed: seed), count: 1 << log2Size)
        return Self(powers: powers, identity: .development(seed: seed))
    }

    /// The checks that every source of powers must pass, beside those of each point.
    ///
    /// - Parameter check: The check of all powers; nil where the file was made by us.
    init(
        validating powers: [G1Affine], identity: SRSIdentity, check: PowersCheck?
    ) throws(SRSError) {
        guard powers[0] == .generator else { throw .wrongGenerator(.g1) }
        guard powers[1] == identity.tauG1 else { throw .inconsistentPower(1) }
        do throws(SRSIdentityError) { try identity.validate() } catch { throw .identity(error) }
        try check?.verify(powers, tauG2: identity.tauG2)
        self.init(powers: powers, identity: identity)
    }

    /// Refuses a size that does not exist, or for which there are too few powers.
    static func check(requestedLog2Size: Int, available: Int) throws(SRSError) {
        guard supportedLog2Sizes ~= requestedLog2Size else {
            throw .sizeOutOfRange(log2Size: requestedLog2Size)
        }
        guard 1 << requestedLog2Size <= available else {
            throw .notEnoughPowers(
                requestedLog2Size: requestedLog2Size, availableLog2Size: floorLog2(available))
        }
    }

    /// The largest k with 2^k ≤ count; −1 for none.
    static func floorLog2(_ count: Int) -> Int { Int.bitWidth - 1 - count.leadingZeroBitCount }
}
