/* SPDX-License-Identifier: MIT
 *
 * Windows of a stream: the last samples, kept in the state where they are written.
 */
#include "state.h"

#define EMLRT_SINCE_FIRST UINT32_C(0x80000000)

static emlrt_status emlrt_check_frame(emlrt_call *call) {
  uint32_t first, every;
  if (call->size != EMLRT_OCTETS(emlrt_frame)) return EMLRT_ERR_PAYLOAD;
  first = emlrt_r32(call->payload, EMLRT_AT(emlrt_frame, first));
  every = emlrt_r32(call->payload, EMLRT_AT(emlrt_frame, every));
  return call->n_out >= call->n_in && first != 0 && every != 0 &&
                 ((first | every) & EMLRT_SINCE_FIRST) == 0 &&
                 emlrt_state_ok(
                     call,
                     emlrt_r32(call->payload, EMLRT_AT(emlrt_frame, state)), 4)
             ? EMLRT_OK
             : EMLRT_ERR_PAYLOAD;
}

/* Counts a run, and ends it unless a window is complete. */
static void emlrt_count_frame(const emlrt_call *call) {
  emlrt_alias32 *count = emlrt_state_at(
      call, emlrt_r32(call->payload, EMLRT_AT(emlrt_frame, state)));
  uint32_t since = *count & EMLRT_SINCE_FIRST;
  uint32_t runs = (*count & ~EMLRT_SINCE_FIRST) + 1;
  uint32_t wanted =
      since != 0 ? emlrt_r32(call->payload, EMLRT_AT(emlrt_frame, every))
                 : emlrt_r32(call->payload, EMLRT_AT(emlrt_frame, first));
  if (runs >= wanted) {
    *count = EMLRT_SINCE_FIRST;
    return;
  }
  *count = since | runs;
  *emlrt_state_at(call, 0) = EMLRT_HELD;
}

#define EMLRT_FRAME_RUN(name, type)                                \
  void emlrt_run_frame_##name(const emlrt_call *call) {            \
    const type *in = (const type *)call->in;                       \
    type *out = (type *)call->out;                                 \
    emlrt_count i, kept = (emlrt_count)(call->n_out - call->n_in); \
    for (i = 0; i < kept; i++) out[i] = out[call->n_in + i];       \
    for (i = 0; i < call->n_in; i++) out[kept + i] = in[i];        \
    emlrt_count_frame(call);                                       \
  }

EMLRT_FRAME_RUN(f32, emlrt_alias32)
EMLRT_FRAME_RUN(i16, int16_t)
EMLRT_FRAME_RUN(u8, uint_least8_t)

const emlrt_op emlrt_op_frame_f32 EMLRT_OP_PLACE = {
    EMLRT_OP_FRAME_F32, emlrt_check_frame, emlrt_run_frame_f32};
const emlrt_op emlrt_op_frame_i16 EMLRT_OP_PLACE = {
    EMLRT_OP_FRAME_I16, emlrt_check_frame, emlrt_run_frame_i16};
const emlrt_op emlrt_op_frame_u8 EMLRT_OP_PLACE = {
    EMLRT_OP_FRAME_U8, emlrt_check_frame, emlrt_run_frame_u8};
