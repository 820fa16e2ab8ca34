// One arithmetic's table of kernels.
#pragma once
#include "contraction.hpp"
#include "fractions.hpp"
#include "keccak.hpp"
#include "msm.hpp"
#include "sumcheck.hpp"
#include "sumcheck_adjacent.hpp"
#include "univariate.hpp"

namespace ck {
namespace {

template <class A>
constexpr ck_kernels kernel_table() {
    ck_kernels k{};
    k.name = A::name;

    using V = Vectors<A>;
    k.fr_mul = V::fr_mul;
    k.fr_add = V::fr_add;
    k.fr_sub = V::fr_sub;
    k.fr_scale = V::fr_scale;
    k.fr_axpy = V::fr_axpy;
    k.i64_axpy = V::i64_axpy;
    k.fr_fold = V::fr_fold;
    k.i64_fold = V::i64_fold;
    k.fr_sum = V::fr_sum;
    k.fr_dot = V::fr_dot;
    k.i64_dot = V::i64_dot;
    k.i64_to_fr = V::i64_to_fr;
    k.fr_invert = V::fr_invert;
    k.fr_powers = V::fr_powers;
    k.fr_eq = V::fr_eq;
    k.fr_outer_axpy = V::fr_outer_axpy;

    k.i64_contract = Contraction<A>::i64_contract;
    k.fr_contract = Contraction<A>::fr_contract;

    using S = Sumcheck<A>;
    k.fr_product_round = S::fr_product_round;
    k.i64_product_round = S::i64_product_round;
    k.fr_product_fold_round = S::fr_product_fold_round;
    k.i64_product_fold_round = S::i64_product_fold_round;
    k.terms_round = S::terms_round;

    using L = AdjacentSumcheck<A>;
    k.fr_adjacent_round = L::fr_adjacent_round;
    k.i64_adjacent_round = L::i64_adjacent_round;
    k.fr_adjacent_fold_round = L::fr_adjacent_fold_round;
    k.i64_adjacent_fold_round = L::i64_adjacent_fold_round;

    using T = Fractions<A>;
    k.i64_leaf_denominators = T::i64_leaf_denominators;
    k.fr_fraction_combine = T::fr_fraction_combine;
    k.i64_fraction_combine = T::i64_fraction_combine;
    k.fr_fraction_prepare = T::fr_fraction_prepare;
    k.i64_fraction_prepare = T::i64_fraction_prepare;
    k.fr_fraction_round = T::fr_fraction_round;
    k.i64_fraction_round = T::i64_fraction_round;
    k.fr_fraction_fold_round = T::fr_fraction_fold_round;
    k.i64_fraction_fold_round = T::i64_fraction_fold_round;

    k.keccak256_many = keccak256_many;

    using U = Univariate<A>;
    k.fr_even_odd_fold = U::fr_even_odd_fold;
    k.i64_even_odd_fold = U::i64_even_odd_fold;
    k.fr_evaluate = U::fr_evaluate;
    k.i64_evaluate = U::i64_evaluate;
    k.fr_divide_by_linear = U::fr_divide_by_linear;
    k.fr_combine = U::fr_combine;
    k.i64_combine = U::i64_combine;

    k.g1_msm_fr = Msm<A>::g1_msm_fr;
    k.g1_msm_i64 = Msm<A>::g1_msm_i64;
    k.g1_fixed_base = FixedBase<A>::g1_fixed_base;
    return k;
}

}  // namespace
}  // namespace ck
