/* SPDX-License-Identifier: MIT
 *
 * What ops behind a classifier share.
 */
#ifndef EMLRT_SIGNAL_DECISION_H
#define EMLRT_SIGNAL_DECISION_H

#include "../vector/vector.h"
#include "past.h"

/* Writes an answer that is certain: 1 for it, and 0 for all others. */
EMLRT_INLINE void emlrt_put_answer(const emlrt_call *call, emlrt_count answer) {
  float *y = (float *)call->out;
  emlrt_count c;
  for (c = 0; c < call->n_out; c++)
    emlrt_put_bits(y + c, c == answer ? EMLRT_ONE_BITS : 0);
}

#endif
