/* SPDX-License-Identifier: MIT
 *
 * Functions of a row of numbers, of a block of rows.
 */
#include "lanes_kernel.h"

#if defined(EMLRT_LANES_ON)

#define ONE_BITS UINT32_C(0x3F800000)

/* The largest of each lane's n numbers, as emlrt_argmax finds it: its bits. */
EMLRT_INLINE lanes_u largest_of(const float *x, size_t n) {
  lanes_u best = lanes_bits(lanes_at(x, 0)), best_key = lanes_key(best);
  size_t i;
  for (i = 1; i < n; i++) {
    lanes_u bits = lanes_bits(lanes_at(x, i)), key = lanes_key(bits);
    lanes_i more = key > best_key;
    best = lanes_pick(more, bits, best);
    best_key = lanes_pick(more, key, best_key);
  }
  return best;
}

/* x - largest of all numbers; 0, whose power is 1, for what equals the largest
 * even if both are infinite. */
CLONES static void without_largest(const float *x, size_t n, float *rest) {
  lanes_u largest = largest_of(x, n);
  size_t i;
  for (i = 0; i < n; i++) {
    lanes_u bits = lanes_bits(lanes_at(x, i));
    lanes_f left = lanes_float(bits) - lanes_float(largest);
    lanes_i same = (bits == largest) & ~lanes_is_nan(bits);
    lanes_put(rest, i, lanes_float(lanes_bits(left) & ~(lanes_u)same));
  }
}

CLONES static void shares(float *p, size_t n) {
  lanes_f sum = lanes_same(0.0f);
  size_t i;
  for (i = 0; i < n; i++) sum += lanes_at(p, i);
  for (i = 0; i < n; i++) lanes_put_one(p, i, lanes_at(p, i) / sum);
}

void emlrt_lanes_softmax(const emlrt_call *call, const float *x, float *y,
                         float *work) {
  (void)work;
  without_largest(x, call->n_in, y);
  emlrt_lanes_exp((uint32_t *)(void *)y, (size_t)call->n_in * LANES);
  shares(y, call->n_in);
}

CLONES static void total_of(const float *powers, size_t n, float *y) {
  lanes_f sum = lanes_same(0.0f);
  for (; n != 0; n--, powers += LANES) sum += lanes_at(powers, 0);
  lanes_put(y, 0, sum);
}

CLONES static void add_largest(const float *x, size_t n, float *y) {
  lanes_f largest = lanes_float(largest_of(x, n));
  lanes_put_one(y, 0, largest + lanes_at(y, 0));
}

void emlrt_lanes_logsumexp(const emlrt_call *call, const float *x, float *y,
                           float *work) {
  without_largest(x, call->n_in, work);
  emlrt_lanes_exp((uint32_t *)(void *)work, (size_t)call->n_in * LANES);
  total_of(work, call->n_in, y);
  emlrt_lanes_log((uint32_t *)(void *)y, LANES);
  add_largest(x, call->n_in, y);
}

CLONES void emlrt_lanes_onehot_argmax(const emlrt_call *call, const float *x,
                                      float *y, float *work) {
  size_t group = call->size == 0 ? call->n_in : emlrt_r32(call->payload, 0);
  size_t from, i;
  (void)work;
  for (from = 0; from < call->n_in; from += group) {
    const float *at = x + from * LANES;
    lanes_u best = lanes_key(lanes_bits(lanes_at(at, 0))), index = {0};
    for (i = 1; i < group; i++) {
      lanes_u key = lanes_key(lanes_bits(lanes_at(at, i)));
      lanes_i more = key > best;
      best = lanes_pick(more, key, best);
      index = lanes_pick(more, lanes_all((uint32_t)i), index);
    }
    for (i = 0; i < group; i++)
      lanes_put(y, from + i,
                lanes_float((lanes_u)(index == (uint32_t)i) & ONE_BITS));
  }
}

CLONES void emlrt_lanes_complement(const emlrt_call *call, const float *x,
                                   float *y, float *work) {
  size_t i;
  (void)work;
  for (i = 0; i < call->n_in; i++) {
    lanes_f share = lanes_at(x, i);
    lanes_put_one(y, 2 * i, 1.0f - share);
    lanes_put_one(y, 2 * i + 1, share);
  }
}

/* As emlrt_norm_unit. */
EMLRT_INLINE lanes_f norm_unit(const float *x, size_t n) {
  lanes_u top = {0};
  lanes_i far;
  for (; n != 0; n--, x += LANES) {
    lanes_u e = lanes_bits(lanes_at(x, 0)) >> 23 & 0xFFu;
    top = lanes_pick((lanes_i)e > (lanes_i)top, e, top);
  }
  top += (lanes_u)(top == 0) & 1u;
  far = (lanes_i)top > 252;
  return lanes_float(lanes_pick(far, lanes_all(1), 254u - top) << 23);
}

/* The norm of columns, but for the root of squares. */
EMLRT_INLINE lanes_f norm_sum(const float *x, size_t n, lanes_f unit,
                              unsigned norm) {
  lanes_f sum = lanes_same(0.0f);
  lanes_u largest = {0};
  for (; n != 0; n--, x += LANES) {
    lanes_f value = lanes_at(x, 0) * unit;
    lanes_u size = lanes_bits(value) & ~EMLRT_SIGN_BIT;
    largest = lanes_pick((lanes_i)size > (lanes_i)largest, size, largest);
    if (norm == EMLRT_NORM_L1) value = lanes_float(size);
    if (norm == EMLRT_NORM_L2) value *= value;
    sum += value;
  }
  return norm == EMLRT_NORM_MAX ? lanes_float(largest) : sum;
}

/* norm: the norms. */
EMLRT_INLINE void divide_by(const emlrt_call *call, const float *x, float *y,
                            lanes_f unit, lanes_f norm) {
  emlrt_rom at = call->payload;
  lanes_i none = (lanes_bits(norm) & ~EMLRT_SIGN_BIT) == 0;
  int uniform = emlrt_r16(at, EMLRT_AT(emlrt_normalize, flags)) != 0;
  float count = emlrt_div(1.0f, emlrt_rounded_to(call->n_in));
  size_t i;
  for (i = 0; i < call->n_in; i++) {
    lanes_f value = lanes_at(x, i);
    lanes_u other = uniform ? lanes_bits(lanes_same(count)) : lanes_bits(value);
    value = value * unit / norm;
    lanes_put_one(y, i,
                  lanes_float(lanes_pick(none, other, lanes_bits(value))));
  }
}

CLONES static void norms_of(const float *x, size_t n, unsigned norm,
                            float *norms) {
  lanes_put(norms, 0, norm_sum(x, n, norm_unit(x, n), norm));
}

CLONES static void divide(const emlrt_call *call, const float *x, float *y,
                          const float *norms) {
  divide_by(call, x, y, norm_unit(x, call->n_in), lanes_at(norms, 0));
}

void emlrt_lanes_normalize(const emlrt_call *call, const float *x, float *y,
                           float *work) {
  unsigned norm = emlrt_r16(call->payload, EMLRT_AT(emlrt_normalize, norm));
  norms_of(x, call->n_in, norm, work);
  if (norm == EMLRT_NORM_L2) emlrt_lanes_sqrt((uint32_t *)(void *)work, LANES);
  divide(call, x, y, work);
}

/* Products of inputs and of outputs before: see c/src/prep/polynomial.c. */
CLONES void emlrt_lanes_polynomial(const emlrt_call *call, const float *x,
                                   float *y, float *work) {
  int is_short = call->n_in <= 0xFFFFu && call->n_out <= 0xFFFFu;
  emlrt_rom at = call->payload;
  size_t j;
  (void)work;
  for (j = 0; j < call->n_out; j++) {
    uint32_t base = is_short ? emlrt_r16(at, 0) : emlrt_r32(at, 0);
    uint32_t factor = is_short ? emlrt_r16(at, 2) : emlrt_r32(at, 4);
    lanes_f product = lanes_same(1.0f), number = product;
    if (base != j) product = lanes_at(y, base);
    if (factor != call->n_in) number = lanes_at(x, factor);
    lanes_put_one(y, j, product * number);
    at = emlrt_rom_at(at, is_short ? 4 : 8);
  }
}

#endif
