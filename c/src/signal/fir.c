/* SPDX-License-Identifier: MIT
 *
 * Weighted sums of past samples: the op.
 */
#include "taps.h"

#define EMLRT_FIR16(call, field) \
  emlrt_r16((call)->payload, EMLRT_AT(emlrt_fir, field))
#define EMLRT_FIR_REACH 0x3FFFFFFFu /* octets that taps may reach back */

/* Whether taps reach back no further than counts hold, and to what is kept. */
static int emlrt_fir_reach_ok(const emlrt_call *call, uint32_t taps) {
  uint32_t channels = EMLRT_FIR16(call, channels), left = EMLRT_FIR_REACH;
  uint32_t stride = channels * EMLRT_FIR16(call, spacing);
  return emlrt_take_floats(&left, taps - 1u, stride) &&
         emlrt_past_ok(call,
                       emlrt_r32(call->payload, EMLRT_AT(emlrt_fir, state)),
                       taps - 1u, stride);
}

static int emlrt_fir_counts_ok(const emlrt_call *call) {
  uint32_t channels = EMLRT_FIR16(call, channels);
  uint32_t step = EMLRT_FIR16(call, step), times, rest;
  if (!emlrt_channels_ok(call, channels) || step == 0) return 0;
  times = call->n_in / channels;
  rest = times % step;
  times = times / step + (rest != 0);
  return call->n_out / channels == times && call->n_out % channels == 0 &&
         (rest == 0 || emlrt_r32(call->payload, EMLRT_AT(emlrt_fir, state)) ==
                           EMLRT_AT_REST);
}

static emlrt_status emlrt_check_fir(emlrt_call *call) {
  uint32_t taps;
  if (call->size <= EMLRT_OCTETS(emlrt_fir)) return EMLRT_ERR_PAYLOAD;
  taps = (call->size - (uint32_t)EMLRT_OCTETS(emlrt_fir)) / 4;
  if (EMLRT_FIR16(call, flags) > EMLRT_FIR_FIRST ||
      EMLRT_FIR16(call, spacing) == 0 || !emlrt_fir_counts_ok(call) ||
      !emlrt_fir_reach_ok(call, taps) ||
      !emlrt_finite(emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_fir)), taps))
    return EMLRT_ERR_PAYLOAD;
  /* A tap takes a quarter of the time that a step of a tree does. */
  emlrt_charge(call, (taps + 3u) / 4u, call->n_out);
  return emlrt_float_status();
}

void emlrt_run_fir(const emlrt_call *call) {
  emlrt_taps taps;
  taps.at = emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_fir));
  taps.n = (call->size - (uint32_t)EMLRT_OCTETS(emlrt_fir)) / 4;
  taps.spacing = EMLRT_FIR16(call, spacing);
  taps.step = EMLRT_FIR16(call, step);
  taps.y = (float *)call->out;
  taps.n_out = call->n_out;
  taps.past.channels = EMLRT_FIR16(call, channels);
  taps.past.first = EMLRT_FIR16(call, flags) != 0;
  emlrt_past_start(&taps.past, call,
                   emlrt_r32(call->payload, EMLRT_AT(emlrt_fir, state)),
                   (emlrt_count)((taps.n - 1u) * taps.spacing));
  emlrt_taps_run(&taps);
  emlrt_past_keep(&taps.past, call->n_in);
}

const emlrt_op emlrt_op_fir EMLRT_OP_PLACE = {EMLRT_OP_FIR, emlrt_check_fir,
                                              emlrt_run_fir};
