import Field

/// BN254, the curve of Ethereum's precompiles (EIP-196, EIP-197).
///
/// q and r are 36x⁴ + 36x³ + 24x² + 6x + 1 and 36x⁴ + 36x³ + 18x² + 6x + 1.
public enum BN254 {
    /// x.
    public static var parameter: UInt64 { 0x44e9_92b4_4a69_09f1 }
    /// 6x² = t − 1, t the trace of Frobenius: the eigenvalue of ψ on G2.
    static var endomorphismEigenvalue: UInt128 { 6 * UInt128(parameter) * UInt128(parameter) }
}

/// y² = x³ + 3 over F_q. Its order is r: every point of the curve is in the group.
@frozen
public enum G1Curve: CurveParameters {
    @inlinable public static var b: Fq { Fq(3) }
    @inlinable public static var generator: G1Affine { G1Affine(x: .one, y: Fq(2)) }
    @inlinable public static func subgroupContains(_ point: G1Affine) -> Bool { true }
}

/// y² = x³ + 3/ξ over F_q², ξ = 9 + u: the sextic D-twist. Its order is r times a large cofactor.
@frozen
public enum G2Curve: CurveParameters {
    public static let b = Fq2(Fq(3)) * (Fq2.nonResidue.inverse() ?? .zero)

    /// The generator of EIP-197.
    public static let generator = G2Affine(
        x: Fq2(
            literal:
                0x1800_deef_121f_1e76_426a_0066_5e5c_4479_6743_22d4_f75e_dadd_46de_bd5c_d992_f6ed,
            0x198e_9393_920d_483a_7260_bfb7_31fb_5d25_f1aa_4933_35a9_e712_97e4_85b7_aef3_12c2),
        y: Fq2(
            literal:
                0x12c8_5ea5_db8c_6deb_4aab_7180_8dcb_408f_e3d1_e769_0c43_d37b_4ce6_cc01_66fa_7daa,
            0x0906_89d0_585f_f075_ec9e_99ad_690c_3395_bc4b_3133_70b3_8ef3_55ac_dadc_d122_975b))

    /// Whether ψ(P) = [t − 1] P.
    ///
    /// On the twist ψ² − [t]ψ + [q] = 0, so the equation gives [(t − 1)² − t(t − 1) + q] P =
    /// [q + 1 − t] P = [r] P = 0; and on the r-torsion of the twist, where ψ acts as q ≡ t − 1,
    /// it holds. 127 doublings.
    /// Reference: Scott, "A note on group membership tests for G1, G2 and GT on BLS
    /// pairing-friendly curves" (eprint 2021/1130).
    public static func subgroupContains(_ point: G2Affine) -> Bool {
        let multiple = G2.sum([point], [Limbs256(BN254.endomorphismEigenvalue)])
        return multiple == G2(point.endomorphism)
    }
}

public typealias G1Affine = AffinePoint<G1Curve>
public typealias G1 = JacobianPoint<G1Curve>
public typealias G2Affine = AffinePoint<G2Curve>
public typealias G2 = JacobianPoint<G2Curve>

extension G2Affine {
    /// ψ, the q-power Frobenius carried to the twist: (x̄ ξ^((q − 1)/3), ȳ ξ^((q − 1)/2)).
    var endomorphism: G2Affine {
        let gamma = Fq12.frobeniusCoefficients
        return G2Affine(x: x.conjugate * gamma.2, y: y.conjugate * gamma.3)
    }
}

extension Fq2 {
    /// Both components as literals below q.
    init(literal c0: StaticBigInt, _ c1: StaticBigInt) {
        func element(_ n: StaticBigInt) -> Fq {
            let limbs = Limbs256(UInt64(n[0]), UInt64(n[1]), UInt64(n[2]), UInt64(n[3]))
            return Fq(canonicalLimbs: limbs) ?? .zero
        }
        self.init(element(c0), element(c1))
    }
}

extension Limbs256 {
    init(_ value: UInt128) {
        self.init(UInt64(truncatingIfNeeded: value), UInt64(truncatingIfNeeded: value >> 64), 0, 0)
    }
}
