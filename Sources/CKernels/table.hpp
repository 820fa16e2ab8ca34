// One arithmetic's table of kernels.
#pragma once
#include "contraction.hpp"
#include "fixed_base.hpp"
#include "fractions.hpp"
#include "keccak.hpp"
#include "sumcheck_adjacent.hpp"
#include "terms.hpp"
#include "univariate.hpp"

namespace ck {
namespace {

template <class V>
constexpr ck_kernels kernel_table(const char *name) {
    ck_kernels k{};
    using E = Vectors<V>;
    k.name = name;

    k.fr_mul = E::fr_mul;
    k.fr_add = E::fr_add;
    k.fr_sub = E::fr_sub;
    k.fr_scale = E::fr_scale;
    k.fr_axpy = E::fr_axpy;
    k.i64_axpy = E::i64_axpy;
    k.fr_fold = E::fr_fold;
    k.i64_fold = E::i64_fold;
    k.fr_sum = E::fr_sum;
    k.fr_dot = E::fr_dot;
    k.i64_dot = E::i64_dot;
    k.i64_to_fr = E::i64_to_fr;
    k.fr_invert = E::fr_invert;
    k.fr_powers = E::fr_powers;
    k.fr_eq = E::fr_eq;
    k.fr_outer_axpy = E::fr_outer_axpy;

    k.i64_contract = Contraction<V>::i64_contract;
    k.fr_contract = Contraction<V>::fr_contract;

    using S = Sumcheck<V>;
    k.fr_product_round = S::fr_product_round;
    k.i64_product_round = S::i64_product_round;
    k.fr_product_fold_round = S::fr_product_fold_round;
    k.i64_product_fold_round = S::i64_product_fold_round;
    k.terms_round = Terms<V>::terms_round;

    using L = AdjacentSumcheck<V>;
    k.fr_adjacent_round = L::fr_adjacent_round;
    k.i64_adjacent_round = L::i64_adjacent_round;
    k.fr_adjacent_fold_round = L::fr_adjacent_fold_round;
    k.i64_adjacent_fold_round = L::i64_adjacent_fold_round;

    using T = Fractions<V>;
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

    using U = Univariate<V>;
    k.fr_even_odd_fold = U::fr_even_odd_fold;
    k.i64_even_odd_fold = U::i64_even_odd_fold;
    k.fr_evaluate = U::fr_evaluate;
    k.i64_evaluate = U::i64_evaluate;
    k.fr_divide_by_linear = U::fr_divide_by_linear;
    k.fr_combine = U::fr_combine;
    k.i64_combine = U::i64_combine;

    k.g1_msm_fr = Msm<V>::g1_msm_fr;
    k.g1_msm_i64 = Msm<V>::g1_msm_i64;
    k.g1_fixed_base = FixedBase<V>::g1_fixed_base;
    return k;
}

}  // namespace
}  // namespace ck
