/* SPDX-License-Identifier: MIT
 *
 * A class is the answer only where its share reaches a threshold, which is another
 * one for the class that was the answer before.
 */
#include "decision.h"

#define EMLRT_THRESHOLD32(call, field) \
  emlrt_r32((call)->payload, EMLRT_AT(emlrt_threshold, field))

static emlrt_status emlrt_check_threshold(emlrt_call *call) {
  uint32_t left = call->size, other, n = call->n_in;
  if (left < EMLRT_OCTETS(emlrt_threshold)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_threshold);
  if (!emlrt_take_floats(&left, 2, n) || left != 0) return EMLRT_ERR_PAYLOAD;
  other = EMLRT_THRESHOLD32(call, other);
  return other <= n && call->n_out == n + (other == n) &&
                 emlrt_state_ok(call, EMLRT_THRESHOLD32(call, state), 4) &&
                 emlrt_finite(
                     emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_threshold)),
                     2 * n)
             ? EMLRT_OK
             : EMLRT_ERR_PAYLOAD;
}

void emlrt_run_threshold(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  emlrt_alias32 *kept = emlrt_state_at(call, EMLRT_THRESHOLD32(call, state));
  emlrt_count c, best = (emlrt_count)EMLRT_THRESHOLD32(call, other);
  uint32_t most = 0, was = *kept, answer = 0;
  emlrt_rom on = emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_threshold));
  emlrt_rom off = emlrt_rom_at(on, (emlrt_off)call->n_in * 4u);
  for (c = 0; c < call->n_in; c++) {
    uint32_t own = emlrt_sort_key_u32(emlrt_bits_at(x, c));
    emlrt_rom limit = was == c + UINT32_C(1) ? off : on;
    if (own > most &&
        own >= emlrt_sort_key_u32(emlrt_r32(limit, (emlrt_off)c * 4u))) {
      most = own;
      best = c;
      answer = c + UINT32_C(1);
    }
  }
  *kept = answer;
  emlrt_put_answer(call, best);
}

const emlrt_op emlrt_op_threshold EMLRT_OP_PLACE = {
    EMLRT_OP_THRESHOLD, emlrt_check_threshold, emlrt_run_threshold};
