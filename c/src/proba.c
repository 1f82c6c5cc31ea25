/* SPDX-License-Identifier: MIT
 *
 * emlrt_proba: from votes to probabilities. Links a float division.
 */
#include "core.h"

emlrt_status emlrt_proba(const emlrt_model *model, const void *x, size_t nx,
                         float *p, size_t np, void *scratch,
                         size_t scratch_size) {
  const uint32_t *votes;
  float total;
  emlrt_status status;
  if (p == NULL) return EMLRT_ERR_ARGUMENT;
  if (emlrt_is_open(model) && EMLRT_HEADER32(model->blob, n_scores) != np)
    return EMLRT_ERR_COUNT;
  status = emlrt_votes(model, x, nx, scratch, scratch_size, 0, &votes);
  if (status != EMLRT_OK) return status;
  total = (float)EMLRT_HEADER32(model->blob, vote_total);
  for (; np != 0; np--) *p++ = (float)*votes++ / total;
  return EMLRT_OK;
}
