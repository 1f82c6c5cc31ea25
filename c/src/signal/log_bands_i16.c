/* SPDX-License-Identifier: MIT
 *
 * Logarithms of energies of bands, frame by frame, in integers: a taper, a transform with
 * one exponent, squares of magnitudes, sums of 64 bits.
 */
#include "q15.h"

#define EMLRT_LB16(at, field) emlrt_r16(at, EMLRT_AT(emlrt_log_bands, field))
#define EMLRT_OFFSET_MAX UINT32_C(0x100000)

/* Whether all bands lie in the spectrum; takes their weights from *left. */
EMLRT_WRAPS static int emlrt_lb_ok(emlrt_rom at, uint32_t n, uint32_t last,
                                   uint32_t *left, uint32_t *weights) {
  for (; n != 0; n--, at = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_band))) {
    uint32_t first = emlrt_r16(at, EMLRT_AT(emlrt_band, first));
    uint32_t count = emlrt_r16(at, EMLRT_AT(emlrt_band, count));
    uint32_t offset = emlrt_r32(at, EMLRT_AT(emlrt_band, offset));
    if (first > last || count > last - first + 1u ||
        offset + EMLRT_OFFSET_MAX > 2u * EMLRT_OFFSET_MAX ||
        !emlrt_i16_takes(left, 2u * count))
      return 0;
    *weights += count;
  }
  return 1;
}

static void emlrt_lb_frames(emlrt_i16_frames *f, emlrt_rom at) {
  f->length = emlrt_r32(at, EMLRT_AT(emlrt_log_bands, length));
  f->channels = EMLRT_LB16(at, channels);
  f->n = EMLRT_LB16(at, n_frames);
  f->frame = EMLRT_LB16(at, frame);
  f->hop = EMLRT_LB16(at, hop);
  f->bits = EMLRT_LB16(at, bits);
  f->n_bands = EMLRT_LB16(at, n_bands);
  f->room = 0;
}

static emlrt_status emlrt_check_log_bands_i16(emlrt_call *call) {
  emlrt_rom at = call->payload;
  uint32_t left = call->size, weights = 0, tables;
  uint32_t head = (uint32_t)EMLRT_OCTETS(emlrt_log_bands);
  emlrt_i16_frames f;
  if (!emlrt_i16_takes(&left, head) ||
      emlrt_r32(at, EMLRT_AT(emlrt_log_bands, reserved)) != 0)
    return EMLRT_ERR_PAYLOAD;
  emlrt_lb_frames(&f, at);
  if (!emlrt_i16_frames_ok(&f, call->n_in, call->n_out))
    return EMLRT_ERR_PAYLOAD;
  tables = emlrt_i16_octets(f.frame) + emlrt_twiddle_octets((unsigned)f.bits);
  if (!emlrt_i16_takes(&left, tables) ||
      !emlrt_i16_takes(&left, f.n_bands * (uint32_t)EMLRT_OCTETS(emlrt_band)))
    return EMLRT_ERR_PAYLOAD;
  at = emlrt_rom_at(at, (emlrt_off)(head + tables));
  if (!emlrt_lb_ok(at, f.n_bands, UINT32_C(1) << (f.bits - 1u), &left,
                   &weights) ||
      left != (weights & 1u) * 2u)
    return EMLRT_ERR_PAYLOAD;
  emlrt_charge_i16_frames(call, &f, weights);
  return EMLRT_OK;
}

/* What a frame is made with. */
typedef struct emlrt_lb_run {
  emlrt_rom taper, twiddles, bands;
  unsigned channels, frame, bits, n_bands;
  int16_t *work;
} emlrt_lb_run;

/* How far the samples of a frame may be shifted left. */
static int emlrt_lb_spare(const emlrt_lb_run *r, const int16_t *x) {
  uint32_t changes = 1;
  unsigned n;
  for (n = r->frame; n != 0; n--, x += r->channels) {
    int32_t value = *x;
    changes |= (uint32_t)(value < 0 ? ~value : value);
  }
  return 15 - (int)emlrt_bit_length(changes);
}

/* Samples times the taper, as large as they may be, rounded; and zeros up to the
 * transform's length. How far they are shifted left. */
static int emlrt_lb_taper(const emlrt_lb_run *r, const int16_t *x) {
  int16_t *y = r->work, *end = y + ((size_t)1 << r->bits);
  emlrt_rom w = r->taper;
  int spare = emlrt_lb_spare(r, x), point = 15 - spare;
  int32_t half = INT32_C(1) << point >> 1;
  unsigned n = r->frame;
  for (; n != 0; n--, x += r->channels, w = emlrt_rom_at(w, 2))
    *y++ = (int16_t)((*x * emlrt_ri16(w, 0) + half) >> point);
  for (; y != end; y++) {
    EMLRT_KEEP_LOOP();
    *y = 0;
  }
  return spare;
}

/* Squares of the magnitudes, in place: as many words as there were pairs, and one. */
static void emlrt_lb_squares(int16_t *x, unsigned n) {
  emlrt_alias32 *y = (emlrt_alias32 *)(void *)x;
  int32_t re = x[0], im = x[1];
  unsigned i;
  y[0] = (uint32_t)(re * re);
  y[n] = (uint32_t)(im * im);
  for (i = 1; i < n; i++) {
    uint32_t pair = emlrt_pair_i16(x + 2 * i);
    re = emlrt_low(pair);
    im = emlrt_high(pair);
    y[i] = (uint32_t)(re * re) + (uint32_t)(im * im);
  }
}

/* The sum of `count` squares times weights of 16 bits. */
static uint64_t emlrt_lb_sum(const emlrt_alias32 *x, emlrt_rom w,
                             unsigned count) {
  uint64_t high = 0, low = 0;
  for (; count != 0; count--, x++, w = emlrt_rom_at(w, 2)) {
    uint32_t weight = emlrt_r16(w, 0);
    high += (*x >> 16) * weight;
    low += (*x & 0xFFFFu) * weight;
  }
  return (high << 16) + low;
}

/* The features of a frame. */
static void emlrt_lb_frame(const emlrt_lb_run *r, const int16_t *x,
                           int16_t *y) {
  const emlrt_alias32 *squares = (const emlrt_alias32 *)(const void *)r->work;
  emlrt_rom band = r->bands;
  emlrt_rom w = emlrt_rom_at(band, r->n_bands * EMLRT_OCTETS(emlrt_band));
  int32_t scale;
  unsigned n;
  scale = -emlrt_lb_taper(r, x);
  scale = (scale + emlrt_rfft_q15(r->work, r->bits, r->twiddles)) * 512;
  emlrt_lb_squares(r->work, 1u << (r->bits - 1u));
  for (n = r->n_bands; n != 0; n--, y++) {
    unsigned first = emlrt_r16(band, EMLRT_AT(emlrt_band, first));
    unsigned count = emlrt_r16(band, EMLRT_AT(emlrt_band, count));
    uint64_t sum = emlrt_lb_sum(squares + first, w, count);
    int32_t more = emlrt_ri32(band, EMLRT_AT(emlrt_band, offset)) + scale;
    *y = sum == 0 ? 0 : emlrt_to_i16(emlrt_log2_q8_64(sum) + more);
    band = emlrt_rom_at(band, EMLRT_OCTETS(emlrt_band));
    w = emlrt_rom_at(w, 2u * (emlrt_off)count);
  }
}

void emlrt_run_log_bands_i16(const emlrt_call *call) {
  emlrt_rom at = call->payload;
  emlrt_lb_run r;
  unsigned n = EMLRT_LB16(at, n_frames), channel, i;
  size_t hop;
  int16_t *y = (int16_t *)call->out;
  r.channels = EMLRT_LB16(at, channels);
  r.frame = EMLRT_LB16(at, frame);
  r.bits = EMLRT_LB16(at, bits);
  r.n_bands = EMLRT_LB16(at, n_bands);
  r.taper = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_log_bands));
  r.twiddles = emlrt_rom_at(r.taper, (emlrt_off)emlrt_i16_octets(r.frame));
  r.bands = emlrt_rom_at(r.twiddles, (emlrt_off)emlrt_twiddle_octets(r.bits));
  r.work = emlrt_even(y + (size_t)n * r.n_bands * r.channels);
  hop = (size_t)EMLRT_LB16(at, hop) * r.channels;
  for (channel = 0; channel < r.channels; channel++) {
    const int16_t *x = (const int16_t *)call->in + channel;
    for (i = 0; i < n; i++, y += r.n_bands) emlrt_lb_frame(&r, x + i * hop, y);
  }
  emlrt_i16_clear(call, y);
}

const emlrt_op emlrt_op_log_bands_i16 EMLRT_OP_PLACE = {
    EMLRT_OP_LOG_BANDS_I16, emlrt_check_log_bands_i16, emlrt_run_log_bands_i16};
