/* SPDX-License-Identifier: MIT
 *
 * Features of speech as TensorFlow Lite for Microcontrollers has them, number for
 * number: a taper, a transform of 16 bits that halves at every step, energies of bands
 * and their roots, less an estimate of noise, times a gain that falls with it, and a
 * logarithm.
 */
#include "q15.h"
#include "state.h"

#define EMLRT_MF16(at, field) \
  emlrt_r16(at, EMLRT_AT(emlrt_micro_frontend, field))
#define EMLRT_MF_HEAD ((uint32_t)EMLRT_OCTETS(emlrt_micro_frontend))
#define EMLRT_MF_GAINS 125u
#define EMLRT_MF_LOGS 129u
#define EMLRT_MF_POINT 14 /* bits behind the point of smoothing */
#define EMLRT_MF_RATIO 12 /* of the ratio of signal and noise, */
#define EMLRT_MF_SHRUNK 6 /* and of that once it has been shrunk */

static void emlrt_mf_frames(emlrt_i16_frames *f, const emlrt_call *call) {
  emlrt_rom at = call->payload;
  f->length = (uint32_t)call->n_in;
  f->channels = 1;
  f->n = EMLRT_MF16(at, n_frames);
  f->frame = EMLRT_MF16(at, frame);
  f->hop = EMLRT_MF16(at, hop);
  f->bits = EMLRT_MF16(at, bits);
  f->n_bands = EMLRT_MF16(at, n_bands);
  f->room = 2u * f->n_bands;
}

static int emlrt_mf_numbers_ok(emlrt_rom at) {
  unsigned gain = EMLRT_MF16(at, gain), one = 1u << EMLRT_MF_POINT;
  return EMLRT_MF16(at, even) <= one && EMLRT_MF16(at, odd) <= one &&
         EMLRT_MF16(at, least) <= one && EMLRT_MF16(at, smoothing) < 32u &&
         (gain < 64u || gain == EMLRT_NO_GAIN) && EMLRT_MF16(at, up) < 32u &&
         EMLRT_MF16(at, down) < 32u && EMLRT_MF16(at, scale) <= 10u &&
         emlrt_r32(at, EMLRT_AT(emlrt_micro_frontend, reserved)) == 0 &&
         EMLRT_MF16(at, first) != 0;
}

/* The sum of the bands' widths. */
static uint32_t emlrt_mf_widths(emlrt_rom at, uint32_t n) {
  uint32_t sum = 0;
  for (; n != 0; n--, at = emlrt_rom_at(at, 2)) sum += emlrt_r16(at, 0);
  return sum;
}

/* Octets of the factors: one more than those of emlrt_rfft_q15. */
EMLRT_INLINE uint32_t emlrt_mf_factors(uint32_t bits) {
  return emlrt_twiddle_octets((unsigned)bits) + 4u;
}

/* Whether the noise lies in the state, or is none at first. */
static int emlrt_mf_state_ok(const emlrt_call *call) {
  uint32_t n = EMLRT_MF16(call->payload, n_bands);
  uint32_t at = emlrt_r32(call->payload, EMLRT_AT(emlrt_micro_frontend, state));
  return at == EMLRT_AT_REST || emlrt_state_ok(call, at, 4u * n);
}

static emlrt_status emlrt_check_micro_frontend(emlrt_call *call) {
  emlrt_rom at = call->payload;
  uint32_t left = call->size, tables, widths, weights;
  emlrt_i16_frames f;
  if (!emlrt_i16_takes(&left, EMLRT_MF_HEAD) || !emlrt_mf_numbers_ok(at))
    return EMLRT_ERR_PAYLOAD;
  emlrt_mf_frames(&f, call);
  if (!emlrt_i16_frames_ok(&f, call->n_in, call->n_out) ||
      !emlrt_mf_state_ok(call))
    return EMLRT_ERR_PAYLOAD;
  tables = emlrt_i16_octets(f.frame) + emlrt_mf_factors(f.bits);
  widths = emlrt_i16_octets(f.n_bands + 1u);
  if (!emlrt_i16_takes(&left, tables) || !emlrt_i16_takes(&left, widths))
    return EMLRT_ERR_PAYLOAD;
  at = emlrt_rom_at(at, (emlrt_off)(EMLRT_MF_HEAD + tables));
  weights = emlrt_mf_widths(at, f.n_bands + 1u);
  tables = emlrt_i16_octets(EMLRT_MF_GAINS) + emlrt_i16_octets(EMLRT_MF_LOGS);
  if (weights > left / 4u || left - 4u * weights != tables ||
      weights > (UINT32_C(1) << (f.bits - 1u)) - 1u ||
      EMLRT_MF16(call->payload, first) >
          (UINT32_C(1) << (f.bits - 1u)) - weights)
    return EMLRT_ERR_PAYLOAD;
  emlrt_charge_i16_frames(call, &f, weights);
  return EMLRT_OK;
}

/* What a frame is made with. */
typedef struct emlrt_mf_run {
  emlrt_rom at, taper, factors, widths, weights, gains, logs;
  unsigned frame, bits, n_bands;
  int16_t *x;           /* numbers of the transform */
  emlrt_alias32 *noise; /* of each band */
} emlrt_mf_run;

static void emlrt_mf_zeros(int16_t *x, size_t n) {
  for (; n != 0; n--, x++) {
    EMLRT_KEEP_LOOP();
    *x = 0;
  }
}

/* The place of the next pair of samples: indices whose digits of base 4 are reversed, the
 * last of base 2 if need be. */
static unsigned emlrt_mf_next(unsigned place, unsigned n) {
  unsigned step = n >> 2;
  while (step != 0 && (place & 3u * step) == 3u * step) {
    place -= 3u * step;
    step >>= 2;
  }
  return place + (step != 0 ? step : 1u);
}

/* Tapers a frame to where the transform wants it. The largest size. */
static unsigned emlrt_mf_taper(const emlrt_mf_run *r, const int16_t *samples) {
  unsigned i, place = 0, half = 1u << (r->bits - 1u);
  int16_t largest = 0;
  emlrt_mf_zeros(r->x, (size_t)2 * half);
  for (i = 0; i < r->frame; i++) {
    int32_t x = samples[i] * emlrt_ri16(r->taper, (emlrt_off)i * 2u) >> 12;
    int16_t size = (int16_t)(x < 0 ? -x : x);
    r->x[2u * place + (i & 1u)] = (int16_t)x;
    if (size > largest) largest = size;
    if ((i & 1u) != 0) place = emlrt_mf_next(place, half);
  }
  return (unsigned)largest;
}

/* A product in Q15, rounded. */
EMLRT_INLINE int32_t emlrt_mf_times(int32_t x, int32_t by) {
  return (x * by + INT32_C(0x4000)) >> 15;
}

typedef struct emlrt_mf_complex {
  int32_t re, im;
} emlrt_mf_complex;

/* A complex number over 2 or 4, whose reciprocal is given. */
EMLRT_INLINE emlrt_mf_complex emlrt_mf_over(uint32_t pair, int32_t part) {
  emlrt_mf_complex z;
  z.re = emlrt_mf_times(emlrt_low(pair), part);
  z.im = emlrt_mf_times(emlrt_high(pair), part);
  return z;
}

EMLRT_INLINE emlrt_mf_complex emlrt_mf_turned(emlrt_mf_complex z, uint32_t w) {
  emlrt_mf_complex y;
  int32_t re = emlrt_low(w), im = emlrt_high(w);
  y.re = (z.re * re - z.im * im + INT32_C(0x4000)) >> 15;
  y.im = (z.re * im + z.im * re + INT32_C(0x4000)) >> 15;
  return y;
}

/* Sums and differences of neighbours. */
static void emlrt_mf_pass2(int16_t *x, const int16_t *end) {
  for (; x != end; x += 4) {
    emlrt_mf_complex a = emlrt_mf_over(emlrt_pair_i16(x), 16383);
    emlrt_mf_complex b = emlrt_mf_over(emlrt_pair_i16(x + 2), 16383);
    emlrt_put_pair(x, emlrt_pair_of(a.re + b.re, a.im + b.im));
    emlrt_put_pair(x + 2, emlrt_pair_of(a.re - b.re, a.im - b.im));
  }
}

/* A butterfly of four numbers, of which all but the first are turned. */
EMLRT_INLINE void emlrt_mf_four(int16_t *x, unsigned step, emlrt_mf_complex a,
                                emlrt_mf_complex b, emlrt_mf_complex c,
                                emlrt_mf_complex d) {
  emlrt_mf_complex s, t;
  s.re = a.re - c.re;
  s.im = a.im - c.im;
  a.re += c.re;
  a.im += c.im;
  t.re = b.re - d.re;
  t.im = b.im - d.im;
  b.re += d.re;
  b.im += d.im;
  emlrt_put_pair(x, emlrt_pair_of(a.re + b.re, a.im + b.im));
  emlrt_put_pair(x + step, emlrt_pair_of(s.re + t.im, s.im - t.re));
  emlrt_put_pair(x + 2 * step, emlrt_pair_of(a.re - b.re, a.im - b.im));
  emlrt_put_pair(x + 3 * step, emlrt_pair_of(s.re - t.im, s.im + t.re));
}

/* A pass of radix 4; gives the factors behind its own. The first of each four is
 * turned by nothing, which changes no number. */
static emlrt_rom emlrt_mf_pass4(int16_t *x, const int16_t *end, unsigned step,
                                emlrt_rom w) {
  int16_t *p, *stop = x + step;
  for (p = x; p != end; p += 4 * step)
    emlrt_mf_four(p, step, emlrt_mf_over(emlrt_pair_i16(p), 8191),
                  emlrt_mf_over(emlrt_pair_i16(p + step), 8191),
                  emlrt_mf_over(emlrt_pair_i16(p + 2 * step), 8191),
                  emlrt_mf_over(emlrt_pair_i16(p + 3 * step), 8191));
  for (x += 2; x != stop; x += 2, w = emlrt_rom_at(w, 12)) {
    uint32_t w1 = emlrt_r32(w, 0), w2 = emlrt_r32(w, 4), w3 = emlrt_r32(w, 8);
    for (p = x; p < end; p += 4 * step) {
      emlrt_mf_complex a = emlrt_mf_over(emlrt_pair_i16(p), 8191);
      emlrt_mf_complex b = emlrt_mf_over(emlrt_pair_i16(p + step), 8191);
      emlrt_mf_complex c = emlrt_mf_over(emlrt_pair_i16(p + 2 * step), 8191);
      emlrt_mf_complex d = emlrt_mf_over(emlrt_pair_i16(p + 3 * step), 8191);
      emlrt_mf_four(p, step, a, emlrt_mf_turned(b, w1), emlrt_mf_turned(c, w2),
                    emlrt_mf_turned(d, w3));
    }
  }
  return w;
}

/* int16 as C converts to it. */
EMLRT_INLINE int32_t emlrt_mf_short(int32_t x) { return (int16_t)x; }

/* The squares of both frequencies that a pair of numbers has, in their places. */
static void emlrt_mf_squares(int16_t *p, int16_t *q, uint32_t w) {
  uint32_t other = emlrt_pair_i16(q);
  emlrt_mf_complex a = emlrt_mf_over(emlrt_pair_i16(p), 16383);
  emlrt_mf_complex b, d, t;
  int32_t re, im;
  b.re = emlrt_mf_times(emlrt_low(other), 16383);
  b.im = emlrt_mf_times(emlrt_mf_short(-emlrt_high(other)), 16383);
  d.re = emlrt_mf_short(a.re - b.re);
  d.im = emlrt_mf_short(a.im - b.im);
  a.re = emlrt_mf_short(a.re + b.re);
  a.im = emlrt_mf_short(a.im + b.im);
  t = emlrt_mf_turned(d, w);
  t.re = emlrt_mf_short(t.re);
  t.im = emlrt_mf_short(t.im);
  re = (a.re + t.re) >> 1;
  im = (a.im + t.im) >> 1;
  *(emlrt_alias32 *)(void *)p = (uint32_t)(re * re) + (uint32_t)(im * im);
  re = (a.re - t.re) >> 1;
  im = (t.im - a.im) >> 1;
  *(emlrt_alias32 *)(void *)q = (uint32_t)(re * re) + (uint32_t)(im * im);
}

/* Transforms a frame in place, to the squares of frequencies from 1 on. */
static void emlrt_mf_transform(const emlrt_mf_run *r) {
  unsigned n = 1u << r->bits, step = 2;
  int16_t *x = r->x, *end = x + n, *p, *q;
  emlrt_rom w = r->factors;
  if ((r->bits & 1u) == 0) {
    emlrt_mf_pass2(x, end);
    step = 4;
  }
  for (; step < n; step *= 4) w = emlrt_mf_pass4(x, end, step, w);
  for (p = x + 2, q = end - 2; p <= q; p += 2, q -= 2, w = emlrt_rom_at(w, 4))
    emlrt_mf_squares(p, q, emlrt_r32(w, 0));
}

/* A root, rounded to nearest as far as the bits of the result go. */
static uint32_t emlrt_mf_root(uint64_t x) {
  uint32_t root = emlrt_isqrt64(x);
  uint32_t most = x >> 32 == 0 ? UINT32_C(0xFFFF) : UINT32_MAX;
  if (x - (uint64_t)root * root > root && root != most) root++;
  return root;
}

/* A band's signal less the noise, of which a new estimate is kept. */
EMLRT_WRAPS static uint32_t emlrt_mf_denoise(const emlrt_mf_run *r,
                                             unsigned band, uint32_t x) {
  unsigned bits = EMLRT_MF16(r->at, smoothing);
  uint32_t part =
      (band & 1u) != 0 ? EMLRT_MF16(r->at, odd) : EMLRT_MF16(r->at, even);
  uint32_t up = x << bits, least, rest;
  uint64_t noise = (uint64_t)up * part;
  noise += (uint64_t)r->noise[band] * ((UINT32_C(1) << EMLRT_MF_POINT) - part);
  noise >>= EMLRT_MF_POINT;
  r->noise[band] = (uint32_t)noise;
  rest = (uint32_t)noise > up ? 0 : (up - (uint32_t)noise) >> bits;
  least = (uint32_t)((uint64_t)x * EMLRT_MF16(r->at, least) >> EMLRT_MF_POINT);
  return rest > least ? rest : least;
}

/* The gain of a noise: parabolas between powers of 2. */
EMLRT_WRAPS static uint32_t emlrt_mf_gain(emlrt_rom gains, uint32_t noise) {
  unsigned n;
  int32_t part, y;
  if (noise <= 2) return (uint32_t)emlrt_ri16(gains, (emlrt_off)noise * 2u);
  n = emlrt_bit_length(noise);
  gains = emlrt_rom_at(gains, 8u * n - 12u);
  part =
      (int32_t)((n < 11u ? noise << (11u - n) : noise >> (n - 11u)) & 0x3FFu);
  y = (emlrt_ri16(gains, 4) * part >> 5) +
      (int32_t)((uint32_t)emlrt_ri16(gains, 2) << 5);
  y = (int32_t)((uint32_t)y * (uint32_t)part + (UINT32_C(1) << 14)) >> 15;
  return (uint32_t)emlrt_mf_short(y + emlrt_ri16(gains, 0));
}

/* A signal times its gain, and shrunk: a square for what is small. */
EMLRT_WRAPS static uint32_t emlrt_mf_amplify(const emlrt_mf_run *r,
                                             unsigned band, uint32_t x) {
  uint32_t gain = emlrt_mf_gain(r->gains, r->noise[band]);
  x = (uint32_t)((uint64_t)x * gain >> EMLRT_MF16(r->at, gain));
  if (x < UINT32_C(2) << EMLRT_MF_RATIO)
    return x * x >> (2 + 2 * EMLRT_MF_RATIO - EMLRT_MF_SHRUNK);
  return (x >> (EMLRT_MF_RATIO - EMLRT_MF_SHRUNK)) -
         (UINT32_C(1) << EMLRT_MF_SHRUNK);
}

/* The natural logarithm; of 0 and 1, 0. */
EMLRT_WRAPS static int16_t emlrt_mf_log(const emlrt_mf_run *r, uint32_t x) {
  unsigned n, scale = EMLRT_MF16(r->at, scale);
  uint32_t part, log, segment;
  int32_t low, high;
  x = x << EMLRT_MF16(r->at, up) >> EMLRT_MF16(r->at, down);
  if (x <= 1) return 0;
  n = emlrt_bit_length(x) - 1u;
  part = x - (UINT32_C(1) << n);
  part = n < 16u ? part << (16u - n) : part >> (n - 16u);
  segment = part >> 9;
  low = (int32_t)emlrt_r16(r->logs, (emlrt_off)segment * 2u);
  high = (int32_t)emlrt_r16(r->logs, (emlrt_off)segment * 2u + 2u);
  high = (high - low) * (int32_t)(part & 0x1FFu) >> 16;
  log = ((uint32_t)n << 16) + part + (uint32_t)(low + high);
  log = (uint32_t)(((uint64_t)log * 45426u + 0x8000u) >> 16);
  log = ((log << scale) + 0x8000u) >> 16;
  return (int16_t)(log > INT16_MAX ? INT16_MAX : log);
}

/* The features of a frame, of squares that are shifted left by twice `shift`. */
static void emlrt_mf_bands(const emlrt_mf_run *r, unsigned shift, int16_t *y) {
  const emlrt_alias32 *square = (const emlrt_alias32 *)(const void *)r->x;
  emlrt_rom w = r->weights;
  uint64_t next = 0;
  unsigned band;
  square += EMLRT_MF16(r->at, first);
  for (band = 0; band <= r->n_bands; band++) {
    unsigned n = emlrt_r16(r->widths, (emlrt_off)band * 2u);
    uint64_t sum = next;
    uint32_t x;
    next = 0;
    for (; n != 0; n--, square++, w = emlrt_rom_at(w, 4)) {
      sum += (uint64_t)*square * emlrt_r16(w, 0);
      next += (uint64_t)*square * emlrt_r16(w, 2);
    }
    if (band == 0) continue;
    x = emlrt_mf_root(sum) >> shift;
    x = emlrt_mf_denoise(r, band - 1, x);
    if (EMLRT_MF16(r->at, gain) != EMLRT_NO_GAIN)
      x = emlrt_mf_amplify(r, band - 1, x);
    y[band - 1] = emlrt_mf_log(r, x);
  }
}

EMLRT_WRAPS static void emlrt_mf_frame(const emlrt_mf_run *r, const int16_t *x,
                                       int16_t *y) {
  unsigned shift = 15u - emlrt_bit_length(emlrt_mf_taper(r, x));
  size_t i, n = (size_t)1 << r->bits;
  for (i = 0; i < n; i++) {
    EMLRT_KEEP_LOOP();
    r->x[i] = (int16_t)(uint16_t)((uint32_t)(uint16_t)r->x[i] << shift);
  }
  emlrt_mf_transform(r);
  emlrt_mf_bands(r, shift, y);
}

/* Where the noise is: in the state, or none at first. */
static void emlrt_mf_noise(emlrt_mf_run *r, const emlrt_call *call) {
  uint32_t at = emlrt_r32(r->at, EMLRT_AT(emlrt_micro_frontend, state));
  int16_t *behind = r->x + ((size_t)1 << r->bits);
  if (at != EMLRT_AT_REST) {
    r->noise = emlrt_state_at(call, at);
    return;
  }
  r->noise = (emlrt_alias32 *)(void *)behind;
  emlrt_mf_zeros(behind, (size_t)2 * r->n_bands);
}

static void emlrt_mf_start(emlrt_mf_run *r, const emlrt_call *call) {
  emlrt_i16_frames f;
  emlrt_mf_frames(&f, call);
  r->at = call->payload;
  r->frame = (unsigned)f.frame;
  r->bits = (unsigned)f.bits;
  r->n_bands = (unsigned)f.n_bands;
  r->taper = emlrt_rom_at(r->at, EMLRT_MF_HEAD);
  r->factors = emlrt_rom_at(r->taper, (emlrt_off)emlrt_i16_octets(f.frame));
  r->widths = emlrt_rom_at(r->factors, (emlrt_off)emlrt_mf_factors(f.bits));
  r->weights =
      emlrt_rom_at(r->widths, (emlrt_off)emlrt_i16_octets(f.n_bands + 1u));
  r->gains = emlrt_rom_at(
      r->weights, (emlrt_off)(4u * emlrt_mf_widths(r->widths, f.n_bands + 1u)));
  r->logs = emlrt_rom_at(r->gains, (emlrt_off)emlrt_i16_octets(EMLRT_MF_GAINS));
  r->x = emlrt_even((int16_t *)call->out + (size_t)f.n * f.n_bands);
  emlrt_mf_noise(r, call);
}

void emlrt_run_micro_frontend(const emlrt_call *call) {
  emlrt_mf_run r;
  unsigned i, n = EMLRT_MF16(call->payload, n_frames);
  size_t hop = EMLRT_MF16(call->payload, hop);
  int16_t *y = (int16_t *)call->out;
  emlrt_mf_start(&r, call);
  for (i = 0; i < n; i++, y += r.n_bands)
    emlrt_mf_frame(&r, (const int16_t *)call->in + i * hop, y);
  emlrt_i16_clear(call, y);
}

const emlrt_op emlrt_op_micro_frontend EMLRT_OP_PLACE = {
    EMLRT_OP_MICRO_FRONTEND, emlrt_check_micro_frontend,
    emlrt_run_micro_frontend};
