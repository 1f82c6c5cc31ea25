/* SPDX-License-Identifier: MIT
 *
 * emlrt_selftest: golden vectors of the blob, compared bit for bit.
 */
#include "core.h"

/* Copies one input of the blob to RAM as the caller would have it. */
static void emlrt_copy_input(emlrt_rom at, unsigned dtype, uint32_t n,
                             void *x) {
  for (; n != 0; n--) {
    if (dtype > EMLRT_I16) { /* int32 or float32 */
      *(emlrt_alias32 *)x = emlrt_r32(at, 0);
      x = (emlrt_alias32 *)x + 1;
      at = emlrt_rom_at(at, 4);
    } else if (dtype == EMLRT_I16) {
      *(int16_t *)x = (int16_t)emlrt_ri16(at, 0);
      x = (int16_t *)x + 1;
      at = emlrt_rom_at(at, 2);
    } else {
      *(uint_least8_t *)x = (uint_least8_t)emlrt_r8(at, 0);
      x = (uint_least8_t *)x + 1;
      at = emlrt_rom_at(at, 1);
    }
  }
}

/* Both score dtypes have 32 bits. */
static int emlrt_same_bits(const void *scores, emlrt_rom want, uint32_t n) {
  const emlrt_alias32 *at = (const emlrt_alias32 *)scores;
  for (; n != 0; n--, at++, want = emlrt_rom_at(want, 4))
    if (*at != emlrt_r32(want, 0)) return 0;
  return 1;
}

emlrt_status emlrt_selftest(const emlrt_model *model, void *scratch,
                            size_t scratch_size) {
  emlrt_section golden;
  emlrt_status status;
  emlrt_rom blob, at;
  uint32_t n, bytes, n_scores, n_inputs;
  unsigned dtype;
  char *x, *y;
  if (!emlrt_is_open(model) || scratch == NULL) return EMLRT_ERR_ARGUMENT;
  if (!emlrt_aligned(scratch)) return EMLRT_ERR_ALIGN;
  blob = model->blob;
  status = emlrt_meta_find(model, EMLRT_META_GOLDEN, &golden);
  if (status != EMLRT_OK) return status;
  bytes = emlrt_golden_bytes(blob);
  n_scores = emlrt_n_scores(blob);
  n_inputs = emlrt_n_inputs(blob);
  dtype = EMLRT_HEADER16(blob, input);
  if (scratch_size < bytes ||
      scratch_size - bytes < EMLRT_HEADER32(blob, arena_size))
    return EMLRT_ERR_SCRATCH;
  y = (char *)scratch + EMLRT_RAM(EMLRT_HEADER32(blob, arena_size));
  x = y + EMLRT_RAM(n_scores * 4);
  if (golden.size < 4) return EMLRT_ERR_METADATA;
  n = emlrt_r32(golden.at, 0);
  if (n == 0) return EMLRT_ERR_METADATA;
  golden.size -= 4;
  at = emlrt_rom_at(golden.at, 4);
  for (; n != 0; n--, golden.size -= bytes) {
    if (golden.size < bytes) return EMLRT_ERR_METADATA;
    emlrt_copy_input(at, dtype, n_inputs, x);
    status = emlrt_run(model, x, (size_t)n_inputs, y, (size_t)n_scores, scratch,
                       scratch_size);
    if (status != EMLRT_OK) return status;
    at = emlrt_rom_at(at, (emlrt_off)(bytes - n_scores * 4));
    if (!emlrt_same_bits(y, at, n_scores)) return EMLRT_ERR_SELFTEST;
    at = emlrt_rom_at(at, (emlrt_off)(n_scores * 4));
  }
  return golden.size == 0 ? EMLRT_OK : EMLRT_ERR_METADATA;
}
