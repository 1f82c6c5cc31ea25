/* SPDX-License-Identifier: MIT
 *
 * Power transforms: Box-Cox and Yeo-Johnson.
 */
#include "elementwise.h"

#define EMLRT_POWERS(call) \
  emlrt_rom_at((call)->payload, EMLRT_OCTETS(emlrt_power))

static emlrt_status emlrt_check_power(emlrt_call *call) {
  uint32_t left = call->size, flags, floats;
  if (left < EMLRT_OCTETS(emlrt_power) || call->n_in != call->n_out)
    return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_power);
  floats = left / 4;
  flags = emlrt_r32(call->payload, EMLRT_AT(emlrt_power, flags));
  if (flags > EMLRT_POWER_SIGNED ||
      !emlrt_take_floats(&left, flags + 1, call->n_in) || left != 0 ||
      !emlrt_finite(EMLRT_POWERS(call), floats))
    return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

/* (e^(power log) - 1) / power, which is log where the power is 0. */
static float emlrt_powered(float log, float power) {
  uint32_t bits;
  if ((emlrt_bits(power) & ~EMLRT_SIGN_BIT) == 0) return log;
  bits = emlrt_expm1(emlrt_bits(emlrt_mul(power, log)));
  return emlrt_div(emlrt_float(bits), power);
}

void emlrt_run_power(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out;
  uint32_t flags = emlrt_r32(call->payload, EMLRT_AT(emlrt_power, flags));
  emlrt_rom at = EMLRT_POWERS(call);
  emlrt_off step = (emlrt_off)call->n_in * 4u;
  emlrt_count i;
  for (i = 0; i < call->n_in; i++, at = emlrt_rom_at(at, 4)) {
    uint32_t bits = emlrt_bits_at(x, i), sign = bits & EMLRT_SIGN_BIT;
    float log, value;
    if (flags == 0) {
      log = emlrt_float(emlrt_log(bits));
      value = emlrt_powered(log, emlrt_rf32(at, 0));
    } else {
      emlrt_rom power = sign != 0 ? emlrt_rom_at(at, step) : at;
      log = emlrt_float(emlrt_log1p(bits & ~EMLRT_SIGN_BIT));
      value = emlrt_powered(log, emlrt_rf32(power, 0));
      value = emlrt_float(emlrt_bits(value) ^ sign);
    }
    emlrt_put(y + i, value);
  }
}

const emlrt_op emlrt_op_power EMLRT_OP_PLACE = {
    EMLRT_OP_POWER, emlrt_check_power, emlrt_run_power};
