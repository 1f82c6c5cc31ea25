/* SPDX-License-Identifier: MIT
 *
 * Another answer counts only after it came so many times in a row.
 */
#include "decision.h"

#define EMLRT_DEBOUNCE32(call, field) \
  emlrt_r32((call)->payload, EMLRT_AT(emlrt_debounce, field))

static emlrt_status emlrt_check_debounce(emlrt_call *call) {
  return call->size == EMLRT_OCTETS(emlrt_debounce) &&
                 call->n_in == call->n_out &&
                 EMLRT_DEBOUNCE32(call, count) != 0 &&
                 emlrt_state_ok(call, EMLRT_DEBOUNCE32(call, state), 12)
             ? EMLRT_OK
             : EMLRT_ERR_PAYLOAD;
}

/* What the answer becomes. kept: the answer, counted from 1; another one, counted
 * alike; and how often that came in a row. */
static uint32_t emlrt_debounced(emlrt_alias32 *kept, uint32_t answer,
                                uint32_t wanted) {
  uint32_t runs = kept[1] == answer ? kept[2] : 0;
  if (kept[0] != answer && kept[0] != 0 && runs < wanted - 1u) {
    kept[1] = answer;
    kept[2] = runs + 1u;
    return kept[0];
  }
  kept[0] = answer;
  kept[1] = 0;
  return answer;
}

void emlrt_run_debounce(const emlrt_call *call) {
  uint32_t answer = emlrt_debounced(
      emlrt_state_at(call, EMLRT_DEBOUNCE32(call, state)),
      emlrt_argmax((const float *)call->in, call->n_in) + UINT32_C(1),
      EMLRT_DEBOUNCE32(call, count));
  emlrt_put_answer(call, (emlrt_count)(answer - 1u));
}

const emlrt_op emlrt_op_debounce EMLRT_OP_PLACE = {
    EMLRT_OP_DEBOUNCE, emlrt_check_debounce, emlrt_run_debounce};
