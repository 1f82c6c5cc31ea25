/* SPDX-License-Identifier: MIT
 *
 * emlrt_peek and emlrt_open: the wall between a blob and the kernels.
 * All sizes are unsigned 32-bit and are compared by subtraction from what is
 * left, so that no sum can wrap.
 */
#include "core.h"

/* Whether 1 <= value <= most. */
EMLRT_INLINE int emlrt_within(uint32_t value, uint32_t most) {
  return value != 0 && value <= most;
}

static int emlrt_dtypes_ok(unsigned dtypes, unsigned output,
                           uint32_t vote_total) {
  unsigned in = dtypes & 0xFFu;
  if (in != EMLRT_F32 && in != EMLRT_I16 && in != EMLRT_U8) return 0;
  if (output == EMLRT_OUTPUT_VOTES)
    return dtypes >> 8 == EMLRT_U32 && vote_total != 0;
  return output == EMLRT_OUTPUT_VALUES && dtypes >> 8 == EMLRT_F32 &&
         vote_total == 0;
}

static int emlrt_header_ok(emlrt_rom blob, uint32_t total) {
  uint32_t body = EMLRT_HEADER32(blob, body_size);
  uint32_t arena = EMLRT_HEADER32(blob, arena_bytes);
  return ((total | body) & 3u) == 0 && body <= total &&
         body >= EMLRT_OCTETS(emlrt_header) &&
         EMLRT_HEADER16(blob, flags) <= EMLRT_FLAG_MISSING &&
         (arena & 7u) == 0 && arena <= EMLRT_ARENA_MAX &&
         EMLRT_HEADER32(blob, work) != 0 &&
         emlrt_within(EMLRT_HEADER32(blob, n_inputs), EMLRT_COUNT_MAX) &&
         emlrt_within(EMLRT_HEADER32(blob, n_scores), EMLRT_COUNT_MAX) &&
         EMLRT_HEADER16(blob, n_outputs) != 0 &&
         emlrt_within(EMLRT_HEADER16(blob, n_stages), EMLRT_STAGES_MAX) &&
         emlrt_dtypes_ok(EMLRT_HEADER16(blob, dtypes),
                         EMLRT_HEADER16(blob, output),
                         EMLRT_HEADER32(blob, vote_total));
}

static emlrt_status emlrt_check_header(emlrt_rom blob, uint32_t size) {
  uint32_t total;
  if (blob == EMLRT_ROM_NULL) return EMLRT_ERR_ARGUMENT;
  if (emlrt_rom_mod4(blob) != 0) return EMLRT_ERR_ALIGN;
  if (size < EMLRT_OCTETS(emlrt_header)) return EMLRT_ERR_SIZE;
  if (EMLRT_HEADER32(blob, magic) != EMLRT_MAGIC) return EMLRT_ERR_MAGIC;
  if (EMLRT_HEADER16(blob, version) != EMLRT_FORMAT_VERSION)
    return EMLRT_ERR_VERSION;
  total = EMLRT_HEADER32(blob, total_size);
  if (total > EMLRT_ROM_LIMIT) return EMLRT_ERR_LIMIT;
  if (total > size) return EMLRT_ERR_SIZE;
  return emlrt_header_ok(blob, total) ? EMLRT_OK : EMLRT_ERR_HEADER;
}

emlrt_status emlrt_peek(emlrt_info *info, emlrt_rom blob, uint32_t size) {
  emlrt_status status = emlrt_check_header(blob, size);
  if (info == NULL) return EMLRT_ERR_ARGUMENT;
  if (status != EMLRT_OK) return status;
  info->total_size = EMLRT_HEADER32(blob, total_size);
  info->n_inputs = EMLRT_HEADER32(blob, n_inputs);
  info->n_scores = EMLRT_HEADER32(blob, n_scores);
  info->n_outputs = EMLRT_HEADER16(blob, n_outputs);
  info->arena_bytes = EMLRT_HEADER32(blob, arena_bytes);
  info->scratch_bytes = emlrt_scratch_bytes(blob);
  info->golden_bytes = info->arena_bytes + emlrt_golden_octets(blob);
  info->work = EMLRT_HEADER32(blob, work);
  info->input_dtype = (uint16_t)(EMLRT_HEADER16(blob, dtypes) & 0xFFu);
  info->score_dtype = (uint16_t)(EMLRT_HEADER16(blob, dtypes) >> 8);
  info->output = (uint16_t)EMLRT_HEADER16(blob, output);
  info->version = (uint16_t)EMLRT_HEADER16(blob, version);
  return EMLRT_OK;
}

/* The class counts must fit the body and add up to n_scores. */
static int emlrt_class_counts_ok(emlrt_rom blob) {
  uint32_t left = EMLRT_HEADER32(blob, n_scores);
  unsigned n = EMLRT_HEADER16(blob, n_outputs);
  if (EMLRT_HEADER16(blob, output) != EMLRT_OUTPUT_VOTES) return left == n;
  if (emlrt_stages_at(blob) > EMLRT_HEADER32(blob, body_size)) return 0;
  blob = emlrt_rom_at(blob, EMLRT_OCTETS(emlrt_header));
  for (; n != 0; n--, blob = emlrt_rom_at(blob, 4)) {
    uint32_t count = emlrt_r32(blob, 0);
    if (!emlrt_within(count, left)) return 0;
    left -= count;
  }
  return left == 0;
}

/* Whether a span lies in a space that holds `most` octets or elements. */
static int emlrt_span_ok(emlrt_rom blob, unsigned span, uint32_t offset,
                         uint32_t count) {
  unsigned dtype = span >> 8, dtypes = EMLRT_HEADER16(blob, dtypes);
  uint32_t most;
  switch (span & 0xFFu) {
    case EMLRT_SPACE_INPUT:
      if (dtype != (dtypes & 0xFFu)) return 0;
      most = EMLRT_HEADER32(blob, n_inputs);
      break;
    case EMLRT_SPACE_OUTPUT:
      if (dtype != dtypes >> 8) return 0;
      most = EMLRT_HEADER32(blob, n_scores);
      break;
    case EMLRT_SPACE_ARENA:
      most = EMLRT_HEADER32(blob, arena_bytes) >> (dtype & 3u);
      break;
    default:
      return 0;
  }
  return offset < most && emlrt_within(count, most - offset);
}

/* Whether the first n stages write all `count` elements at `offset`. */
static int emlrt_covered(emlrt_rom blob, unsigned n, unsigned span,
                         uint32_t offset, uint32_t count) {
  uint32_t end = offset + count;
  emlrt_rom table = emlrt_rom_at(blob, emlrt_stages_at(blob)), at = table;
  unsigned i;
  for (i = 0; i < n && offset < end;) {
    emlrt_stage_view s;
    emlrt_stage_read(&s, at);
    at = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_stage));
    i++;
    if (s.out == span && offset >= s.out_offset &&
        offset - s.out_offset < s.out_count) {
      offset = s.out_offset + s.out_count;
      i = 0;
      at = table;
    }
  }
  return offset >= end;
}

/* Whether a stage would write over what it reads. */
static int emlrt_overlaps(const emlrt_stage_view *s) {
  unsigned in = (s->in >> 8) & 3u, out = (s->out >> 8) & 3u;
  if ((s->in & 0xFFu) != (s->out & 0xFFu)) return 0;
  return s->in_offset << in < (s->out_offset + s->out_count) << out &&
         s->out_offset << out < (s->in_offset + s->in_count) << in;
}

static int emlrt_stage_ok(emlrt_rom blob, const emlrt_stage_view *s,
                          unsigned i) {
  unsigned in = s->in & 0xFFu, out = s->out & 0xFFu;
  return s->reserved == 0 && (s->size & 3u) == 0 && in != EMLRT_SPACE_OUTPUT &&
         out != EMLRT_SPACE_INPUT &&
         emlrt_span_ok(blob, s->in, s->in_offset, s->in_count) &&
         emlrt_span_ok(blob, s->out, s->out_offset, s->out_count) &&
         !emlrt_overlaps(s) &&
         (in == EMLRT_SPACE_INPUT ||
          emlrt_covered(blob, i, s->in, s->in_offset, s->in_count));
}

/* Checks stage i, whose payload starts at octet `at`; *end is what follows. */
static emlrt_status emlrt_check_stage(emlrt_model *model, unsigned i,
                                      emlrt_rom entry, uint32_t *at) {
  emlrt_rom blob = model->blob;
  uint32_t left = EMLRT_HEADER32(blob, body_size) - *at;
  emlrt_stage_view s;
  emlrt_call call;
  emlrt_status status;
  emlrt_op op;
  emlrt_stage_read(&s, entry);
  if (!emlrt_stage_ok(blob, &s, i) || s.size > left) return EMLRT_ERR_STAGE;
  op = emlrt_op_find(model->ops, s.op);
  if (op.kind == 0) return EMLRT_ERR_OP;
  if (op.dtypes != ((s.in >> 8) | (s.out & 0xFF00u))) return EMLRT_ERR_STAGE;
  call.payload = emlrt_rom_at(blob, (emlrt_off)*at);
  call.size = s.size;
  call.n_in = s.in_count;
  call.n_out = s.out_count;
  call.in = call.out = NULL;
  call.limit = 0;
  status = op.check(&call);
  model->fault = *at + call.limit;
  *at += s.size;
  return status;
}

static emlrt_status emlrt_check_stages(emlrt_model *model) {
  emlrt_rom blob = model->blob;
  uint32_t at = emlrt_stages_at(blob), body = EMLRT_HEADER32(blob, body_size);
  unsigned i, n = EMLRT_HEADER16(blob, n_stages);
  emlrt_rom entry = emlrt_rom_at(blob, (emlrt_off)at);
  uint32_t table = n * (uint32_t)EMLRT_OCTETS(emlrt_stage);
  model->fault = at;
  if (at > body || table > body - at) return EMLRT_ERR_STAGE;
  for (i = 0, at += table; i < n; i++) {
    emlrt_status status = emlrt_check_stage(model, i, entry, &at);
    if (status != EMLRT_OK) return status;
    entry = emlrt_rom_at(entry, EMLRT_OCTETS(emlrt_stage));
    model->fault = emlrt_stages_at(blob);
  }
  if (at != body) return EMLRT_ERR_STAGE;
  return emlrt_covered(blob, n,
                       (unsigned)((EMLRT_HEADER16(blob, dtypes) & 0xFF00u) |
                                  EMLRT_SPACE_OUTPUT),
                       0, EMLRT_HEADER32(blob, n_scores))
             ? EMLRT_OK
             : EMLRT_ERR_STAGE;
}

emlrt_status emlrt_open(emlrt_model *model, emlrt_rom blob, uint32_t size,
                        const emlrt_op *const *ops) {
  emlrt_status status;
  if (model == NULL) return EMLRT_ERR_ARGUMENT;
  model->opened = 0;
  model->fault = 0;
  model->blob = blob;
  model->ops = ops;
  if (ops == NULL) return EMLRT_ERR_ARGUMENT;
  status = emlrt_check_header(blob, size);
  if (status != EMLRT_OK) return status;
  if (EMLRT_HEADER32(blob, total_size) != size) return EMLRT_ERR_SIZE;
  if (!emlrt_class_counts_ok(blob)) return EMLRT_ERR_HEADER;
  status = emlrt_check_stages(model);
  if (status == EMLRT_OK) {
    model->opened = EMLRT_MAGIC;
    model->fault = 0;
  }
  return status;
}
