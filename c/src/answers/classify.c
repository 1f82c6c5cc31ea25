/* SPDX-License-Identifier: MIT
 *
 * emlrt_classify: from scores to predicted classes, in integers alone. Float scores
 * take an op of the caller's list, so that a model of votes does not link it.
 */
#include "scores.h"

static emlrt_status emlrt_floats(const emlrt_model *model,
                                 const uint32_t *scores, uint32_t *classes) {
  const emlrt_op *op = emlrt_op_find(model->ops, EMLRT_OP_ARGMAX);
  emlrt_call call;
  if (op == NULL) return EMLRT_ERR_OP;
  call.payload = model->blob;
  call.in = scores;
  call.out = classes;
  EMLRT_OP_RUN(op)(&call);
  return EMLRT_OK;
}

emlrt_status emlrt_classify_as(const emlrt_model *model, uint32_t dtype,
                               const void *x, size_t nx, uint32_t *classes,
                               size_t n, void *scratch, size_t scratch_size) {
  emlrt_status status;
  emlrt_rom sizes;
  emlrt_count left;
  const uint32_t *votes = emlrt_scores(model, dtype, x, nx, classes, scratch,
                                       scratch_size, 1, &status);
  if (status != EMLRT_OK) return status;
  sizes = model->blob;
  if (EMLRT_HEADER16(sizes, n_outputs) != n) return EMLRT_ERR_COUNT;
  if (EMLRT_HEADER16(sizes, output) != EMLRT_OUTPUT_VOTES)
    return emlrt_floats(model, votes, classes);
  left = (emlrt_count)emlrt_n_scores(sizes);
  for (; n != 0; n--, sizes = emlrt_rom_at(sizes, 4)) {
    uint32_t count = emlrt_r32(sizes, EMLRT_OCTETS(emlrt_header)), most = 0;
    emlrt_count i, best = 0;
    if (count > left) return EMLRT_ERR_COUNT; /* see emlrt_verify */
    left -= (emlrt_count)count;
    for (i = 0; i < (emlrt_count)count; i++, votes++) {
      if (*votes <= most) continue;
      most = *votes;
      best = i;
    }
    *classes++ = best;
  }
  return EMLRT_OK;
}
