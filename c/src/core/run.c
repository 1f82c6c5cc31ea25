/* SPDX-License-Identifier: MIT
 *
 * emlrt_run: finds each stage's op and hands it its spans.
 */
#include "stage_run.h"

emlrt_rom emlrt_stages(emlrt_rom blob) {
  return emlrt_rom_at(blob,
                      EMLRT_OCTETS(emlrt_header) +
                          (emlrt_off)EMLRT_HEADER16(blob, n_outputs) * 4u);
}

const emlrt_op *emlrt_op_find(const emlrt_op *const *ops, uint32_t code) {
  const emlrt_op *op;
  while ((op = *ops++) != NULL && EMLRT_OP_CODE(op) != code) continue;
  return op;
}

void emlrt_execute(const emlrt_model *model, const void *x, void *y,
                   void *scratch, uint32_t majority) {
  unsigned n = EMLRT_HEADER16(model->blob, n_stages);
  emlrt_rom stage = emlrt_stages(model->blob);
  emlrt_spaces spaces;
  emlrt_call call;
  emlrt_clear(scratch, EMLRT_HEADER32(model->blob, arena_size));
  spaces.at[EMLRT_SPACE_INPUT] = x;
  spaces.at[EMLRT_SPACE_ARENA] = scratch;
  spaces.at[EMLRT_SPACE_OUTPUT] = y;
  call.payload = emlrt_rom_at(stage, (emlrt_off)n * EMLRT_OCTETS(emlrt_stage));
  call.u.majority = majority;
  for (; n != 0; n--) {
    emlrt_stage_run(&call, stage, &spaces, model->ops);
    stage = emlrt_rom_at(stage, EMLRT_OCTETS(emlrt_stage));
    call.payload = emlrt_rom_at(call.payload, (emlrt_off)call.size);
  }
}

emlrt_status emlrt_ready(const emlrt_model *model, uint32_t dtype,
                         const void *x, size_t nx, const void *y,
                         const void *scratch) {
  if (!emlrt_is_open(model) || x == NULL || y == NULL)
    return EMLRT_ERR_ARGUMENT;
  if (dtype != 0 && dtype != EMLRT_HEADER16(model->blob, input))
    return EMLRT_ERR_DTYPE;
  if (emlrt_n_inputs(model->blob) != nx) return EMLRT_ERR_COUNT;
  return emlrt_aligned(scratch) ? EMLRT_OK : EMLRT_ERR_ALIGN;
}

emlrt_status emlrt_run_as(const emlrt_model *model, uint32_t dtype,
                          const void *x, size_t nx, void *y, size_t ny,
                          void *scratch, size_t scratch_size) {
  emlrt_status status = emlrt_ready(model, dtype & 0xFFu, x, nx, y, scratch);
  if (status != EMLRT_OK) return status;
  if (dtype != 0 && dtype >> 8 != (EMLRT_HEADER16(model->blob, output) & 0xFu))
    return EMLRT_ERR_DTYPE;
  if (emlrt_n_scores(model->blob) != ny) return EMLRT_ERR_COUNT;
  if (EMLRT_HEADER32(model->blob, arena_size) > (scratch ? scratch_size : 0))
    return EMLRT_ERR_SCRATCH;
  emlrt_execute(model, x, y, scratch, UINT32_MAX);
  return EMLRT_OK;
}
