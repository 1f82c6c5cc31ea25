/* SPDX-License-Identifier: MIT
 *
 * The kernels of emlrt/signal.h that no op takes: what goes there and back is the same,
 * sums are those that are plain to write, pieces have the results of one call, and wrong
 * calls end in ARGUMENT. Takes a file of tables as kernel_tables.py writes it: of each
 * the kind, a number, how many words, and the words.
 */
#include <emlrt/format.h>
#include <emlrt/signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLDS(claim)                                         \
  do {                                                       \
    if (!(claim)) {                                          \
      printf("%s:%d: not %s\n", __FILE__, __LINE__, #claim); \
      exit(1);                                               \
    }                                                        \
  } while (0)
#define MOST (2u * EMLRT_FFT_MAX + 2u)
#define SAMPLES 240u

enum {
  FFT,
  RFFT,
  DCT2,
  DCT3,
  RFFT_Q15,
  BIQUADS,
  BIQUADS_Q31,
  FIR,
  FIR_Q15,
  WINDOW,
  BANDS
};

static float x[MOST], y[MOST], z[MOST];

static void fill(uint32_t n) {
  uint32_t i;
  for (i = 0; i < n; i++) x[i] = (float)(i * 37u % 101u) - 40.0f;
}

static double sum_of(const float *v, uint32_t n, uint32_t step) {
  double sum = 0;
  uint32_t i;
  for (i = 0; i < n; i++) sum += (double)v[i * step];
  return sum;
}

static int near(double a, double b, double size) {
  double off = a > b ? a - b : b - a;
  return off <= 1e-5 * size;
}

static int all_near(const float *a, const float *b, uint32_t n) {
  uint32_t i;
  for (i = 0; i < n; i++)
    if (!near((double)a[i], (double)b[i], 100.0)) return 0;
  return 1;
}

static void use_fft(uint32_t n, emlrt_rom table) {
  fill(2 * n);
  HOLDS(emlrt_fft(x, n, table, y) == EMLRT_OK);
  HOLDS(near((double)y[0], sum_of(x, n, 2), 100.0 * n));
  HOLDS(near((double)y[1], sum_of(x + 1, n, 2), 100.0 * n));
  HOLDS(emlrt_ifft(y, n, table, z) == EMLRT_OK && all_near(x, z, 2 * n));
  HOLDS(emlrt_fft(NULL, n, table, y) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_fft(x, 7, table, y) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_ifft(x, n, table, NULL) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_ifft(x, 0, table, y) == EMLRT_ERR_ARGUMENT);
}

static void use_rfft(uint32_t n, emlrt_rom table) {
  fill(n);
  HOLDS(emlrt_rfft(x, n, table, y) == EMLRT_OK);
  HOLDS(near((double)y[0], sum_of(x, n, 1), 100.0 * n) && y[1] == 0.0f);
  HOLDS(emlrt_irfft(y, n, table, z) == EMLRT_OK && all_near(x, z, n));
  HOLDS(emlrt_rfft(x, n, NULL, y) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_rfft(x, 11, table, y) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_irfft(NULL, n, table, y) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_irfft(x, 8193, table, y) == EMLRT_ERR_ARGUMENT);
}

/* The table is orthonormal: energies stay. */
static void use_dct(uint32_t kind, uint32_t n, emlrt_rom table) {
  emlrt_status status;
  double before = 0, after = 0;
  uint32_t i;
  fill(n);
  status = kind == DCT2 ? emlrt_dct2(x, n, table, z, y)
                        : emlrt_dct3(x, n, table, z, y);
  HOLDS(status == EMLRT_OK);
  for (i = 0; i < n; i++) {
    before += (double)x[i] * (double)x[i];
    after += (double)y[i] * (double)y[i];
  }
  HOLDS(near(before, after, before));
  HOLDS(emlrt_dct2(x, n, table, NULL, y) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_dct2(x, 13, table, z, y) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_dct3(x, n, table, z, NULL) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_dct3(x, 14, table, z, y) == EMLRT_ERR_ARGUMENT);
}

/* Energies of all frequencies, of which those between the first and the last are two. */
static double energy_of(const int16_t *v, uint32_t n) {
  double sum = -(double)v[0] * v[0] - (double)v[1] * v[1];
  uint32_t i;
  for (i = 0; i < n; i++) sum += 2.0 * v[i] * v[i];
  return sum;
}

/* The first result is the sum, and energies stay, whatever the loudness. */
static void use_rfft_q15(uint32_t bits, emlrt_rom table) {
  static uint32_t words[EMLRT_FFT_MAX / 2];
  int16_t *v = (int16_t *)(void *)words;
  int32_t loud;
  for (loud = 0; loud <= 32767; loud = loud * 8 + 7) {
    double sum = 0, energy = 0, one = 1;
    uint32_t i, n = 1u << bits;
    int by;
    for (i = 0; i < n; i++) {
      v[i] = (int16_t)((int32_t)(i * 37u % 101u) * loud / 101);
      sum += v[i];
      energy += (double)n * v[i] * v[i];
    }
    by = emlrt_rfft_q15(v, bits, table);
    HOLDS(by >= -15 && by <= 13);
    for (; by > 0; by--) one *= 2;
    for (; by < 0; by++) one /= 2;
    energy -= energy_of(v, n) * one * one;
    HOLDS(loud < 500 ||
          (energy < 0.03 * sum * sum && -energy < 0.03 * sum * sum));
    sum -= v[0] * one;
    HOLDS(sum <= 32 * one && sum >= -32 * one);
  }
}

static void use_biquads(uint32_t words, emlrt_rom table) {
  float state[64] = {0}, other[64] = {0};
  uint32_t n = words / 6, at, piece;
  fill(SAMPLES);
  HOLDS(emlrt_biquads_f32(x, SAMPLES, 2, table, n, y, state) == EMLRT_OK);
  memcpy(z, x, sizeof z);
  for (at = 0, piece = 2; at < SAMPLES; at += piece, piece += 2) {
    if (piece > SAMPLES - at) piece = SAMPLES - at;
    HOLDS(emlrt_biquads_f32(z + at, piece, 2, table, n, z + at, other) ==
          EMLRT_OK); /* in place */
  }
  HOLDS(memcmp(y, z, SAMPLES * sizeof *y) == 0);
  HOLDS(memcmp(state, other, sizeof state) == 0);
  HOLDS(emlrt_biquads_f32(x, 3, 2, table, n, y, state) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_biquads_f32(x, 4, 2, table, 0, y, state) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_biquads_f32(x, 4, 0, table, n, y, state) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_biquads_f32(NULL, 4, 2, table, n, y, state) ==
        EMLRT_ERR_ARGUMENT);
}

static void use_biquads_q31(uint32_t words, emlrt_rom table) {
  int32_t in[SAMPLES], one[SAMPLES], two[SAMPLES], state[64] = {0};
  int32_t other[64] = {0};
  uint32_t n = words / 5, i, at, piece;
  for (i = 0; i < SAMPLES; i++)
    in[i] = i % 80 < 40 ? INT32_MAX : -(int32_t)(i * 9999999u & 0x3FFFFFFFu);
  HOLDS(emlrt_biquads_q31(in, SAMPLES, table, n, one, state) == EMLRT_OK);
  for (at = 0, piece = 1; at < SAMPLES; at += piece, piece++) {
    if (piece > SAMPLES - at) piece = SAMPLES - at;
    HOLDS(emlrt_biquads_q31(in + at, piece, table, n, two + at, other) ==
          EMLRT_OK);
  }
  HOLDS(memcmp(one, two, sizeof one) == 0);
  HOLDS(emlrt_biquads_q31(in, 1, table, 0, one, state) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_biquads_q31(in, 1, table, n, one, NULL) == EMLRT_ERR_ARGUMENT);
}

static void use_fir(uint32_t n, emlrt_rom table) {
  float state[256] = {0};
  const float *taps = (const float *)(const void *)table;
  uint32_t t, k, at, piece;
  fill(SAMPLES);
  for (at = 0, piece = 1; at < SAMPLES; at += piece, piece += 7) {
    if (piece > SAMPLES - at) piece = SAMPLES - at;
    HOLDS(emlrt_fir_f32(x + at, piece, 1, table, n, y + at, state) == EMLRT_OK);
  }
  for (t = 0; t < SAMPLES; t++) {
    double sum = 0;
    for (k = 0; k < n && k <= t; k++) sum += (double)taps[k] * (double)x[t - k];
    HOLDS(near((double)y[t], sum, 100.0 * n));
  }
  HOLDS(emlrt_fir_f32(x, 3, 2, table, n, y, state) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_fir_f32(x, 2, 2, table, 0, y, state) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_fir_f32(x, 2, 2, NULL, n, y, state) == EMLRT_ERR_ARGUMENT);
}

static int16_t rounded(int64_t sum) {
  sum += 1 << 14;
  sum = sum < 0 ? -((-sum + 32767) / 32768) : sum / 32768;
  return (int16_t)(sum > INT16_MAX   ? INT16_MAX
                   : sum < INT16_MIN ? INT16_MIN
                                     : sum);
}

static void use_fir_q15(uint32_t n, emlrt_rom table) {
  int16_t in[SAMPLES], out[SAMPLES], state[256] = {0};
  const int16_t *taps = (const int16_t *)(const void *)table;
  uint32_t t, k, at, piece;
  for (t = 0; t < SAMPLES; t++)
    in[t] = (int16_t)(t % 90 < 45 ? 32767 : -(int32_t)(t * 997 % 32768));
  for (at = 0, piece = 1; at < SAMPLES; at += piece, piece += 11) {
    if (piece > SAMPLES - at) piece = SAMPLES - at;
    HOLDS(emlrt_fir_q15(in + at, piece, table, n, out + at, state) == EMLRT_OK);
  }
  for (t = 0; t < SAMPLES; t++) {
    int64_t sum = 0;
    for (k = 0; k < n && k <= t; k++) sum += (int32_t)taps[k] * in[t - k];
    HOLDS(out[t] == rounded(sum));
  }
  HOLDS(emlrt_fir_q15(in, 1, table, 0, out, state) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_fir_q15(in, 1, table, n, NULL, state) == EMLRT_ERR_ARGUMENT);
}

static void use_window(uint32_t n, emlrt_rom table) {
  const float *window = (const float *)(const void *)table;
  uint32_t i;
  fill(2 * n);
  HOLDS(emlrt_window_f32(x, 2 * n, 2, table, y) == EMLRT_OK);
  for (i = 0; i < 2 * n; i++)
    HOLDS(near((double)y[i], (double)x[i] * (double)window[i / 2], 100.0));
  HOLDS(emlrt_window_f32(x, 2 * n, 2, table, x) == EMLRT_OK);
  HOLDS(memcmp(x, y, 2 * n * sizeof *x) == 0);
  HOLDS(emlrt_window_f32(x, 3, 2, table, y) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_window_f32(x, 2, 0, table, y) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_window_f32(x, 2, 1, NULL, y) == EMLRT_ERR_ARGUMENT);
}

static void use_bands(uint32_t n, emlrt_rom table) {
  const emlrt_bands_span *spans = (const emlrt_bands_span *)(const void *)table;
  const float *weights = (const float *)(const void *)(spans + n);
  uint32_t b, k;
  fill(40);
  HOLDS(emlrt_bands_f32(x, table, n, y) == EMLRT_OK);
  for (b = 0; b < n; b++) {
    double sum = 0;
    for (k = 0; k < spans[b].length; k++)
      sum +=
          (double)weights[spans[b].weight + k] * (double)x[spans[b].start + k];
    HOLDS(near((double)y[b], sum, 4000.0));
  }
  HOLDS(emlrt_bands_f32(x, table, 0, y) == EMLRT_ERR_ARGUMENT);
  HOLDS(emlrt_bands_f32(NULL, table, n, y) == EMLRT_ERR_ARGUMENT);
}

static uint32_t next_word(uint32_t word) {
  return (uint32_t)((word * UINT64_C(1664525) + 1013904223u) & UINT32_MAX);
}

static void use_integers(void) {
  uint64_t v = 0;
  uint32_t high = 1;
  unsigned i;
  for (i = 0; i < 4000; i++) {
    uint32_t w = (uint32_t)(v >> (i % 33)), by = (uint32_t)(v >> 40) | 1u;
    uint64_t r = emlrt_isqrt(w);
    unsigned bits = emlrt_bit_length(w);
    HOLDS(r * r <= w && (r + 1) * (r + 1) > w);
    r = emlrt_isqrt64(v);
    HOLDS(r * r <= v && (r == UINT32_MAX || (r + 1) * (r + 1) > v));
    HOLDS((uint64_t)w >> bits == 0 && (w == 0 || w >> (bits - 1) == 1));
    HOLDS(emlrt_divide(w, by) == w / by);
    HOLDS(emlrt_log2_q8(w) / 256 + 1 == (int32_t)bits || w == 0 ||
          emlrt_log2_q8(w) == 256 * (int32_t)bits);
    HOLDS(emlrt_log2_q8_64(w) == emlrt_log2_q8(w));
    HOLDS(v <= w || emlrt_log2_q8_64(v) >= emlrt_log2_q8(w));
    high = next_word(high);
    v = (uint64_t)high << 32 | next_word(high);
  }
  HOLDS(emlrt_log2_q8(0) == 0 && emlrt_log2_q8(1024) == 2560);
  HOLDS(emlrt_isqrt64(UINT64_MAX) == UINT32_MAX);
}

static void use_table(uint32_t kind, uint32_t n, uint32_t words,
                      emlrt_rom table) {
  if (kind == FFT) use_fft(n, table);
  if (kind == RFFT) use_rfft(n, table);
  if (kind == DCT2 || kind == DCT3) use_dct(kind, n, table);
  if (kind == RFFT_Q15) use_rfft_q15(n, table);
  if (kind == BIQUADS) use_biquads(words, table);
  if (kind == BIQUADS_Q31) use_biquads_q31(words, table);
  if (kind == FIR) use_fir(n, table);
  if (kind == FIR_Q15) use_fir_q15(n, table);
  if (kind == WINDOW) use_window(n, table);
  if (kind == BANDS) use_bands(n, table);
}

int main(int argc, char **argv) {
  static uint32_t table[4 * EMLRT_FFT_MAX];
  uint32_t head[3], found = 0;
  FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
  HOLDS(file != NULL);
  while (fread(head, 4, 3, file) == 3) {
    HOLDS(head[2] <= sizeof table / 4 &&
          fread(table, 4, head[2], file) == head[2]);
    use_table(head[0], head[1], head[2], (emlrt_rom)(const void *)table);
    found |= 1u << head[0];
  }
  fclose(file);
  HOLDS(found == (1u << (BANDS + 1)) - 1);
  use_integers();
  puts("kernels hold");
  return 0;
}
