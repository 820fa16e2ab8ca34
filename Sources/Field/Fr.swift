/// An element of the BN254 scalar field, F_r: the field of every tensor, claim and challenge.
///
/// r = 21888242871839275222246405745257275088548364400416034343698204186575808495617, r − 1 = 2^28 · odd.
/// Montgomery form, four little-endian limbs, fully reduced; 32 bytes, the layout of the C kernels.
@frozen
public struct Fr: MontgomeryField, CustomStringConvertible {
    public var limbs: Limbs256

    @inlinable public init(montgomery limbs: Limbs256) { self.limbs = limbs }

    // Computed, not `static let`: no lazy-initialisation check in a hot loop.
    @inlinable public static var modulus: Limbs256 {
        Limbs256(
            0x43e1_f593_f000_0001, 0x2833_e848_79b9_7091,
            0xb850_45b6_8181_585d, 0x3064_4e72_e131_a029)
    }
    @inlinable public static var negatedModulusInverse: UInt64 { 0xc2e1_f593_efff_ffff }
    @inlinable public static var radix: Limbs256 {
        Limbs256(
            0xac96_341c_4fff_fffb, 0x36fc_7695_9f60_cd29,
            0x666e_a36f_7879_462e, 0x0e0a_77c1_9a07_df2f)
    }
    @inlinable public static var radixSquared: Limbs256 {
        Limbs256(
            0x1bb8_e645_ae21_6da7, 0x53fe_3ab1_e35c_59e3,
            0x8c49_833d_53bb_8085, 0x0216_d0b1_7f4e_44a5)
    }

    /// 1/2.
    @inlinable public static var half: Fr {
        Fr(
            montgomery: Limbs256(
                0x783c_14d8_1fff_fffe, 0xaf98_2f6f_0c8d_1edd,
                0x8f5f_7492_fcfd_4f45, 0x1f37_631a_3d9c_bfac))
    }
}
