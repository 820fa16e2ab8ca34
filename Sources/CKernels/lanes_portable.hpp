// Eight lanes of 64 bits in plain C++: the model that vector units are tested against, also of
// instructions which the testing machine lacks.
#pragma once
#include "field.hpp"

namespace ck {
namespace {

struct PortableLanes {
    static constexpr size_t count = 8;
    struct Reg {
        uint64_t lane __attribute__((vector_size(64)));
    };

    static CK_INLINE Reg all(uint64_t x) { return Reg{{x, x, x, x, x, x, x, x}}; }
    static CK_INLINE Reg zero() { return all(0); }
    static CK_INLINE Reg add(const Reg &a, const Reg &b) { return Reg{a.lane + b.lane}; }
    static CK_INLINE Reg sub(const Reg &a, const Reg &b) { return Reg{a.lane - b.lane}; }
    static CK_INLINE Reg both(const Reg &a, const Reg &b) { return Reg{a.lane & b.lane}; }
    static CK_INLINE Reg either(const Reg &a, const Reg &b) { return Reg{a.lane | b.lane}; }
    /// (a | b) & c
    static CK_INLINE Reg either_within(const Reg &a, const Reg &b, const Reg &c) {
        return Reg{(a.lane | b.lane) & c.lane};
    }
    template <int n>
    static CK_INLINE Reg right(const Reg &a) {
        return Reg{a.lane >> n};
    }
    template <int n>
    static CK_INLINE Reg left(const Reg &a) {
        return Reg{a.lane << n};
    }
    static CK_INLINE Reg right_by(const Reg &a, int n) { return Reg{a.lane >> n}; }
    static CK_INLINE Reg left_by(const Reg &a, int n) { return Reg{a.lane << n}; }

    /// sum + the low 52 bits of the product of the low 52 bits (vpmadd52luq).
    static __attribute__((noinline)) Reg multiply52_low(
        const Reg &sum, const Reg &a, const Reg &b) {
        Reg r = sum;
        for (size_t i = 0; i < count; i++) r.lane[i] += uint64_t(product52(a, b, i)) & k52;
        return r;
    }
    /// sum + the high 52 bits of the product of the low 52 bits (vpmadd52huq).
    static __attribute__((noinline)) Reg multiply52_high(
        const Reg &sum, const Reg &a, const Reg &b) {
        Reg r = sum;
        for (size_t i = 0; i < count; i++) r.lane[i] += uint64_t(product52(a, b, i) >> 52);
        return r;
    }
    /// Of all lanes.
    static CK_INLINE uint64_t sum(const Reg &a) {
        uint64_t s = 0;
        for (size_t i = 0; i < count; i++) s += a.lane[i];
        return s;
    }

    /// A choice for every lane.
    using Mask = uint8_t;
    static CK_INLINE Mask differ(const Reg &a, const Reg &b) {
        return is_nonzero(Reg{a.lane ^ b.lane});
    }
    static CK_INLINE Mask either(Mask a, Mask b) { return Mask(a | b); }
    static CK_INLINE Mask is_nonzero(const Reg &a) {
        Mask m = 0;
        for (size_t i = 0; i < count; i++) m = Mask(m | (a.lane[i] != 0) << i);
        return m;
    }
    static CK_INLINE Reg choose(Mask m, const Reg &yes, const Reg &no) {
        Reg r = no;
        for (size_t i = 0; i < count; i++)
            if (m >> i & 1) r.lane[i] = yes.lane[i];
        return r;
    }
    static CK_INLINE Mask mask(unsigned lanes) { return Mask(lanes); }
    /// One bit a lane.
    static CK_INLINE unsigned bits(Mask m) { return m; }

    static CK_INLINE Reg load(const uint64_t *p) {
        Reg r;
        for (size_t i = 0; i < count; i++) r.lane[i] = p[i];
        return r;
    }
    static CK_INLINE void store(uint64_t *p, const Reg &a) {
        for (size_t i = 0; i < count; i++) p[i] = a.lane[i];
    }
    static CK_INLINE Reg load_strided(const int64_t *p, ptrdiff_t stride) {
        Reg r;
        for (size_t i = 0; i < count; i++) r.lane[i] = uint64_t(p[ptrdiff_t(i) * stride]);
        return r;
    }
    /// Four words of each of eight elements, where `at(i)` points: rows[j] has word j.
    template <class At>
    static CK_INLINE void load_rows(Reg rows[4], const At &at) {
        for (size_t i = 0; i < count; i++)
            for (int j = 0; j < 4; j++) rows[j].lane[i] = at(i)[j];
    }
    template <class At>
    static CK_INLINE void store_rows(const At &at, const Reg rows[4]) {
        for (size_t i = 0; i < count; i++)
            for (int j = 0; j < 4; j++) at(i)[j] = rows[j].lane[i];
    }

   private:
    static constexpr uint64_t k52 = (uint64_t(1) << 52) - 1;
    static CK_INLINE u128 product52(const Reg &a, const Reg &b, size_t i) {
        return u128(a.lane[i] & k52) * (b.lane[i] & k52);
    }
};

}  // namespace
}  // namespace ck
