/* SPDX-License-Identifier: MIT
 *
 * emlrt_classify: from votes to winning classes, in integers alone.
 */
#include "core.h"

emlrt_status emlrt_classify_as(const emlrt_model *model, uint32_t dtype,
                               const void *x, size_t nx, uint32_t *classes,
                               size_t n, void *scratch, size_t scratch_size) {
  emlrt_status status;
  emlrt_rom counts;
  uint32_t left;
  const uint32_t *votes =
      emlrt_votes(model, dtype, x, nx, classes, scratch, scratch_size, 1,
                  &status);
  if (status != EMLRT_OK) return status;
  counts = model->blob;
  if (EMLRT_HEADER16(counts, n_outputs) != n) return EMLRT_ERR_COUNT;
  left = emlrt_n_scores(counts);
  for (; n != 0; n--, counts = emlrt_rom_at(counts, 4)) {
    const uint32_t *best = votes, *vote = votes;
    uint32_t count = emlrt_r32(counts, EMLRT_OCTETS(emlrt_header));
    if (count > left) return EMLRT_ERR_COUNT; /* see emlrt_verify */
    left -= count;
    for (; count != 0; count--, vote++)
      if (*vote > *best) best = vote;
    *classes++ = (uint32_t)(best - votes);
    votes = vote;
  }
  return EMLRT_OK;
}
