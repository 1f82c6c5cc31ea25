/* SPDX-License-Identifier: MIT
 *
 * Energies divided by their own smoothed past, and compressed.
 */
#include "rows.h"
#include "state.h"

#define EMLRT_PCEN(call, field) \
  emlrt_rf32((call)->payload, EMLRT_AT(emlrt_pcen, field))
#define EMLRT_PCEN_HEAD EMLRT_OCTETS(emlrt_pcen)
#define EMLRT_PCEN_FLOATS (EMLRT_PCEN_HEAD / 4 - 1)

/* Whether the payload ends behind its head, or behind an offset of state with so many
 * levels. */
static int emlrt_pcen_state_ok(const emlrt_call *call, uint32_t n_bands) {
  if (call->size == EMLRT_PCEN_HEAD) return 1;
  return call->size == EMLRT_PCEN_HEAD + 4u &&
         emlrt_state_ok(call, emlrt_r32(call->payload, EMLRT_PCEN_HEAD),
                        4u * n_bands);
}

static emlrt_status emlrt_check_pcen(emlrt_call *call) {
  uint32_t n_bands;
  if (call->size < EMLRT_PCEN_HEAD || call->n_in != call->n_out)
    return EMLRT_ERR_PAYLOAD;
  n_bands = emlrt_r32(call->payload, EMLRT_AT(emlrt_pcen, n_bands));
  return n_bands != 0 && n_bands <= call->n_in &&
                 emlrt_finite(emlrt_rom_at(call->payload, 4),
                              EMLRT_PCEN_FLOATS) &&
                 emlrt_pcen_state_ok(call, n_bands)
             ? emlrt_float_status()
             : EMLRT_ERR_PAYLOAD;
}

/* An energy and the logarithm of its gain, compressed. */
static float emlrt_pcen_of(const emlrt_call *call, float x, float log_gain) {
  float power = EMLRT_PCEN(call, power), bias = EMLRT_PCEN(call, bias), y;
  if (!emlrt_is_zero(power) && emlrt_is_zero(bias))
    return emlrt_of(
        emlrt_exp,
        emlrt_mul(power, emlrt_add(emlrt_of(emlrt_log, x), log_gain)));
  y = emlrt_mul(x, emlrt_of(emlrt_exp, log_gain));
  if (emlrt_is_zero(power)) return emlrt_of(emlrt_log1p, y);
  y = emlrt_mul(power, emlrt_of(emlrt_log1p, emlrt_div(y, bias)));
  return emlrt_mul(EMLRT_PCEN(call, scale), emlrt_of(emlrt_expm1, y));
}

/* The energies of a band, whose level is given; the last level. */
static float emlrt_pcen_band(const emlrt_call *call, emlrt_count b,
                             emlrt_count n_bands, float level) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out;
  emlrt_count i;
  for (i = b; i < call->n_in; i += n_bands) {
    float gain;
    level = emlrt_add(
        level, emlrt_mul(EMLRT_PCEN(call, rate), emlrt_sub(x[i], level)));
    gain = emlrt_of(emlrt_log1p, emlrt_mul(level, EMLRT_PCEN(call, per_eps)));
    gain = emlrt_add(gain, EMLRT_PCEN(call, log_eps));
    gain = emlrt_mul(gain, EMLRT_PCEN(call, gain));
    emlrt_put(y + i, emlrt_pcen_of(call, x[i], gain));
  }
  return level;
}

/* Levels are kept as the bits in which they are unlike the first one, so that a state of
 * zeros is at rest. */
void emlrt_run_pcen(const emlrt_call *call) {
  emlrt_count n_bands =
      (emlrt_count)emlrt_r32(call->payload, EMLRT_AT(emlrt_pcen, n_bands));
  uint32_t rest = emlrt_r32(call->payload, EMLRT_AT(emlrt_pcen, level));
  emlrt_alias32 *kept = NULL;
  emlrt_count b;
  if (call->size != EMLRT_PCEN_HEAD)
    kept = emlrt_state_at(call, emlrt_r32(call->payload, EMLRT_PCEN_HEAD));
  for (b = 0; b < n_bands; b++) {
    uint32_t level = kept != NULL ? kept[b] ^ rest : rest;
    level = emlrt_one_nan(
        emlrt_bits(emlrt_pcen_band(call, b, n_bands, emlrt_float(level))));
    if (kept != NULL) kept[b] = level ^ rest;
  }
}

const emlrt_op emlrt_op_pcen EMLRT_OP_PLACE = {EMLRT_OP_PCEN, emlrt_check_pcen,
                                               emlrt_run_pcen};
