/* SPDX-License-Identifier: MIT
 *
 * emlrt_proba: from scores to probabilities. The functions that this takes are
 * ops, found in the caller's list: a model of votes links a division only.
 */
#include "../core/prepared_call.h"
#include "../maths/numeric.h"
#include "scores.h"

static void emlrt_shares(uint32_t vote_total, const uint32_t *votes, float *p,
                         emlrt_count n) {
  float total = emlrt_rounded_to(vote_total);
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

/* Runs an op's function without a payload on n scores. */
static emlrt_status emlrt_apply(emlrt_op_run *run, const uint32_t *scores,
                                float *p, emlrt_count n) {
  emlrt_call call;
  if (run == NULL) return EMLRT_ERR_OP;
  call.payload = EMLRT_ROM_NULL;
  call.size = 0;
  call.n_in = call.n_out = n;
  call.in = scores;
  call.out = p;
  call.u.majority = UINT32_MAX;
  run(&call);
  return EMLRT_OK;
}

/* Softmax of each output's scores. */
static emlrt_status emlrt_softmaxes(const emlrt_prepared *to,
                                    const uint32_t *scores, float *p,
                                    emlrt_count left) {
  emlrt_rom sizes = to->sizes;
  for (; left != 0; sizes = emlrt_rom_at(sizes, 4)) {
    uint32_t count = emlrt_r32(sizes, 0);
    emlrt_status status;
    if (count == 0 || count > left) return EMLRT_ERR_HEADER;
    status = emlrt_apply(to->proba, scores, p, (emlrt_count)count);
    if (status != EMLRT_OK) return status;
    scores += count;
    p += count;
    left -= (emlrt_count)count;
  }
  return EMLRT_OK;
}

emlrt_status emlrt_probabilities(const emlrt_prepared *to,
                                 const uint32_t *scores, float *p) {
  emlrt_count i, n = (emlrt_count)to->n_classes;
  emlrt_status status;
  switch (to->output) {
    case EMLRT_OUTPUT_VOTES:
      emlrt_shares(to->vote_total, scores, p, n);
      return EMLRT_OK;
    case EMLRT_OUTPUT_SHARES:
      for (i = 0; i < n; i++) p[i] = emlrt_float(scores[i]);
      return EMLRT_OK;
    case EMLRT_OUTPUT_LOGITS: return emlrt_softmaxes(to, scores, p, n);
    case EMLRT_OUTPUT_LOGISTIC:
      n /= 2;
      if (n > to->n_scores) return EMLRT_ERR_HEADER;
      status = emlrt_apply(to->proba, scores, p, n);
      if (status == EMLRT_OK) emlrt_both(p, n);
      return status;
    default: return EMLRT_ERR_KIND;
  }
}

/* emlrt_proba_of, within its callers. */
EMLRT_INLINE emlrt_status emlrt_find_proba(const emlrt_model *model,
                                           const uint32_t *scores, float *p,
                                           size_t np) {
  emlrt_status status;
  emlrt_prepared to;
  emlrt_prepare_proba(&to, model);
  if (to.n_classes != np) return EMLRT_ERR_COUNT;
  status = emlrt_float_status();
  return status == EMLRT_OK ? emlrt_probabilities(&to, scores, p) : status;
}

emlrt_status emlrt_proba_of(const emlrt_model *model, const uint32_t *scores,
                            float *p, size_t np) {
  return emlrt_find_proba(model, scores, p, np);
}

emlrt_status emlrt_proba_as(const emlrt_model *model, uint32_t dtype,
                            const void *x, size_t nx, float *p, size_t np,
                            void *scratch, size_t scratch_size) {
  emlrt_status status;
  const uint32_t *scores = emlrt_scores(model, dtype, x, nx, p, scratch,
                                        scratch_size, NULL, &status);
  return status == EMLRT_OK ? emlrt_find_proba(model, scores, p, np) : status;
}

emlrt_status emlrt_prepared_proba_as(const emlrt_prepared *prepared,
                                     unsigned dtype, const void *x, size_t nx,
                                     float *p, size_t np, void *scratch,
                                     size_t scratch_size) {
  emlrt_status status =
      emlrt_prepared_ready(prepared, dtype, x, nx, p, scratch);
  if (status != EMLRT_OK) return status;
  status = emlrt_prepared_room(prepared, scratch, scratch_size);
  if (status != EMLRT_OK) return status;
  if (prepared->n_classes != np) return EMLRT_ERR_COUNT;
  status = emlrt_float_status();
  if (status != EMLRT_OK) return status;
  emlrt_prepared_execute(prepared, x, NULL, scratch);
  return emlrt_probabilities(prepared, emlrt_prepared_at(prepared, scratch), p);
}
