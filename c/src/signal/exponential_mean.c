/* SPDX-License-Identifier: MIT
 *
 * The exponential mean, what is left without it, and how large that is beside what
 * is left as a rule.
 */
#include "../maths/maths.h"
#include "past.h"

/* BOTH and SCORE exclude each other. */
#define EMLRT_EXPONENTIAL_ALL \
  (EMLRT_EXPONENTIAL_FIRST | EMLRT_EXPONENTIAL_SCORE)
#define EMLRT_EXPONENTIAL16(call, field) \
  emlrt_r16((call)->payload, EMLRT_AT(emlrt_exponential_mean, field))

/* Numbers that are kept of a channel. */
EMLRT_INLINE uint32_t emlrt_exponential_kept(uint32_t flags) {
  return (flags & EMLRT_EXPONENTIAL_SCORE) != 0 ? 4 : 2;
}

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
          channels, emlrt_exponential_kept(flags)))
    return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

/* A mean, and what it lost by rounding: small steps are not lost beside it. */
typedef struct emlrt_running_mean {
  float mean;
  float lost;
} emlrt_running_mean;

static EMLRT_NOINLINE void emlrt_running_step(emlrt_running_mean *to, float x,
                                              float alpha) {
  float more = emlrt_mul(alpha, emlrt_sub(x, to->mean)), sum;
  more = emlrt_add(more, to->lost);
  sum = emlrt_add(to->mean, more);
  to->lost = emlrt_sub(more, emlrt_sub(sum, to->mean));
  to->mean = sum;
}

/* The mean of a channel, and that of squared distances from it. */
typedef struct emlrt_running {
  emlrt_running_mean mean;
  emlrt_running_mean square;
} emlrt_running;

/* How many deviations a sample is off the mean; 0 where there is no deviation. */
static float emlrt_running_score(emlrt_running *to, float x, float alpha) {
  float off = emlrt_sub(x, to->mean.mean), left = emlrt_sub(1.0f, alpha);
  uint32_t bits;
  emlrt_running_step(&to->mean, x, alpha);
  emlrt_running_step(&to->square, emlrt_mul(emlrt_mul(off, off), left), alpha);
  off = emlrt_sub(x, to->mean.mean);
  bits = emlrt_bits(to->square.mean);
  if (bits == 0 || bits > EMLRT_INFINITY_BITS) return emlrt_sub(off, off);
  return emlrt_div(off, emlrt_float(emlrt_sqrt(bits)));
}

/* The means or the scores of one channel. */
static void emlrt_running_channel(const emlrt_call *call, emlrt_running *own,
                                  emlrt_count c) {
  emlrt_count channels = EMLRT_EXPONENTIAL16(call, channels);
  unsigned flags = EMLRT_EXPONENTIAL16(call, flags);
  const float *x = (const float *)call->in + c;
  float *y = (float *)call->out + c;
  float alpha =
      emlrt_rf32(call->payload, EMLRT_AT(emlrt_exponential_mean, alpha));
  emlrt_count n = call->n_in / channels;
  for (;;) {
    if ((flags & EMLRT_EXPONENTIAL_SCORE) != 0) {
      emlrt_put(y, emlrt_running_score(own, *x, alpha));
    } else {
      emlrt_running_step(&own->mean, *x, alpha);
      emlrt_put(y, own->mean.mean);
    }
    if ((flags & EMLRT_EXPONENTIAL_BOTH) != 0) {
      y += channels;
      emlrt_put(y, emlrt_sub(*x, own->mean.mean));
    }
    if (--n == 0) return;
    x += channels;
    y += channels;
  }
}

static void emlrt_running_take(emlrt_running_mean *to,
                               const emlrt_alias32 *kept) {
  to->mean = emlrt_float(kept[0]);
  to->lost = emlrt_float(kept[1]);
}

static void emlrt_running_keep(const emlrt_running_mean *from,
                               emlrt_alias32 *kept) {
  kept[0] = emlrt_one_nan(emlrt_bits(from->mean));
  kept[1] = emlrt_one_nan(emlrt_bits(from->lost));
}

void emlrt_run_exponential_mean(const emlrt_call *call) {
  uint32_t at =
      emlrt_r32(call->payload, EMLRT_AT(emlrt_exponential_mean, state));
  unsigned flags = EMLRT_EXPONENTIAL16(call, flags), c;
  unsigned n = (unsigned)emlrt_exponential_kept(flags);
  emlrt_alias32 *kept = at == EMLRT_AT_REST ? NULL : emlrt_state_at(call, at);
  const float *x = (const float *)call->in;
  int starts = kept == NULL || *kept == 0;
  if (kept != NULL) *kept++ = 1;
  for (c = 0; c < EMLRT_EXPONENTIAL16(call, channels); c++) {
    emlrt_running own;
    own.mean.mean = own.mean.lost = own.square.mean = own.square.lost = 0.0f;
    if (!starts) {
      emlrt_running_take(&own.mean, kept);
      if (n > 2) emlrt_running_take(&own.square, kept + 2);
    } else if ((flags & EMLRT_EXPONENTIAL_FIRST) != 0) {
      own.mean.mean = x[c];
    }
    emlrt_running_channel(call, &own, (emlrt_count)c);
    if (kept == NULL) continue;
    emlrt_running_keep(&own.mean, kept);
    if (n > 2) emlrt_running_keep(&own.square, kept + 2);
    kept += n;
  }
}

const emlrt_op emlrt_op_exponential_mean EMLRT_OP_PLACE = {
    EMLRT_OP_EXPONENTIAL_MEAN, emlrt_check_exponential_mean,
    emlrt_run_exponential_mean};
