import Curve
import Field
import Prover

let srsTargets = [
    FuzzTarget("srs") { bytes in
        _ = try? StructuredReferenceString(decoding: bytes.span.bytes)
        let mended = mendedSRS(bytes)
        for log2Size in [nil, 1, 2] {
            _ = try? StructuredReferenceString(decoding: mended.span.bytes, log2Size: log2Size)
        }
        guard
            let srs = try? StructuredReferenceString(
                decoding: mended.span.bytes, check: PowersCheck())
        else { return }
        precondition(srs.encoded() == mended, "two encodings of an SRS")
    },
    FuzzTarget("ptau") { bytes in
        for log2Size in [nil, 1, 2] {
            _ = try? StructuredReferenceString(
                importingPtau: bytes.span.bytes, log2Size: log2Size, isInsecure: true)
        }
    },
    FuzzTarget("halo2-srs") { bytes in
        for log2Size in [nil, 1, 2] {
            _ = try? StructuredReferenceString(
                importingHalo2: bytes.span.bytes, log2Size: log2Size, isInsecure: true)
        }
    },
]

/// The bytes with the magic, version, length, reserved zeros and header digest they should have.
private func mendedSRS(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 192 else { return bytes }
    var bytes = bytes
    let front =
        Array("ZKSRS\0\0\0".utf8) + littleEndian(1, byteCount: 4)
        + littleEndian(UInt64(bytes.count), byteCount: 8)
    bytes.replaceSubrange(..<front.count, with: front)
    bytes.replaceSubrange(121..<160, with: [UInt8](repeating: 0, count: 39))
    bytes.replaceSubrange(160..<192, with: Keccak256.hash(Array(bytes[..<160])))
    return bytes
}
