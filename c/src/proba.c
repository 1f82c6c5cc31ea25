/* SPDX-License-Identifier: MIT
 *
 * emlrt_proba: from votes to probabilities. Links a float division.
 */
#include <float.h>

#include "core.h"

/* x87 keeps a converted integer's further bits until it is stored. */
#if FLT_EVAL_METHOD == 0
typedef float emlrt_rounded;
#else
typedef volatile float emlrt_rounded;
#endif

emlrt_status emlrt_proba_as(const emlrt_model *model, uint32_t dtype,
                            const void *x, size_t nx, float *p, size_t np,
                            void *scratch, size_t scratch_size) {
  emlrt_rounded total, share;
  emlrt_status status;
  const uint32_t *votes =
      emlrt_votes(model, dtype, x, nx, p, scratch, scratch_size, 0, &status);
  if (status != EMLRT_OK) return status;
  if (emlrt_n_scores(model->blob) != np) return EMLRT_ERR_COUNT;
  total = (float)EMLRT_HEADER32(model->blob, vote_total);
  for (; np != 0; np--) {
    share = (float)*votes++;
    *p++ = share / total;
  }
  return EMLRT_OK;
}
