/* SPDX-License-Identifier: MIT
 *
 * emlrt_prepared_run: the scores of a prepared model.
 */
#include "prepared_call.h"

emlrt_status emlrt_prepared_run_as(const emlrt_prepared *prepared,
                                   unsigned dtype, const void *x, size_t nx,
                                   void *y, size_t ny, void *scratch,
                                   size_t scratch_size) {
  emlrt_status status =
      emlrt_prepared_ready(prepared, dtype & 0xFFu, x, nx, y, scratch);
  if (status != EMLRT_OK) return status;
  if (dtype != 0 && dtype >> 8 != (prepared->output & 0xFu))
    return EMLRT_ERR_DTYPE;
  if (prepared->n_scores != ny) return EMLRT_ERR_COUNT;
  if (prepared->arena_bytes > (scratch ? scratch_size : 0))
    return EMLRT_ERR_SCRATCH;
  emlrt_prepared_execute(prepared, x, y, scratch);
  return EMLRT_OK;
}
