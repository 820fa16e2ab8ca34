import Field

/// A public ceremony whose powers of τ are recognised, whatever file they came in.
///
/// Recognised by [τ]_2. The pairing equation of ``SRSIdentity/validate()`` leaves one [τ]_1 for it,
/// and all else in a digest ([1]_1, [1]_2, H) is the same for every SRS; the other powers are
/// checked against [τ]_2 on import. A contribution or a beacon more gives another τ, which is
/// another ceremony here.
public enum PublicCeremony: String, CaseIterable, Sendable {
    /// The Perpetual Powers of Tau as converted to halo2's format and published by EZKL.
    ///
    /// Source: kzg1.srs, zkonduit/ezkl at 5da444ee, tests/assets; its SHA-256 is the one that EZKL
    /// publishes (src/srs_sha.rs). Converted by han0110/halo2-kzg-srs.
    case perpetualPowersOfTau = "perpetual-powers-of-tau"
    /// Hermez's: 54 contributions to the Perpetual Powers of Tau and a beacon, which snarkjs's files
    /// powersOfTau28_hez_final_….ptau hold.
    ///
    /// Source: the x·[1]_2 of 0xPolygonHermez/zkevm-contracts at 06307025,
    /// contracts/verifiers/FflonkVerifier.sol, whose set-up is made from that file
    /// (0xPolygonHermez/zkevm-proverjs, package.json and issue 190); the same as the X2 of
    /// kuco23/ZVote at a96eb7fa, contracts/implementation/PlonkVerifier.sol, which its
    /// generate-setup.sh makes from powersOfTau28_hez_final_16.ptau.
    case hermez

    /// [τ]_2.
    public var tauG2: G2Affine {
        switch self {
        case .perpetualPowersOfTau: Self.perpetualTauG2
        case .hermez: Self.hermezTauG2
        }
    }

    private static let perpetualTauG2 = G2Affine(
        x: Fq2(
            literal:
                0x1794_4351_2233_33f2_60dd_c3b4_af45_191b_8566_89ed_a9ea_b5cb_cddb_be57_0ce8_60d2,
            0x1862_8295_7db9_13ab_d99f_91db_59fe_6992_2e95_0406_03ef_44c0_bd7a_a3ad_eef8_f5ac),
        y: Fq2(
            literal:
                0x2977_72d3_4bc9_aa8a_e561_6248_6363_ffe4_17b0_2dc7_e8c2_07fc_2cc2_0203_e67a_02ad,
            0x298a_dc73_96bd_3865_cbf6_d6df_91ba_e406_694e_6d22_15ba_a893_bdea_db63_0528_95f4))

    private static let hermezTauG2 = G2Affine(
        x: Fq2(
            literal:
                0x3044_1fd1_b5d3_3704_82c4_2152_a889_9027_7169_89a6_996c_2535_bc9f_7fee_8aae_f79e,
            0x2618_6a2d_65ee_4d2f_9c9a_5b91_f865_97d3_5f19_2cd1_20ca_f7e9_35d8_443d_1938_e23d),
        y: Fq2(
            literal:
                0x0547_9334_8f12_c0cf_5622_c340_573c_b277_5863_19de_359a_b938_9778_f689_786b_1e48,
            0x1970_ea81_dd69_92ad_fbc5_71ef_fb03_503a_dbbb_6a85_7f57_8403_c6c4_0e22_d65b_3c02))
}
