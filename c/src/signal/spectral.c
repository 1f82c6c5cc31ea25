/* SPDX-License-Identifier: MIT
 *
 * Features of spectra: where the magnitudes of a row lie, and how even they are.
 */
#include "rows.h"

#define EMLRT_SPECTRAL_AT(call, i)              \
  emlrt_rom_at(                                 \
      (call)->payload,                          \
      (emlrt_off)EMLRT_OCTETS(emlrt_spectral) + \
          (emlrt_off)(i) * (emlrt_off)EMLRT_OCTETS(emlrt_spectral_feature))
#define EMLRT_SPECTRAL32(call, field) \
  emlrt_r32((call)->payload, EMLRT_AT(emlrt_spectral, field))
#define EMLRT_SPECTRAL16(call, field) \
  emlrt_r16((call)->payload, EMLRT_AT(emlrt_spectral, field))
#define EMLRT_FEATURE16(at, field) \
  emlrt_r16(at, EMLRT_AT(emlrt_spectral_feature, field))

/* What a feature is of. */
typedef struct emlrt_spectrum {
  const float *m;      /* its magnitudes */
  const float *before; /* those of the row before, or NULL */
  emlrt_count n;
  unsigned start; /* index of the first one in the row */
  float step;
  float number;
} emlrt_spectrum;

/* Passes of the feature that takes the most of them. */
#define EMLRT_SPECTRAL_PASSES 4u

static int emlrt_spectral_feature_ok(emlrt_call *call, emlrt_rom at) {
  uint32_t width = EMLRT_SPECTRAL16(call, width);
  uint32_t start = EMLRT_FEATURE16(at, start);
  uint32_t length = EMLRT_FEATURE16(at, length);
  if (EMLRT_FEATURE16(at, kind) > EMLRT_SPECTRAL_ENERGY || start >= width ||
      length == 0 || length > width - start ||
      EMLRT_FEATURE16(at, reserved) != 0 ||
      !emlrt_finite(emlrt_rom_at(at, EMLRT_AT(emlrt_spectral_feature, number)),
                    1))
    return 0;
  emlrt_charge(call, EMLRT_SPECTRAL_PASSES,
               length * EMLRT_SPECTRAL32(call, rows));
  return 1;
}

static emlrt_status emlrt_check_spectral(emlrt_call *call) {
  uint32_t left = call->size, n, i;
  if (left < EMLRT_OCTETS(emlrt_spectral)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_spectral);
  n = EMLRT_SPECTRAL16(call, n_features);
  if (!emlrt_rows_fill(EMLRT_SPECTRAL32(call, rows),
                       EMLRT_SPECTRAL16(call, width), call->n_in) ||
      !emlrt_rows_fill(EMLRT_SPECTRAL32(call, rows), n, call->n_out) ||
      !emlrt_take_floats(&left, n, 3) || left != 0 ||
      !emlrt_finite(emlrt_rom_at(call->payload, EMLRT_AT(emlrt_spectral, step)),
                    1))
    return EMLRT_ERR_PAYLOAD;
  for (i = 0; i < n; i++)
    if (!emlrt_spectral_feature_ok(call, EMLRT_SPECTRAL_AT(call, i)))
      return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

EMLRT_INLINE float emlrt_hz(const emlrt_spectrum *of, emlrt_count i) {
  return emlrt_mul(of->step, emlrt_rounded_to(of->start + (uint32_t)i));
}

EMLRT_INLINE float emlrt_squared(float x) { return emlrt_mul(x, x); }

/* Sum of magnitudes, or of their squares. */
static float emlrt_spectral_sum(const emlrt_spectrum *of, int squares) {
  float sum = 0;
  emlrt_count i;
  for (i = 0; i < of->n; i++)
    sum = emlrt_add(sum, squares ? emlrt_squared(of->m[i]) : of->m[i]);
  return sum;
}

/* Mean of the frequencies, or of their squared distances from `centre`. */
static float emlrt_spectral_mean(const emlrt_spectrum *of, int squares,
                                 float centre) {
  float sum = 0, total = emlrt_spectral_sum(of, 0);
  emlrt_count i;
  if (emlrt_is_zero(total)) return 0;
  for (i = 0; i < of->n; i++) {
    float hz = emlrt_hz(of, i);
    if (squares) hz = emlrt_squared(emlrt_sub(hz, centre));
    sum = emlrt_add(sum, emlrt_mul(hz, of->m[i]));
  }
  return emlrt_div(sum, total);
}

/* The first frequency up to which the sum is not less than a share of all. */
static float emlrt_rolloff(const emlrt_spectrum *of) {
  float sum = 0, least = emlrt_mul(emlrt_spectral_sum(of, 0), of->number);
  uint32_t key = emlrt_sort_key_u32(emlrt_bits(least));
  emlrt_count i;
  if (key == 0) return least; /* NaN */
  for (i = 0; i + 1 < of->n; i++) {
    sum = emlrt_add(sum, of->m[i]);
    if (emlrt_sort_key_u32(emlrt_bits(sum)) >= key) break;
  }
  return emlrt_hz(of, i);
}

/* Energy of a number, not below a feature's. */
static float emlrt_lifted(const emlrt_spectrum *of, emlrt_count i) {
  float energy = emlrt_squared(of->m[i]);
  uint32_t bits = emlrt_bits(energy);
  return !emlrt_is_nan(bits) && emlrt_sort_key_u32(bits) <
                                    emlrt_sort_key_u32(emlrt_bits(of->number))
             ? of->number
             : energy;
}

/* Geometric over arithmetic mean of energies: logarithms of quotients are small,
 * and so is what their sum loses. */
static float emlrt_flatness(const emlrt_spectrum *of) {
  float mean = 0, logs = 0, n = emlrt_rounded_to(of->n);
  emlrt_count i;
  for (i = 0; i < of->n; i++) mean = emlrt_add(mean, emlrt_lifted(of, i));
  mean = emlrt_div(mean, n);
  for (i = 0; i < of->n; i++)
    logs = emlrt_add(logs,
                     emlrt_of(emlrt_log, emlrt_div(emlrt_lifted(of, i), mean)));
  return emlrt_of(emlrt_exp, emlrt_div(logs, n));
}

static float emlrt_flux(const emlrt_spectrum *of) {
  float sum = 0;
  emlrt_count i;
  if (of->before == NULL) return 0;
  for (i = 0; i < of->n; i++)
    sum = emlrt_add(sum, emlrt_squared(emlrt_sub(of->m[i], of->before[i])));
  return emlrt_of(emlrt_sqrt, sum);
}

static float emlrt_peak(const emlrt_spectrum *of) {
  emlrt_count i, best = 0;
  for (i = 1; i < of->n; i++)
    if (emlrt_sort_key_u32(emlrt_bits_at(of->m, i)) >
        emlrt_sort_key_u32(emlrt_bits_at(of->m, best)))
      best = i;
  return emlrt_hz(of, best);
}

static float emlrt_entropy(const emlrt_spectrum *of) {
  float sum = 0, total = emlrt_spectral_sum(of, 1);
  emlrt_count i;
  if (emlrt_is_zero(total)) return 0;
  for (i = 0; i < of->n; i++) {
    float share = emlrt_div(emlrt_squared(of->m[i]), total);
    if (emlrt_is_zero(share)) continue;
    sum = emlrt_sub(sum, emlrt_mul(share, emlrt_of(emlrt_log, share)));
  }
  return emlrt_mul(sum, of->number);
}

/* Without a switch, whose table small cores read by a function of the compiler's. */
static float emlrt_spectral_of(const emlrt_spectrum *of, unsigned kind) {
  float centre;
  if (kind == EMLRT_SPECTRAL_ROLLOFF) return emlrt_rolloff(of);
  if (kind == EMLRT_SPECTRAL_FLATNESS) return emlrt_flatness(of);
  if (kind == EMLRT_SPECTRAL_FLUX) return emlrt_flux(of);
  if (kind == EMLRT_SPECTRAL_PEAK) return emlrt_peak(of);
  if (kind == EMLRT_SPECTRAL_ENTROPY) return emlrt_entropy(of);
  if (kind == EMLRT_SPECTRAL_ENERGY)
    return emlrt_mul(emlrt_spectral_sum(of, 1), of->number);
  centre = emlrt_spectral_mean(of, 0, 0);
  if (kind == EMLRT_SPECTRAL_CENTROID) return centre;
  return emlrt_of(emlrt_sqrt, emlrt_spectral_mean(of, 1, centre));
}

void emlrt_run_spectral(const emlrt_call *call) {
  const float *x = (const float *)call->in, *before = NULL;
  float *y = (float *)call->out;
  uint32_t rows = EMLRT_SPECTRAL32(call, rows);
  unsigned n = EMLRT_SPECTRAL16(call, n_features), i;
  emlrt_spectrum of;
  of.step = emlrt_rf32(call->payload, EMLRT_AT(emlrt_spectral, step));
  for (; rows != 0; rows--) {
    for (i = 0; i < n; i++) {
      emlrt_rom at = EMLRT_SPECTRAL_AT(call, i);
      of.start = EMLRT_FEATURE16(at, start);
      of.m = x + of.start;
      of.before = before == NULL ? NULL : before + of.start;
      of.n = (emlrt_count)EMLRT_FEATURE16(at, length);
      of.number = emlrt_rf32(at, EMLRT_AT(emlrt_spectral_feature, number));
      emlrt_put(y++, emlrt_spectral_of(&of, EMLRT_FEATURE16(at, kind)));
    }
    before = x;
    x += EMLRT_SPECTRAL16(call, width);
  }
}

const emlrt_op emlrt_op_spectral EMLRT_OP_PLACE = {
    EMLRT_OP_SPECTRAL, emlrt_check_spectral, emlrt_run_spectral};
