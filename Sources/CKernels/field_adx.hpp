// BN254 field arithmetic with mulx, adcx and adox; see field.hpp.
#pragma once
#include "field.hpp"

namespace ck {
namespace {

/// mulx/adcx/adox: two carry chains at once. Needs BMI2 and ADX at run time; the assembler takes
/// the instructions without target attributes, so these inline anywhere.
struct Adx {
// One row of a schoolbook product: (t0..t3, A) = (t0..t3) + a * rdx.
#define CK_ROW(t0, t1, t2, t3, A)                                            \
    "xorl %%eax, %%eax\n mulxq 0(%[a]), %[lo], " A "\n adoxq %[lo], " t0 "\n" \
    "adcxq " A ", " t1 "\n mulxq 8(%[a]), %[lo], " A "\n adoxq %[lo], " t1 "\n" \
    "adcxq " A ", " t2 "\n mulxq 16(%[a]), %[lo], " A "\n adoxq %[lo], " t2 "\n" \
    "adcxq " A ", " t3 "\n mulxq 24(%[a]), %[lo], " A "\n adoxq %[lo], " t3 "\n" \
    "adcxq %%rax, " A "\n adoxq %%rax, " A "\n"
// The same onto five limbs: (t0..t3, A) += x * rdx.
#define CK_ROW_ONTO(x, t0, t1, t2, t3, A)                                          \
    "xorl %%eax, %%eax\n mulxq 0(" x "), %[lo], %[hi]\n adoxq %[lo], " t0 "\n"    \
    "adcxq %[hi], " t1 "\n mulxq 8(" x "), %[lo], %[hi]\n adoxq %[lo], " t1 "\n"  \
    "adcxq %[hi], " t2 "\n mulxq 16(" x "), %[lo], %[hi]\n adoxq %[lo], " t2 "\n" \
    "adcxq %[hi], " t3 "\n mulxq 24(" x "), %[lo], %[hi]\n adoxq %[lo], " t3 "\n" \
    "adcxq %[hi], " A "\n adoxq %%rax, " A "\n"
// The first row: (t0..t3, A) = a * rdx.
#define CK_ROW_FIRST(t0, t1, t2, t3, A)                                       \
    "xorl %%eax, %%eax\n mulxq 0(%[a]), " t0 ", " t1 "\n"                     \
    "mulxq 8(%[a]), %[lo], " t2 "\n adoxq %[lo], " t1 "\n"                    \
    "mulxq 16(%[a]), %[lo], " t3 "\n adoxq %[lo], " t2 "\n"                   \
    "mulxq 24(%[a]), %[lo], " A "\n adoxq %[lo], " t3 "\n adoxq %%rax, " A "\n"
// One row of a product added to a sum: limbs (t0..t3, A) at `at`, with t0 stored when done, and
// the sum's limb at `next` taken into A; carries pass in and out in rax.
#define CK_SUM_ROW(at, next, t0, t1, t2, t3, A)                                   \
    "movq " at "(%[b]), %%rdx\n testq %%rax, %%rax\n"                             \
    "mulxq 0(%[a]), %[lo], " A "\n adoxq %[lo], " t0 "\n movq " t0 ", " at "(%[s])\n" \
    "adcxq " A ", " t1 "\n mulxq 8(%[a]), %[lo], " A "\n adoxq %[lo], " t1 "\n"   \
    "adcxq " A ", " t2 "\n mulxq 16(%[a]), %[lo], " A "\n adoxq %[lo], " t2 "\n"  \
    "adcxq " A ", " t3 "\n mulxq 24(%[a]), %[lo], " A "\n adoxq %[lo], " t3 "\n"  \
    "adcxq %%rax, " A "\n movl $0, %%eax\n adoxq %%rax, " A "\n"                  \
    "addq " next "(%[s]), " A "\n adcq %%rax, %%rax\n"
// A Montgomery step: (t0..t3) = ((t0..t3, A) + m * p) / 2^64, m = t0 * inverse.
#define CK_STEP(t0, t1, t2, t3, A)                                               \
    "movq %[inverse], %%rdx\n imulq " t0 ", %%rdx\n xorl %%eax, %%eax\n"         \
    "mulxq %[p0], %[lo], %[hi]\n adcxq " t0 ", %[lo]\n movq %[hi], " t0 "\n"     \
    "adcxq " t1 ", " t0 "\n mulxq %[p1], %[lo], " t1 "\n adoxq %[lo], " t0 "\n"  \
    "adcxq " t2 ", " t1 "\n mulxq %[p2], %[lo], " t2 "\n adoxq %[lo], " t1 "\n"  \
    "adcxq " t3 ", " t2 "\n mulxq %[p3], %[lo], " t3 "\n adoxq %[lo], " t2 "\n"  \
    "adcxq %%rax, " t3 "\n adoxq " A ", " t3 "\n"
#define CK_MODULUS                                                                   \
    [p0] "m"(M::p[0]), [p1] "m"(M::p[1]), [p2] "m"(M::p[2]), [p3] "m"(M::p[3]), \
        [inverse] "m"(M::inverse)

    template <class F>
    static CK_INLINE F mul(const F &a, const F &b) {
        using M = Modulus<F>;
        uint64_t t0, t1, t2, t3, A, lo, hi;
        asm("movq 0(%[b]), %%rdx\n" CK_ROW_FIRST("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[A]")
            CK_STEP("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[A]")
            "movq 8(%[b]), %%rdx\n" CK_ROW("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[A]")
            CK_STEP("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[A]")
            "movq 16(%[b]), %%rdx\n" CK_ROW("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[A]")
            CK_STEP("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[A]")
            "movq 24(%[b]), %%rdx\n" CK_ROW("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[A]")
            CK_STEP("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[A]")
            : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [A] "=&r"(A),
              [lo] "=&r"(lo), [hi] "=&r"(hi)
            : [a] "r"(&a), [b] "r"(&b), "m"(a), "m"(b), CK_MODULUS
            : "rax", "rdx", "cc");
        return reduce_once<F>(t0, t1, t2, t3);
    }

    /// a * b + c * d with one reduction: each step takes a row of both products. Sums stay below
    /// 3p between steps and below 2p at the end.
    template <class F>
    static CK_INLINE F mul_add(const F &a, const F &b, const F &c, const F &d) {
        using M = Modulus<F>;
        uint64_t t0, t1, t2, t3, A, lo, hi;
        // The operands are reached by pointers alone, hence the clobber of memory: operands of
        // their own would need more registers than a debug build has.
#define CK_DOUBLE_STEP(at)                                                            \
    "movq " at "(%[d]), %%rdx\n" CK_ROW_ONTO("%[c]", "%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[A]") \
    CK_STEP("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[A]")
        asm("movq 0(%[b]), %%rdx\n" CK_ROW_FIRST("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[A]")
            CK_DOUBLE_STEP("0")
            "movq 8(%[b]), %%rdx\n" CK_ROW("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[A]")
            CK_DOUBLE_STEP("8")
            "movq 16(%[b]), %%rdx\n" CK_ROW("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[A]")
            CK_DOUBLE_STEP("16")
            "movq 24(%[b]), %%rdx\n" CK_ROW("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[A]")
            CK_DOUBLE_STEP("24")
            : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [A] "=&r"(A),
              [lo] "=&r"(lo), [hi] "=&r"(hi)
            : [a] "r"(&a), [b] "r"(&b), [c] "r"(&c), [d] "r"(&d), CK_MODULUS
            : "rax", "rdx", "cc", "memory");
#undef CK_DOUBLE_STEP
        return reduce_once<F>(t0, t1, t2, t3);
    }

    template <class F>
    static CK_INLINE void mac(SmallSum &s, uint64_t u, const F &f) {
        uint64_t lo, hi;
        asm("xorl %%eax, %%eax\n"
            "mulxq 0(%[f]), %[lo], %[hi]\n adoxq %[lo], %[s0]\n adcxq %[hi], %[s1]\n"
            "mulxq 8(%[f]), %[lo], %[hi]\n adoxq %[lo], %[s1]\n adcxq %[hi], %[s2]\n"
            "mulxq 16(%[f]), %[lo], %[hi]\n adoxq %[lo], %[s2]\n adcxq %[hi], %[s3]\n"
            "mulxq 24(%[f]), %[lo], %[hi]\n adoxq %[lo], %[s3]\n adcxq %[hi], %[s4]\n"
            "adoxq %%rax, %[s4]\n adcxq %%rax, %[s5]\n adoxq %%rax, %[s5]\n"
            : [s0] "+&r"(s.l[0]), [s1] "+&r"(s.l[1]), [s2] "+&r"(s.l[2]), [s3] "+&r"(s.l[3]),
              [s4] "+&r"(s.l[4]), [s5] "+&r"(s.l[5]), [lo] "=&r"(lo), [hi] "=&r"(hi)
            : [f] "r"(&f), "d"(u), "m"(f)
            : "rax", "cc");
    }

    template <class F>
    static CK_INLINE void mac(WideSum &s, const F &a, const F &b) {
        // Row i adds a * b_i at limb i, then takes in limb i + 4 of the sum; rax carries its carry
        // into the next row. One operand for a pointer and what it points to keeps the register
        // count within what a debug build has.
        uint64_t t0, t1, t2, t3, A, lo;
        const F *pa = &a, *pb = &b;
        WideSum *ps = &s;
        asm("" : "+r"(pa), "+r"(pb), "+r"(ps));
        asm("xorl %%eax, %%eax\n movq 0(%[s]), %[t0]\n movq 8(%[s]), %[t1]\n"
            "movq 16(%[s]), %[t2]\n movq 24(%[s]), %[t3]\n"
            CK_SUM_ROW("0", "32", "%[t0]", "%[t1]", "%[t2]", "%[t3]", "%[A]")
            CK_SUM_ROW("8", "40", "%[t1]", "%[t2]", "%[t3]", "%[A]", "%[t0]")
            CK_SUM_ROW("16", "48", "%[t2]", "%[t3]", "%[A]", "%[t0]", "%[t1]")
            CK_SUM_ROW("24", "56", "%[t3]", "%[A]", "%[t0]", "%[t1]", "%[t2]")
            "movq %[A], 32(%[s])\n movq %[t0], 40(%[s])\n movq %[t1], 48(%[s])\n"
            "movq %[t2], 56(%[s])\n addq %%rax, 64(%[s])\n"
            : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [A] "=&r"(A),
              [lo] "=&r"(lo), "+m"(*ps)
            : [a] "r"(pa), [b] "r"(pb), [s] "r"(ps), "m"(*pa), "m"(*pb)
            : "rax", "rdx", "cc");
    }

    template <class F>
    static CK_INLINE F redc_low(const uint64_t *l) {
        using M = Modulus<F>;
        uint64_t t0 = l[0], t1 = l[1], t2 = l[2], t3 = l[3], lo, hi;
        asm(CK_STEP("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%%rax")
            CK_STEP("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%%rax")
            CK_STEP("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%%rax")
            CK_STEP("%[t0]", "%[t1]", "%[t2]", "%[t3]", "%%rax")
            : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [lo] "=&r"(lo),
              [hi] "=&r"(hi)
            : CK_MODULUS
            : "rax", "rdx", "cc");
        return F{{t0, t1, t2, t3}};
    }
#undef CK_ROW
#undef CK_ROW_FIRST
#undef CK_ROW_ONTO
#undef CK_SUM_ROW
#undef CK_STEP
#undef CK_MODULUS
};

}  // namespace
}  // namespace ck
