/* SPDX-License-Identifier: MIT
 *
 * What ops that cut int16 samples into frames check of them.
 */
#include "q15.h"

#define EMLRT_LENGTH_MAX UINT32_C(0xFFFFFF)
#define EMLRT_FEATURES_MAX UINT32_C(0xFFFFFF)

uint32_t emlrt_twiddle_octets(unsigned bits) {
  uint32_t half = UINT32_C(1) << (bits - 1u), words = half / 2u - 1u;
  uint32_t step = (bits & 1u) != 0 ? 4 : 2;
  for (; step < half; step *= 4u) words += 3u * (step - 1u);
  return 4u * words;
}

/* Products stay below 2^32: all but the length have 16 bits. */
int emlrt_i16_frames_ok(const emlrt_i16_frames *f, uint32_t n_in,
                        uint32_t n_out) {
  uint32_t features = f->n * f->n_bands;
  if (f->length > EMLRT_LENGTH_MAX || f->channels > 255u ||
      f->channels * f->length != n_in || f->bits < EMLRT_FFT_BITS_MIN ||
      f->bits > EMLRT_FFT_BITS_MAX || f->frame > UINT32_C(1) << f->bits ||
      f->frame == 0 || f->frame > f->length || f->hop == 0 || features == 0 ||
      (f->n - 1u) * f->hop > f->length - f->frame)
    return 0;
  if (features > EMLRT_FEATURES_MAX) return 0;
  features *= f->channels;
  return features <= n_out &&
         emlrt_q15_room(f->bits) + f->room <= n_out - features;
}

void emlrt_charge_i16_frames(emlrt_call *call, const emlrt_i16_frames *f,
                             uint32_t weights) {
  uint32_t frames = f->n * f->channels;
  emlrt_charge(call, UINT32_C(1) << f->bits >> 2, frames * (f->bits + 4u));
  emlrt_charge(call, weights, frames);
}

void emlrt_i16_clear(const emlrt_call *call, int16_t *y) {
  const int16_t *end = (const int16_t *)call->out + call->n_out;
  for (; y != end; y++) {
    EMLRT_KEEP_LOOP();
    *y = 0;
  }
}
