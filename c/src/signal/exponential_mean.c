/* SPDX-License-Identifier: MIT
 *
 * The exponential mean, and what is left without it.
 */
#include "past.h"

#define EMLRT_EXPONENTIAL_ALL (EMLRT_EXPONENTIAL_FIRST | EMLRT_EXPONENTIAL_BOTH)
#define EMLRT_EXPONENTIAL16(call, field) \
  emlrt_r16((call)->payload, EMLRT_AT(emlrt_exponential_mean, field))

static emlrt_status emlrt_check_exponential_mean(emlrt_call *call) {
  uint32_t channels, flags, n_out = call->n_in;
  if (call->size != EMLRT_OCTETS(emlrt_exponential_mean))
    return EMLRT_ERR_PAYLOAD;
  channels = EMLRT_EXPONENTIAL16(call, channels);
  flags = EMLRT_EXPONENTIAL16(call, flags);
  if ((flags & EMLRT_EXPONENTIAL_BOTH) != 0) n_out += n_out;
  if (call->n_out != n_out || flags > EMLRT_EXPONENTIAL_ALL ||
      !emlrt_channels_ok(call, channels) ||
      !emlrt_finite(
          emlrt_rom_at(call->payload, EMLRT_AT(emlrt_exponential_mean, alpha)),
          1) ||
      !emlrt_past_ok(
          call,
          emlrt_r32(call->payload, EMLRT_AT(emlrt_exponential_mean, state)),
          channels, 2))
    return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

/* A mean, and what it lost by rounding: small steps are not lost beside it. */
typedef struct emlrt_running_mean {
  float mean;
  float lost;
} emlrt_running_mean;

static void emlrt_running_step(emlrt_running_mean *to, float x, float alpha) {
  float more = emlrt_mul(alpha, emlrt_sub(x, to->mean)), sum;
  more = emlrt_add(more, to->lost);
  sum = emlrt_add(to->mean, more);
  to->lost = emlrt_sub(more, emlrt_sub(sum, to->mean));
  to->mean = sum;
}

/* The means of one channel. */
static void emlrt_running_channel(const emlrt_call *call,
                                  emlrt_running_mean *mean, emlrt_count c) {
  emlrt_count channels = EMLRT_EXPONENTIAL16(call, channels);
  unsigned both = EMLRT_EXPONENTIAL16(call, flags) & EMLRT_EXPONENTIAL_BOTH;
  const float *x = (const float *)call->in + c;
  float *y = (float *)call->out + c;
  float alpha =
      emlrt_rf32(call->payload, EMLRT_AT(emlrt_exponential_mean, alpha));
  emlrt_count n = call->n_in / channels;
  for (;;) {
    emlrt_running_step(mean, *x, alpha);
    emlrt_put(y, mean->mean);
    if (both != 0) {
      y += channels;
      emlrt_put(y, emlrt_sub(*x, mean->mean));
    }
    if (--n == 0) return;
    x += channels;
    y += channels;
  }
}

void emlrt_run_exponential_mean(const emlrt_call *call) {
  uint32_t at =
      emlrt_r32(call->payload, EMLRT_AT(emlrt_exponential_mean, state));
  unsigned flags = EMLRT_EXPONENTIAL16(call, flags);
  emlrt_alias32 *kept = at == EMLRT_AT_REST ? NULL : emlrt_state_at(call, at);
  const float *x = (const float *)call->in;
  int starts = kept == NULL || *kept == 0;
  emlrt_count c, channels = EMLRT_EXPONENTIAL16(call, channels);
  if (kept != NULL) *kept++ = 1;
  for (c = 0; c < channels; c++) {
    emlrt_running_mean mean = {0.0f, 0.0f};
    if (!starts) {
      mean.mean = emlrt_float(kept[0]);
      mean.lost = emlrt_float(kept[1]);
    } else if ((flags & EMLRT_EXPONENTIAL_FIRST) != 0) {
      mean.mean = x[c];
    }
    emlrt_running_channel(call, &mean, c);
    if (kept == NULL) continue;
    *kept++ = emlrt_one_nan(emlrt_bits(mean.mean));
    *kept++ = emlrt_one_nan(emlrt_bits(mean.lost));
  }
}

const emlrt_op emlrt_op_exponential_mean EMLRT_OP_PLACE = {
    EMLRT_OP_EXPONENTIAL_MEAN, emlrt_check_exponential_mean,
    emlrt_run_exponential_mean};
