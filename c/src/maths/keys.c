/* SPDX-License-Identifier: MIT
 *
 * Sorted tables of floats in a payload.
 */
#include "keys.h"

int emlrt_keys_rise(emlrt_rom keys, uint32_t count) {
  uint32_t least = 0;
  for (; count != 0; count--, keys = emlrt_rom_at(keys, 4)) {
    uint32_t bits = emlrt_r32(keys, 0), order = emlrt_sort_key_u32(bits);
    /* NaN has order 0, so it can only be the first. */
    if (!emlrt_is_number(bits) || order < least) return 0;
    least = order + 1u;
  }
  return 1;
}

uint32_t emlrt_keys_up_to(emlrt_rom keys, uint32_t count, uint32_t order) {
  uint32_t low = 0;
  while (low < count) {
    uint32_t middle = low + ((count - low) >> 1);
    if (emlrt_sort_key_u32(emlrt_r32(emlrt_float_at(keys, middle), 0)) <= order)
      low = middle + 1u;
    else
      count = middle;
  }
  return low;
}
