/* SPDX-License-Identifier: MIT
 *
 * Products of inputs: each one more factor on one that is there already.
 */
#include "../maths/numeric.h"

/* Up to this many inputs and outputs, numbers of a product have 16 bits. */
#define EMLRT_POLYNOMIAL_SHORT UINT32_C(0xFFFF)

static int emlrt_polynomial_short(uint32_t n_in, uint32_t n_out) {
  return n_in <= EMLRT_POLYNOMIAL_SHORT && n_out <= EMLRT_POLYNOMIAL_SHORT;
}

/* Reads a number and steps over it. */
static uint32_t emlrt_polynomial_next(emlrt_rom *at, int is_short) {
  uint32_t found = is_short ? emlrt_r16(*at, 0) : emlrt_r32(*at, 0);
  *at = emlrt_rom_at(*at, is_short ? 2 : 4);
  return found;
}

static emlrt_status emlrt_check_polynomial(emlrt_call *call) {
  int is_short = emlrt_polynomial_short(call->n_in, call->n_out);
  uint32_t left = call->size;
  emlrt_rom at = call->payload;
  emlrt_count j;
  if (!emlrt_take_floats(&left, call->n_out, is_short ? 1 : 2) || left != 0)
    return EMLRT_ERR_PAYLOAD;
  for (j = 0; j < call->n_out; j++)
    if (emlrt_polynomial_next(&at, is_short) > j ||
        emlrt_polynomial_next(&at, is_short) > call->n_in)
      return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

void emlrt_run_polynomial(const emlrt_call *call) {
  int is_short = emlrt_polynomial_short(call->n_in, call->n_out);
  const float *x = (const float *)call->in;
  float *y = (float *)call->out;
  emlrt_rom at = call->payload;
  emlrt_count j;
  for (j = 0; j < call->n_out; j++) {
    uint32_t base = emlrt_polynomial_next(&at, is_short);
    uint32_t factor = emlrt_polynomial_next(&at, is_short);
    float product = 1.0f, number = 1.0f;
    if (base != j) product = y[base];
    if (factor != call->n_in) number = x[factor];
    emlrt_put(y + j, emlrt_mul(product, number));
  }
}

const emlrt_op emlrt_op_polynomial EMLRT_OP_PLACE = {
    EMLRT_OP_POLYNOMIAL, emlrt_check_polynomial, emlrt_run_polynomial};
