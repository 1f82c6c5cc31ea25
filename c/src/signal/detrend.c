/* SPDX-License-Identifier: MIT
 *
 * Samples less their mean or their line of least squares, and over their deviation.
 */
#include "slope.h"

#define EMLRT_CHANNELS16(call, field) \
  emlrt_r16((call)->payload, EMLRT_AT(emlrt_channels, field))

static emlrt_status emlrt_check_detrend(emlrt_call *call) {
  if (!emlrt_samples_ok(call, EMLRT_OCTETS(emlrt_channels)) ||
      call->size != EMLRT_OCTETS(emlrt_channels) || call->n_out != call->n_in ||
      EMLRT_CHANNELS16(call, kind) >
          (EMLRT_DETREND_LINE | EMLRT_DETREND_STANDARDIZE) ||
      EMLRT_CHANNELS16(call, option) >= EMLRT_CHANNELS16(call, length))
    return EMLRT_ERR_PAYLOAD;
  emlrt_charge(call, 5, call->n_in);
  return emlrt_float_status();
}

/* Writes a channel less its trend, in units; *squares: the sum of its squares. */
static void emlrt_level(const emlrt_samples *s, int line, float *y,
                        float *squares) {
  emlrt_centre centre;
  const float *at = s->x;
  float slope = 0.0f, part = 0.0f;
  int32_t twice = 1 - (int32_t)s->n;
  emlrt_count i;
  *squares = 0.0f;
  emlrt_centre_of(s, 0, &centre);
  if (line) slope = emlrt_mul(emlrt_slope(s, &centre), 0.5f);
  for (i = 0; i < s->n; i++, at += s->step, y += s->step, twice += 2) {
    float value = emlrt_centred(&centre, emlrt_sample_at(s, at));
    if (line) value = emlrt_sub(value, emlrt_mul(slope, emlrt_integer(twice)));
    part = emlrt_add(part, emlrt_mul(value, value));
    emlrt_add_part(squares, &part, i);
    emlrt_put(y, value);
  }
  *squares = emlrt_add(*squares, part);
}

/* The numbers over a divisor, or as they are of samples without the unit. */
static void emlrt_rescale(const emlrt_samples *s, float divisor, float *y) {
  emlrt_count i;
  for (i = s->n; i != 0; i--, y += s->step)
    emlrt_put(y, emlrt_is_zero(divisor) ? emlrt_unscaled(s, *y)
                                        : emlrt_div(*y, divisor));
}

static void emlrt_detrend(const emlrt_call *call, const emlrt_samples *s,
                          float *y) {
  unsigned kind = EMLRT_CHANNELS16(call, kind);
  float squares, divisor = 0.0f;
  emlrt_level(s, (kind & EMLRT_DETREND_LINE) != 0, y, &squares);
  if ((kind & EMLRT_DETREND_STANDARDIZE) != 0)
    divisor = emlrt_root_of(emlrt_div(
        squares, emlrt_rounded_to(s->n - EMLRT_CHANNELS16(call, option))));
  if (s->scale != 0 || !emlrt_is_zero(divisor)) emlrt_rescale(s, divisor, y);
}

void emlrt_run_detrend(const emlrt_call *call) {
  float *y = (float *)call->out;
  emlrt_samples s;
  emlrt_count c, i;
  for (c = 0; c < EMLRT_CHANNELS16(call, channels); c++, y++) {
    if (emlrt_samples_take(call, c, &s)) {
      emlrt_detrend(call, &s, y);
      continue;
    }
    for (i = 0; i < s.n; i++)
      *(emlrt_alias32 *)(void *)(y + (size_t)i * s.step) = EMLRT_NAN_BITS;
  }
}

const emlrt_op emlrt_op_detrend EMLRT_OP_PLACE = {
    EMLRT_OP_DETREND, emlrt_check_detrend, emlrt_run_detrend};
