/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles that add numbers: fixed point to float32, and their check.
 */
#include "trees.h"

uint32_t emlrt_trees_signed(emlrt_rom leaves, emlrt_off i, unsigned shift) {
  leaves = emlrt_rom_at(leaves, i << shift);
  if (shift == 0) return (uint32_t)emlrt_ri8(leaves, 0);
  if (shift == 1) return (uint32_t)emlrt_ri16(leaves, 0);
  return emlrt_r32(leaves, 0);
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

int emlrt_exponents_ok(emlrt_rom at, uint32_t n) {
  for (; n != 0; n--, at = emlrt_rom_at(at, 4)) {
    int32_t exponent = emlrt_ri32(at, 0);
    if (exponent < -EMLRT_EXPONENT_MAX || exponent > EMLRT_EXPONENT_MAX)
      return 0;
  }
  return 1;
}

uint32_t emlrt_trees_sums(const emlrt_call *call, uint32_t sets) {
  if ((call->size - EMLRT_OCTETS(emlrt_trees)) / 4 < call->n_out ||
      EMLRT_TREES16(call->payload, leaf_shift) > 2 ||
      !emlrt_exponents_ok(
          emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_trees)), call->n_out))
    return 0;
  return emlrt_trees_entries(call, sets);
}

uint32_t emlrt_trees_sum_leaves(const emlrt_call *call) {
  return emlrt_trees_bare(call) ? emlrt_trees_sums(call, 0) : 0;
}
