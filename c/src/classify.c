/* SPDX-License-Identifier: MIT
 *
 * emlrt_classify: from scores to winning classes, in integers alone.
 */
#include "numeric.h"

emlrt_count emlrt_winner(const uint32_t *scores, emlrt_count count,
                         unsigned output) {
  emlrt_count i, best = 0;
  uint32_t top = 0;
  if (emlrt_is_binary(output)) /* inliers: 0 counts, too */
    return emlrt_order(*scores) >
           EMLRT_SIGN_BIT - (output == EMLRT_OUTPUT_INLIERS);
  for (i = 0; i < count; i++) {
    uint32_t score = scores[i];
    if (output != EMLRT_OUTPUT_VOTES) score = emlrt_order(score);
    if (score <= top) continue;
    top = score;
    best = i;
  }
  return best;
}

emlrt_status emlrt_classify_as(const emlrt_model *model, uint32_t dtype,
                               const void *x, size_t nx, uint32_t *classes,
                               size_t n, void *scratch, size_t scratch_size) {
  emlrt_status status;
  emlrt_rom groups;
  emlrt_count left;
  unsigned output;
  const uint32_t *scores =
      emlrt_scores(model, dtype, x, nx, classes, scratch, scratch_size, 1,
                   &status);
  if (status != EMLRT_OK) return status;
  groups = model->blob;
  if (EMLRT_HEADER16(groups, n_outputs) != n) return EMLRT_ERR_COUNT;
  output = EMLRT_HEADER16(groups, output);
  left = (emlrt_count)emlrt_n_scores(groups);
  for (; n != 0; n--, groups = emlrt_rom_at(groups, 4)) {
    uint32_t count = emlrt_r32(groups, EMLRT_OCTETS(emlrt_header));
    if (count > left || left == 0)
      return EMLRT_ERR_COUNT; /* see emlrt_verify */
    left -= (emlrt_count)count;
    *classes++ = emlrt_winner(scores, (emlrt_count)count, output);
    scores += count;
  }
  return EMLRT_OK;
}
