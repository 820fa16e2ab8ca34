#ifndef ZKML_CKERNELS_H
#define ZKML_CKERNELS_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Four little-endian limbs, Montgomery form, value < r. Same layout as Swift's Fr. */
typedef struct { uint64_t l[4]; } ck_fr;

#ifdef __cplusplus
}
#endif
#endif
