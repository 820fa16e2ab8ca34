import Curve

/// Why a file is not an SRS that may be used.
public enum SRSError: Error, Hashable {
    public enum Group: Sendable, Hashable { case g1, g2 }

    public enum PointFault: Sendable, Hashable {
        /// A coordinate is not below q.
        case notCanonical
        case infinity
        case notOnCurve
        case notInSubgroup
    }

    /// The file cannot be opened, read or written.
    case inaccessibleFile(path: String)
    /// None of the known magics, and not the length of a halo2 file.
    case unknownFormat
    case unsupportedVersion(UInt32)
    case truncated(offset: Int, needed: Int, available: Int)
    case wrongLength(expected: UInt64, actual: Int)
    case headerDigestMismatch

    /// A .ptau header of another length than 40 or 44 bytes.
    case wrongHeaderLength(UInt64)
    /// A field element takes another number of bytes than 32.
    case wrongElementSize(UInt32)
    /// The file belongs to another curve.
    case wrongModulus
    case missingSection(UInt32)
    case duplicateSection(UInt32)
    /// A section that is no whole number of points, or has more than its power allows.
    case wrongSectionLength(section: UInt32, length: UInt64)

    /// Not in ``StructuredReferenceString/supportedLog2Sizes``.
    case sizeOutOfRange(log2Size: Int)
    case notEnoughPowers(requestedLog2Size: Int, availableLog2Size: Int)

    /// [τ^power] of the group, whose bytes start at `offset`.
    case invalidPoint(PointFault, group: Group, power: Int, offset: Int)
    /// [τ^0] is not the group's generator.
    case wrongGenerator(Group)
    /// [τ^power]_1 is not τ · [τ^(power − 1)]_1; the first for which that is so.
    case inconsistentPower(Int)
    /// The points of τ are not usable.
    case identity(SRSIdentityError)
}
