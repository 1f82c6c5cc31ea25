/* SPDX-License-Identifier: MIT
 *
 * Gaussians of any covariance, by a triangular factor of its inverse.
 */
#include "../maths/numeric.h"

#define EMLRT_GAUSS_FULL_ALL (EMLRT_GAUSS_LOW | EMLRT_GAUSS_SHARED)
#define EMLRT_GAUSS_FULL_AT(call) \
  emlrt_rom_at((call)->payload, EMLRT_OCTETS(emlrt_gauss))

static emlrt_status emlrt_check_gauss_full(emlrt_call *call) {
  uint32_t left = call->size, flags, floats;
  emlrt_count k, i;
  if (left < EMLRT_OCTETS(emlrt_gauss)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_gauss);
  floats = left / 4;
  flags = emlrt_r32(call->payload, EMLRT_AT(emlrt_gauss, flags));
  if (flags > EMLRT_GAUSS_FULL_ALL ||
      !emlrt_take_floats(&left, 1, call->n_out) ||
      !emlrt_take_floats(&left, call->n_out, call->n_in) ||
      ((flags & EMLRT_GAUSS_LOW) != 0 &&
       !emlrt_take_floats(&left, call->n_out, call->n_in)))
    return EMLRT_ERR_PAYLOAD;
  k = (flags & EMLRT_GAUSS_SHARED) != 0 ? 1 : call->n_out;
  if (k != call->n_out) emlrt_charge(call, call->n_out, left / 4);
  for (; k != 0; k--)
    for (i = 1; i <= call->n_in; i++)
      if (!emlrt_take_floats(&left, 1, i)) return EMLRT_ERR_PAYLOAD;
  if (left != 0 || !emlrt_finite(EMLRT_GAUSS_FULL_AT(call), floats))
    return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

/* Four rows of the factor at once, so that a difference is taken once for all
 * of them: a is the last row, which every input enters. First all inputs that
 * all rows use; then the triangle's edge, with a row less for each input.
 * Returns the sum of squares; *factor moves on. low: bytes from a mean to its
 * low part, or 0. */
static float emlrt_gauss_norm(const emlrt_call *call, emlrt_rom mean,
                              emlrt_off low, emlrt_rom *factor) {
  const float *x = (const float *)call->in, *end = x + call->n_in, *edge = x;
  emlrt_rom at = *factor;
  unsigned rows = (unsigned)((call->n_in - 1) & 3u) + 1;
  float sum = 0;
  for (; edge != end; edge += rows, rows = 4) {
    float a = 0, b = 0, c = 0, d = 0;
    emlrt_rom m = mean;
    unsigned now = rows;
    x = (const float *)call->in;
#if !EMLRT_SMALL
    for (; x != edge; x++, m = emlrt_rom_at(m, 4)) {
      float e = emlrt_sub(*x, emlrt_rf32(m, 0));
      if (low != 0) e = emlrt_sub(e, emlrt_rf32(emlrt_rom_at(m, low), 0));
      a = emlrt_add(a, emlrt_mul(emlrt_rf32(at, 0), e));
      b = emlrt_add(b, emlrt_mul(emlrt_rf32(at, 4), e));
      c = emlrt_add(c, emlrt_mul(emlrt_rf32(at, 8), e));
      d = emlrt_add(d, emlrt_mul(emlrt_rf32(at, 12), e));
      at = emlrt_rom_at(at, 16);
    }
#endif
    for (;; x++, m = emlrt_rom_at(m, 4)) {
      float e = emlrt_sub(*x, emlrt_rf32(m, 0));
      if (low != 0) e = emlrt_sub(e, emlrt_rf32(emlrt_rom_at(m, low), 0));
      a = emlrt_add(a, emlrt_mul(emlrt_rf32(at, 0), e));
      if (now > 1) b = emlrt_add(b, emlrt_mul(emlrt_rf32(at, 4), e));
      if (now > 2) c = emlrt_add(c, emlrt_mul(emlrt_rf32(at, 8), e));
      if (now > 3) d = emlrt_add(d, emlrt_mul(emlrt_rf32(at, 12), e));
      at = emlrt_rom_at(at, now * 4u);
      if (x >= edge && --now == 0) break;
    }
    sum = emlrt_add(sum, emlrt_mul(d, d));
    sum = emlrt_add(sum, emlrt_mul(c, c));
    sum = emlrt_add(sum, emlrt_mul(b, b));
    sum = emlrt_add(sum, emlrt_mul(a, a));
  }
  *factor = at;
  return sum;
}

void emlrt_run_gauss_full(const emlrt_call *call) {
  uint32_t flags = emlrt_r32(call->payload, EMLRT_AT(emlrt_gauss, flags));
  float *y = (float *)call->out;
  emlrt_count k = call->n_out;
  emlrt_rom constants = EMLRT_GAUSS_FULL_AT(call);
  emlrt_rom means = emlrt_rom_at(constants, (emlrt_off)k * 4u);
  emlrt_off step = (emlrt_off)call->n_in * 4u, low = 0;
  emlrt_rom factors = emlrt_rom_at(means, step * k);
  if ((flags & EMLRT_GAUSS_LOW) != 0) {
    low = step * k;
    factors = emlrt_rom_at(factors, low);
  }
  for (; k != 0; k--, y++, constants = emlrt_rom_at(constants, 4)) {
    emlrt_rom at = factors;
    float sum = emlrt_gauss_norm(call, means, low, &at);
    if ((flags & EMLRT_GAUSS_SHARED) == 0) factors = at;
    means = emlrt_rom_at(means, step);
    emlrt_put(y, emlrt_sub(emlrt_rf32(constants, 0), sum));
  }
}

const emlrt_op emlrt_op_gauss_full EMLRT_OP_PLACE = {
    EMLRT_OP_GAUSS_FULL, emlrt_check_gauss_full, emlrt_run_gauss_full};
