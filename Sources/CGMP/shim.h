#ifndef ZKML_CGMP_SHIM_H
#define ZKML_CGMP_SHIM_H
#include <gmp.h>

/* Function-like macros of gmp.h that Swift cannot import. */
static inline int zkml_mpz_sgn(const mpz_t x) { return mpz_sgn(x); }
static inline int zkml_mpz_odd(const mpz_t x) { return mpz_odd_p(x) != 0; }

#endif
