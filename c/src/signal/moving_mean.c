/* SPDX-License-Identifier: MIT
 *
 * The mean of the last samples, by three sums a sample however many they are. Times
 * are in blocks of `width`: the last samples are the end of the block before, whose
 * sums are made from its end backward, and the start of this one. So nothing is ever
 * subtracted, no error grows, and what is not finite leaves with its sample.
 */
#include "moving.h"

static emlrt_status emlrt_check_moving_mean(emlrt_call *call) {
  if (!emlrt_moving_ok(call)) return EMLRT_ERR_PAYLOAD;
  emlrt_charge(call, 3, call->n_out);
  emlrt_charge(
      call, 2,
      (uint32_t)EMLRT_MOVING16(call, width) * EMLRT_MOVING16(call, channels));
  return emlrt_float_status();
}

/* The sample at a time, of those of the run or before. */
static float emlrt_past_sample(const emlrt_past *past, int32_t t,
                               emlrt_count c) {
  return t >= 0 ? past->x[(emlrt_count)t * past->channels + c]
                : emlrt_past_at(past, (uint32_t)-t, c);
}

/* The means of a block that starts at time `start`, of which those from 0 to below
 * `end` are written. */
static void emlrt_mean_block(const emlrt_past *past, float *y, int32_t start,
                             int32_t end, emlrt_count c) {
  int32_t width = (int32_t)past->times + 1, t;
  float sum = 0.0f, n = emlrt_rounded_to((uint32_t)width);
  y += c;
  for (t = start + width - 1;; t--) {
    if (t < end) y[(emlrt_count)t * past->channels] = sum;
    if (t == start || t == 0) break;
    sum = emlrt_add(sum, emlrt_past_sample(past, t - width, c));
  }
  sum = 0.0f;
  for (t = start; t < start + width && t < end; t++) {
    float *at;
    sum = emlrt_add(sum, emlrt_past_sample(past, t, c));
    if (t < 0) continue;
    at = y + (emlrt_count)t * past->channels;
    emlrt_put(at, emlrt_div(emlrt_add(*at, sum), n));
  }
}

void emlrt_run_moving_mean(const emlrt_call *call) {
  emlrt_past past;
  int32_t width = (int32_t)EMLRT_MOVING16(call, width), phase = 0, end, start;
  emlrt_count c;
  emlrt_moving_start(&past, call);
  if (past.mark != NULL) phase = (int32_t)(*past.mark & ~EMLRT_PAST_HELD);
  if (phase >= width) phase = 0; /* a state that nobody made */
  end = (int32_t)(call->n_in / past.channels);
  for (start = -phase; start < end; start += width)
    for (c = 0; c < past.channels; c++)
      emlrt_mean_block(&past, (float *)call->out, start, end, c);
  if (past.mark != NULL)
    *past.mark = EMLRT_PAST_HELD | (uint32_t)((end + phase) % width);
  emlrt_past_keep(&past, call->n_in);
}

const emlrt_op emlrt_op_moving_mean EMLRT_OP_PLACE = {
    EMLRT_OP_MOVING_MEAN, emlrt_check_moving_mean, emlrt_run_moving_mean};
