/* SPDX-License-Identifier: MIT
 *
 * What the output sizes say of a blob whose header is sound, open or not.
 */
#include "core.h"

uint32_t emlrt_n_classes(emlrt_rom blob) {
  unsigned output = EMLRT_HEADER16(blob, output);
  uint32_t n = EMLRT_HEADER16(blob, n_outputs), sum = 0;
  uint32_t most = emlrt_n_scores(blob);
  if (output == EMLRT_OUTPUT_VALUES ||
      n > (EMLRT_HEADER32(blob, body_size) - EMLRT_OCTETS(emlrt_header)) / 4)
    return 0;
  if (emlrt_is_binary(output)) return n * 2;
  for (; n != 0; n--, blob = emlrt_rom_at(blob, 4)) {
    uint32_t count = emlrt_r32(blob, EMLRT_OCTETS(emlrt_header));
    if (count > most - sum) return most; /* see emlrt_verify */
    sum += count;
  }
  return sum;
}
