/* SPDX-License-Identifier: MIT
 *
 * What ops that keep state share.
 */
#ifndef EMLRT_SIGNAL_STATE_H
#define EMLRT_SIGNAL_STATE_H

#include "../maths/numeric.h"

/* Whether `bytes` from offset `at` on lie in the state, behind its first number. */
EMLRT_INLINE int emlrt_state_ok(const emlrt_call *call, uint32_t at,
                                uint32_t bytes) {
  return (at & 3u) == 0 && at >= 4 && at <= call->u.state_size &&
         bytes <= call->u.state_size - at;
}

/* The state from offset `at` on, as numbers of 32 bits. */
EMLRT_INLINE emlrt_alias32 *emlrt_state_at(const emlrt_call *call,
                                           uint32_t at) {
  return (emlrt_alias32 *)(void *)(call->v.state + EMLRT_RAM(at));
}

#endif
