// The pack of a vector unit: limbs of a radix (radix*.hpp) in lanes (lanes_*.hpp).
#pragma once
#include "pack.hpp"

namespace ck {
namespace {

/// Little-endian words of k * p, and its limbs.
template <class F>
struct ModulusMultiple {
    uint64_t w[5] = {0, 0, 0, 0, 0};

    explicit constexpr ModulusMultiple(uint64_t k) {
        u128 c = 0;
        for (int i = 0; i < 4; i++) {
            c += u128(Modulus<F>::p[i]) * k;
            w[i] = uint64_t(c);
            c >>= 64;
        }
        w[4] = uint64_t(c);
    }
    /// Limb i of `bits` bits, the last of `limbs` with all that is above.
    constexpr uint64_t limb(int i, int bits, int limbs) const {
        const int at = i * bits, word = at >> 6, shift = at & 63;
        uint64_t v = w[word] >> shift;
        if (shift && word < 4) v |= w[word + 1] << (64 - shift);
        return i + 1 < limbs ? v & ((uint64_t(1) << bits) - 1) : v;
    }
};

/// 2^n in Montgomery form.
template <class F, int n>
constexpr F power_of_two = [] {
    F x = Modulus<F>::one;
    for (int i = 0; i < n; i++) {
        F twice{}, less{};
        for (int j = 0; j < 4; j++) twice.l[j] = x.l[j] << 1 | (j ? x.l[j - 1] >> 63 : 0);
        bool borrow = false;
        for (int j = 0; j < 4; j++) {
            const u128 d = u128(twice.l[j]) - Modulus<F>::p[j] - borrow;
            less.l[j] = uint64_t(d);
            borrow = uint64_t(d >> 64) != 0;
        }
        x = borrow ? twice : less;
    }
    return x;
}();

/// s += value * 2^at
template <int n>
inline void add_shifted(uint64_t (&s)[n], uint64_t value, int at) {
    const int word = at >> 6, shift = at & 63;
    unsigned long long carry = 0;
    s[word] = add_carry(s[word], value << shift, carry);
    for (int i = word + 1; i < n; i++)
        s[i] = add_carry(s[i], i == word + 1 && shift ? value >> (64 - shift) : 0, carry);
}

template <class Radix, class Scalar>
struct LanePack {
    using R = Radix;
    using L = typename R::Lanes;
    using Reg = typename L::Reg;
    using Mask = typename L::Mask;
    using A = Scalar;
    static constexpr size_t lanes = L::count;
    static constexpr int N = R::limbs, bits = R::bits;
    static constexpr bool is_vector = true;

    /// Elements below `below` / 64 * p in limbs below 2^(bits + loose).
    template <class F, int below = 64, int loose = 0>
    struct Vec {
        Reg l[N];
    };
    template <class F>
    using One = Vec<F, 64, 0>;

    // --- memory ---

    static constexpr LaneCount all_lanes{lanes};

    template <class F>
    static CK_INLINE One<F> load(const F *p, LaneCount some, ptrdiff_t stride = 1) {
        Reg x[4];
        if (__builtin_expect(some.count == lanes, 1)) {
            L::load_rows(x, [=](size_t i) { return p[ptrdiff_t(i) * stride].l; });
        } else {
            // Arrays of their own: those whose address is taken do not stay in registers.
            Reg y[4];
            load_some(y, p, some.count, stride);
            for (int i = 0; i < 4; i++) x[i] = y[i];
        }
        return from_words<F>(x);
    }
    /// The elements that `at(i)` points to.
    template <class F, class At>
    static CK_INLINE One<F> gather(const At &at) {
        Reg x[4];
        L::load_rows(x, [&](size_t i) -> const uint64_t * { return at(i)->l; });
        return from_words<F>(x);
    }
    template <class F, class At>
    static CK_INLINE void scatter(const At &at, const One<F> &v) {
        Reg x[4];
        to_words(x, v);
        L::store_rows([&](size_t i) -> uint64_t * { return at(i)->l; }, x);
    }
    template <class F>
    static CK_INLINE One<F> broadcast(const F &f) {
        Reg x[4];
        for (int i = 0; i < 4; i++) x[i] = L::all(f.l[i]);
        return from_words<F>(x);
    }
    /// Lane i in all lanes.
    template <class F>
    static CK_INLINE One<F> repeat(const One<F> &v, size_t i) {
        One<F> r;
        for (int j = 0; j < N; j++)
            r.l[j] = L::all(reinterpret_cast<const uint64_t *>(&v.l[j])[i]);
        return r;
    }
    template <class F>
    static CK_INLINE void store(F *p, const One<F> &v, LaneCount some, ptrdiff_t stride = 1) {
        Reg x[4];
        to_words(x, v);
        if (__builtin_expect(some.count == lanes, 1)) {
            L::store_rows([=](size_t i) { return p[ptrdiff_t(i) * stride].l; }, x);
        } else {
            Reg y[4];
            for (int i = 0; i < 4; i++) y[i] = x[i];
            store_some(p, y, some.count, stride);
        }
    }

    // --- arithmetic ---

    template <class F, int a, int b, int x, int y>
    static CK_INLINE auto add(const Vec<F, a, x> &u, const Vec<F, b, y> &v) {
        Vec<F, a + b, (x > y ? x : y) + 1> r;
        static_assert(a + b <= most && (x > y ? x : y) <= 3);
        for (int i = 0; i < N; i++) r.l[i] = L::add(u.l[i], v.l[i]);
        return r;
    }
    /// u - v + k p for the least k that keeps every limb from going below zero.
    template <class F, int a, int b, int x, int y>
    static CK_INLINE auto sub(const Vec<F, a, x> &u, const Vec<F, b, y> &loose_v) {
        constexpr int k = b / 64 + 1, looser = (x > 1 ? x : 1) + 1;
        static_assert(a + 64 * k <= most && x <= 3);
        const auto v = settled(loose_v);
        constexpr ModulusMultiple<F> kp(k);
        Vec<F, a + 64 * k, looser> r;
        for (int i = 0; i < N; i++) {
            // Each limb lends one to the limb below.
            const uint64_t lent = (i + 1 < N ? uint64_t(1) << bits : 0) - (i > 0 ? 1 : 0);
            r.l[i] = L::sub(L::add(u.l[i], L::all(kp.limb(i, bits, N) + lent)), v.l[i]);
        }
        return r;
    }
    template <class F, int a, int x>
    static CK_INLINE auto dbl(const Vec<F, a, x> &u) {
        return add(u, u);
    }

    /// u v / 2^256
    template <class F, int a, int b, int x, int y>
    static CK_INLINE auto mul(const Vec<F, a, x> &u, const Vec<F, b, y> &v) {
        Wide<F> w;
        w.mac_first(settled(u), settled(v));
        return w.template reduced<product(a, b)>();
    }
    /// (u v + s t) / 2^256
    template <class F, int a, int b, int c, int d, int x, int y, int z, int w>
    static CK_INLINE auto mul_add(
        const Vec<F, a, x> &u, const Vec<F, b, y> &v, const Vec<F, c, z> &s,
        const Vec<F, d, w> &t) {
        Wide<F> wide;
        wide.mac_first(settled(u), settled(v));
        wide.mac_first(settled(s), settled(t));
        return wide.template reduced<product(a, b) + product(c, d)>();
    }

    /// Limbs below 2^bits.
    template <class F, int a>
    static CK_INLINE const Vec<F, a, 0> &settled(const Vec<F, a, 0> &u) {
        return u;
    }
    template <class F, int a, int x>
    static CK_INLINE Vec<F, a, 0> settled(const Vec<F, a, x> &u) {
        Vec<F, a, 0> r;
        Reg l = u.l[0];
        for (int i = 0; i + 1 < N; i++) {
            r.l[i] = L::both(l, L::all(R::mask));
            l = L::add(u.l[i + 1], L::template right<bits>(l));
        }
        r.l[N - 1] = l;
        return r;
    }
    /// The residues below p.
    template <class F, int a, int x>
    static CK_INLINE One<F> canonical(const Vec<F, a, x> &u) {
        if constexpr (a <= 64) {
            const auto v = settled(u);
            One<F> r;
            for (int i = 0; i < N; i++) r.l[i] = v.l[i];
            return r;
        } else {
            constexpr int k = halving(a);
            return canonical(take_off<k>(settled(u)));
        }
    }

    template <class F>
    static CK_INLINE Mask is_nonzero(const One<F> &u) {
        Reg any = u.l[0];
        for (int i = 1; i < N; i++) any = L::either(any, u.l[i]);
        return L::is_nonzero(any);
    }
    template <class F>
    static CK_INLINE Mask differ(const One<F> &u, const One<F> &v) {
        Mask m = L::differ(u.l[0], v.l[0]);
        for (int i = 1; i < N; i++) m = L::either(m, L::differ(u.l[i], v.l[i]));
        return m;
    }
    /// The same with a larger bound: for values that go round a loop.
    template <int b, class F, int a>
    static CK_INLINE Vec<F, b> widened(const Vec<F, a> &u) {
        static_assert(a <= b);
        Vec<F, b> r;
        for (int i = 0; i < N; i++) r.l[i] = u.l[i];
        return r;
    }
    template <class F, int a>
    static CK_INLINE Vec<F, a> choose(Mask m, const Vec<F, a> &yes, const Vec<F, a> &no) {
        Vec<F, a> r;
        for (int i = 0; i < N; i++) r.l[i] = L::choose(m, yes.l[i], no.l[i]);
        return r;
    }

    // --- sums of products, not reduced ---

    template <class F>
    struct Wide {
        Reg c[R::columns];
        int room = R::wide_terms;

        CK_INLINE Wide() {
            for (int i = 0; i < R::columns; i++) c[i] = L::zero();
        }
        template <int a, int b>
        CK_INLINE void mac_first(const Vec<F, a> &u, const Vec<F, b> &v) {
            R::template multiply_add<N, N>(c, u.l, v.l);
        }
        template <int a, int b, int x, int y>
        CK_INLINE void mac(const Vec<F, a, x> &u, const Vec<F, b, y> &v) {
            if (__builtin_expect(room-- == 0, 0)) {
                carry<R::columns>(c);
                room = R::wide_terms - 2;
            }
            mac_first(settled(u), settled(v));
        }
        /// The lanes' sum divided by 2^256, for at most wide_terms products whose sum is below
        /// 2^256 * (below - 64) / 64 * p.
        template <int below>
        CK_INLINE Vec<F, below + 64> reduced() {
            Vec<F, below + 64> r;
            Reg p[N];
            for (int i = 0; i < N; i++) p[i] = L::all(ModulusMultiple<F>(1).limb(i, bits, N));
            R::template reduce_wide<F>(r.l, c, p, L::all(Modulus<F>::inverse & R::mask));
            return r;
        }
        /// sum += all lanes'
        CK_INLINE void flush(WideSum &sum) {
            carry<R::columns>(c);
            add_columns<R::columns>(sum.l, c);
        }
        /// sums[i] += lane i
        CK_INLINE void flush_lanes(WideSum *sums) {
            carry<R::columns>(c);
            add_lanes<R::columns>(sums, c);
        }
    };

    /// A sum of elements, not reduced.
    template <class F>
    struct Sum {
        Reg c[N];
        int room = 64;

        CK_INLINE Sum() {
            for (int i = 0; i < N; i++) c[i] = L::zero();
        }
        template <int a>
        CK_INLINE void add(const Vec<F, a> &u) {
            if (__builtin_expect(room-- == 0, 0)) {
                carry<N>(c);
                room = 64;
            }
            for (int i = 0; i < N; i++) c[i] = L::add(c[i], u.l[i]);
        }
        CK_INLINE void flush(SmallSum &sum) {
            carry<N>(c);
            add_columns<N>(sum.l, c);
        }
    };

    // --- integers ---

    /// Limbs of any integer, and of one that a single limb holds with its sign.
    static constexpr int full_limbs = (64 + bits - 1) / bits;

    /// What is added to integers of n limbs to make them unsigned.
    template <int n>
    static constexpr uint64_t offset = uint64_t(1) << ((n == full_limbs ? 64 : n * bits) - 1);

    /// Integers plus offset<n>, in n limbs.
    template <int n>
    struct Ints {
        Reg l[n];
    };
    static CK_INLINE Reg load_raw(const int64_t *x, LaneCount some, ptrdiff_t stride = 1) {
        if (__builtin_expect(some.count == lanes, 1)) return L::load_strided(x, stride);
        int64_t room[lanes];
        load_some(room, x, some.count, stride);
        return L::load_strided(room, 1);
    }
    template <int n>
    static CK_INLINE Ints<n> ints(Reg x) {
        Ints<n> r;
        x = L::add(x, L::all(offset<n>));
        for (int i = 0; i < n; i++) {
            r.l[i] = i + 1 < n ? L::both(x, L::all(R::mask)) : x;
            x = L::template right<bits>(x);
        }
        return r;
    }
    template <int n>
    static CK_INLINE Ints<n> load_ints(const int64_t *x, LaneCount some, ptrdiff_t stride = 1) {
        return ints<n>(load_raw(x, some, stride));
    }
    /// What is needed to know whether one limb held each of the integers noted.
    using Seen = Reg;
    static CK_INLINE Seen none_seen() { return L::zero(); }
    static CK_INLINE void note(Seen &seen, Reg x) {
        seen = L::either(seen, L::add(x, L::all(offset<1>)));
    }
    static CK_INLINE bool are_noted_small(Seen seen) {
        return L::bits(L::is_nonzero(L::template right<bits>(seen))) == 0;
    }
    /// Whether one limb holds each of n integers, with so many bits to spare.
    static bool are_small(const int64_t *x, size_t n, int spare = 0) {
        const uint64_t half = offset<1> >> spare;
        uint64_t seen = 0;
        for (size_t i = 0; i < n; i++) seen |= uint64_t(x[i]) + half;
        return seen < 2 * half;
    }

    /// A fixed element that integers of n limbs are multiplied by.
    template <class F, int n>
    struct Factor {
        One<F> scaled;
        /// -offset * f
        One<F> start;

        Factor() = default;
        explicit Factor(const F &f)
            // A sum of products is divided by 2^(n bits).
            : scaled(broadcast(A::mul(f, power_of_two<F, n * bits>))),
              start(broadcast(neg(mul_small<F, A>(offset<n>, f)))) {}
    };

    /// Sums of integers times elements. n: limbs of the integers.
    template <class F, int n>
    struct Small {
        Reg c[N + n];
        int room = R::small_terms;

        CK_INLINE Small() {
            for (int i = 0; i < N + n; i++) c[i] = L::zero();
        }
        CK_INLINE void mac(const Ints<n> &x, const Reg *f) {
            if (__builtin_expect(room-- == 0, 0)) {
                carry<N + n>(c);
                room = R::small_terms - 2;
            }
            R::template multiply_add<n, N>(c, x.l, f);
        }
        CK_INLINE void mac(const Ints<n> &x, const One<F> &f) { mac(x, f.l); }
        CK_INLINE void mac(const Ints<n> &x, const Factor<F, n> &f) { mac(x, f.scaled.l); }
        CK_INLINE void flush(SmallSum &sum) {
            carry<N + n>(c);
            add_columns<N + n>(sum.l, c);
        }
        /// sums[i] += lane i
        CK_INLINE void flush_lanes(SmallSum *sums) {
            carry<N + n>(c);
            add_lanes<N + n>(sums, c);
        }
        /// The sum of integers times factors, less their starts; at most so many terms.
        template <int terms>
        CK_INLINE Vec<F, 64 * (terms + 1), 1> reduced() {
            static_assert(terms < R::small_terms);
            Vec<F, 64 * (terms + 1), 1> r;
            Reg p[N];
            for (int i = 0; i < N; i++) p[i] = L::all(ModulusMultiple<F>(1).limb(i, bits, N));
            R::template cancel<F, n, bits>(c, p, L::all(Modulus<F>::inverse & R::mask));
            Reg x = L::add(c[n], L::template right<bits>(c[n - 1]));
            for (int i = 0; i + 1 < N; i++) {
                r.l[i] = L::both(x, L::all(R::mask));
                x = L::add(c[n + i + 1], L::template right<bits>(x));
            }
            r.l[N - 1] = x;
            return r;
        }
    };

   private:
    template <class F>
    static __attribute__((noinline)) void load_some(
        Reg *x, const F *p, size_t count, ptrdiff_t stride) {
        F room[lanes] = {};
        for (size_t i = 0; i < count; i++) room[i] = p[ptrdiff_t(i) * stride];
        L::load_rows(x, [&](size_t i) { return room[i].l; });
    }
    template <class F>
    static __attribute__((noinline)) void store_some(
        F *p, const Reg *x, size_t count, ptrdiff_t stride) {
        F room[lanes];
        L::store_rows([&](size_t i) { return room[i].l; }, x);
        for (size_t i = 0; i < count; i++) p[ptrdiff_t(i) * stride] = room[i];
    }
    static __attribute__((noinline)) void load_some(
        int64_t *room, const int64_t *x, size_t count, ptrdiff_t stride) {
        for (size_t i = 0; i < lanes; i++) room[i] = i < count ? x[ptrdiff_t(i) * stride] : 0;
    }

    /// 64ths of p: what keeps limbs and carries within their columns.
    static constexpr int most = 64 * 32;
    /// p / 2^256 < 12.2 / 64.
    static constexpr int product(int a, int b) { return (a * b * 13 + 64 * 64 - 1) / (64 * 64); }
    /// The largest power of two k with 64 k < a.
    static constexpr int halving(int a) {
        int k = 1;
        while (128 * k < a) k *= 2;
        return k;
    }

    template <class F>
    static CK_INLINE One<F> from_words(const Reg x[4]) {
        One<F> r;
#pragma unroll
        for (int i = 0; i < N; i++) {
            constexpr int width = bits;
            const int at = i * width, word = at >> 6, shift = at & 63;
            r.l[i] = word_limb(x, word, shift, i + 1 < N);
        }
        return r;
    }
    /// Bits from `shift` of word `word` on.
    static CK_INLINE Reg word_limb(const Reg x[4], int word, int shift, bool masked) {
        const Reg low = shift_right(x[word], shift);
        if (shift + bits <= 64 || word == 3)
            return masked ? L::both(low, L::all(R::mask)) : low;
        return L::either_within(low, shift_left(x[word + 1], 64 - shift), L::all(R::mask));
    }
    /// Constant after unrolling.
    static CK_INLINE Reg shift_right(Reg a, int n) { return L::right_by(a, n); }
    static CK_INLINE Reg shift_left(Reg a, int n) { return L::left_by(a, n); }

    template <class F>
    static CK_INLINE void to_words(Reg x[4], const One<F> &v) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            // The limb that holds the word's first bit, then those that begin within it.
            const int first = 64 * j / bits;
            Reg word = shift_right(v.l[first], 64 * j - first * bits);
#pragma unroll
            for (int i = first + 1; i < N && i * bits < 64 * (j + 1); i++)
                word = L::either(word, shift_left(v.l[i], i * bits - 64 * j));
            x[j] = word;
        }
    }

    /// u - k p where that is not negative.
    template <int k, class F, int a>
    static CK_INLINE auto take_off(const Vec<F, a, 0> &u) {
        constexpr ModulusMultiple<F> kp(k);
        Vec<F, (a - 64 * k > 64 * k ? a - 64 * k : 64 * k), 0> r;
        // u + (2^(N bits) - k p): the carry out says whether u is as large.
        Reg carry = L::all(1);
        Reg d[N];
        for (int i = 0; i < N; i++) {
            const uint64_t limb = R::mask - (kp.limb(i, bits, N) & R::mask);
            const Reg x = L::add(L::add(u.l[i], L::all(limb)), carry);
            d[i] = L::both(x, L::all(R::mask));
            carry = L::template right<bits>(x);
        }
        const Mask large = L::is_nonzero(carry);
        for (int i = 0; i < N; i++) r.l[i] = L::choose(large, d[i], u.l[i]);
        return r;
    }

    /// Columns below 2^bits, but the last.
    template <int n>
    static CK_INLINE void carry(Reg *c) {
        for (int i = 0; i + 1 < n; i++) {
            c[i + 1] = L::add(c[i + 1], L::template right<bits>(c[i]));
            c[i] = L::both(c[i], L::all(R::mask));
        }
    }
    template <int n, int words>
    static void add_columns(uint64_t (&sum)[words], const Reg *c) {
        // Carried columns of up to 2^(64 - bits) lanes add up to 64 bits, and the last is small.
        for (int i = 0; i < n; i++) add_shifted(sum, L::sum(c[i]), i * bits);
    }
    template <int n, class S>
    static void add_lanes(S *sums, const Reg *c) {
        uint64_t lane[n][lanes];
        for (int i = 0; i < n; i++) L::store(lane[i], c[i]);
        for (size_t k = 0; k < lanes; k++)
            for (int i = 0; i < n; i++) add_shifted(sums[k].l, lane[i][k], i * bits);
    }
};

}  // namespace
}  // namespace ck
