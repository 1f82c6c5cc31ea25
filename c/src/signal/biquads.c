/* SPDX-License-Identifier: MIT
 *
 * Cascades of second-order sections: the op.
 */
#include "biquads.h"
#include "past.h"

#define EMLRT_BIQUADS_ALL (EMLRT_BIQUADS_STEADY | EMLRT_BIQUADS_BACKWARD)

static int emlrt_biquad_ok(emlrt_rom at) {
  return emlrt_r32(at, EMLRT_AT(emlrt_biquad, form)) <= EMLRT_BIQUAD_MIRROR &&
         emlrt_finite(emlrt_rom_at(at, EMLRT_AT(emlrt_biquad, p)), 5);
}

static emlrt_status emlrt_check_biquads(emlrt_call *call) {
  uint32_t left = call->size, n = 0, at, channels, flags;
  emlrt_rom section;
  if (left < EMLRT_OCTETS(emlrt_biquads) || call->n_in != call->n_out)
    return EMLRT_ERR_PAYLOAD;
  section = emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_biquads));
  left -= (uint32_t)EMLRT_OCTETS(emlrt_biquads);
  for (; left >= EMLRT_OCTETS(emlrt_biquad); n++) {
    if (!emlrt_biquad_ok(section)) return EMLRT_ERR_PAYLOAD;
    left -= (uint32_t)EMLRT_OCTETS(emlrt_biquad);
    section = emlrt_rom_at(section, EMLRT_OCTETS(emlrt_biquad));
  }
  at = emlrt_r32(call->payload, EMLRT_AT(emlrt_biquads, state));
  channels = emlrt_r16(call->payload, EMLRT_AT(emlrt_biquads, channels));
  flags = emlrt_r16(call->payload, EMLRT_AT(emlrt_biquads, flags));
  if (left != 0 || n == 0 || flags > EMLRT_BIQUADS_ALL ||
      (flags != 0 && at != EMLRT_AT_REST) ||
      !emlrt_channels_ok(call, channels) ||
      !emlrt_room_ok(call, at, n, channels * EMLRT_BIQUAD_KEPT))
    return EMLRT_ERR_PAYLOAD;
  emlrt_charge(call, n, call->n_out);
  return emlrt_float_status();
}

void emlrt_run_biquads(const emlrt_call *call) {
  uint32_t at = emlrt_r32(call->payload, EMLRT_AT(emlrt_biquads, state));
  emlrt_cascade cascade;
  cascade.x = (const float *)call->in;
  cascade.y = (float *)call->out;
  cascade.n = call->n_in;
  cascade.channels =
      emlrt_r16(call->payload, EMLRT_AT(emlrt_biquads, channels));
  cascade.flags = emlrt_r16(call->payload, EMLRT_AT(emlrt_biquads, flags));
  cascade.sections = emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_biquads));
  cascade.size = call->size - (uint32_t)EMLRT_OCTETS(emlrt_biquads);
  cascade.kept = NULL;
  if (at != EMLRT_AT_REST)
    cascade.kept = (emlrt_aliasf *)(void *)emlrt_state_at(call, at);
  emlrt_cascade_run(&cascade);
  emlrt_one_nans(cascade.y, call->n_out);
}

const emlrt_op emlrt_op_biquads EMLRT_OP_PLACE = {
    EMLRT_OP_BIQUADS, emlrt_check_biquads, emlrt_run_biquads};
