import Field

/// The endomorphism φ(x, y) = (βx, y) of G1, which multiplies by λ: β³ = 1 in F_q, λ² + λ + 1 = 0 in
/// F_r.
///
/// Reference: Gallant, Lambert, Vanstone, "Faster point multiplication on elliptic curves with
/// efficient endomorphisms" (CRYPTO 2001).
enum G1Endomorphism {
    /// β.
    static let beta = Fq2(
        literal: 0x3064_4e72_e131_a029_5e6d_d9e7_e0ac_ccb0_c28f_069f_bb96_6e3d_e4bd_44e5_607c_fd48,
        0
    ).c0

    static func apply(_ point: G1Affine) -> G1Affine {
        G1Affine(x: point.x * beta, y: point.y)
    }

    /// Signed halves with low + λ · high = scalar, both below 2^127 in absolute value.
    ///
    /// With t = 2x + 1, n = 6x² + 2x and m = n + t, the vectors (n, −t) and (t, m) are a basis of the
    /// pairs (a, b) with a + λb = 0, and nm + t² = r. The multiples of them nearest to (scalar, 0) are
    /// scalar · m/r and scalar · t/r, found to within 0.7 with m/r and t/r to 256 places: what is
    /// left is at most 0.7 (n + t) < 2^126.4.
    /// - Precondition: the scalar is below r.
    static func split(_ scalar: Limbs256) -> (low: Int128, high: Int128) {
        let c1 = roundedProduct(scalar, scaledM)
        let c2 = roundedProduct(scalar, scaledT)
        let t = UInt128(2 * BN254.parameter + 1)
        let n = BN254.endomorphismEigenvalue + 2 * UInt128(BN254.parameter)
        // Modulo 2^128, where the results have one representative each.
        let low = UInt128(scalar.l0) | UInt128(scalar.l1) << 64
        return (
            Int128(truncatingIfNeeded: low &- c1 &* n &- c2 &* t),
            Int128(truncatingIfNeeded: c1 &* t &- c2 &* (n + t))
        )
    }

    /// ⌊2^256 m / r⌋ and ⌊2^256 t / r⌋.
    private static var scaledM: (UInt64, UInt64, UInt64) {
        (0x5398_fd03_00ff_6565, 0x4cce_f014_a773_d2d2, 2)
    }
    private static var scaledT: (UInt64, UInt64, UInt64) { (0xd91d_232e_c7e0_b3d7, 2, 0) }

    /// a · b / 2^256 to the nearest integer, below 2^128.
    private static func roundedProduct(
        _ a: Limbs256, _ b: (UInt64, UInt64, UInt64)
    ) -> UInt128 {
        // Limbs 3 … 6 of the product, and what the lower ones carry.
        var columns = InlineArray<8, UInt64>(repeating: 0)
        columns[3] = 1 << 63
        for (i, y) in [b.0, b.1, b.2].enumerated() {
            var carry: UInt64 = 0
            for j in 0..<4 {
                let sum =
                    UInt128(a[limb: j]) * UInt128(y) + UInt128(columns[i + j]) + UInt128(carry)
                columns[i + j] = UInt64(truncatingIfNeeded: sum)
                carry = UInt64(truncatingIfNeeded: sum >> 64)
            }
            // At most one carry runs on: the product is below 2^384.
            var k = i + 4
            while carry != 0, k < 8 {
                let (sum, overflow) = columns[k].addingReportingOverflow(carry)
                columns[k] = sum
                carry = overflow ? 1 : 0
                k += 1
            }
        }
        return UInt128(columns[4]) | UInt128(columns[5]) << 64
    }
}
