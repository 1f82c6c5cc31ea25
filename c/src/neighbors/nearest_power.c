/* SPDX-License-Identifier: MIT
 *
 * The k nearest items by a sum of powers (Minkowski's distance).
 */
#include "distance.h"
#include "../maths/maths.h"

#define EMLRT_NEAREST_POWER16(call, field) \
  emlrt_r16((call)->payload, EMLRT_AT(emlrt_nearest_power, field))
#define EMLRT_NEAREST_POWER32(call, field) \
  emlrt_r32((call)->payload, EMLRT_AT(emlrt_nearest_power, field))
#define EMLRT_ONE_BITS UINT32_C(0x3F800000)

static emlrt_status emlrt_check_nearest_power(emlrt_call *call) {
  uint32_t left = call->size, n_items, fraction, inverse;
  emlrt_count k;
  unsigned whole;
  if (left < EMLRT_OCTETS(emlrt_nearest_power)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_nearest_power);
  n_items = EMLRT_NEAREST_POWER32(call, n_items);
  k = EMLRT_NEAREST_POWER16(call, k);
  whole = EMLRT_NEAREST_POWER16(call, whole);
  fraction = EMLRT_NEAREST_POWER32(call, fraction);
  inverse = EMLRT_NEAREST_POWER32(call, inverse);
  if (k == 0 || k > EMLRT_NEIGHBORS_MAX || k > n_items ||
      call->n_out != 2 * k || whole > EMLRT_POWER_WHOLE_MAX ||
      fraction >= EMLRT_ONE_BITS || (whole == 0 && fraction == 0) ||
      inverse == 0 || inverse >= EMLRT_INFINITY_BITS ||
      !emlrt_take_floats(&left, n_items, call->n_in) || left != 0 ||
      !emlrt_finite(
          emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_nearest_power)),
          (call->size - (uint32_t)EMLRT_OCTETS(emlrt_nearest_power)) / 4))
    return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

/* base^power, of bits that are not negative. */
static float emlrt_to_the(uint32_t base, float power) {
  float log = emlrt_float(emlrt_log(base));
  return emlrt_float(emlrt_exp(emlrt_bits(emlrt_mul(log, power))));
}

static uint32_t emlrt_power_sum(const emlrt_call *call, emlrt_rom item,
                                uint32_t limit) {
  const float *x = (const float *)call->in;
  unsigned whole = EMLRT_NEAREST_POWER16(call, whole), i;
  float fraction = emlrt_float(EMLRT_NEAREST_POWER32(call, fraction));
  uint32_t sum = 0;
  emlrt_count n;
  for (n = call->n_in; n != 0 && sum < limit; n--, x++) {
    uint32_t base =
        emlrt_bits(emlrt_sub(*x, emlrt_rf32(item, 0))) & ~EMLRT_SIGN_BIT;
    float part = 1.0f;
    for (i = whole; i != 0; i--) part = emlrt_mul(part, emlrt_float(base));
    if (emlrt_bits(fraction) != 0)
      part = emlrt_mul(part, emlrt_to_the(base, fraction));
    sum = emlrt_one_nan(emlrt_bits(emlrt_add(emlrt_float(sum), part)));
    item = emlrt_rom_at(item, 4);
  }
  return sum;
}

void emlrt_run_nearest_power(const emlrt_call *call) {
  emlrt_alias32 *list = (emlrt_alias32 *)call->out;
  emlrt_count k = call->n_out / 2;
  float inverse = emlrt_float(EMLRT_NEAREST_POWER32(call, inverse));
  uint32_t i, n = EMLRT_NEAREST_POWER32(call, n_items);
  emlrt_rom item =
      emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_nearest_power));
  emlrt_nearest_clear(list, k);
  for (i = 0; i < n; i++) {
    uint32_t bits = emlrt_power_sum(call, item, list[k - 1]);
    if (bits < list[k - 1]) emlrt_nearest_put(list, k, bits, i);
    item = emlrt_rom_at(item, (emlrt_off)call->n_in * 4u);
  }
  for (; k != 0; k--, list++)
    *list = emlrt_one_nan(emlrt_bits(emlrt_to_the(*list, inverse)));
}

const emlrt_op emlrt_op_nearest_power EMLRT_OP_PLACE = {
    EMLRT_OP_NEAREST_POWER, emlrt_check_nearest_power, emlrt_run_nearest_power};
