/* SPDX-License-Identifier: MIT
 *
 * The predicted class of float scores, for emlrt_classify. It is an op of the
 * caller's list, so that models of votes do not link it.
 */
#include "../answers/scores.h"
#include "../maths/numeric.h"

emlrt_count emlrt_predicted_class(const uint32_t *scores, emlrt_count count,
                                  unsigned output) {
  emlrt_count i, best = 0;
  uint32_t best_key = 0;
  if (emlrt_is_binary(output)) /* inliers: 0 counts, too */
    return emlrt_sort_key_u32(*scores) >
           EMLRT_SIGN_BIT - (output == EMLRT_OUTPUT_INLIERS);
  for (i = 0; i < count; i++) {
    uint32_t key = emlrt_sort_key_u32(scores[i]);
    if (key <= best_key) continue;
    best_key = key;
    best = i;
  }
  return best;
}

/* No stage has it. */
static emlrt_status emlrt_check_argmax(emlrt_call *call) {
  (void)call;
  return EMLRT_ERR_PAYLOAD;
}

/* payload: the output sizes; size: the kind of output; in: all scores; out: a class
 * per output. A group that goes beyond the scores (see emlrt_verify) is as long as
 * they last. */
void emlrt_run_argmax(const emlrt_call *call) {
  emlrt_rom sizes = call->payload;
  const uint32_t *scores = (const uint32_t *)call->in;
  uint32_t *classes = (uint32_t *)call->out;
  uint32_t left = call->n_in;
  unsigned output = (unsigned)call->size;
  emlrt_count n = call->n_out;
  for (; n != 0; n--, sizes = emlrt_rom_at(sizes, 4)) {
    uint32_t count = emlrt_r32(sizes, 0);
    if (count > left) count = left;
    *classes++ =
        count == 0 ? 0
                   : emlrt_predicted_class(scores, (emlrt_count)count, output);
    scores += count;
    left -= count;
  }
}

const emlrt_op emlrt_op_argmax EMLRT_OP_PLACE = {
    EMLRT_OP_ARGMAX, emlrt_check_argmax, emlrt_run_argmax};
