import Curve
import Field
import Foundation

// Our own file: 192 bytes of header, then the powers as x, y in 32 canonical little-endian bytes.
//
//   0  "ZKSRS", 0, 0, 0        24  identity (SRSIdentity.encoded, 97 bytes)
//   8  u32 version, 1         121  zeros
//  12  u64 length of file     160  Keccak-256 of bytes 0 ..< 160
//  20  u32 log2Size           192  2^log2Size points of 64 bytes

private let magic = Array("ZKSRS\0\0\0".utf8)
private let version: UInt32 = 1
private let digestOffset = 160
private let headerSize = 192

extension StructuredReferenceString {
    /// The length of a file of 2^log2Size powers.
    private static func byteCount(_ log2Size: Int) -> Int { headerSize + 64 << log2Size }

    /// The file's bytes.
    public func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount(log2Size))
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        bytes += magic
        append(version)
        append(UInt64(Self.byteCount(log2Size)))
        append(UInt32(log2Size))
        bytes += identity.encoded
        bytes += [UInt8](repeating: 0, count: digestOffset - bytes.count)
        bytes += Keccak256.hash(bytes)
        for power in powers {
            for coordinate in [power.x.canonicalLimbs, power.y.canonicalLimbs] {
                for i in 0..<4 { append(coordinate[limb: i]) }
            }
        }
        return bytes
    }

    /// Reads a file that ``encoded()`` made.
    ///
    /// Every point is checked to be on the curve, which finds damage; that they are the powers of τ
    /// was checked when the file was made, and is checked again if `check` is given.
    public init(
        decoding bytes: borrowing RawSpan, log2Size: Int? = nil, check: PowersCheck? = nil
    ) throws(SRSError) {
        guard try bytes.bytes(at: 0, count: magic.count) == magic else { throw .unknownFormat }
        let fileVersion = try bytes.integer(at: 8, as: UInt32.self)
        guard fileVersion == version else { throw .unsupportedVersion(fileVersion) }
        let header = try bytes.bytes(at: 0, count: digestOffset)
        guard try bytes.bytes(at: digestOffset, count: 32) == Keccak256.hash(header) else {
            throw .headerDigestMismatch
        }
        let size = Int(try bytes.integer(at: 20, as: UInt32.self))
        guard Self.supportedLog2Sizes ~= size else { throw .sizeOutOfRange(log2Size: size) }
        let length = try bytes.integer(at: 12, as: UInt64.self)
        guard length == UInt64(Self.byteCount(size)), length == UInt64(bytes.byteCount) else {
            throw .wrongLength(expected: UInt64(Self.byteCount(size)), actual: bytes.byteCount)
        }
        let identity: SRSIdentity
        do throws(SRSIdentityError) {
            identity = try SRSIdentity(decoding: header[24..<24 + SRSIdentity.byteCount])
        } catch {
            throw .identity(error)
        }
        let log2Size = log2Size ?? size
        try Self.check(requestedLog2Size: log2Size, available: 1 << size)
        let powers = try bytes.powers(at: headerSize, log2Size: log2Size, .canonical)
        try self.init(validating: powers, identity: identity, check: check)
    }

    /// Reads a file of any known format, told apart by its first bytes.
    ///
    /// The file is mapped, not read: only what is needed is touched. Parameters as for
    /// ``init(importingPtau:log2Size:isInsecure:check:)``; our own files say themselves whether they
    /// are insecure, and are not checked again.
    public init(
        path: String, log2Size: Int? = nil, isInsecure: Bool = false,
        check: PowersCheck = PowersCheck()
    ) throws(SRSError) {
        guard let file = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        else { throw .inaccessibleFile(path: path) }
        let bytes = file.bytes
        if bytes.byteCount >= 4, try bytes.bytes(at: 0, count: 4) == ptauMagic {
            try self.init(
                importingPtau: bytes, log2Size: log2Size, isInsecure: isInsecure, check: check)
        } else if bytes.byteCount >= 8, try bytes.bytes(at: 0, count: 8) == magic {
            try self.init(decoding: bytes, log2Size: log2Size)
        } else if let k = try? bytes.integer(at: 0, as: UInt32.self), k <= 28 {
            try self.init(
                importingHalo2: bytes, log2Size: log2Size, isInsecure: isInsecure, check: check)
        } else {
            throw .unknownFormat
        }
    }

    /// Writes our own file.
    public func write(to path: String) throws(SRSError) {
        guard (try? Data(encoded()).write(to: URL(fileURLWithPath: path), options: .atomic)) != nil
        else { throw .inaccessibleFile(path: path) }
    }
}
