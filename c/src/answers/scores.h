/* SPDX-License-Identifier: MIT
 *
 * What turns scores into classes and probabilities.
 */
#ifndef EMLRT_SCORES_H
#define EMLRT_SCORES_H

#include "../core/core.h"

/* Computes scores into the scratch behind the arena, for classes and probabilities.
 * *status is an error for a model without classes. *majority, if there: what the op
 * was given, UINT32_MAX for all scores. */
EMLRT_INLINE const uint32_t *emlrt_scores(const emlrt_model *model,
                                          uint32_t dtype, const void *x,
                                          size_t nx, const void *answer,
                                          void *scratch, size_t scratch_size,
                                          uint32_t *majority,
                                          emlrt_status *status) {
  emlrt_rom blob;
  char *y;
  *status = emlrt_ready(model, dtype, x, nx, answer, scratch);
  if (*status != EMLRT_OK) return NULL;
  blob = model->blob;
  *status = EMLRT_ERR_KIND;
  if (EMLRT_HEADER16(blob, output) == EMLRT_OUTPUT_VALUES) return NULL;
  *status = EMLRT_ERR_SCRATCH;
  if (scratch == NULL || scratch_size < emlrt_scratch_bytes(blob)) return NULL;
  if (majority != NULL) *majority = emlrt_majority(blob);
  y = (char *)scratch + EMLRT_RAM(EMLRT_HEADER32(blob, arena_size));
  emlrt_execute(model, x, y, scratch,
                majority != NULL ? *majority : UINT32_MAX);
  *status = EMLRT_OK;
  return (const uint32_t *)(const void *)y;
}

/* Index of the predicted class of an output with `count` float scores, for kinds of
 * output that have classes. */
emlrt_count emlrt_predicted_class(const uint32_t *scores, emlrt_count count,
                                  unsigned output);

/* Classes and probabilities from the scores of an open model, as emlrt_classify_as
 * and emlrt_proba_as give them. */
emlrt_status emlrt_classes_of(const emlrt_model *model, const uint32_t *scores,
                              uint32_t *classes, size_t n);
emlrt_status emlrt_proba_of(const emlrt_model *model, const uint32_t *scores,
                            float *p, size_t np);

/* Probabilities from a model's scores; p: n_classes floats. Of `to` it takes what
 * emlrt_prepare_proba fills. */
emlrt_status emlrt_probabilities(const emlrt_prepared *to,
                                 const uint32_t *scores, float *p);

#endif
