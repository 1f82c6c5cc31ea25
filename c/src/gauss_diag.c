/* SPDX-License-Identifier: MIT
 *
 * Gaussians whose features are independent.
 */
#include "numeric.h"

#define EMLRT_GAUSS_DIAG_ALL (EMLRT_GAUSS_LOW | EMLRT_GAUSS_SHARED)
#define EMLRT_GAUSS_DIAG_AT(call) \
  emlrt_rom_at((call)->payload, EMLRT_OCTETS(emlrt_gauss))

static emlrt_status emlrt_check_gauss_diag(emlrt_call *call) {
  uint32_t left = call->size, flags, floats;
  if (left < EMLRT_OCTETS(emlrt_gauss)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_gauss);
  floats = left / 4;
  flags = emlrt_r32(call->payload, EMLRT_AT(emlrt_gauss, flags));
  if (flags > EMLRT_GAUSS_DIAG_ALL ||
      !emlrt_take_floats(&left, 1, call->n_out) ||
      !emlrt_take_floats(&left, call->n_out, call->n_in) ||
      ((flags & EMLRT_GAUSS_LOW) != 0 &&
       !emlrt_take_floats(&left, call->n_out, call->n_in)) ||
      !emlrt_take_floats(&left, call->n_out,
                         (flags & EMLRT_GAUSS_SHARED) != 0 ? 1 : call->n_in) ||
      left != 0 || !emlrt_finite(EMLRT_GAUSS_DIAG_AT(call), floats))
    return EMLRT_ERR_PAYLOAD;
  return EMLRT_OK;
}

static void emlrt_run_gauss_diag(const emlrt_call *call) {
  uint32_t flags = emlrt_r32(call->payload, EMLRT_AT(emlrt_gauss, flags));
  const float *x = (const float *)call->in, *end = x + call->n_in;
  float *y = (float *)call->out;
  emlrt_count k = call->n_out;
  emlrt_rom constants = EMLRT_GAUSS_DIAG_AT(call);
  emlrt_rom means = emlrt_rom_at(constants, (emlrt_off)k * 4u);
  emlrt_off step = (emlrt_off)k * 4u * call->n_in, low = 0;
  emlrt_rom factors = emlrt_rom_at(means, step);
  if ((flags & EMLRT_GAUSS_LOW) != 0) {
    low = step;
    factors = emlrt_rom_at(factors, step);
  }
  step = (flags & EMLRT_GAUSS_SHARED) != 0 ? 0 : 4;
  for (; k != 0; k--, y++, constants = emlrt_rom_at(constants, 4)) {
    float sum = 0;
    for (x = (const float *)call->in; x != end; x++) {
      float value = emlrt_sub(*x, emlrt_rf32(means, 0));
      if (low != 0)
        value = emlrt_sub(value, emlrt_rf32(emlrt_rom_at(means, low), 0));
      value = emlrt_mul(value, emlrt_rf32(factors, 0));
      sum = emlrt_add(sum, emlrt_mul(value, value));
      means = emlrt_rom_at(means, 4);
      factors = emlrt_rom_at(factors, step);
    }
    factors = emlrt_rom_at(factors, 4 - step);
    emlrt_put(y, emlrt_sub(emlrt_rf32(constants, 0), sum));
  }
}

const emlrt_op emlrt_op_gauss_diag EMLRT_PROGMEM = {
    EMLRT_OP_GAUSS_DIAG, emlrt_check_gauss_diag, emlrt_run_gauss_diag};
