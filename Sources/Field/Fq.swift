/// An element of the BN254 base field, F_q: the coordinates of G1 points.
///
/// q = 21888242871839275222246405745257275088696311157297823662689037894645226208583 ≡ 3 mod 4.
/// Montgomery form, four little-endian limbs, fully reduced; 32 bytes, the layout of the C kernels.
@frozen
public struct Fq: MontgomeryField, CustomStringConvertible {
    public var limbs: Limbs256

    @inlinable public init(montgomery limbs: Limbs256) { self.limbs = limbs }

    // Computed, not `static let`: no lazy-initialisation check in a hot loop.
    @inlinable public static var modulus: Limbs256 {
        Limbs256(
            0x3c20_8c16_d87c_fd47, 0x9781_6a91_6871_ca8d,
            0xb850_45b6_8181_585d, 0x3064_4e72_e131_a029)
    }
    @inlinable public static var negatedModulusInverse: UInt64 { 0x87d2_0782_e486_6389 }
    @inlinable public static var radix: Limbs256 {
        Limbs256(
            0xd35d_438d_c58f_0d9d, 0x0a78_eb28_f5c7_0b3d,
            0x666e_a36f_7879_462c, 0x0e0a_77c1_9a07_df2f)
    }
    @inlinable public static var radixSquared: Limbs256 {
        Limbs256(
            0xf32c_fc5b_538a_fa89, 0xb5e7_1911_d445_01fb,
            0x47ab_1eff_0a41_7ff6, 0x06d8_9f71_cab8_351f)
    }
}
