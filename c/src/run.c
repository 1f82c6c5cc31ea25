/* SPDX-License-Identifier: MIT
 *
 * emlrt_run: finds each stage's op and hands it its spans.
 */
#include "core.h"

#if defined(__AVR__)
/* Op tables stay in flash, in the first 64 KiB like all PROGMEM data. */
EMLRT_INLINE uint16_t emlrt_op_word(const void *at) {
  return pgm_read_word(at);
}
#define EMLRT_OP_WORD(op, field, type) ((type)emlrt_op_word(&(op)->field))
#else
#define EMLRT_OP_WORD(op, field, type) ((op)->field)
#endif

uint32_t emlrt_stages_at(emlrt_rom blob) {
  uint32_t at = EMLRT_OCTETS(emlrt_header);
  if (EMLRT_HEADER16(blob, output) == EMLRT_OUTPUT_VOTES)
    at += (uint32_t)EMLRT_HEADER16(blob, n_outputs) * 4u;
  return at;
}

void emlrt_stage_read(emlrt_stage_view *s, emlrt_rom at) {
  s->size = emlrt_r32(at, EMLRT_AT(emlrt_stage, size));
  s->in_offset = emlrt_r32(at, EMLRT_AT(emlrt_stage, in_offset));
  s->in_count = emlrt_r32(at, EMLRT_AT(emlrt_stage, in_count));
  s->out_offset = emlrt_r32(at, EMLRT_AT(emlrt_stage, out_offset));
  s->out_count = emlrt_r32(at, EMLRT_AT(emlrt_stage, out_count));
  s->in = (uint16_t)emlrt_r16(at, EMLRT_AT(emlrt_stage, in));
  s->out = (uint16_t)emlrt_r16(at, EMLRT_AT(emlrt_stage, out));
  s->op = (uint16_t)emlrt_r16(at, EMLRT_AT(emlrt_stage, op));
  s->reserved = (uint16_t)emlrt_r16(at, EMLRT_AT(emlrt_stage, reserved));
}

emlrt_op emlrt_op_find(const emlrt_op *const *ops, unsigned kind) {
  emlrt_op found = {0, 0, NULL, NULL};
  for (; *ops != NULL; ops++) {
    if (EMLRT_OP_WORD(*ops, kind, uint16_t) != kind) continue;
    found.kind = (uint16_t)kind;
    found.dtypes = EMLRT_OP_WORD(*ops, dtypes, uint16_t);
    found.check = EMLRT_OP_WORD(*ops, check, emlrt_status (*)(emlrt_call *));
    found.run = EMLRT_OP_WORD(*ops, run, void (*)(const emlrt_call *));
    break;
  }
  return found;
}

/* Address of element `offset` of a span, whose space starts at `base`. */
EMLRT_INLINE const void *emlrt_element(const void *base, unsigned span,
                                       uint32_t offset) {
  return (const char *)base + (size_t)offset * EMLRT_CHARS(span >> 8);
}

void emlrt_execute(const emlrt_model *model, const void *x, void *y,
                   void *scratch, uint32_t limit) {
  emlrt_rom blob = model->blob;
  emlrt_rom entry = emlrt_rom_at(blob, (emlrt_off)emlrt_stages_at(blob));
  unsigned n = EMLRT_HEADER16(blob, n_stages);
  emlrt_call call;
  call.payload = emlrt_rom_at(entry, (emlrt_off)n * EMLRT_OCTETS(emlrt_stage));
  call.limit = limit;
  for (; n != 0; n--) {
    emlrt_stage_view s;
    emlrt_stage_read(&s, entry);
    call.size = s.size;
    call.n_in = s.in_count;
    call.n_out = s.out_count;
    call.in = emlrt_element((s.in & 0xFFu) == EMLRT_SPACE_INPUT ? x : scratch,
                            s.in, s.in_offset);
    call.out = (char *)((s.out & 0xFFu) == EMLRT_SPACE_OUTPUT ? y : scratch) +
               (size_t)s.out_offset * EMLRT_CHARS(s.out >> 8);
    emlrt_op_find(model->ops, s.op).run(&call);
    entry = emlrt_rom_at(entry, EMLRT_OCTETS(emlrt_stage));
    call.payload = emlrt_rom_at(call.payload, (emlrt_off)s.size);
  }
}

emlrt_status emlrt_run_check(const emlrt_model *model, const void *x, size_t nx,
                             const void *y, const void *scratch) {
  if (!emlrt_is_open(model) || x == NULL || y == NULL)
    return EMLRT_ERR_ARGUMENT;
  if (EMLRT_HEADER32(model->blob, n_inputs) != nx) return EMLRT_ERR_COUNT;
  return emlrt_aligned(scratch) ? EMLRT_OK : EMLRT_ERR_ALIGN;
}

emlrt_status emlrt_run(const emlrt_model *model, const void *x, size_t nx,
                       void *y, size_t ny, void *scratch, size_t scratch_size) {
  emlrt_status status = emlrt_run_check(model, x, nx, y, scratch);
  if (status != EMLRT_OK) return status;
  if (EMLRT_HEADER32(model->blob, n_scores) != ny) return EMLRT_ERR_COUNT;
  if (EMLRT_HEADER32(model->blob, arena_bytes) > (scratch ? scratch_size : 0))
    return EMLRT_ERR_SCRATCH;
  emlrt_execute(model, x, y, scratch, UINT32_MAX);
  return EMLRT_OK;
}

emlrt_status emlrt_expect(const emlrt_model *model, uint32_t input_dtype,
                          uint32_t score_dtype) {
  unsigned dtypes;
  if (!emlrt_is_open(model)) return EMLRT_ERR_ARGUMENT;
  dtypes = EMLRT_HEADER16(model->blob, dtypes);
  if ((dtypes & 0xFFu) != input_dtype) return EMLRT_ERR_DTYPE;
  return score_dtype == 0 || dtypes >> 8 == score_dtype ? EMLRT_OK
                                                        : EMLRT_ERR_DTYPE;
}
