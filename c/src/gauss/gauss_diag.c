/* SPDX-License-Identifier: MIT
 *
 * Gaussians whose features are independent.
 */
#include "../maths/numeric.h"

#define EMLRT_GAUSS_DIAG_AT(call) \
  emlrt_rom_at((call)->payload, EMLRT_OCTETS(emlrt_gauss))

static emlrt_status emlrt_check_gauss_diag(emlrt_call *call) {
  uint32_t left = call->size, flags, floats;
  uint32_t each = UINT32_C(1) + call->n_in; /* a constant and means */
  if (left < EMLRT_OCTETS(emlrt_gauss)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_gauss);
  floats = left / 4;
  flags = emlrt_r32(call->payload, EMLRT_AT(emlrt_gauss, flags));
  if ((flags & EMLRT_GAUSS_LOW) != 0) each += call->n_in;
  each += (flags & EMLRT_GAUSS_SHARED) != 0 ? 1 : call->n_in;
  if (flags > (EMLRT_GAUSS_LOW | EMLRT_GAUSS_SHARED) ||
      !emlrt_take_floats(&left, call->n_out, each) || left != 0 ||
      !emlrt_finite(EMLRT_GAUSS_DIAG_AT(call), floats))
    return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

#if !EMLRT_SMALL
/* Some components at once, without low parts and shared factors: each input is
 * loaded once for all of them. width is a constant; row: bytes of the numbers
 * of all components. */
EMLRT_INLINE void emlrt_gauss_some(const emlrt_call *call, emlrt_count first,
                                   emlrt_off row, const unsigned width) {
  const float *x = (const float *)call->in, *end = x + call->n_in;
  float *y = (float *)call->out + first;
  emlrt_rom constants =
      emlrt_rom_at(EMLRT_GAUSS_DIAG_AT(call), (emlrt_off)first * 4u);
  emlrt_rom at = emlrt_rom_at(constants, row);
  float sums[4] = {0, 0, 0, 0};
  unsigned c;
  for (;; at = emlrt_rom_at(at, 2 * row)) {
    EMLRT_UNROLL
    for (c = 0; c < width; c++) {
      float e = emlrt_sub(*x, emlrt_rf32(at, 4 * c));
      e = emlrt_mul(e, emlrt_rf32(at, row + 4 * c));
      sums[c] = emlrt_add(sums[c], emlrt_mul(e, e));
    }
    if (++x == end) break; /* the next address may be beyond the blob */
  }
  EMLRT_UNROLL
  for (c = 0; c < width; c++)
    emlrt_put(y + c, emlrt_sub(emlrt_rf32(constants, 4 * c), sums[c]));
}

static void emlrt_gauss_fast(const emlrt_call *call) {
  emlrt_count n = call->n_out, i = 0;
  if (n == 3) {
    emlrt_gauss_some(call, 0, 12, 3);
  } else if (n == 2) {
    emlrt_gauss_some(call, 0, 8, 2);
  } else {
    for (; n - i >= 4; i += 4) emlrt_gauss_some(call, i, (emlrt_off)n * 4u, 4);
    for (; i < n; i++) emlrt_gauss_some(call, i, (emlrt_off)n * 4u, 1);
  }
}
#endif

void emlrt_run_gauss_diag(const emlrt_call *call) {
  uint32_t flags = emlrt_r32(call->payload, EMLRT_AT(emlrt_gauss, flags));
  emlrt_off row = (emlrt_off)call->n_out * 4u, step = row, stride;
  emlrt_rom constant = EMLRT_GAUSS_DIAG_AT(call);
  float *y = (float *)call->out, *last = y + call->n_out;
#if !EMLRT_SMALL
  if (flags == 0) {
    emlrt_gauss_fast(call);
    return;
  }
#endif
  if ((flags & EMLRT_GAUSS_LOW) != 0) step += row;
  if ((flags & EMLRT_GAUSS_SHARED) == 0) step += row;
  stride = (flags & EMLRT_GAUSS_SHARED) != 0 ? 0 : step;
  for (; y != last; y++, constant = emlrt_rom_at(constant, 4)) {
    const float *x = (const float *)call->in, *end = x + call->n_in;
    emlrt_rom factor = emlrt_rom_at(constant, row), at = factor;
    float sum = 0;
    if (stride != 0)
      factor = emlrt_rom_at(factor, step - row);
    else
      at = emlrt_rom_at(at, row);
    for (;;) {
      float e = emlrt_sub(*x, emlrt_rf32(at, 0));
      if ((flags & EMLRT_GAUSS_LOW) != 0)
        e = emlrt_sub(e, emlrt_rf32(emlrt_rom_at(at, row), 0));
      e = emlrt_mul(e, emlrt_rf32(factor, 0));
      sum = emlrt_add(sum, emlrt_mul(e, e));
      if (++x == end) break;
      at = emlrt_rom_at(at, step);
      factor = emlrt_rom_at(factor, stride);
    }
    emlrt_put(y, emlrt_sub(emlrt_rf32(constant, 0), sum));
  }
}

const emlrt_op emlrt_op_gauss_diag EMLRT_OP_PLACE = {
    EMLRT_OP_GAUSS_DIAG, emlrt_check_gauss_diag, emlrt_run_gauss_diag};
