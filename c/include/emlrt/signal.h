/* SPDX-License-Identifier: MIT
 *
 * emlrt: signal kernels, which need no blob.
 *
 * Conventions of every function below, beside those of emlrt.h:
 * - Samples are float32, counts are elements. Nothing is allocated, no global is
 *   written, nothing recurses; all memory is the caller's.
 * - Results have the same bits on every target.
 * - A table is an array of constants that `python -m emlrt.signal.tables` prints as
 *   C; it lies where blobs lie and is read as they are (see port.h). It must be the
 *   one for the same length.
 * - Results are useful only when the status is EMLRT_OK; ARGUMENT is a null pointer or
 *   a length that the function does not take.
 */
#ifndef EMLRT_SIGNAL_H
#define EMLRT_SIGNAL_H

#include <emlrt/emlrt.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Fourier and cosine transforms.
 *
 * Lengths are n = 2^a 3^b 5^c from 1 to EMLRT_FFT_MAX. Complex numbers are pairs,
 * real part first. Forward transforms are sums of x[t] exp(-2 pi i k t / n) without a
 * factor, inverse ones have the factor 1 / n, as numpy's are. x and y must not
 * overlap; x stays. Errors are those of float32: up to n = 1024 mostly below
 * 1.5e-7 of the largest result, at all lengths below 3e-7. */
#define EMLRT_FFT_MAX 8192

/* A word of a table, so that its octets are those of a blob. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define EMLRT_TABLE_WORD(bits)                  \
  (((bits) >> 24) | (((bits) >> 8) & 0xFF00u) | \
   (((bits) & UINT32_C(0xFF00)) << 8) | (((bits) & UINT32_C(0xFF)) << 24))
#else
#define EMLRT_TABLE_WORD(bits) (bits)
#endif

/* Floats of y of emlrt_rfft and of emlrt_irfft: the results, and of an odd length
 * working memory behind them. */
#define EMLRT_RFFT_FLOATS(n) ((n) % 2u != 0 ? 2u * (n) : (n) + 2u)
#define EMLRT_IRFFT_FLOATS(n) ((n) % 2u != 0 ? 2u * (n) : (n))

/* x: 2 n floats, n complex numbers. y: the same. table: `tables.fft(n)`. */
EMLRT_CHECK_RESULT emlrt_status emlrt_fft(const float *x, uint32_t n,
                                          emlrt_rom table, float *y);
EMLRT_CHECK_RESULT emlrt_status emlrt_ifft(const float *x, uint32_t n,
                                           emlrt_rom table, float *y);

/* The first n / 2 + 1 results of n real samples. x: n floats. y:
 * EMLRT_RFFT_FLOATS(n), n / 2 + 1 complex numbers first. table: `tables.rfft(n)`. */
EMLRT_CHECK_RESULT emlrt_status emlrt_rfft(const float *x, uint32_t n,
                                           emlrt_rom table, float *y);
/* Its inverse. x: n / 2 + 1 complex numbers; the imaginary parts of the first, and of
 * the last of an even n, are taken for 0. y: EMLRT_IRFFT_FLOATS(n), n samples first.
 * table: `tables.rfft(n)`. */
EMLRT_CHECK_RESULT emlrt_status emlrt_irfft(const float *x, uint32_t n,
                                            emlrt_rom table, float *y);

/* Integers: no float instruction, no division, products of 32 bits. */

/* Real FFT in place of n = 2^bits numbers, 4 <= bits <= 13, at an address that is a
 * multiple of 4. x becomes X[0], X[n / 2] (both real), then the real and imaginary
 * part of X[1] to X[n / 2 - 1]; X[k] = sum of x[t] e^(-2 pi i k t / n) is these
 * times 2 to the number returned, -15 to 13. Between passes numbers are
 * shifted as little as no overflow allows, and rounded to nearest, halves down. The error
 * is about 1 of the last place, root mean square, below 1.5 at any length, and largest at
 * the lowest frequencies of noise: 4 at n = 512, 15 at 8192. twiddles: emlrt.signal.twiddles_q15(n), in flash as
 * EMLRT_PROGMEM has it, at a multiple of 4. */
int emlrt_rfft_q15(int16_t *x, unsigned bits, emlrt_rom twiddles);

/* The root of x, rounded down. */
uint32_t emlrt_isqrt(uint32_t x);
uint32_t emlrt_isqrt64(uint64_t x);

/* 256 log2 x, off by 0.54 at most; of 0, 0. */
int32_t emlrt_log2_q8(uint32_t x);
int32_t emlrt_log2_q8_64(uint64_t x);

/* The bits of x up to its highest one; of 0, 0. */
unsigned emlrt_bit_length(uint32_t x);

/* x / by, rounded down; by is not 0. For cores without a division. */
uint32_t emlrt_divide(uint32_t x, uint32_t by);

/* Cosine transforms of types II and III, as scipy.fft.dct has them: with norm=None or
 * "ortho", whichever the table is of. x: n floats. work and y: EMLRT_RFFT_FLOATS(n)
 * each, n results first in y; neither may overlap another array. table:
 * `tables.dct2(n, norm)` or `tables.dct3(n, norm)`. */
EMLRT_CHECK_RESULT emlrt_status emlrt_dct2(const float *x, uint32_t n,
                                           emlrt_rom table, float *work,
                                           float *y);
EMLRT_CHECK_RESULT emlrt_status emlrt_dct3(const float *x, uint32_t n,
                                           emlrt_rom table, float *work,
                                           float *y);

/* A window: sample t of each channel times window[t]. x and y hold n samples, of several
 * channels interleaved, and may be the same array. window: `tables.window(name, n)`, as
 * many floats as there are times. ARGUMENT: a null pointer, or n that is no multiple of
 * channels. */
EMLRT_CHECK_RESULT emlrt_status emlrt_window_f32(const float *x, uint32_t n,
                                                 uint32_t channels,
                                                 emlrt_rom window, float *y);

/* A filter bank: y[b] is the sum of the numbers of band b times its weights, such as mel
 * bands of powers. x: as many floats as the matrix has columns. bank:
 * `tables.bands(matrix)`. y: n_bands floats; it may not overlap x. ARGUMENT: a null
 * pointer, or no bands. */
EMLRT_CHECK_RESULT emlrt_status emlrt_bands_f32(const float *x, emlrt_rom bank,
                                                uint32_t n_bands, float *y);

/* Filters along time. x and y hold n samples, of several channels interleaved, and may
 * be the same array; `state` is yours, zeros at first, and goes on from call to call, so
 * that a stream in pieces has the results of one call. ARGUMENT: a null pointer, no
 * sections or taps, or n that is no multiple of channels. */

/* Second-order sections. sections: `tables.biquads(sos)`, n_sections emlrt_biquad of
 * format.h, whose forms are the most exact in float32 for the sections' poles. state:
 * EMLRT_BIQUADS_FLOATS floats. */
#define EMLRT_BIQUADS_FLOATS(n_sections, channels) \
  (3u * (n_sections) * (channels))
EMLRT_CHECK_RESULT emlrt_status emlrt_biquads_f32(const float *x, uint32_t n,
                                                  uint32_t channels,
                                                  emlrt_rom sections,
                                                  uint32_t n_sections, float *y,
                                                  float *state);

/* The same of Q31 numbers, one channel, in integers: int32 samples of any scale.
 * sections: `tables.biquads_q31(sos)`, of each b0, b1, b2, a1 and a2 as int32 in Q29
 * (from -4 to 4). Sums have 64 bits and cannot overflow; each result is rounded down,
 * what that loses is carried to the next sample, and what int32 cannot hold becomes its
 * end. state: EMLRT_BIQUADS_WORDS int32. */
#define EMLRT_BIQUADS_WORDS(n_sections) (5u * (n_sections))
EMLRT_CHECK_RESULT emlrt_status emlrt_biquads_q31(const int32_t *x, uint32_t n,
                                                  emlrt_rom sections,
                                                  uint32_t n_sections,
                                                  int32_t *y, int32_t *state);

/* Weighted sums of the last n_taps samples: y[t] is the sum of taps[k] x[t - k]. taps:
 * `tables.fir(taps)`, float32. state: n_taps - 1 floats a channel. x and y must not
 * overlap. */
EMLRT_CHECK_RESULT emlrt_status emlrt_fir_f32(const float *x, uint32_t n,
                                              uint32_t channels, emlrt_rom taps,
                                              uint32_t n_taps, float *y,
                                              float *state);

/* The same of Q15 numbers, one channel, in integers. taps: `tables.fir_q15(taps)`, int16
 * in Q15 (from -1 to 1 - 2^-15), padded to whole words. Sums have 64 bits; a result is
 * rounded to the nearest, a half up, and what int16 cannot hold becomes its end. state:
 * n_taps - 1 int16. */
EMLRT_CHECK_RESULT emlrt_status emlrt_fir_q15(const int16_t *x, uint32_t n,
                                              emlrt_rom taps, uint32_t n_taps,
                                              int16_t *y, int16_t *state);

#ifdef __cplusplus
}
#endif

#endif
