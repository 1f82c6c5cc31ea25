/* SPDX-License-Identifier: MIT
 *
 * Channels of windows, their means, and features of one channel after the other.
 */
#include "samples.h"

#include "../maths/keys.h"

int emlrt_samples_ok(const emlrt_call *call, size_t head) {
  uint32_t length, channels;
  if (call->size < head) return 0;
  length = EMLRT_FEATURES16(call, length);
  channels = EMLRT_FEATURES16(call, channels);
  return length * channels == call->n_in;
}

/* Samples whose exponents, as floats have them, are from one to the other need no
 * unit: fourth powers neither overflow nor vanish. */
#define EMLRT_PLAIN_LEAST 120u
#define EMLRT_PLAIN_MOST 147u

int emlrt_samples_take(const emlrt_call *call, emlrt_count c,
                       emlrt_samples *to) {
  uint32_t top = 0;
  emlrt_count i;
  const float *at = (const float *)call->in + c;
  to->x = at;
  to->n = (emlrt_count)EMLRT_FEATURES16(call, length);
  to->step = (emlrt_count)EMLRT_FEATURES16(call, channels);
  for (i = to->n; i != 0; i--, at += to->step) {
    uint32_t e = emlrt_bits_at(at, 0) & ~EMLRT_SIGN_BIT;
    if (e > top) top = e;
  }
  top >>= 23;
  to->scale = 0;
  to->unit = 1.0f;
  if (top < EMLRT_PLAIN_LEAST || top > EMLRT_PLAIN_MOST) {
    to->scale = top == 0 ? 253 : top > 252 ? 1 : 254 - top;
    to->unit = emlrt_power_of_2(to->scale);
  }
  return top < 255;
}

float emlrt_difference(const emlrt_samples *s, const float *at,
                       unsigned order) {
  float value = emlrt_sample_at(s, at), next;
  if (order == 0) return value;
  next = emlrt_sample_at(s, at + s->step);
  value = emlrt_sub(next, value);
  if (order == 1) return value;
  at += s->step;
  return emlrt_sub(emlrt_sub(emlrt_sample_at(s, at + s->step), next), value);
}

void emlrt_centre_of(const emlrt_samples *s, unsigned order, emlrt_centre *to) {
  emlrt_count i, n = (emlrt_count)(s->n - order);
  const float *at = s->x;
  float sum = 0.0f, part = 0.0f;
  to->first = emlrt_difference(s, at, order);
  for (i = 0; i < n; i++, at += s->step) {
    part =
        emlrt_add(part, emlrt_sub(emlrt_difference(s, at, order), to->first));
    emlrt_add_part(&sum, &part, i);
  }
  to->rest = emlrt_div(emlrt_add(sum, part), emlrt_rounded_to(n));
}

float emlrt_squares(const emlrt_samples *s, unsigned order,
                    const emlrt_centre *centre) {
  emlrt_count i, n = (emlrt_count)(s->n - order);
  const float *at = s->x;
  float sum = 0.0f, part = 0.0f;
  for (i = 0; i < n; i++, at += s->step) {
    float d = emlrt_centred(centre, emlrt_difference(s, at, order));
    part = emlrt_add(part, emlrt_mul(d, d));
    emlrt_add_part(&sum, &part, i);
  }
  return emlrt_add(sum, part);
}

int emlrt_features_ok(const emlrt_call *call, uint32_t width, unsigned end,
                      uint32_t memory) {
  uint32_t n, channels;
  emlrt_count i;
  if (!emlrt_samples_ok(call, EMLRT_OCTETS(emlrt_features))) return 0;
  n = EMLRT_FEATURES16(call, n_codes);
  channels = EMLRT_FEATURES16(call, channels);
  if (n == 0 || n * channels + memory != call->n_out ||
      call->size !=
          emlrt_pad4((uint32_t)EMLRT_OCTETS(emlrt_features) + n * width) ||
      !emlrt_is_number(EMLRT_FEATURES32(call, constant)) ||
      !emlrt_finite(emlrt_rom_at(call->payload, EMLRT_AT(emlrt_features, low)),
                    2))
    return 0;
  for (i = 0; i < n && end != 0; i++)
    if (emlrt_r16(emlrt_feature_at(call, i, 2), 0) >= end) return 0;
  return 1;
}

void emlrt_features_run(const emlrt_call *call, emlrt_features_of *of) {
  emlrt_samples s;
  emlrt_count c, i;
  emlrt_count channels = (emlrt_count)EMLRT_FEATURES16(call, channels);
  float *y = (float *)call->out;
  for (c = 0; c < channels; c++, y++) {
    if (emlrt_samples_take(call, c, &s)) {
      of(call, &s, y);
      continue;
    }
    for (i = 0; i < EMLRT_FEATURES16(call, n_codes); i++)
      *(emlrt_alias32 *)(void *)(y + (size_t)i * channels) = EMLRT_NAN_BITS;
  }
}
