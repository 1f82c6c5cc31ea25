/* SPDX-License-Identifier: MIT
 *
 * What the prepared calls share: inlined into each, since they hardly ever meet in one
 * firmware and a call of its own would cost a small core its stack.
 */
#ifndef EMLRT_CORE_PREPARED_CALL_H
#define EMLRT_CORE_PREPARED_CALL_H

#include "core.h"

/* As emlrt_ready. */
EMLRT_INLINE emlrt_status emlrt_prepared_ready(const emlrt_prepared *prepared,
                                               unsigned dtype, const void *x,
                                               size_t nx, const void *y,
                                               const void *scratch) {
  if (prepared == NULL || prepared->stages == NULL || x == NULL || y == NULL)
    return EMLRT_ERR_ARGUMENT;
  if (dtype != 0 && dtype != prepared->input) return EMLRT_ERR_DTYPE;
  if (prepared->n_inputs != nx) return EMLRT_ERR_COUNT;
  return emlrt_aligned(scratch) ? EMLRT_OK : EMLRT_ERR_ALIGN;
}

EMLRT_INLINE void emlrt_prepared_call(emlrt_call *call,
                                      const emlrt_prepared_stage *stage) {
  call->payload = stage->payload;
  call->size = stage->size;
  call->n_in = stage->n_in;
  call->n_out = stage->n_out;
}

/* As emlrt_execute, for all scores. y: NULL for behind the arena. */
EMLRT_INLINE void emlrt_prepared_execute(const emlrt_prepared *prepared,
                                         const void *x, void *y,
                                         void *scratch) {
  const emlrt_prepared_stage *stage = prepared->stages;
  size_t arena = EMLRT_RAM(prepared->arena_bytes);
  unsigned n = prepared->n_stages;
  emlrt_call call;
  emlrt_clear(scratch, prepared->arena_bytes);
  call.u.majority = UINT32_MAX;
  do {
    const char *in = (const char *)scratch;
    char *out = (char *)scratch;
    size_t in_at = stage->in, out_at = stage->out;
    if (stage->in_space == EMLRT_SPACE_INPUT) in = (const char *)x;
    if (y != NULL && stage->in_space == EMLRT_SPACE_OUTPUT) {
      in = (const char *)y;
      in_at -= arena;
    }
    if (y != NULL && stage->out_space == EMLRT_SPACE_OUTPUT) {
      out = (char *)y;
      out_at -= arena;
    }
    call.in = in + in_at;
    call.out = out + out_at;
    emlrt_prepared_call(&call, stage);
    stage->run(&call);
    stage++;
  } while (--n != 0);
}

/* Whether a classifier has what it takes; see emlrt_scores. */
EMLRT_INLINE emlrt_status emlrt_prepared_room(const emlrt_prepared *prepared,
                                              const void *scratch,
                                              size_t scratch_size) {
  if (scratch != NULL && scratch_size >= prepared->scratch_bytes)
    return EMLRT_OK;
  return prepared->output == EMLRT_OUTPUT_VALUES ? EMLRT_ERR_KIND
                                                 : EMLRT_ERR_SCRATCH;
}

/* Where the scores are that follow the arena. */
EMLRT_INLINE const uint32_t *emlrt_prepared_at(const emlrt_prepared *prepared,
                                               const void *scratch) {
  return (const uint32_t *)(const void *)((const char *)scratch +
                                          EMLRT_RAM(prepared->arena_bytes));
}

#endif
