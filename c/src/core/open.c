/* SPDX-License-Identifier: MIT
 *
 * emlrt_peek and emlrt_open: the wall between a blob and the kernels.
 * All sizes are unsigned 32-bit and are compared by subtraction from what is
 * left, so that no sum can wrap.
 */
#include "core.h"

/* Whether the kind of output is known: votes have a total, and the others are
 * floats, whose kinds are 1 and 3 to 8. */
static int emlrt_output_ok(emlrt_rom blob) {
  unsigned output = EMLRT_HEADER16(blob, output);
  if (EMLRT_HEADER32(blob, vote_total) != 0)
    return output == EMLRT_OUTPUT_VOTES;
  return (output & ~0xF0u) == EMLRT_F32 && (output >> 4 & 0xDu) != 0 &&
         output <= EMLRT_OUTPUT_INLIERS;
}

/* Whether x is of a known dtype and has whole elements. */
static int emlrt_input_ok(emlrt_rom blob) {
  unsigned dtype = EMLRT_HEADER16(blob, input), shift = dtype & 3u;
  unsigned known =
      1u << EMLRT_U8 | 1u << EMLRT_I16 | 1u << EMLRT_I32 | 1u << EMLRT_F32;
  uint32_t x = EMLRT_HEADER32(blob, input_size);
  return dtype <= EMLRT_F32 && (known & 1u << dtype) != 0 && x != 0 &&
         ((unsigned)x & ((1u << shift) - 1u)) == 0;
}

static int emlrt_header_ok(emlrt_rom blob, uint32_t total) {
  uint32_t body = EMLRT_HEADER32(blob, body_size);
  uint32_t x = EMLRT_HEADER32(blob, input_size);
  uint32_t y = EMLRT_HEADER32(blob, score_size);
  uint32_t arena = EMLRT_HEADER32(blob, arena_size);
  return (((total | body | y) & 3u) | (arena & 7u) | (x | y | arena) >> 28 |
          EMLRT_HEADER16(blob, flags) >> 4) == 0 &&
         y != 0 && body <= total && body >= EMLRT_OCTETS(emlrt_header) &&
         EMLRT_HEADER16(blob, n_outputs) != 0 && emlrt_input_ok(blob) &&
         emlrt_output_ok(blob);
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
  if (total >> EMLRT_ROM_BITS != 0 || !EMLRT_ROM_HOLDS(blob, total))
    return EMLRT_ERR_LIMIT;
  if (total > size) return EMLRT_ERR_SIZE;
  return emlrt_header_ok(blob, total) ? EMLRT_OK : EMLRT_ERR_HEADER;
}

emlrt_status emlrt_peek(emlrt_info *info, emlrt_rom blob, uint32_t size) {
  emlrt_status status = emlrt_check_header(blob, size);
  if (info == NULL) return EMLRT_ERR_ARGUMENT;
  if (status != EMLRT_OK) return status;
  info->total_size = EMLRT_HEADER32(blob, total_size);
  info->n_inputs = emlrt_n_inputs(blob);
  info->n_scores = emlrt_n_scores(blob);
  info->n_outputs = EMLRT_HEADER16(blob, n_outputs);
  info->arena_bytes = EMLRT_HEADER32(blob, arena_size);
  info->scratch_bytes = emlrt_scratch_bytes(blob);
  info->golden_bytes = info->arena_bytes + emlrt_golden_bytes(blob);
  info->n_classes = emlrt_n_classes(blob);
  info->work = EMLRT_HEADER32(blob, work);
  info->input_dtype = (uint16_t)EMLRT_HEADER16(blob, input);
  info->score_dtype = (uint16_t)(EMLRT_HEADER16(blob, output) & 0xFu);
  info->output = (uint16_t)EMLRT_HEADER16(blob, output);
  info->version = (uint16_t)EMLRT_HEADER16(blob, version);
  info->state_bytes = emlrt_state_bytes(blob);
  info->stream_bytes =
      emlrt_stream_room(blob, info->state_bytes, info->scratch_bytes);
  return EMLRT_OK;
}

/* How far open has come. */
typedef struct emlrt_progress {
  uint32_t sizes[4]; /* bytes of each space, by EMLRT_SPACE_* */
  uint32_t scores;   /* bytes of y that are written, from 0 on */
  uint32_t left;     /* bytes of the body that are not accounted for */
  uint32_t work;     /* EMLRT_WORK_EACH visits each that a run may still take */
} emlrt_progress;

/* Where the span ends that a stage reads (k = 0) or writes (k = 1); 0 if it is
 * not as it must be. Of y a stage reads what is written, and writes on from there
 * at most. The header says what x has, and two octets on what y has. */
static uint32_t emlrt_span_end(emlrt_progress *to, emlrt_rom blob,
                               emlrt_rom stage, unsigned k) {
  unsigned dtype = emlrt_r8(emlrt_rom_at(stage, k), EMLRT_AT(emlrt_stage, op));
  unsigned space =
      emlrt_r16(emlrt_rom_at(stage, 2 * k), EMLRT_AT(emlrt_stage, in_space));
  uint32_t from, end, most;
  if (space < k || space > EMLRT_SPACE_STATE) return 0;
  if ((space & 1u) == 0 && /* x or y */
      dtype !=
          (emlrt_r16(emlrt_rom_at(blob, space), EMLRT_AT(emlrt_header, input)) &
           0xFu))
    return 0;
  most = to->sizes[space];
  stage = emlrt_rom_at(stage, 8 * k);
  from = EMLRT_STAGE32(stage, in_offset);
  end = EMLRT_STAGE32(stage, in_count);
  dtype &= 3u;
  if (!emlrt_counts(end) || from > most || from >> dtype << dtype != from)
    return 0;
  end = (end << dtype) + from;
  if (end > most) return 0;
#if EMLRT_RAM_BITS < 32
  if (end >> EMLRT_RAM_BITS != 0) return 0;
#endif
  if (space == EMLRT_SPACE_OUTPUT) {
    if ((k != 0 ? from : end) > to->scores) return 0;
    if (end > to->scores) to->scores = end;
  }
  return end;
}

EMLRT_INLINE int emlrt_spans_ok(emlrt_progress *to, emlrt_rom blob,
                                emlrt_rom stage) {
  uint32_t in_end = emlrt_span_end(to, blob, stage, 0);
  uint32_t out_end = emlrt_span_end(to, blob, stage, 1);
  if (in_end == 0 || out_end == 0) return 0;
  return EMLRT_STAGE16(stage, in_space) != EMLRT_STAGE16(stage, out_space) ||
         EMLRT_STAGE32(stage, in_offset) >= out_end ||
         EMLRT_STAGE32(stage, out_offset) >= in_end;
}

#if defined(EMLRT_WIDE_CHARS)
/* Whether a stage writes uint8 to the arena: an element takes a whole char there, and
 * would lie on spans of other dtypes. */
EMLRT_INLINE int emlrt_is_too_wide(emlrt_rom stage) {
  return (EMLRT_STAGE32(stage, op) >> 8 & 0xFu) == EMLRT_U8 &&
         EMLRT_STAGE16(stage, out_space) == EMLRT_SPACE_ARENA;
}
#endif

/* Checks one stage: its op, its spans and its payload. */
EMLRT_INLINE emlrt_status emlrt_check_stage(emlrt_model *model,
                                            emlrt_progress *to,
                                            emlrt_rom stage) {
  uint32_t code = EMLRT_STAGE32(stage, op);
  const emlrt_op *op = emlrt_op_find(model->ops, code);
  uint32_t at;
  emlrt_call call;
  emlrt_status status;
  if (op == NULL) return EMLRT_ERR_OP;
  call.size = EMLRT_STAGE32(stage, size);
  if ((call.size & 3u) != 0 || call.size > to->left ||
      !emlrt_spans_ok(to, model->blob, stage))
    return EMLRT_ERR_STAGE;
#if defined(EMLRT_WIDE_CHARS)
  if (emlrt_is_too_wide(stage)) return EMLRT_ERR_LIMIT;
#endif
  call.n_in = (emlrt_count)EMLRT_STAGE32(stage, in_count);
  call.n_out = (emlrt_count)EMLRT_STAGE32(stage, out_count);
  at = EMLRT_HEADER32(model->blob, body_size) - to->left;
  call.payload = emlrt_rom_at(model->blob, (emlrt_off)at);
  call.u.state_size = to->sizes[EMLRT_SPACE_STATE];
  call.v.work = (uint32_t)call.n_in + call.n_out;
  status = EMLRT_OP_CHECK(op)(&call);
  call.v.work /= EMLRT_WORK_EACH;
  if (status == EMLRT_OK && call.v.work > to->work) status = EMLRT_ERR_WORK;
  if (status != EMLRT_OK) {
    model->fault = at;
    return status;
  }
  to->work -= call.v.work;
  to->left -= call.size;
  return EMLRT_OK;
}

EMLRT_INLINE emlrt_status emlrt_check_stages(emlrt_model *model,
                                             emlrt_progress *to) {
  unsigned n = EMLRT_HEADER16(model->blob, n_stages);
  emlrt_rom stage;
  uint32_t table = n * (uint32_t)EMLRT_OCTETS(emlrt_stage);
  table += EMLRT_HEADER16(model->blob, n_outputs) * UINT32_C(4);
  if (table > to->left) return EMLRT_ERR_STAGE;
  to->left -= table;
  stage = emlrt_stages(model->blob);
  for (; n != 0; n--, stage = emlrt_rom_at(stage, EMLRT_OCTETS(emlrt_stage))) {
    emlrt_status status = emlrt_check_stage(model, to, stage);
    if (status != EMLRT_OK) return status;
  }
  if (to->left != 0 || to->scores != EMLRT_HEADER32(model->blob, score_size))
    return EMLRT_ERR_STAGE;
  model->opened = EMLRT_OPENED;
  return EMLRT_OK;
}

/* Opens a blob that keeps so many bytes of state. A constant 0 leaves no code for it. */
EMLRT_INLINE emlrt_status emlrt_open_with(emlrt_model *model, emlrt_rom blob,
                                          uint32_t size,
                                          const emlrt_op *const *ops,
                                          uint32_t state) {
  emlrt_progress to;
  emlrt_status status;
  model->opened = 0;
  model->fault = 0;
  model->blob = blob;
  model->ops = ops;
  if (ops == NULL) return EMLRT_ERR_ARGUMENT;
  status = emlrt_check_header(blob, size);
  if (status != EMLRT_OK) return status;
  if (EMLRT_HEADER32(blob, total_size) != size) return EMLRT_ERR_SIZE;
  if ((EMLRT_HEADER16(blob, flags) & EMLRT_FLAG_STATE) !=
      (state != 0 ? EMLRT_FLAG_STATE : 0))
    return EMLRT_ERR_STATE;
  to.work = EMLRT_HEADER32(blob, body_size);
  to.left = to.work - (uint32_t)EMLRT_OCTETS(emlrt_header);
  /* emlrt_state_bytes has found it in the body. */
  if (state != 0) to.left -= (uint32_t)EMLRT_OCTETS(emlrt_state);
  to.sizes[EMLRT_SPACE_INPUT] = EMLRT_HEADER32(blob, input_size);
  to.sizes[EMLRT_SPACE_ARENA] = EMLRT_HEADER32(blob, arena_size);
  to.sizes[EMLRT_SPACE_OUTPUT] = EMLRT_HEADER32(blob, score_size);
  to.sizes[EMLRT_SPACE_STATE] = state;
  to.work += to.sizes[EMLRT_SPACE_INPUT] + to.sizes[EMLRT_SPACE_ARENA] +
             to.sizes[EMLRT_SPACE_OUTPUT] + state;
  to.scores = 0;
  return emlrt_check_stages(model, &to);
}

emlrt_status emlrt_open(emlrt_model *model, emlrt_rom blob, uint32_t size,
                        const emlrt_op *const *ops) {
  if (model == NULL) return EMLRT_ERR_ARGUMENT;
  return emlrt_open_with(model, blob, size, ops, 0);
}

emlrt_status emlrt_open_any(emlrt_model *model, emlrt_rom blob, uint32_t size,
                            const emlrt_op *const *ops) {
  emlrt_info info;
  emlrt_status status;
  if (model == NULL) return EMLRT_ERR_ARGUMENT;
  if (emlrt_peek(&info, blob, size) != EMLRT_OK) info.state_bytes = 0;
  status = emlrt_open_with(model, blob, size, ops, info.state_bytes);
  if (status == EMLRT_OK && info.state_bytes != 0)
    model->opened = EMLRT_OPENED_STATE;
  /* it says that it keeps state, and not how much */
  return status == EMLRT_ERR_STATE ? EMLRT_ERR_STAGE : status;
}

void emlrt_charge(emlrt_call *call, uint32_t times, uint32_t elements) {
  for (; times != 0; times--) {
    if (elements > UINT32_MAX - call->v.work)
      elements = UINT32_MAX - call->v.work;
    call->v.work += elements;
  }
}
