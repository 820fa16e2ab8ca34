import Curve
import Field
import TestSupport
import Testing

@testable import Prover

@Suite("SRS import") struct SRSImportTests {
    enum Format: String, CaseIterable {
        case raw = "dev3_raw.ptau"
        case prepared = "dev3_prepared.ptau"
        case pruned = "dev3_pruned.ptau"
        case halo2 = "dev3.srs"

        /// Where section 2 (or g) and section 3 (or g2) begin, read off the format's description.
        var offsets: (tauG1: Int, tauG2: Int) {
            switch self {
            case .raw: (12 + 12 + 44 + 12, 12 + 12 + 44 + 12 + 15 * 64 + 12)
            case .prepared: (Self.prepared2 + 12, 12 + 16 + 12 + 31 * 64 + 12)
            case .pruned: (12 + 12 + 256 + 12, 12 + 12)
            case .halo2: (4, 4 + 2 * 8 * 64)
            }
        }

        /// Sections 7, 12, 3 and 13 come before section 2.
        private static var prepared2: Int {
            12 + (12 + 4) + (12 + 31 * 64) + (12 + 8 * 128) + (12 + 15 * 128)
        }
    }

    private static func read(
        _ format: Format, _ bytes: [UInt8], log2Size: Int? = nil, isInsecure: Bool = true
    ) throws(SRSError) -> StructuredReferenceString {
        let span = bytes.span.bytes
        return switch format {
        case .halo2:
            try StructuredReferenceString(
                importingHalo2: span, log2Size: log2Size, isInsecure: isInsecure)
        default:
            try StructuredReferenceString(
                importingPtau: span, log2Size: log2Size, isInsecure: isInsecure)
        }
    }

    private func error(
        _ format: Format, log2Size: Int? = nil, isInsecure: Bool = true,
        _ change: (inout [UInt8]) -> Void
    ) throws -> SRSError? {
        var bytes = try vector(format.rawValue)
        change(&bytes)
        return srsError { () throws(SRSError) in
            try Self.read(format, bytes, log2Size: log2Size, isInsecure: isInsecure)
        }
    }

    private static func montgomery(_ elements: [Fq]) -> [UInt8] {
        elements.flatMap { element in
            let l = element.limbs
            return [l.l0, l.l1, l.l2, l.l3].flatMap { limb in
                (0..<8).map { UInt8(truncatingIfNeeded: limb >> (8 * $0)) }
            }
        }
    }
    private static func montgomery(_ p: G1Affine) -> [UInt8] { montgomery([p.x, p.y]) }
    private static func montgomery(_ p: G2Affine) -> [UInt8] {
        montgomery([p.x.c0, p.x.c1, p.y.c0, p.y.c1])
    }

    @Test("every format gives the development SRS", arguments: Format.allCases)
    func honest(format: Format) throws {
        let expected = StructuredReferenceString.generate(log2Size: 3)
        let bytes = try vector(format.rawValue)
        for size in [nil, 1, 2, 3] as [Int?] {
            let srs = try Self.read(format, bytes, log2Size: size)
            #expect(srs.powers == Array(expected.powers.prefix(1 << (size ?? 3))))
            #expect(srs.identity == expected.identity)
        }
        #expect(
            try error(format, log2Size: 4) { _ in }
                == .notEnoughPowers(requestedLog2Size: 4, availableLog2Size: 3))
        #expect(
            try error(format, isInsecure: false) { _ in } == .identity(.unmarkedDevelopmentSRS))
    }

    @Test("EZKL's published kzg1.srs is the public ceremony's")
    func publicCeremony() throws {
        let bytes = try vector("kzg1.srs")
        let srs = try Self.read(.halo2, bytes, isInsecure: false)
        #expect(srs.powers.count == 2 && !srs.identity.isInsecure)
        #expect(srs.identity.ceremony == .perpetualPowersOfTau)
        #expect(
            srsError { () throws(SRSError) in try Self.read(.halo2, bytes) }
                == .identity(.markedPublicCeremony))
    }

    @Test("a bad point is named and located", arguments: Format.allCases)
    func points(format: Format) throws {
        let (g1, g2) = format.offsets
        for power in [0, 1, 6] {
            let at = g1 + 64 * power
            func expected(_ fault: SRSError.PointFault) -> SRSError {
                .invalidPoint(fault, group: .g1, power: power, offset: at)
            }
            #expect(try error(format) { $0[at] ^= 1 } == expected(.notOnCurve))
            #expect(try error(format) { $0[at + 31] = 0x31 } == expected(.notCanonical))
            let infinity = Self.montgomery(G1Affine.infinity)
            #expect(
                try error(format) { $0.replaceSubrange(at..<at + 64, with: infinity) }
                    == expected(.infinity))
        }
        func replaced(_ power: Int, by point: G2Affine) throws -> SRSError? {
            let at = g2 + 128 * power
            return try error(format) {
                $0.replaceSubrange(at..<at + 128, with: Self.montgomery(point))
            }
        }
        func expected(_ fault: SRSError.PointFault, _ power: Int) -> SRSError {
            .invalidPoint(fault, group: .g2, power: power, offset: g2 + 128 * power)
        }
        let foreign = try Self.foreignPoint()
        for power in [0, 1] {
            #expect(try replaced(power, by: foreign) == expected(.notInSubgroup, power))
            #expect(try replaced(power, by: .infinity) == expected(.infinity, power))
            #expect(
                try error(format) { $0[g2 + 128 * power + 40] ^= 4 } == expected(.notOnCurve, power)
            )
            #expect(
                try error(format) { $0[g2 + 128 * power + 127] = 0xff }
                    == expected(.notCanonical, power))
        }
        #expect(try replaced(0, by: -.generator) == .wrongGenerator(.g2))
        #expect(try replaced(1, by: .generator) == .identity(.tauIsOne))
        #expect(try replaced(1, by: -SRSIdentity.development.tauG2) == .identity(.inconsistent))
    }

    @Test("wrong powers are named", arguments: Format.allCases)
    func powers(format: Format) throws {
        let (g1, g2) = format.offsets
        func replaced(_ power: Int, by point: G1Affine) throws -> SRSError? {
            let at = g1 + 64 * power
            return try error(format) {
                $0.replaceSubrange(at..<at + 64, with: Self.montgomery(point))
            }
        }
        #expect(try replaced(0, by: -.generator) == .wrongGenerator(.g1))
        #expect(
            try replaced(1, by: (Fr(7) * G1Affine.generator).affine) == .identity(.inconsistent))
        #expect(try replaced(1, by: .generator) == .identity(.tauIsOne))
        for power in [2, 3, 6, 7] {
            let point = (Fr(7) * G1Affine.generator).affine
            #expect(try replaced(power, by: point) == .inconsistentPower(power))
            // An honest shorter prefix does not care.
            if power >= 4 {
                let prefix = try error(format, log2Size: 2) {
                    let at = g1 + 64 * power
                    $0.replaceSubrange(at..<at + 64, with: Self.montgomery(point))
                }
                #expect(prefix == nil)
            }
        }
        // All of it with τ = 1.
        let one = try error(format) {
            for power in 0..<8 {
                let at = g1 + 64 * power
                $0.replaceSubrange(at..<at + 64, with: Self.montgomery(G1Affine.generator))
            }
            $0.replaceSubrange(g2 + 128..<g2 + 256, with: Self.montgomery(G2Affine.generator))
        }
        #expect(one == .identity(.tauIsOne))
    }

    @Test("a file cut anywhere, or with more behind it, is refused", arguments: Format.allCases)
    func truncation(format: Format) throws {
        let bytes = try vector(format.rawValue)
        for count in 0..<bytes.count {
            let cut = srsError { () throws(SRSError) in
                try Self.read(format, Array(bytes[..<count]))
            }
            #expect(cut != nil, "\(count) bytes")
        }
        #expect(
            try error(format) { $0.append(0) }
                == .wrongLength(expected: UInt64(bytes.count), actual: bytes.count + 1))
    }

    /// A changed byte is a typed error, or lies where nothing is read from: other powers than the
    /// ceremony's never come out.
    @Test("every byte changed", arguments: [Format.raw, .pruned, .halo2])
    func changedBytes(format: Format) throws {
        let bytes = try vector(format.rawValue)
        let honest = try Self.read(format, bytes)
        let (g1, g2) = format.offsets
        for index in bytes.indices {
            let mask: UInt8 = [1, 0x80, 0xff][index % 3]
            var changed = bytes
            changed[index] ^= mask
            let place: Comment = "byte \(index) ^ \(mask)"
            do throws(SRSError) {
                let srs = try Self.read(format, changed)
                #expect(srs.powers == honest.powers, place)
                #expect(srs.identity == honest.identity, place)
                // Of a section that is read, no byte is spare.
                #expect(!(g1..<g1 + 8 * 64).contains(index), place)
                #expect(!(g2..<g2 + 2 * 128).contains(index), place)
            } catch {
                #expect(error != .identity(.unmarkedDevelopmentSRS), place)
            }
        }
    }

    @Test("a .ptau's container and header are checked")
    func container() throws {
        // Raw: 12 bytes, then section 1 at 12 with its content at 24, then section 2 at 68.
        #expect(try error(.raw) { $0[0] = 0 } == .unknownFormat)
        #expect(try error(.raw) { $0[4] = 2 } == .unsupportedVersion(2))
        #expect(try error(.raw) { $0[24] = 48 } == .wrongElementSize(48))
        for i in 28..<60 { #expect(try error(.raw) { $0[i] ^= 1 } == .wrongModulus, "byte \(i)") }
        #expect(try error(.raw) { $0[60] = 29 } == .sizeOutOfRange(log2Size: 29))
        #expect(try error(.raw) { $0[60] = 0 } == .sizeOutOfRange(log2Size: 0))
        // A power for which section 2 is too long; one for which it is merely a prefix.
        #expect(
            try error(.raw) { $0[60] = 2 } == .wrongSectionLength(section: 2, length: 15 * 64))
        #expect(try error(.raw) { $0[60] = 4 } == nil)
        #expect(try error(.raw) { $0[12] = 99 } == .missingSection(1))
        #expect(try error(.raw) { $0[68] = 99 } == .missingSection(2))
        #expect(try error(.raw) { $0[68 + 12 + 15 * 64] = 99 } == .missingSection(3))
        #expect(try error(.raw) { $0[68 + 12 + 15 * 64] = 2 } == .duplicateSection(2))
        #expect(try error(.raw) { $0[68] = 1 } == .duplicateSection(1))
        #expect(try error(.raw) { $0[8] = 6 }.map(Self.isLength) == true)
        #expect(try error(.raw) { $0[8] = 8 }.map(Self.isTruncation) == true)
        // Lengths that reach beyond the file, or overflow.
        for i in 16..<24 { #expect(try error(.raw) { $0[i] = 0xff } != nil) }
        #expect(
            try error(.raw) { $0.replaceSubrange(16..<24, with: [UInt8](repeating: 255, count: 8)) }
                .map(Self.isTruncation) == true)
        // A header of 36 bytes; a section 2 that is no whole number of points, or one point only.
        var short = try vector("dev3_pruned.ptau")
        short.removeLast(4)
        short[short.count - 36 - 8] = 36
        #expect(
            srsError { () throws(SRSError) in try Self.read(.pruned, short) }
                == .wrongHeaderLength(36))
        for length in [63, 64, 65] {
            var bytes = try vector("dev3_pruned.ptau")
            bytes.removeSubrange(292 + length..<292 + 512)
            bytes.replaceSubrange(284..<292, with: [UInt8(length), 0, 0, 0, 0, 0, 0, 0])
            #expect(
                srsError { () throws(SRSError) in try Self.read(.pruned, bytes) }
                    == .wrongSectionLength(section: 2, length: UInt64(length)))
        }
    }

    private static func isLength(_ error: SRSError) -> Bool {
        if case .wrongLength = error { true } else { false }
    }
    private static func isTruncation(_ error: SRSError) -> Bool {
        if case .truncated = error { true } else { false }
    }

    @Test("a halo2 file's size is checked")
    func halo2Sizes() throws {
        #expect(try error(.halo2) { $0[0] = 4 } == .wrongLength(expected: 2308, actual: 1284))
        #expect(try error(.halo2) { $0[0] = 0 } == .sizeOutOfRange(log2Size: 0))
        #expect(try error(.halo2) { $0[3] = 0xff } == .sizeOutOfRange(log2Size: 0xff00_0003))
    }

    /// A point of the twist outside the subgroup.
    private static func foreignPoint() throws -> G2Affine {
        var x = Fq2(.one)
        while true {
            if let y = (x.squared() * x + G2Curve.b).squareRoot() {
                let point = G2Affine(x: x, y: y)
                try #require(point.isOnCurve && !point.isInSubgroup)
                return point
            }
            x += .one
        }
    }
}
