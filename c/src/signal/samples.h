/* SPDX-License-Identifier: MIT
 *
 * Windows of interleaved samples: what the ops share that read one channel after
 * the other where it stands.
 */
#ifndef EMLRT_SAMPLES_H
#define EMLRT_SAMPLES_H

#include "../maths/maths.h"

/* One channel of a window: n samples, `step` numbers apart. What is computed of
 * samples that are very large or very small is computed of samples times `unit`, a
 * power of 2 that is 1 for all others. */
typedef struct emlrt_samples {
  const float *x;
  emlrt_count n;
  emlrt_count step;
  float unit;
  uint32_t scale; /* the exponent of unit, as a float has it; 0 for 1 */
} emlrt_samples;

/* Whether a payload starts with the shape of what is read; size: bytes of its head.
 * Both structures of heads start alike. */
int emlrt_samples_ok(const emlrt_call *call, size_t head);

/* Channel c of a window; 0 if a sample is NaN or infinite. */
int emlrt_samples_take(const emlrt_call *call, emlrt_count c,
                       emlrt_samples *to);

/* The float whose exponent is e: a power of 2. */
EMLRT_INLINE float emlrt_power_of_2(uint32_t e) { return emlrt_float(e << 23); }

/* A number that was computed of samples, as it is of samples without the unit. */
EMLRT_INLINE float emlrt_unscaled(const emlrt_samples *s, float value) {
  if (s->scale == 0) return value;
  return emlrt_mul(value, emlrt_power_of_2(254u - s->scale));
}

/* The sample at a place in units. */
EMLRT_INLINE float emlrt_sample_at(const emlrt_samples *s, const float *at) {
  return s->scale == 0 ? *at : emlrt_mul(*at, s->unit);
}

/* A number in units, for which the mean is `first` + `rest`. */
typedef struct emlrt_centre {
  float first;
  float rest;
} emlrt_centre;

/* The mean of the channel, or of its differences of an order. */
void emlrt_centre_of(const emlrt_samples *s, unsigned order, emlrt_centre *to);

/* A sample, or the difference of an order that starts there, in units. */
float emlrt_difference(const emlrt_samples *s, const float *at, unsigned order);

/* A number less the mean. */
EMLRT_INLINE float emlrt_centred(const emlrt_centre *centre, float value) {
  return emlrt_sub(emlrt_sub(value, centre->first), centre->rest);
}

/* Sum of the squares of what is centred. */
float emlrt_squares(const emlrt_samples *s, unsigned order,
                    const emlrt_centre *centre);

/* Sums go on in parts of so many numbers, which keeps their digits. */
#define EMLRT_PART 32u

/* Adds a part of a sum to it, after number i. */
EMLRT_INLINE void emlrt_add_part(float *sum, float *part, emlrt_count i) {
  if ((i & (EMLRT_PART - 1u)) != EMLRT_PART - 1u) return;
  *sum = emlrt_add(*sum, *part);
  *part = 0.0f;
}

EMLRT_INLINE float emlrt_root_of(float value) {
  return emlrt_float(emlrt_sqrt(emlrt_bits(value)));
}

/* |value| */
EMLRT_INLINE float emlrt_size_of(float value) {
  return emlrt_float(emlrt_bits(value) & ~EMLRT_SIGN_BIT);
}

/* Features of a channel: payloads that start with emlrt_features, with `n_codes`
 * numbers of each channel, or of the window if `once`, and `memory` numbers of
 * working memory behind them. Codes are 2 bytes and below `end`, or other items of
 * `width` bytes. */
int emlrt_features_ok(const emlrt_call *call, uint32_t width, unsigned end,
                      uint32_t memory);

/* A field of emlrt_features. */
#define EMLRT_FEATURES16(call, field) \
  emlrt_r16((call)->payload, EMLRT_AT(emlrt_features, field))
#define EMLRT_FEATURES32(call, field) \
  emlrt_r32((call)->payload, EMLRT_AT(emlrt_features, field))

/* Item i behind the head. */
EMLRT_INLINE emlrt_rom emlrt_feature_at(const emlrt_call *call, emlrt_count i,
                                        unsigned width) {
  return emlrt_rom_at(call->payload, (emlrt_off)(EMLRT_OCTETS(emlrt_features) +
                                                 (uint32_t)i * width));
}

/* Writes the features of one channel, `step` numbers apart. */
typedef void emlrt_features_of(const emlrt_call *call, const emlrt_samples *s,
                               float *y);

/* Features of channel after channel: feature k of channel c is number k * channels
 * + c. All of a channel with samples that are not finite are NaN. */
void emlrt_features_run(const emlrt_call *call, emlrt_features_of *of);

#endif
