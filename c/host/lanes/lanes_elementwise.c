/* SPDX-License-Identifier: MIT
 *
 * Functions of each number by itself, of a block of rows.
 */
#include "lanes_kernel.h"

#if defined(EMLRT_LANES_ON)

#include <string.h>

#define ONE_BITS UINT32_C(0x3F800000)

static uint32_t *copied(const emlrt_call *call, const float *x, float *y) {
  memcpy(y, x, (size_t)call->n_in * LANES * sizeof *y);
  return (uint32_t *)(void *)y;
}

/* The kernel of a function of maths.h. */
#define LANES_MATHS(name)                                                      \
  void emlrt_lanes_op_##name(const emlrt_call *call, const float *x, float *y, \
                             float *work) {                                    \
    (void)work;                                                                \
    emlrt_lanes_##name(copied(call, x, y), (size_t)call->n_in * LANES);        \
  }

LANES_MATHS(exp)
LANES_MATHS(expm1)
LANES_MATHS(log)
LANES_MATHS(log1p)
LANES_MATHS(logistic)
LANES_MATHS(tanh)
LANES_MATHS(sqrt)
LANES_MATHS(cos)

/* The kernel of an expression: of `bits`, those of a column, or of `value`. */
#define LANES_MAP(name, expression)                                      \
  CLONES void emlrt_lanes_##name(const emlrt_call *call, const float *x, \
                                 float *y, float *work) {                \
    size_t i;                                                            \
    (void)work;                                                          \
    for (i = 0; i < call->n_in; i++) {                                   \
      lanes_f value = lanes_at(x, i);                                    \
      lanes_u bits = lanes_bits(value);                                  \
      (void)bits;                                                        \
      lanes_put_one(y, i, expression);                                   \
    }                                                                    \
  }

EMLRT_INLINE lanes_f softsign(lanes_u bits) {
  lanes_u size = bits & ~EMLRT_SIGN_BIT;
  lanes_f near = lanes_float(bits) / (1.0f + lanes_float(size));
  return lanes_float(lanes_pick(size == EMLRT_INFINITY_BITS,
                                (bits ^ size) | ONE_BITS, lanes_bits(near)));
}

LANES_MAP(abs, lanes_float(bits & ~EMLRT_SIGN_BIT))
LANES_MAP(square, value *value)
LANES_MAP(reciprocal, lanes_same(1.0f) / value)
LANES_MAP(softsign, softsign(bits))

/* x times the function that y has of it, -0 where x is minus infinity. */
CLONES static void times_x(const float *x, float *y, size_t n) {
  size_t i;
  for (i = 0; i < n; i++) {
    lanes_f value = lanes_at(x, i) * lanes_at(y, i);
    lanes_i low =
        lanes_bits(lanes_at(x, i)) == (EMLRT_SIGN_BIT | EMLRT_INFINITY_BITS);
    lanes_put_one(y, i,
                  lanes_float(lanes_pick(low, lanes_all(EMLRT_SIGN_BIT),
                                         lanes_bits(value))));
  }
}

void emlrt_lanes_silu(const emlrt_call *call, const float *x, float *y,
                      float *work) {
  (void)work;
  emlrt_lanes_logistic(copied(call, x, y), (size_t)call->n_in * LANES);
  times_x(x, y, call->n_in);
}

CLONES static void make_negative(const float *x, float *y, size_t n) {
  size_t i;
  for (i = 0; i < n; i++)
    lanes_put(y, i, lanes_float(lanes_bits(lanes_at(x, i)) | EMLRT_SIGN_BIT));
}

CLONES static void add_ramp(const float *x, float *y, size_t n) {
  size_t i;
  for (i = 0; i < n; i++) {
    lanes_u bits = lanes_bits(lanes_at(x, i));
    lanes_u ramp = bits & ~(lanes_u)((lanes_i)bits < 0);
    lanes_put_one(y, i, lanes_float(ramp) + lanes_at(y, i));
  }
}

void emlrt_lanes_softplus(const emlrt_call *call, const float *x, float *y,
                          float *work) {
  uint32_t *at = (uint32_t *)(void *)y;
  size_t n = (size_t)call->n_in * LANES;
  (void)work;
  make_negative(x, y, call->n_in);
  emlrt_lanes_exp(at, n);
  emlrt_lanes_log1p(at, n);
  add_ramp(x, y, call->n_in);
}

CLONES void emlrt_lanes_relu(const emlrt_call *call, const float *x, float *y,
                             float *work) {
  emlrt_rom at = call->payload;
  float slope = emlrt_rf32(at, EMLRT_AT(emlrt_relu, slope));
  float threshold = emlrt_rf32(at, EMLRT_AT(emlrt_relu, threshold));
  uint32_t max = emlrt_r32(at, EMLRT_AT(emlrt_relu, max));
  uint32_t low = emlrt_sort_key_u32(emlrt_bits(threshold)), high = UINT32_MAX;
  int leaky = (emlrt_bits(slope) & ~EMLRT_SIGN_BIT) != 0;
  size_t i;
  (void)work;
  if (emlrt_r32(at, EMLRT_AT(emlrt_relu, flags)) != 0)
    high = emlrt_sort_key_u32(max);
  for (i = 0; i < call->n_in; i++) {
    lanes_f value = lanes_at(x, i), sloped = (value - threshold) * slope;
    lanes_u bits = lanes_bits(value), key = lanes_key(bits), below = {0};
    if (leaky) below = lanes_bits(sloped);
    bits = lanes_pick((key <= low) & (key != 0), below, bits);
    bits = lanes_pick(key >= high, lanes_all(max), bits);
    lanes_put_one(y, i, lanes_float(bits));
  }
}

CLONES void emlrt_lanes_clip(const emlrt_call *call, const float *x, float *y,
                             float *work) {
  uint32_t low = emlrt_r32(call->payload, EMLRT_AT(emlrt_clip, low));
  uint32_t high = emlrt_r32(call->payload, EMLRT_AT(emlrt_clip, high));
  uint32_t first = emlrt_sort_key_u32(low), last = emlrt_sort_key_u32(high);
  size_t i;
  (void)work;
  for (i = 0; i < call->n_in; i++) {
    lanes_u bits = lanes_bits(lanes_at(x, i)), key = lanes_key(bits);
    bits = lanes_pick(key > last, lanes_all(high), bits);
    bits = lanes_pick((key < first) & (key != 0), lanes_all(low), bits);
    lanes_put_one(y, i, lanes_float(bits));
  }
}

CLONES void emlrt_lanes_step(const emlrt_call *call, const float *x, float *y,
                             float *work) {
  emlrt_rom at = call->payload;
  size_t i;
  (void)work;
  for (i = 0; i < call->n_in; i++, at = emlrt_rom_at(at, 4)) {
    lanes_u key = lanes_key(lanes_bits(lanes_at(x, i)));
    lanes_i above = key > emlrt_sort_key_u32(emlrt_r32(at, 0));
    lanes_put(y, i, lanes_float((lanes_u)above & ONE_BITS));
  }
}

CLONES void emlrt_lanes_impute(const emlrt_call *call, const float *x, float *y,
                               float *work) {
  emlrt_rom fill = emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_impute));
  uint32_t missing = emlrt_sort_key_u32(
      emlrt_r32(call->payload, EMLRT_AT(emlrt_impute, missing)));
  size_t i;
  (void)work;
  for (i = 0; i < call->n_in; i++, fill = emlrt_rom_at(fill, 4)) {
    lanes_u bits = lanes_bits(lanes_at(x, i));
    bits = lanes_pick(lanes_key(bits) == missing, lanes_all(emlrt_r32(fill, 0)),
                      bits);
    lanes_put_one(y, i, lanes_float(bits));
  }
}

/* flags: a constant. */
EMLRT_INLINE void affine_by(const emlrt_call *call, const float *x, float *y,
                            uint32_t flags) {
  const float *numbers = lanes_payload(call, EMLRT_OCTETS(emlrt_affine));
  size_t n = call->n_in, i;
  for (i = 0; i < n; i++) {
    const float *at = numbers + i;
    lanes_f value = lanes_at(x, i);
    unsigned flag;
    for (flag = EMLRT_AFFINE_SHIFT; flag <= EMLRT_AFFINE_OFFSET; flag <<= 1) {
      if ((flags & flag) == 0) continue;
      if (flag == EMLRT_AFFINE_SCALE)
        value *= *at;
      else if (flag == EMLRT_AFFINE_OFFSET)
        value += *at;
      else
        value -= *at;
      at += n;
    }
    lanes_put_one(y, i, value);
  }
}

CLONES void emlrt_lanes_affine(const emlrt_call *call, const float *x, float *y,
                               float *work) {
  (void)work;
  affine_by(call, x, y,
            emlrt_r32(call->payload, EMLRT_AT(emlrt_affine, flags)));
}

CLONES void emlrt_lanes_weighted_sum(const emlrt_call *call, const float *x,
                                     float *y, float *work) {
  const float *weights = lanes_payload(call, 0);
  size_t n = call->size / 4, i, j;
  (void)work;
  for (j = 0; j < call->n_out; j++) {
    lanes_f sum = lanes_at(x, j) * weights[0];
    for (i = 1; i < n; i++)
      sum += lanes_at(x, j + i * call->n_out) * weights[i];
    lanes_put_one(y, j, sum);
  }
}

/* The powers of column i's numbers: of negative ones another, if flags say so. */
EMLRT_INLINE lanes_u power_of(const float *powers, size_t n, uint32_t flags,
                              size_t i, lanes_i negative) {
  lanes_u power = lanes_bits(lanes_same(powers[i]));
  if (flags == 0) return power;
  return lanes_pick(negative, lanes_bits(lanes_same(powers[n + i])), power);
}

/* The logarithms that powers are taken of, and what they are times their powers:
 * where that is 0, the logarithm itself is the answer. */
CLONES static void power_of_logs(const emlrt_call *call, const float *x,
                                 const float *logs, float *y) {
  const float *powers = lanes_payload(call, EMLRT_OCTETS(emlrt_power));
  uint32_t flags = emlrt_r32(call->payload, EMLRT_AT(emlrt_power, flags));
  size_t n = call->n_in, i;
  for (i = 0; i < n; i++) {
    lanes_u power =
        power_of(powers, n, flags, i, (lanes_i)lanes_bits(lanes_at(x, i)) < 0);
    lanes_put(y, i, lanes_float(power) * lanes_at(logs, i));
  }
}

CLONES static void power_finish(const emlrt_call *call, const float *x,
                                const float *logs, float *y) {
  const float *powers = lanes_payload(call, EMLRT_OCTETS(emlrt_power));
  uint32_t flags = emlrt_r32(call->payload, EMLRT_AT(emlrt_power, flags));
  size_t n = call->n_in, i;
  for (i = 0; i < n; i++) {
    lanes_i negative = (lanes_i)lanes_bits(lanes_at(x, i)) < 0;
    lanes_u power = power_of(powers, n, flags, i, negative), bits;
    bits = lanes_bits(lanes_at(y, i) / lanes_float(power));
    bits = lanes_pick((power & ~EMLRT_SIGN_BIT) == 0,
                      lanes_bits(lanes_at(logs, i)), bits);
    if (flags != 0) bits ^= (lanes_u)negative & EMLRT_SIGN_BIT;
    lanes_put_one(y, i, lanes_float(bits));
  }
}

void emlrt_lanes_power(const emlrt_call *call, const float *x, float *y,
                       float *work) {
  uint32_t *logs = copied(call, x, work);
  size_t n = (size_t)call->n_in * LANES, i;
  if (emlrt_r32(call->payload, EMLRT_AT(emlrt_power, flags)) == 0) {
    emlrt_lanes_log(logs, n);
  } else {
    for (i = 0; i < n; i++)
      ((emlrt_alias32 *)(void *)work)[i] &= ~EMLRT_SIGN_BIT;
    emlrt_lanes_log1p(logs, n);
  }
  power_of_logs(call, x, work, y);
  emlrt_lanes_expm1((uint32_t *)(void *)y, n);
  power_finish(call, x, work, y);
}

#endif
