/* SPDX-License-Identifier: MIT
 *
 * Classes and probabilities of a stream's last window.
 */
#include <emlrt/stream.h>

#include "scores.h"

/* The scores of the last window; NULL, and why, if there are none or no classes. */
static const uint32_t *emlrt_stream_votes(const emlrt_stream *stream,
                                          const void *to,
                                          emlrt_status *status) {
  const void *scores = emlrt_stream_scores(stream);
  *status = to == NULL ? EMLRT_ERR_ARGUMENT : EMLRT_ERR_ABSENT;
  if (to == NULL || scores == NULL) return NULL;
  *status = EMLRT_ERR_KIND;
  if (EMLRT_HEADER16(stream->model.blob, output) == EMLRT_OUTPUT_VALUES)
    return NULL;
  *status = EMLRT_OK;
  return (const uint32_t *)scores;
}

emlrt_status emlrt_stream_classify(const emlrt_stream *stream,
                                   uint32_t *classes, size_t n) {
  emlrt_status status;
  const uint32_t *scores = emlrt_stream_votes(stream, classes, &status);
  if (scores == NULL) return status;
  if (EMLRT_HEADER16(stream->model.blob, n_outputs) != n)
    return EMLRT_ERR_COUNT;
  return emlrt_classes_of(&stream->model, scores, classes, n);
}

#if !defined(EMLRT_NO_FLOAT)
emlrt_status emlrt_stream_proba(const emlrt_stream *stream, float *p,
                                size_t np) {
  emlrt_status status;
  const uint32_t *scores = emlrt_stream_votes(stream, p, &status);
  return scores == NULL ? status
                        : emlrt_proba_of(&stream->model, scores, p, np);
}
#endif
