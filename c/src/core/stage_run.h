/* SPDX-License-Identifier: MIT
 *
 * One stage, as a run and a stream execute it: inlined into both.
 */
#ifndef EMLRT_STAGE_RUN_H
#define EMLRT_STAGE_RUN_H

#include "core.h"

/* Where the spaces start, by EMLRT_SPACE_*. A run without state leaves the last one. */
typedef struct emlrt_spaces {
  const void *at[4];
} emlrt_spaces;

/* Address of a span in a space. */
EMLRT_INLINE char *emlrt_element(const emlrt_spaces *spaces, unsigned space,
                                 emlrt_count offset, uint32_t dtype) {
  return (char *)(uintptr_t)spaces->at[space] +
         emlrt_chars_to(space, offset, dtype);
}

/* Fills a call, but for its payload, and runs it. */
EMLRT_INLINE void emlrt_stage_run(emlrt_call *call, emlrt_rom stage,
                                  const emlrt_spaces *spaces,
                                  const emlrt_op *const *ops) {
  uint32_t op = EMLRT_STAGE32(stage, op);
  call->size = EMLRT_STAGE32(stage, size);
  call->n_in = EMLRT_STAGE_SIZE(stage, in_count);
  call->n_out = EMLRT_STAGE_SIZE(stage, out_count);
  call->in = emlrt_element(spaces, EMLRT_STAGE16(stage, in_space),
                           EMLRT_STAGE_SIZE(stage, in_offset), op);
  call->out = emlrt_element(spaces, EMLRT_STAGE16(stage, out_space),
                            EMLRT_STAGE_SIZE(stage, out_offset), op >> 8);
  EMLRT_OP_RUN(emlrt_op_find(ops, op))(call);
}

#endif
