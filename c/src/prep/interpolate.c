/* SPDX-License-Identifier: MIT
 *
 * Functions made of straight lines between points.
 */
#include "../maths/keys.h"

static emlrt_status emlrt_check_interpolate(emlrt_call *call) {
  uint32_t left = call->size;
  emlrt_rom at = call->payload;
  emlrt_count i;
  if (call->n_in != call->n_out) return EMLRT_ERR_PAYLOAD;
  for (i = 0; i < call->n_in; i++) {
    uint32_t n;
    if (left < EMLRT_OCTETS(emlrt_curve)) return EMLRT_ERR_PAYLOAD;
    left -= (uint32_t)EMLRT_OCTETS(emlrt_curve);
    n = emlrt_r32(at, EMLRT_AT(emlrt_curve, n));
    at = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_curve));
    if (n == 0 || !emlrt_take_floats(&left, n, 2) || !emlrt_keys_rise(at, n) ||
        !emlrt_finite(at, n + n))
      return EMLRT_ERR_PAYLOAD;
    at = emlrt_float_at(at, n + n);
  }
  return left == 0 ? emlrt_float_status() : EMLRT_ERR_PAYLOAD;
}

/* A point of the line from (x0, y0) to (x1, y1), counted from the end that is
 * nearer to 0, which loses the fewest digits there. */
static float emlrt_line(float x, float x0, float x1, float y0, float y1) {
  uint32_t near0 = emlrt_bits(y0) & ~EMLRT_SIGN_BIT;
  uint32_t near1 = emlrt_bits(y1) & ~EMLRT_SIGN_BIT;
  float share = emlrt_sub(x1, x0);
  if (near1 < near0) {
    share = emlrt_div(emlrt_sub(x1, x), share);
    return emlrt_add(y1, emlrt_mul(share, emlrt_sub(y0, y1)));
  }
  share = emlrt_div(emlrt_sub(x, x0), share);
  return emlrt_add(y0, emlrt_mul(share, emlrt_sub(y1, y0)));
}

static uint32_t emlrt_curve_at(emlrt_rom keys, uint32_t n, uint32_t bits) {
  uint32_t up_to = emlrt_keys_up_to(keys, n, emlrt_sort_key_u32(bits));
  uint32_t y0, y1, y;
  emlrt_rom key, value;
  if (emlrt_is_nan(bits)) return EMLRT_NAN_BITS;
  if (up_to == 0) return emlrt_r32(emlrt_float_at(keys, n), 0);
  key = emlrt_float_at(keys, up_to - 1u);
  value = emlrt_float_at(key, n);
  y0 = emlrt_r32(value, 0);
  if (up_to == n ||
      emlrt_sort_key_u32(emlrt_r32(key, 0)) == emlrt_sort_key_u32(bits))
    return y0;
  y1 = emlrt_r32(value, 4);
  y = emlrt_one_nan(emlrt_bits(emlrt_line(emlrt_float(bits), emlrt_rf32(key, 0),
                                          emlrt_rf32(key, 4), emlrt_float(y0),
                                          emlrt_float(y1))));
  /* Between two of one sign is that sign, even where it rounds to 0. */
  if (((y0 ^ y1) & EMLRT_SIGN_BIT) == 0 && !emlrt_is_nan(y))
    y = (y & ~EMLRT_SIGN_BIT) | (y0 & EMLRT_SIGN_BIT);
  return y;
}

void emlrt_run_interpolate(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  emlrt_alias32 *y = (emlrt_alias32 *)call->out;
  emlrt_rom at = call->payload;
  emlrt_count i;
  for (i = 0; i < call->n_in; i++) {
    uint32_t n = emlrt_r32(at, EMLRT_AT(emlrt_curve, n));
    at = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_curve));
    y[i] = emlrt_curve_at(at, n, emlrt_bits_at(x, i));
    at = emlrt_float_at(at, n + n);
  }
}

const emlrt_op emlrt_op_interpolate EMLRT_OP_PLACE = {
    EMLRT_OP_INTERPOLATE, emlrt_check_interpolate, emlrt_run_interpolate};
