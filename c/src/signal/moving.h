/* SPDX-License-Identifier: MIT
 *
 * Ops of the last samples, as many as a width says.
 */
#ifndef EMLRT_SIGNAL_MOVING_H
#define EMLRT_SIGNAL_MOVING_H

#include "past.h"

#define EMLRT_MOVING16(call, field) \
  emlrt_r16((call)->payload, EMLRT_AT(emlrt_moving, field))

EMLRT_INLINE int emlrt_moving_ok(const emlrt_call *call) {
  return call->size == EMLRT_OCTETS(emlrt_moving) &&
         call->n_in == call->n_out && EMLRT_MOVING16(call, width) != 0 &&
         emlrt_channels_ok(call, EMLRT_MOVING16(call, channels)) &&
         emlrt_past_ok(call,
                       emlrt_r32(call->payload, EMLRT_AT(emlrt_moving, state)),
                       EMLRT_MOVING16(call, width) - UINT32_C(1),
                       EMLRT_MOVING16(call, channels));
}

EMLRT_INLINE void emlrt_moving_start(emlrt_past *past, const emlrt_call *call) {
  past->channels = EMLRT_MOVING16(call, channels);
  past->first = 1;
  emlrt_past_start(past, call,
                   emlrt_r32(call->payload, EMLRT_AT(emlrt_moving, state)),
                   (emlrt_count)(EMLRT_MOVING16(call, width) - 1u));
}

#endif
