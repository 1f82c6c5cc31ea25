/* SPDX-License-Identifier: MIT
 *
 * Copies of chosen elements: columns, and parts put together.
 */
#include "../maths/numeric.h"

/* Indices of at most this many inputs have 16 bits. */
#define EMLRT_GATHER_SHORT UINT32_C(0x10000)

static int emlrt_gather_short(uint32_t n_in) {
  return n_in <= EMLRT_GATHER_SHORT;
}

static uint32_t emlrt_gather_index(const emlrt_call *call, emlrt_count i) {
  if (emlrt_gather_short(call->n_in))
    return emlrt_r16(emlrt_rom_at(call->payload, (emlrt_off)i * 2u), 0);
  return emlrt_r32(emlrt_rom_at(call->payload, (emlrt_off)i * 4u), 0);
}

static emlrt_status emlrt_check_gather(emlrt_call *call) {
  uint32_t need = call->n_out; /* below 2^28 */
  emlrt_count i;
  need *= emlrt_gather_short(call->n_in) ? 2u : 4u;
  if (call->size != emlrt_pad4(need)) return EMLRT_ERR_PAYLOAD;
  call->v.work = call->n_out; /* of x no more than the payload names */
  for (i = 0; i < call->n_out; i++)
    if (emlrt_gather_index(call, i) >= call->n_in) return EMLRT_ERR_PAYLOAD;
  if (need != call->size &&
      emlrt_r16(emlrt_rom_at(call->payload, (emlrt_off)need), 0) != 0)
    return EMLRT_ERR_PAYLOAD;
  return EMLRT_OK;
}

void emlrt_run_gather(const emlrt_call *call) {
  const emlrt_alias32 *x = (const emlrt_alias32 *)call->in;
  emlrt_alias32 *y = (emlrt_alias32 *)call->out;
  emlrt_count i;
  for (i = 0; i < call->n_out; i++)
    y[i] = emlrt_one_nan(x[emlrt_gather_index(call, i)]);
}

const emlrt_op emlrt_op_gather EMLRT_OP_PLACE = {
    EMLRT_OP_GATHER, emlrt_check_gather, emlrt_run_gather};
