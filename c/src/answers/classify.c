/* SPDX-License-Identifier: MIT
 *
 * emlrt_classify: from scores to predicted classes, in integers alone. Float scores
 * take an op of the caller's list, so that a model of votes does not link it.
 */
#include "../core/prepared_call.h"
#include "scores.h"

/* The class of each output's votes. */
EMLRT_INLINE emlrt_status emlrt_vote_classes(emlrt_rom sizes, emlrt_count left,
                                             const uint32_t *votes,
                                             uint32_t *classes, size_t n) {
  for (; n != 0; n--, sizes = emlrt_rom_at(sizes, 4)) {
    uint32_t count = emlrt_r32(sizes, 0);
    if (count > left) return EMLRT_ERR_COUNT; /* see emlrt_verify */
    left -= (emlrt_count)count;
    *classes++ = emlrt_most_votes(votes, (emlrt_count)count);
    votes += count;
  }
  return EMLRT_OK;
}

/* The class of each output's float scores. */
static emlrt_status emlrt_float_classes(emlrt_op_run *argmax, emlrt_rom sizes,
                                        emlrt_count n_scores, unsigned output,
                                        const uint32_t *scores,
                                        uint32_t *classes, size_t n) {
  emlrt_call call;
  if (argmax == NULL) return EMLRT_ERR_OP;
  call.payload = sizes;
  call.size = output;
  call.n_in = n_scores;
  call.n_out = (emlrt_count)n;
  call.in = scores;
  call.out = classes;
  argmax(&call);
  return EMLRT_OK;
}

/* emlrt_classes_of, within its callers: firmware that links one of them has no call of
 * another function. */
EMLRT_INLINE emlrt_status emlrt_find_classes(const emlrt_model *model,
                                             const uint32_t *scores,
                                             uint32_t *classes, size_t n) {
  emlrt_rom sizes;
  emlrt_count n_scores;
  unsigned output;
  const emlrt_op *op;
  sizes = emlrt_rom_at(model->blob, EMLRT_OCTETS(emlrt_header));
  n_scores = (emlrt_count)emlrt_n_scores(model->blob);
  output = EMLRT_HEADER16(model->blob, output);
  if (output == EMLRT_OUTPUT_VOTES)
    return emlrt_vote_classes(sizes, n_scores, scores, classes, n);
  op = emlrt_op_find(model->ops, EMLRT_OP_ARGMAX);
  return emlrt_float_classes(op == NULL ? NULL : EMLRT_OP_RUN(op), sizes,
                             n_scores, output, scores, classes, n);
}

emlrt_status emlrt_classes_of(const emlrt_model *model, const uint32_t *scores,
                              uint32_t *classes, size_t n) {
  return emlrt_find_classes(model, scores, classes, n);
}

emlrt_status emlrt_classify_as(const emlrt_model *model, uint32_t dtype,
                               const void *x, size_t nx, uint32_t *classes,
                               size_t n, void *scratch, size_t scratch_size) {
  emlrt_status status;
  uint32_t majority = UINT32_MAX; /* gcc at -Og does not see it set */
  const uint32_t *scores = emlrt_scores(model, dtype, x, nx, classes, scratch,
                                        scratch_size, &majority, &status);
  if (status != EMLRT_OK) return status;
  if (EMLRT_HEADER16(model->blob, n_outputs) != n) return EMLRT_ERR_COUNT;
  if (majority != UINT32_MAX) {
    *classes = *scores;
    return EMLRT_OK;
  }
  return emlrt_find_classes(model, scores, classes, n);
}

emlrt_status emlrt_prepared_compare(const emlrt_prepared *prepared,
                                    const void *x, uint32_t *classes,
                                    void *scratch) {
  const uint32_t *scores = emlrt_prepared_at(prepared, scratch);
  emlrt_prepared_execute(prepared, x, NULL, scratch);
  if (prepared->output == EMLRT_OUTPUT_VOTES)
    return emlrt_vote_classes(prepared->sizes, prepared->n_scores, scores,
                              classes, prepared->n_outputs);
  return emlrt_float_classes(prepared->argmax, prepared->sizes,
                             prepared->n_scores, prepared->output, scores,
                             classes, prepared->n_outputs);
}

emlrt_status emlrt_prepared_classify_as(const emlrt_prepared *prepared,
                                        unsigned dtype, const void *x,
                                        size_t nx, uint32_t *classes, size_t n,
                                        void *scratch, size_t scratch_size) {
  const emlrt_prepared_stage *stage;
  emlrt_call call;
  emlrt_status status =
      emlrt_prepared_ready(prepared, dtype, x, nx, classes, scratch);
  if (status != EMLRT_OK) return status;
  status = emlrt_prepared_room(prepared, scratch, scratch_size);
  if (status != EMLRT_OK) return status;
  if (prepared->n_outputs != n) return EMLRT_ERR_COUNT;
  if (prepared->majority == UINT32_MAX)
    return prepared->compare == NULL
               ? EMLRT_ERR_KIND
               : prepared->compare(prepared, x, classes, scratch);
  /* One stage of x, and no arena: see emlrt_majority. */
  stage = prepared->stages;
  emlrt_prepared_call(&call, stage);
  call.in = (const char *)x + stage->in;
  call.out = scratch;
  call.u.majority = prepared->majority;
  stage->run(&call);
  *classes = *(const uint32_t *)scratch;
  return EMLRT_OK;
}
