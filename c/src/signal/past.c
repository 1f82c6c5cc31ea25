/* SPDX-License-Identifier: MIT
 *
 * Samples that came before a run's.
 */
#include "past.h"

int emlrt_channels_ok(const emlrt_call *call, uint32_t channels) {
  return channels != 0 && call->n_in % channels == 0;
}

void emlrt_one_nans(float *y, emlrt_count n) {
  emlrt_alias32 *at = (emlrt_alias32 *)(void *)y, *end = at + n;
  for (; at != end; at++)
    if (emlrt_is_nan(*at)) *at = EMLRT_NAN_BITS;
}

int emlrt_room_ok(const emlrt_call *call, uint32_t at, uint32_t rows,
                  uint32_t columns) {
  uint32_t left;
  if (at == EMLRT_AT_REST) return 1;
  if (!emlrt_state_ok(call, at, 0)) return 0;
  left = call->u.state_size - at;
  return rows == 0 || emlrt_take_floats(&left, rows, columns);
}

int emlrt_past_ok(const emlrt_call *call, uint32_t at, uint32_t rows,
                  uint32_t columns) {
  if (at == EMLRT_AT_REST) return 1;
  return emlrt_room_ok(call, at, 1, 1) &&
         emlrt_room_ok(call, at + 4, rows, columns);
}

void emlrt_past_start(emlrt_past *past, const emlrt_call *call, uint32_t at,
                      emlrt_count times) {
  emlrt_count i, c;
  past->x = (const float *)call->in;
  past->mark = NULL;
  past->held = NULL;
  past->times = times;
  if (at == EMLRT_AT_REST) return;
  past->mark = emlrt_state_at(call, at);
  past->held = (emlrt_aliasf *)(void *)(past->mark + 1);
  if ((*past->mark & EMLRT_PAST_HELD) != 0) return;
  *past->mark = EMLRT_PAST_HELD;
  for (i = 0; i < times; i++)
    for (c = 0; c < past->channels; c++)
      past->held[i * past->channels + c] = past->first ? past->x[c] : (float)0;
}

float emlrt_past_at(const emlrt_past *past, uint32_t back,
                    emlrt_count channel) {
  if (past->held == NULL) return past->first ? past->x[channel] : (float)0;
  return past
      ->held[(emlrt_count)(past->times - back) * past->channels + channel];
}

void emlrt_past_keep(const emlrt_past *past, emlrt_count n) {
  emlrt_count count, from = 0, i = 0;
  if (past->held == NULL) return;
  count = (emlrt_count)(past->times * past->channels);
  if (n < count)
    for (; i < count - n; i++) past->held[i] = past->held[i + n];
  else
    from = n - count;
  for (; i < count; i++) past->held[i] = past->x[from++];
}
