import Field

/// Why a byte string is not the encoding of a point.
public enum PointDecodingError: Error, Hashable {
    case wrongLength(expected: Int, actual: Int)
    /// Both flags, or the infinity flag with another bit set beside it.
    case invalidFlags
    /// A coordinate is not below q.
    case notCanonical
    /// No point of the curve has this x coordinate.
    case notOnCurve
    /// The point is on the curve, but not in the subgroup of order r.
    case notInSubgroup
}

/// The compressed encoding: x in canonical little-endian bytes, two flags in the last byte.
///
/// G1 takes 32 bytes, G2 64 (c0, then c1). q < 2^254 leaves the top two bits of the last byte
/// free: bit 7 is the sign of y (``PointCoordinate/isOdd``: the parity of the canonical y; for
/// G2 that of its c0, or of c1 where c0 is zero), bit 6 marks infinity, whose only encoding is
/// zeros and a last byte of 0x40. Neither curve has a point with y = 0 in the subgroup, so
/// every point has exactly one encoding.
///
/// Infinity decodes: it is the commitment to zero. Callers that must not have it say so.
extension AffinePoint {
    /// The number of bytes of the compressed encoding.
    public static var byteCount: Int { Curve.Coordinate.byteCount }

    /// Decodes a point: canonical, on the curve and in the subgroup, or an error.
    ///
    /// One square root in the coordinate field; for G2 also the subgroup check.
    public init(decoding bytes: some Collection<UInt8>) throws(PointDecodingError) {
        guard bytes.count == Self.byteCount else {
            throw .wrongLength(expected: Self.byteCount, actual: bytes.count)
        }
        var coordinate = Array(bytes)
        let flags = coordinate[Self.byteCount - 1] & (signFlag | infinityFlag)
        coordinate[Self.byteCount - 1] ^= flags
        guard flags & infinityFlag == 0 else {
            guard flags == infinityFlag, coordinate.allSatisfy({ $0 == 0 }) else {
                throw .invalidFlags
            }
            self = .infinity
            return
        }
        guard let x = Curve.Coordinate(canonicalBytes: coordinate) else { throw .notCanonical }
        guard let y = (x.squared() * x + Curve.b).squareRoot() else { throw .notOnCurve }
        self.init(x: x, y: y.isOdd == (flags != 0) ? y : -y)
        guard isInSubgroup else { throw .notInSubgroup }
    }

    /// The compressed encoding.
    public var encoded: [UInt8] {
        var bytes = x.canonicalBytes
        if isInfinity {
            bytes[Self.byteCount - 1] = infinityFlag
        } else if y.isOdd {
            bytes[Self.byteCount - 1] |= signFlag
        }
        return bytes
    }
}

private let signFlag: UInt8 = 0x80
private let infinityFlag: UInt8 = 0x40
