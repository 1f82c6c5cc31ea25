/* SPDX-License-Identifier: MIT
 *
 * Roll and pitch of three axes, sample by sample.
 */
#include "samples.h"

#define EMLRT_TILT16(call, field) \
  emlrt_r16((call)->payload, EMLRT_AT(emlrt_tilt, field))

static emlrt_status emlrt_check_tilt(emlrt_call *call) {
  uint32_t channels;
  if (!emlrt_samples_ok(call, EMLRT_OCTETS(emlrt_tilt)) ||
      call->size != EMLRT_OCTETS(emlrt_tilt) ||
      call->n_out != 2u * (uint32_t)EMLRT_TILT16(call, length))
    return EMLRT_ERR_PAYLOAD;
  channels = EMLRT_TILT16(call, channels);
  if (EMLRT_TILT16(call, axis_x) >= channels ||
      EMLRT_TILT16(call, axis_y) >= channels ||
      EMLRT_TILT16(call, axis_z) >= channels ||
      EMLRT_TILT16(call, reserved) != 0)
    return EMLRT_ERR_PAYLOAD;
  emlrt_charge(call, 1, call->n_in);
  return emlrt_float_status();
}

/* Of two numbers, the root of the sum of their squares. */
static float emlrt_hypotenuse(float a, float b) {
  float large = emlrt_size_of(a), small = emlrt_size_of(b), share;
  if (emlrt_bits(large) < emlrt_bits(small)) {
    share = large;
    large = small;
    small = share;
  }
  if (emlrt_is_zero(large)) return large;
  share = emlrt_div(small, large);
  share = emlrt_add(1.0f, emlrt_mul(share, share));
  return emlrt_mul(large, emlrt_root_of(share));
}

void emlrt_run_tilt(const emlrt_call *call) {
  const float *at = (const float *)call->in;
  float *y = (float *)call->out;
  unsigned axis_x = EMLRT_TILT16(call, axis_x);
  unsigned axis_y = EMLRT_TILT16(call, axis_y);
  unsigned axis_z = EMLRT_TILT16(call, axis_z);
  emlrt_count i;
  for (i = 0; i < call->n_out; i = (emlrt_count)(i + 2u)) {
    float side = at[axis_y], up = at[axis_z];
    uint32_t front = emlrt_bits(at[axis_x]) ^ EMLRT_SIGN_BIT;
    emlrt_put(y + i,
              emlrt_float(emlrt_atan2(emlrt_bits(side), emlrt_bits(up))));
    emlrt_put(y + i + 1, emlrt_float(emlrt_atan2(
                             front, emlrt_bits(emlrt_hypotenuse(side, up)))));
    at += EMLRT_TILT16(call, channels);
  }
}

const emlrt_op emlrt_op_tilt EMLRT_OP_PLACE = {EMLRT_OP_TILT, emlrt_check_tilt,
                                               emlrt_run_tilt};
