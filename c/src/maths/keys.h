/* SPDX-License-Identifier: MIT
 *
 * Sorted tables of floats in a payload.
 */
#ifndef EMLRT_KEYS_H
#define EMLRT_KEYS_H

#include "numeric.h"

/* Whether a number of the blob is finite, or the one NaN. */
EMLRT_INLINE int emlrt_is_number(uint32_t bits) {
  return bits == EMLRT_NAN_BITS ||
         (bits & EMLRT_INFINITY_BITS) != EMLRT_INFINITY_BITS;
}

/* Whether `count` numbers rise strictly, and are finite but for a first NaN. */
int emlrt_keys_rise(emlrt_rom keys, uint32_t count);

/* Of keys that rise, how many are not above one with this order. */
uint32_t emlrt_keys_up_to(emlrt_rom keys, uint32_t count, uint32_t order);

/* Float number i of the blob. */
EMLRT_INLINE emlrt_rom emlrt_float_at(emlrt_rom floats, uint32_t i) {
  return emlrt_rom_at(floats, (emlrt_off)(i * 4u));
}

#endif
