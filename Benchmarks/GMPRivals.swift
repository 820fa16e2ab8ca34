import CGMP
import CKernels
import Field

/// Montgomery products by GMP's limb functions: a product, four rows of reduction, a subtraction.
enum GMPMontgomery {
    static func multiply(
        _ out: UnsafeMutablePointer<ck_fr>, _ a: UnsafePointer<ck_fr>, _ b: UnsafePointer<ck_fr>,
        _ n: Int
    ) {
        let p = Fr.modulus
        let modulus: [UInt] = [UInt(p.l0), UInt(p.l1), UInt(p.l2), UInt(p.l3)]
        let inverse = UInt(Fr.negatedModulusInverse)
        var product = [UInt](repeating: 0, count: 9)
        product.withUnsafeMutableBufferPointer { t in
            let t = t.baseAddress!
            modulus.withUnsafeBufferPointer { modulus in
                let modulus = modulus.baseAddress!
                for i in 0..<n {
                    // SAFETY: ck_fr is four limbs of 64 bits, GMP's mp_limb_t on this platform.
                    let x = UnsafeRawPointer(a + i).assumingMemoryBound(to: UInt.self)
                    let y = UnsafeRawPointer(b + i).assumingMemoryBound(to: UInt.self)
                    let z = UnsafeMutableRawPointer(out + i).assumingMemoryBound(to: UInt.self)
                    __gmpn_mul_n(t, x, y, 4)
                    for j in 0..<4 {
                        // The carry of row j belongs at limb j + 4; limb j is now zero: keep it.
                        t[j] = __gmpn_addmul_1(t + j, modulus, 4, t[j] &* inverse)
                    }
                    _ = __gmpn_add_n(z, t, t + 4, 4)
                    if __gmpn_cmp(z, modulus, 4) >= 0 { _ = __gmpn_sub_n(z, z, modulus, 4) }
                }
            }
        }
    }
}

/// Inverses by GMP's extended Euclid, in place; what Montgomery form would add is left out.
enum GMPInversion {
    static func invert(_ a: UnsafeMutablePointer<ck_fr>, _ n: Int) {
        var (x, y, p) = (mpz_t(), mpz_t(), mpz_t())
        __gmpz_init2(&x, 256)
        __gmpz_init2(&y, 256)
        __gmpz_init2(&p, 256)
        let modulus = Fr.modulus
        let limbs: [UInt64] = [modulus.l0, modulus.l1, modulus.l2, modulus.l3]
        __gmpz_import(&p, 4, -1, 8, 0, 0, limbs)
        for i in 0..<n {
            __gmpz_import(&x, 4, -1, 8, 0, 0, a + i)
            __gmpz_invert(&y, &x, &p)
            var count = 0
            var out = ck_fr()
            __gmpz_export(&out, &count, -1, 8, 0, 0, &y)
            a[i] = out
        }
        __gmpz_clear(&x)
        __gmpz_clear(&y)
        __gmpz_clear(&p)
    }
}
