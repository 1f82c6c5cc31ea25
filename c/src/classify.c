/* SPDX-License-Identifier: MIT
 *
 * emlrt_classify: from votes to winning classes, in integers alone.
 */
#include "core.h"

emlrt_status emlrt_votes(const emlrt_model *model, const void *x, size_t nx,
                         void *scratch, size_t scratch_size, int decide,
                         const uint32_t **votes) {
  emlrt_status status =
      emlrt_run_check(model, x, nx, scratch, scratch);
  uint32_t limit = UINT32_MAX;
  emlrt_rom blob;
  char *y;
  if (status != EMLRT_OK) return status;
  blob = model->blob;
  if (EMLRT_HEADER16(blob, output) != EMLRT_OUTPUT_VOTES)
    return EMLRT_ERR_KIND;
  if (scratch_size < emlrt_scratch_bytes(blob)) return EMLRT_ERR_SCRATCH;
  /* A majority of all votes that can be cast is final, but only where one
   * stage casts them all for one target. */
  if (decide && EMLRT_HEADER16(blob, n_stages) == 1 &&
      EMLRT_HEADER16(blob, n_outputs) == 1)
    limit = EMLRT_HEADER32(blob, vote_total) / 2;
  y = (char *)scratch + EMLRT_RAM(EMLRT_HEADER32(blob, arena_bytes));
  emlrt_execute(model, x, y, scratch, limit);
  *votes = (const uint32_t *)(const void *)y;
  return EMLRT_OK;
}

emlrt_status emlrt_classify(const emlrt_model *model, const void *x, size_t nx,
                            uint32_t *classes, size_t n, void *scratch,
                            size_t scratch_size) {
  const uint32_t *votes;
  emlrt_rom counts;
  emlrt_status status;
  if (classes == NULL) return EMLRT_ERR_ARGUMENT;
  if (emlrt_is_open(model) && EMLRT_HEADER16(model->blob, n_outputs) != n)
    return EMLRT_ERR_COUNT;
  status = emlrt_votes(model, x, nx, scratch, scratch_size, 1, &votes);
  if (status != EMLRT_OK) return status;
  counts = emlrt_rom_at(model->blob, EMLRT_OCTETS(emlrt_header));
  for (; n != 0; n--, counts = emlrt_rom_at(counts, 4)) {
    uint32_t count = emlrt_r32(counts, 0), best = 0, i;
    for (i = 1; i < count; i++)
      if (votes[i] > votes[best]) best = i;
    *classes++ = best;
    votes += count;
  }
  return EMLRT_OK;
}
