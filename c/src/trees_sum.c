/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles that add numbers: fixed point to float32, and their check.
 */
#include "trees.h"

uint32_t emlrt_trees_signed(emlrt_rom at, unsigned width, uint32_t i) {
  at = emlrt_rom_at(at, (emlrt_off)i * width);
  if (width == 1) return (uint32_t)emlrt_ri8(at, 0);
  if (width == 2) return (uint32_t)emlrt_ri16(at, 0);
  return emlrt_r32(at, 0);
}

/* Integers only: no soft-float call, and nothing that flags could change. */
uint32_t emlrt_trees_scale(uint32_t sum, int32_t exponent) {
  uint32_t sign = sum & UINT32_C(0x80000000), rest, half;
  unsigned drop = 8; /* low bits that float32 has no room for */
  if (sum == 0) return 0;
  if (sign != 0) sum = emlrt_wrap_add(~sum, 1);
  for (exponent += 31; (sum & UINT32_C(0x80000000)) == 0; exponent--) sum <<= 1;
  if (exponent > 127) return sign | UINT32_C(0x7F800000);
  if (exponent < -126) { /* subnormal */
    if (exponent < -150) return sign;
    drop += (unsigned)(-126 - exponent);
    exponent = -127;
  }
  rest = drop < 32 ? sum & ((UINT32_C(1) << drop) - 1u) : sum;
  half = UINT32_C(1) << (drop - 1u);
  sum = drop < 32 ? sum >> drop : 0;
  if (rest > half || (rest == half && (sum & 1u) != 0)) sum++;
  /* A normal number's leading bit adds 1 to the exponent field, and so does a
   * carry out of rounding; into infinity too. */
  if (exponent >= -126) exponent--;
  return sign | (((uint32_t)(exponent + 127) << 23) + sum);
}

static int emlrt_trees_exponents_ok(const emlrt_call *call) {
  emlrt_rom at = emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_trees));
  uint32_t n;
  for (n = call->n_out; n != 0; n--, at = emlrt_rom_at(at, 4))
    if (emlrt_wrap_add(emlrt_r32(at, 0), EMLRT_EXPONENT_MAX) >
        2 * EMLRT_EXPONENT_MAX)
      return 0;
  return 1;
}

emlrt_status emlrt_trees_sum_check(const emlrt_call *call, unsigned width,
                                   emlrt_trees_view *view) {
  unsigned widths;
  uint32_t n_out = call->n_out;
  emlrt_status status;
  if (call->size < EMLRT_OCTETS(emlrt_trees)) return EMLRT_ERR_PAYLOAD;
  widths = EMLRT_TREES16(call->payload, widths);
  if ((widths != 1 && widths != 2 && widths != 4) ||
      (EMLRT_TREES32(call->payload, n_items) |
       EMLRT_TREES32(call->payload, unit)) != 0 ||
      (uint64_t)n_out * widths * EMLRT_TREES32(call->payload, n_leaves) >
          call->size)
    return EMLRT_ERR_PAYLOAD;
  status = emlrt_trees_carve(call, n_out, n_out * (uint32_t)widths, width);
  if (status != EMLRT_OK) return status;
  emlrt_trees_locate(call, n_out, width, view);
  return emlrt_trees_exponents_ok(call) ? EMLRT_OK : EMLRT_ERR_PAYLOAD;
}
