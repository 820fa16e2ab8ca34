import Curve
import Field

/// How a file writes an element of F_q; always 32 little-endian bytes.
enum CoordinateForm {
    /// The residue itself.
    case canonical
    /// The residue times 2^256, as snarkjs and halo2 do.
    case montgomery
}

extension RawSpan {
    /// The little-endian integer at `offset`.
    func integer<T: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as _: T.Type
    ) throws(SRSError) -> T {
        try require(MemoryLayout<T>.size, at: offset)
        // SAFETY: every bit pattern is an integer, and the bytes are there.
        return T(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// `count` bytes at `offset`.
    func bytes(at offset: Int, count: Int) throws(SRSError) -> [UInt8] {
        try require(count, at: offset)
        return (offset..<offset + count).map { unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
    }

    /// Refuses a range that does not lie in the file.
    func require(_ count: Int, at offset: Int) throws(SRSError) {
        guard offset >= 0, count >= 0, offset <= byteCount, count <= byteCount - offset else {
            throw .truncated(offset: offset, needed: count, available: max(0, byteCount - offset))
        }
    }

    private func element(at offset: Int, _ form: CoordinateForm) throws(SRSError) -> Fq? {
        let limbs = Limbs256(
            try integer(at: offset, as: UInt64.self), try integer(at: offset + 8, as: UInt64.self),
            try integer(at: offset + 16, as: UInt64.self),
            try integer(at: offset + 24, as: UInt64.self)
        )
        guard limbs < Fq.modulus else { return nil }
        return form == .montgomery ? Fq(montgomery: limbs) : Fq(canonicalLimbs: limbs)
    }

    /// 2^log2Size points [τ^i]_1 of 64 bytes each: finite and on the curve.
    func powers(at start: Int, log2Size: Int, _ form: CoordinateForm) throws(SRSError) -> [G1Affine]
    {
        let count = 1 << log2Size
        try require(64 * count, at: start)
        var powers: [G1Affine] = []
        powers.reserveCapacity(count)
        for power in 0..<count {
            let offset = start + 64 * power
            var point: G1Affine?
            if let x = try element(at: offset, form), let y = try element(at: offset + 32, form) {
                point = G1Affine(x: x, y: y)
            }
            powers.append(try Self.checked(point, .g1, power: power, offset: offset))
        }
        return powers
    }

    /// [τ^power]_2 of 128 bytes (x.c0, x.c1, y.c0, y.c1): finite, on the curve, in the subgroup.
    func powerG2(_ power: Int, at offset: Int) throws(SRSError) -> G2Affine {
        var point: G2Affine?
        if let x0 = try element(at: offset, .montgomery),
            let x1 = try element(at: offset + 32, .montgomery),
            let y0 = try element(at: offset + 64, .montgomery),
            let y1 = try element(at: offset + 96, .montgomery)
        {
            point = G2Affine(x: Fq2(x0, x1), y: Fq2(y0, y1))
        }
        return try Self.checked(point, .g2, power: power, offset: offset)
    }

    /// [τ]_2 from two points [1]_2 and [τ]_2 at `offset`, of which the first is the generator.
    func tauG2(at offset: Int) throws(SRSError) -> G2Affine {
        guard try powerG2(0, at: offset) == .generator else { throw .wrongGenerator(.g2) }
        return try powerG2(1, at: offset + 128)
    }

    private static func checked<Curve>(
        _ point: AffinePoint<Curve>?, _ group: SRSError.Group, power: Int, offset: Int
    ) throws(SRSError) -> AffinePoint<Curve> {
        let fault: SRSError.PointFault
        switch point {
        case nil: fault = .notCanonical
        case let point? where point.isInfinity: fault = .infinity
        case let point? where !point.isOnCurve: fault = .notOnCurve
        case let point? where !point.isInSubgroup: fault = .notInSubgroup
        case let point?: return point
        }
        throw .invalidPoint(fault, group: group, power: power, offset: offset)
    }
}
