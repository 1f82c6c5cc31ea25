/* SPDX-License-Identifier: MIT
 *
 * Shares of the last answers, or means of what they were made of. The oldest stands
 * first, and leaves when there is no room for another one.
 */
#include "decision.h"

#define EMLRT_VOTE16(call, field) \
  emlrt_r16((call)->payload, EMLRT_AT(emlrt_vote, field))

static emlrt_status emlrt_check_vote(emlrt_call *call) {
  uint32_t at, flags, width, columns = 1;
  if (call->size != EMLRT_OCTETS(emlrt_vote)) return EMLRT_ERR_PAYLOAD;
  at = emlrt_r32(call->payload, EMLRT_AT(emlrt_vote, state));
  flags = EMLRT_VOTE16(call, flags);
  width = EMLRT_VOTE16(call, width);
  if (flags == EMLRT_VOTE_MEAN) columns = call->n_in;
  if (flags > EMLRT_VOTE_MEAN || call->n_in != call->n_out || width == 0 ||
      at == EMLRT_AT_REST || !emlrt_past_ok(call, at, width, columns))
    return EMLRT_ERR_PAYLOAD;
  emlrt_charge(call, 2u * width, columns);
  return emlrt_float_status();
}

/* Makes room for one more, of so many numbers each, in what `count` says how many
 * of there are. Gives how many there are then, and where the new one goes to. */
static emlrt_count emlrt_vote_room(emlrt_alias32 *count, emlrt_count width,
                                   emlrt_count each, emlrt_alias32 **last) {
  emlrt_alias32 *held = count + 1;
  emlrt_count i, kept = *count < width ? (emlrt_count)*count : width;
  if (kept == width) {
    kept--;
    for (i = 0; i < kept * each; i++) {
      EMLRT_KEEP_LOOP();
      held[i] = held[i + each];
    }
  }
  *count = kept + 1u;
  *last = held + kept * each;
  return kept + 1u;
}

/* The numbers of n votes as shares of them. */
static void emlrt_vote_shares(float *y, emlrt_count n_out, emlrt_count n) {
  const emlrt_alias32 *votes = (const emlrt_alias32 *)(const void *)y;
  float total = emlrt_rounded_to(n);
  emlrt_count c;
  for (c = 0; c < n_out; c++)
    emlrt_put(y + c, emlrt_div(emlrt_rounded_to(votes[c]), total));
}

static void emlrt_count_votes(const emlrt_call *call, emlrt_alias32 *kept) {
  emlrt_alias32 *votes = (emlrt_alias32 *)call->out, *last, *held = kept + 1;
  emlrt_count i, n;
  n = emlrt_vote_room(kept, (emlrt_count)EMLRT_VOTE16(call, width), 1, &last);
  *last = emlrt_argmax((const float *)call->in, call->n_in);
  for (i = 0; i < call->n_out; i++) {
    EMLRT_KEEP_LOOP();
    votes[i] = 0;
  }
  for (i = 0; i < n; i++) {
    uint32_t answer = held[i];
    if (answer < call->n_out) votes[answer]++; /* others nobody made */
  }
  emlrt_vote_shares((float *)call->out, call->n_out, n);
}

static void emlrt_mean_votes(const emlrt_call *call, emlrt_alias32 *kept) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out, total;
  emlrt_alias32 *last;
  emlrt_count c, i, n;
  n = emlrt_vote_room(kept, (emlrt_count)EMLRT_VOTE16(call, width), call->n_in,
                      &last);
  for (c = 0; c < call->n_in; c++) last[c] = emlrt_one_nan(emlrt_bits_at(x, c));
  total = emlrt_rounded_to(n);
  for (c = 0; c < call->n_out; c++) {
    const emlrt_alias32 *at = kept + 1 + c;
    float sum = emlrt_float(*at);
    for (i = 1; i < n; i++) {
      at += call->n_in;
      sum = emlrt_add(sum, emlrt_float(*at));
    }
    emlrt_put(y + c, emlrt_div(sum, total));
  }
}

void emlrt_run_vote(const emlrt_call *call) {
  emlrt_alias32 *kept = emlrt_state_at(
      call, emlrt_r32(call->payload, EMLRT_AT(emlrt_vote, state)));
  if (EMLRT_VOTE16(call, flags) == EMLRT_VOTE_MEAN)
    emlrt_mean_votes(call, kept);
  else
    emlrt_count_votes(call, kept);
}

const emlrt_op emlrt_op_vote EMLRT_OP_PLACE = {EMLRT_OP_VOTE, emlrt_check_vote,
                                               emlrt_run_vote};
