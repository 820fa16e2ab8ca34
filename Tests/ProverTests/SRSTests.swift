import Curve
import Field
import Foundation
import TestSupport
import Testing

@testable import Prover

/// A file of Tests/Vectors.
func vector(_ name: String) throws -> [UInt8] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    return Array(try Data(contentsOf: folder.appendingPathComponent("../Vectors/\(name)")))
}

/// The error that `body` throws, or nil.
func srsError(_ body: () throws(SRSError) -> StructuredReferenceString) -> SRSError? {
    do throws(SRSError) {
        _ = try body()
        return nil
    } catch {
        return error
    }
}

@Suite("SRS") struct SRSTests {
    @Test("generated powers are those of the seed's τ", arguments: [1, 2, 5, 13])
    func generation(log2Size: Int) throws {
        let srs = StructuredReferenceString.generate(log2Size: log2Size)
        #expect(srs.powers.count == 1 << log2Size && srs.log2Size == log2Size)
        #expect(srs.identity == .development)
        let tau = SRSIdentity.developmentTau()
        for i in [0, 1, 2, 3, 1 << (log2Size - 1), (1 << log2Size) - 1] where i < srs.powers.count {
            #expect(
                (tau.power(UInt64(i)) * G1Affine.generator).affine == srs.powers[i], "power \(i)")
        }
        try PowersCheck().verify(srs.powers, tauG2: srs.identity.tauG2)
        let other = StructuredReferenceString.generate(log2Size: log2Size, seed: "other")
        #expect(other.identity != srs.identity && other.identity.isInsecure)
        #expect(other.powers[1] == other.identity.tauG1)
    }

    @Test("a prefix keeps the identity")
    func prefixes() throws {
        let srs = StructuredReferenceString.generate(log2Size: 4)
        let prefix = try srs.prefix(log2Size: 2)
        #expect(prefix.powers == Array(srs.powers.prefix(4)) && prefix.identity == srs.identity)
        #expect(
            srsError { () throws(SRSError) in try srs.prefix(log2Size: 5) }
                == .notEnoughPowers(requestedLog2Size: 5, availableLog2Size: 4))
        for size in [0, -1, 29, 64, .max] {
            #expect(
                srsError { () throws(SRSError) in try srs.prefix(log2Size: size) }
                    == .sizeOutOfRange(log2Size: size))
        }
    }

    @Test("a wrong power is found and named", arguments: [1, 2, 3, 7, 8, 20, 31])
    func wrongPower(index: Int) {
        let srs = StructuredReferenceString.generate(log2Size: 5)
        var powers = srs.powers
        powers[index] = (G1(powers[index]) + G1Affine.generator).affine
        #expect(throws: SRSError.inconsistentPower(index)) {
            try PowersCheck().verify(powers, tauG2: srs.identity.tauG2)
        }
        #expect(throws: SRSError.inconsistentPower(1)) {
            try PowersCheck().verify(srs.powers, tauG2: .generator)
        }
    }

    @Test("two errors that cancel in a plain sum do not cancel in the weighted one")
    func cancellation() {
        let srs = StructuredReferenceString.generate(log2Size: 3)
        var powers = srs.powers
        powers[3] = (G1(powers[3]) + G1Affine.generator).affine
        powers[5] = (G1(powers[5]) + -G1Affine.generator).affine
        #expect(throws: SRSError.inconsistentPower(3)) {
            try PowersCheck().verify(powers, tauG2: srs.identity.tauG2)
        }
    }

    @Test("files are recognised by their content")
    func paths() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("zkml-srs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("a.srs").path
        let srs = StructuredReferenceString.generate(log2Size: 3)
        try srs.write(to: path)
        #expect(try StructuredReferenceString(path: path).powers == srs.powers)
        for name in ["dev3_raw.ptau", "dev3_prepared.ptau", "dev3_pruned.ptau", "dev3.srs"] {
            try Data(try vector(name)).write(to: URL(fileURLWithPath: path))
            let read = try StructuredReferenceString(path: path, isInsecure: true)
            #expect(read.powers == srs.powers && read.identity == srs.identity, "\(name)")
        }
        for bytes in [[], [1], Array("something else".utf8)] as [[UInt8]] {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(
                srsError { () throws(SRSError) in try StructuredReferenceString(path: path) }
                    == .unknownFormat)
        }
        let missing = folder.appendingPathComponent("b").path
        #expect(
            srsError { () throws(SRSError) in try StructuredReferenceString(path: missing) }
                == .inaccessibleFile(path: missing))
        let unwritable = missing + "/c"
        #expect(throws: SRSError.inaccessibleFile(path: unwritable)) {
            try srs.write(to: unwritable)
        }
    }
}

@Suite("SRS file") struct SRSFileTests {
    private static let srs = StructuredReferenceString.generate(log2Size: 3)

    private func error(
        log2Size: Int? = nil, check: PowersCheck? = nil, _ change: (inout [UInt8]) -> Void
    ) -> SRSError? {
        var bytes = Self.srs.encoded()
        change(&bytes)
        return srsError { () throws(SRSError) in
            try StructuredReferenceString(
                decoding: bytes.span.bytes, log2Size: log2Size, check: check)
        }
    }

    /// Makes the header's digest right again.
    private func seal(_ bytes: inout [UInt8]) {
        bytes.replaceSubrange(160..<192, with: Keccak256.hash(Array(bytes[..<160])))
    }

    @Test("reading undoes writing")
    func roundTrip() throws {
        let bytes = Self.srs.encoded()
        #expect(bytes.count == 192 + 64 * 8)
        let read = try StructuredReferenceString(decoding: bytes.span.bytes)
        #expect(read.powers == Self.srs.powers && read.identity == Self.srs.identity)
        let prefix = try StructuredReferenceString(
            decoding: bytes.span.bytes, log2Size: 1, check: PowersCheck())
        #expect(prefix.powers == Array(Self.srs.powers.prefix(2)))
    }

    @Test("golden bytes, written by Python")
    func golden() throws {
        #expect(try vector("dev3.zksrs") == Self.srs.encoded())
    }

    @Test("what is wrong is named")
    func errors() {
        #expect(error { $0[0] = 0 } == .unknownFormat)
        #expect(error { $0[8] = 2 } == .unsupportedVersion(2))
        for i in [12, 16, 24, 60, 120, 130, 159, 160, 191] {
            #expect(error { $0[i] ^= 1 } == .headerDigestMismatch, "byte \(i)")
        }
        #expect(error { $0.append(0) } == .wrongLength(expected: 704, actual: 705))
        #expect(error { $0.removeLast() } == .wrongLength(expected: 704, actual: 703))
        #expect(
            error(log2Size: 4) { _ in }
                == .notEnoughPowers(requestedLog2Size: 4, availableLog2Size: 3))
        #expect(error(log2Size: 0) { _ in } == .sizeOutOfRange(log2Size: 0))
        let resized = error {
            $0[20] = 4
            seal(&$0)
        }
        #expect(resized == .wrongLength(expected: 192 + 64 * 16, actual: 704))
        let unmarked = error {
            $0[120] = 0
            seal(&$0)
        }
        #expect(unmarked == .identity(.unmarkedDevelopmentSRS))
        let otherTau = error {
            $0.replaceSubrange(24..<121, with: SRSIdentity.development(seed: "other").encoded)
            seal(&$0)
        }
        #expect(otherTau == .inconsistentPower(1))
        let noPoint = error {
            $0[55] |= 0x40
            seal(&$0)
        }
        #expect(noPoint == .identity(.invalidTauG1(.invalidFlags)))
    }

    @Test("damage to a point is found and located")
    func damage() {
        func fault(_ kind: SRSError.PointFault, _ power: Int) -> SRSError {
            .invalidPoint(kind, group: .g1, power: power, offset: 192 + 64 * power)
        }
        for power in [0, 1, 5, 7] {
            let at = 192 + 64 * power
            #expect(error { $0[at] ^= 1 } == fault(.notOnCurve, power))
            #expect(error { $0[at + 63] = 0xff } == fault(.notCanonical, power))
            let zeros = [UInt8](repeating: 0, count: 64)
            #expect(
                error { $0.replaceSubrange(at..<at + 64, with: zeros) } == fault(.infinity, power))
        }
        let swapped: (inout [UInt8]) -> Void = {
            let (a, b) = ($0[192 + 128..<192 + 192], $0[192 + 192..<192 + 256])
            $0.replaceSubrange(192 + 128..<192 + 256, with: b + a)
        }
        #expect(error(check: PowersCheck(), swapped) == .inconsistentPower(2))
    }

    /// A header byte is under the header's digest; a coordinate's leaves the curve or its range.
    @Test("every bit of every byte matters")
    func flippedBits() {
        for index in 0..<Self.srs.encoded().count {
            for bit in 0..<8 {
                let error = error { $0[index] ^= 1 << UInt8(bit) }
                let place: Comment = "byte \(index), bit \(bit): \(String(describing: error))"
                switch index {
                case ..<8: #expect(error == .unknownFormat, place)
                case 8..<12:
                    guard case .unsupportedVersion = error else {
                        Issue.record(place)
                        continue
                    }
                case ..<192: #expect(error == .headerDigestMismatch, place)
                default:
                    let power = (index - 192) / 64
                    let faults: [SRSError.PointFault] = [.notOnCurve, .notCanonical]
                    #expect(
                        faults.contains {
                            error
                                == .invalidPoint(
                                    $0, group: .g1, power: power, offset: 192 + 64 * power)
                        }, place)
                }
            }
        }
    }

    @Test("extra bytes are refused, whatever the header says")
    func extraBytes() {
        for extra in [1, 63, 64, 65] {
            for sealed in [false, true] {
                let error = error {
                    $0 += [UInt8](repeating: 0, count: extra)
                    guard sealed else { return }
                    var writer = ByteWriter()
                    writer.unsigned(UInt64($0.count), byteCount: 8)
                    $0.replaceSubrange(12..<20, with: writer.bytes)
                    seal(&$0)
                }
                #expect(error == .wrongLength(expected: 704, actual: 704 + extra))
            }
        }
    }

    @Test("a file cut anywhere is refused")
    func truncation() {
        for count in 0..<Self.srs.encoded().count {
            #expect(error { $0.removeLast($0.count - count) } != nil, "\(count) bytes")
        }
    }
}
