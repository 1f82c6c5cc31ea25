/* SPDX-License-Identifier: MIT
 *
 * emlrt_proba: from scores to probabilities. The functions that this takes are
 * ops, found in the caller's list: a model of votes links a division only.
 */
#include "../maths/numeric.h"
#include "scores.h"

static void emlrt_shares(emlrt_rom blob, const uint32_t *votes, float *p,
                         emlrt_count n) {
  float total = emlrt_rounded_to(EMLRT_HEADER32(blob, vote_total));
  for (; n != 0; n--) *p++ = emlrt_div(emlrt_rounded_to(*votes++), total);
}

/* From the end, since p holds a number an output at first, and then two. */
static void emlrt_both(float *p, emlrt_count n) {
  for (; n != 0; n--) {
    float share = p[n - 1], *both = p + (size_t)(n - 1) * 2;
    emlrt_put(both, emlrt_sub(1.0f, share));
    both[1] = share;
  }
}

/* Runs an op without a payload on n scores. */
static emlrt_status emlrt_apply(const emlrt_op *op, const uint32_t *scores,
                                float *p, emlrt_count n) {
  emlrt_call call;
  if (op == NULL) return EMLRT_ERR_OP;
  call.payload = EMLRT_ROM_NULL;
  call.size = 0;
  call.n_in = call.n_out = n;
  call.in = scores;
  call.out = p;
  call.u.vote_limit = UINT32_MAX;
  EMLRT_OP_RUN(op)(&call);
  return EMLRT_OK;
}

/* Softmax of each output's scores. */
static emlrt_status emlrt_softmaxes(const emlrt_model *model,
                                    const uint32_t *scores, float *p,
                                    emlrt_count left) {
  emlrt_rom sizes = model->blob;
  const emlrt_op *op = emlrt_op_find(model->ops, EMLRT_OP_SOFTMAX);
  for (; left != 0; sizes = emlrt_rom_at(sizes, 4)) {
    uint32_t count = emlrt_r32(sizes, EMLRT_OCTETS(emlrt_header));
    emlrt_status status;
    if (count == 0 || count > left) return EMLRT_ERR_HEADER;
    status = emlrt_apply(op, scores, p, (emlrt_count)count);
    if (status != EMLRT_OK) return status;
    scores += count;
    p += count;
    left -= (emlrt_count)count;
  }
  return EMLRT_OK;
}

emlrt_status emlrt_probabilities(const emlrt_model *model,
                                 const uint32_t *scores, float *p) {
  emlrt_count i, n = (emlrt_count)emlrt_n_classes(model->blob);
  emlrt_status status;
  switch (EMLRT_HEADER16(model->blob, output)) {
    case EMLRT_OUTPUT_VOTES:
      emlrt_shares(model->blob, scores, p, n);
      return EMLRT_OK;
    case EMLRT_OUTPUT_SHARES:
      for (i = 0; i < n; i++) p[i] = emlrt_float(scores[i]);
      return EMLRT_OK;
    case EMLRT_OUTPUT_LOGITS: return emlrt_softmaxes(model, scores, p, n);
    case EMLRT_OUTPUT_LOGISTIC:
      n /= 2;
      if (n > emlrt_n_scores(model->blob)) return EMLRT_ERR_HEADER;
      status = emlrt_apply(emlrt_op_find(model->ops, EMLRT_OP_LOGISTIC), scores,
                           p, n);
      if (status == EMLRT_OK) emlrt_both(p, n);
      return status;
    default: return EMLRT_ERR_KIND;
  }
}

emlrt_status emlrt_proba_as(const emlrt_model *model, uint32_t dtype,
                            const void *x, size_t nx, float *p, size_t np,
                            void *scratch, size_t scratch_size) {
  emlrt_status status;
  const uint32_t *scores =
      emlrt_scores(model, dtype, x, nx, p, scratch, scratch_size, 0, &status);
  if (status != EMLRT_OK) return status;
  if (emlrt_n_classes(model->blob) != np) return EMLRT_ERR_COUNT;
  status = emlrt_float_status();
  if (status != EMLRT_OK) return status;
  return emlrt_probabilities(model, scores, p);
}
