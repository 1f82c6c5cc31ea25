/* SPDX-License-Identifier: MIT
 *
 * What turns scores into classes and probabilities.
 */
#ifndef EMLRT_SCORES_H
#define EMLRT_SCORES_H

#include "../core/core.h"

/* Computes scores into the scratch behind the arena, for classes and probabilities.
 * *status is an error for a model without classes. decide: the run may stop once
 * the class is certain. */
EMLRT_INLINE const uint32_t *emlrt_scores(const emlrt_model *model,
                                          uint32_t dtype, const void *x,
                                          size_t nx, const void *answer,
                                          void *scratch, size_t scratch_size,
                                          int decide, emlrt_status *status) {
  uint32_t limit = UINT32_MAX;
  emlrt_rom blob;
  char *y;
  *status = emlrt_ready(model, dtype, x, nx, answer, scratch);
  if (*status != EMLRT_OK) return NULL;
  blob = model->blob;
  *status = EMLRT_ERR_KIND;
  if (EMLRT_HEADER16(blob, output) == EMLRT_OUTPUT_VALUES) return NULL;
  *status = EMLRT_ERR_SCRATCH;
  if (scratch == NULL || scratch_size < emlrt_scratch_bytes(blob)) return NULL;
  /* With one target, a majority of all votes that can be cast is final: of one
   * stage, since others' votes may be needed to the last. n_stages is next. */
  if (decide && EMLRT_HEADER32(blob, n_outputs) == UINT32_C(0x00010001))
    limit = EMLRT_HEADER32(blob, vote_total) / 2;
  y = (char *)scratch + EMLRT_RAM(EMLRT_HEADER32(blob, arena_size));
  emlrt_execute(model, x, y, scratch, limit);
  *status = EMLRT_OK;
  return (const uint32_t *)(const void *)y;
}

/* Index of the predicted class of an output with `count` float scores, for kinds of
 * output that have classes. */
emlrt_count emlrt_predicted_class(const uint32_t *scores, emlrt_count count,
                                  unsigned output);

/* Probabilities from a model's scores; p: emlrt_n_classes floats. */
emlrt_status emlrt_probabilities(const emlrt_model *model,
                                 const uint32_t *scores, float *p);

#endif
