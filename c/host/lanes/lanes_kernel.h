/* SPDX-License-Identifier: MIT
 *
 * Rows in lanes: a block of 16 rows as columns, so that one vector operation does
 * for all of them what c/src does for one. Every sum keeps the order that c/src
 * has, and every lane is by itself: the bits are the same.
 *
 * Vectors are the compiler's own, 16 numbers whatever the machine has: it makes one
 * register of them, two or four. CLONES says for which kinds of processor a
 * function is compiled, of which the one that fits is taken when the program starts:
 * by glibc's loader, for musl's cannot.
 */
#ifndef EMLRT_LANES_KERNEL_H
#define EMLRT_LANES_KERNEL_H

#include <float.h>

#include "../../src/maths/numeric.h"
#include "lanes.h"

/* Whether there are lanes: where the blob's floats are this machine's, each sum and
 * product is rounded by itself (not so on x87), and the compiler has vectors. */
#if defined(EMLRT_ROM_FLOATS) && FLT_EVAL_METHOD == 0 && defined(__GNUC__)
#define EMLRT_LANES_ON 1
#endif

#if defined(EMLRT_LANES_ON)

#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__clang__) && \
    !defined(EMLRT_NO_CLONES)
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#define CLONED 1
#else
#define CLONES
#define CLONED 0
#endif

/* Functions of this folder that take vectors are part of their callers: how such
 * arguments are passed does not matter. */
#pragma GCC diagnostic ignored "-Wpsabi"

#define LANES 16u

/* A number of each lane, at any address of a float. */
typedef float lanes_f
    __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef uint32_t lanes_u
    __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int32_t lanes_i
    __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

/* A stage on LANES rows. x: a column of LANES elements of 4 bytes for each input
 * (narrower ones are widened); y: the same of the outputs; work: as many columns as
 * both, to write to, for 8-byte numbers. */
typedef void emlrt_lanes_kernel(const emlrt_call *call, const float *x,
                                float *y, float *work);

emlrt_lanes_kernel emlrt_lanes_distances, emlrt_lanes_kernel_rbf,
    emlrt_lanes_kernel_dot, emlrt_lanes_kernel_tanh, emlrt_lanes_kernel_matern,
    emlrt_lanes_gauss_diag, emlrt_lanes_gauss_full, emlrt_lanes_softmax,
    emlrt_lanes_logsumexp, emlrt_lanes_normalize, emlrt_lanes_onehot_argmax,
    emlrt_lanes_complement, emlrt_lanes_op_exp, emlrt_lanes_op_expm1,
    emlrt_lanes_op_log, emlrt_lanes_op_log1p, emlrt_lanes_op_logistic,
    emlrt_lanes_op_tanh, emlrt_lanes_op_sqrt, emlrt_lanes_op_cos,
    emlrt_lanes_abs, emlrt_lanes_square, emlrt_lanes_reciprocal,
    emlrt_lanes_softsign, emlrt_lanes_silu, emlrt_lanes_softplus,
    emlrt_lanes_relu, emlrt_lanes_clip, emlrt_lanes_step, emlrt_lanes_impute,
    emlrt_lanes_affine, emlrt_lanes_weighted_sum, emlrt_lanes_power,
    emlrt_lanes_polynomial, emlrt_lanes_bisecting_kmeans,
    emlrt_lanes_neighbor_density;

#define LANES_NEAREST 32u /* rows whose lists are in y and work */

/* The same of n rows: stored ones take the lanes instead. columns: zeros or any
 * numbers, as many columns as x, y and work have. */
typedef void emlrt_lanes_kernel_few(const emlrt_call *call, emlrt_rows in,
                                    emlrt_rows out, size_t n, float *columns);

emlrt_lanes_kernel_few emlrt_lanes_nearest, emlrt_lanes_few_distances,
    emlrt_lanes_few_rbf, emlrt_lanes_few_dot, emlrt_lanes_few_tanh,
    emlrt_lanes_few_matern;

/* Turns n rows of so many numbers into columns, or columns into rows. Steps: bytes
 * from row to row. */
void emlrt_lanes_transpose(const char *from, size_t from_step, size_t n,
                           size_t width, char *to, size_t to_step);

/* Takes n stored rows, `step` numbers apart, as columns of n_in numbers. */
EMLRT_INLINE void lanes_take(const emlrt_call *call, const float *rows,
                             size_t step, size_t n, float *columns) {
  emlrt_lanes_transpose((const char *)rows, step * sizeof *rows, n, call->n_in,
                        (char *)columns, LANES * sizeof *columns);
}

/* Functions of maths.h on n floats in place, n a multiple of LANES. */
typedef void emlrt_lanes_function(uint32_t *at, size_t n);
emlrt_lanes_function emlrt_lanes_exp, emlrt_lanes_expm1, emlrt_lanes_log,
    emlrt_lanes_log1p, emlrt_lanes_logistic, emlrt_lanes_tanh, emlrt_lanes_sqrt,
    emlrt_lanes_cos;

/* Column i of columns. */
EMLRT_INLINE lanes_f lanes_at(const float *columns, size_t i) {
  return *(const lanes_f *)(const void *)(columns + i * LANES);
}

EMLRT_INLINE void lanes_put(float *columns, size_t i, lanes_f value) {
  *(lanes_f *)(void *)(columns + i * LANES) = value;
}

EMLRT_INLINE lanes_u lanes_bits(lanes_f value) { return (lanes_u)value; }
EMLRT_INLINE lanes_f lanes_float(lanes_u bits) { return (lanes_f)bits; }

/* The same number in every lane; bits and all, -0 too. */
EMLRT_INLINE lanes_u lanes_all(uint32_t bits) {
  const lanes_u zero = {0};
  return zero + bits;
}
EMLRT_INLINE lanes_f lanes_same(float value) {
  return lanes_float(lanes_all(emlrt_bits(value)));
}

/* a where the lane's mask is all ones, b where it is 0. */
EMLRT_INLINE lanes_u lanes_pick(lanes_i mask, lanes_u a, lanes_u b) {
  return ((lanes_u)mask & a) | (~(lanes_u)mask & b);
}

/* As emlrt_is_nan, emlrt_one_nan and emlrt_sort_key_u32. */
EMLRT_INLINE lanes_i lanes_is_nan(lanes_u bits) {
  return (lanes_i)(bits & ~EMLRT_SIGN_BIT) > (int32_t)EMLRT_INFINITY_BITS;
}
EMLRT_INLINE lanes_u lanes_one_nan(lanes_u bits) {
  return lanes_pick(lanes_is_nan(bits), lanes_all(EMLRT_NAN_BITS), bits);
}
EMLRT_INLINE lanes_u lanes_key(lanes_u bits) {
  lanes_u plus = bits | EMLRT_SIGN_BIT;
  lanes_i below = ((lanes_i)bits < 0) & (bits != EMLRT_SIGN_BIT);
  lanes_u key = lanes_pick(below, ~bits, plus);
  return key & ~(lanes_u)lanes_is_nan(bits);
}

/* As emlrt_put. */
EMLRT_INLINE void lanes_put_one(float *columns, size_t i, lanes_f value) {
  lanes_put(columns, i, lanes_float(lanes_one_nan(lanes_bits(value))));
}

/* Lanes whose mask is set, a bit each. */
EMLRT_INLINE uint32_t lanes_set(lanes_i mask) {
  typedef uint32_t half __attribute__((vector_size(LANES * 2)));
  typedef uint32_t part __attribute__((vector_size(LANES)));
  typedef uint64_t two __attribute__((vector_size(LANES)));
  const lanes_u places = {1u << 0,  1u << 1,  1u << 2,  1u << 3,
                          1u << 4,  1u << 5,  1u << 6,  1u << 7,
                          1u << 8,  1u << 9,  1u << 10, 1u << 11,
                          1u << 12, 1u << 13, 1u << 14, 1u << 15};
  union {
    lanes_u whole;
    half halves[2];
  } all;
  union {
    half whole;
    part parts[2];
  } some;
  uint64_t last;
  two pair;
  all.whole = (lanes_u)mask & places;
  some.whole = all.halves[0] | all.halves[1];
  pair = (two)(some.parts[0] | some.parts[1]);
  last = pair[0] | pair[1];
  return (uint32_t)(last >> 32) | (uint32_t)(last & UINT32_MAX);
}

EMLRT_INLINE int lanes_any(lanes_i mask) { return lanes_set(mask) != 0; }

/* The floats of a payload from an offset on. */
EMLRT_INLINE const float *lanes_payload(const emlrt_call *call, size_t offset) {
  return (const float *)(const void *)((const char *)call->payload + offset);
}

#endif
#endif
