import Curve
import Field

// Importers of other tools' files. Everything read is checked; what is not needed is skipped.

extension StructuredReferenceString {
    /// Imports a snarkjs `.ptau` file, raw, prepared for phase 2, or pruned.
    ///
    /// "ptau", u32 version 1, u32 section count, then sections of u32 id, u64 length and content in
    /// any order, little-endian. Used: 1, the header (u32 32, q, u32 power, and in all but pruned
    /// files u32 ceremony power); 2, [τ^i]_1; 3, [τ^i]_2. Of section 2 the powers asked for suffice.
    /// Reference: iden3/snarkjs, src/powersoftau_utils.js.
    ///
    /// - Parameters:
    ///   - log2Size: How many powers to take; nil for all that the file has.
    ///   - isInsecure: Whether somebody knows τ: true for files made for tests.
    ///   - check: The check of all powers by one pairing equation.
    public init(
        importingPtau bytes: borrowing RawSpan, log2Size: Int? = nil, isInsecure: Bool = false,
        check: PowersCheck = PowersCheck()
    ) throws(SRSError) {
        let sections = try PtauSections(bytes)
        let available = try sections.powerCount(bytes)
        let log2Size = log2Size ?? Self.floorLog2(available)
        try Self.check(requestedLog2Size: log2Size, available: available)
        let tauG2 = try bytes.tauG2(at: sections.tauG2.offset)
        let powers = try bytes.powers(at: sections.tauG1.offset, log2Size: log2Size, .montgomery)
        try self.init(
            validating: powers,
            identity: SRSIdentity(tauG1: powers[1], tauG2: tauG2, isInsecure: isInsecure),
            check: check)
    }

    /// Imports a halo2 `kzgK.srs` file in the RawBytes form, as EZKL publishes them.
    ///
    /// u32 k, 2^k points [τ^i]_1, 2^k Lagrange points (ignored: we need none), [1]_2, [τ]_2.
    /// Reference: privacy-scaling-explorations/halo2, `ParamsKZG::write_custom`.
    ///
    /// Parameters as for ``init(importingPtau:log2Size:isInsecure:check:)``.
    public init(
        importingHalo2 bytes: borrowing RawSpan, log2Size: Int? = nil, isInsecure: Bool = false,
        check: PowersCheck = PowersCheck()
    ) throws(SRSError) {
        let k = Int(try bytes.integer(at: 0, as: UInt32.self))
        guard Self.supportedLog2Sizes ~= k else { throw .sizeOutOfRange(log2Size: k) }
        let expected = Self.halo2ByteCount(k)
        guard bytes.byteCount == expected else {
            throw .wrongLength(expected: UInt64(expected), actual: bytes.byteCount)
        }
        let log2Size = log2Size ?? k
        try Self.check(requestedLog2Size: log2Size, available: 1 << k)
        let tauG2 = try bytes.tauG2(at: 4 + 128 << k)
        let powers = try bytes.powers(at: 4, log2Size: log2Size, .montgomery)
        try self.init(
            validating: powers,
            identity: SRSIdentity(tauG1: powers[1], tauG2: tauG2, isInsecure: isInsecure),
            check: check)
    }

    static func halo2ByteCount(_ k: Int) -> Int { 4 + 128 << k + 256 }
}

/// Where the sections that we use lie in a `.ptau` file.
private struct PtauSections {
    typealias Section = (offset: Int, length: Int)
    let header, tauG1, tauG2: Section

    init(_ bytes: borrowing RawSpan) throws(SRSError) {
        guard try bytes.bytes(at: 0, count: 4) == ptauMagic else { throw .unknownFormat }
        let version = try bytes.integer(at: 4, as: UInt32.self)
        guard version == 1 else { throw .unsupportedVersion(version) }
        // The count bounds nothing but the loop, every turn of which reads 12 bytes.
        let count = try bytes.integer(at: 8, as: UInt32.self)
        var found: (Section?, Section?, Section?)
        func put(_ section: Section, _ id: UInt32, into slot: inout Section?) throws(SRSError) {
            guard slot == nil else { throw .duplicateSection(id) }
            slot = section
        }
        var offset = 12
        for _ in 0..<count {
            let id = try bytes.integer(at: offset, as: UInt32.self)
            let length = try bytes.integer(at: offset + 4, as: UInt64.self)
            offset += 12
            let section = (offset, Int(clamping: length))
            try bytes.require(section.1, at: offset)
            switch id {
            case 1: try put(section, id, into: &found.0)
            case 2: try put(section, id, into: &found.1)
            case 3: try put(section, id, into: &found.2)
            default: break
            }
            offset += section.1
        }
        guard offset == bytes.byteCount else {
            throw .wrongLength(expected: UInt64(offset), actual: bytes.byteCount)
        }
        guard let header = found.0 else { throw .missingSection(1) }
        guard let tauG1 = found.1 else { throw .missingSection(2) }
        guard let tauG2 = found.2 else { throw .missingSection(3) }
        (self.header, self.tauG1, self.tauG2) = (header, tauG1, tauG2)
    }

    /// The number of points in section 2, after the checks of the header and of the lengths.
    func powerCount(_ bytes: borrowing RawSpan) throws(SRSError) -> Int {
        guard header.length == 40 || header.length == 44 else {
            throw .wrongHeaderLength(UInt64(header.length))
        }
        let elementSize = try bytes.integer(at: header.offset, as: UInt32.self)
        guard elementSize == 32 else { throw .wrongElementSize(elementSize) }
        for i in 0..<4 {
            let limb = try bytes.integer(at: header.offset + 4 + 8 * i, as: UInt64.self)
            guard limb == Fq.modulus[limb: i] else { throw .wrongModulus }
        }
        let power = Int(try bytes.integer(at: header.offset + 36, as: UInt32.self))
        guard 1...28 ~= power else { throw .sizeOutOfRange(log2Size: power) }
        try Self.check(tauG1, id: 2, pointSize: 64, limit: 2 << power - 1)
        try Self.check(tauG2, id: 3, pointSize: 128, limit: 1 << power)
        return tauG1.length / 64
    }

    private static func check(
        _ section: Section, id: UInt32, pointSize: Int, limit: Int
    ) throws(SRSError) {
        let (count, rest) = section.length.quotientAndRemainder(dividingBy: pointSize)
        guard rest == 0, 2...limit ~= count else {
            throw .wrongSectionLength(section: id, length: UInt64(section.length))
        }
    }
}

let ptauMagic = Array("ptau".utf8)
