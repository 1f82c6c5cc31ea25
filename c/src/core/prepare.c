/* SPDX-License-Identifier: MIT
 *
 * emlrt_prepare: finds once what emlrt_run finds at each call.
 */
#include "core.h"

uint32_t emlrt_stage_count(const emlrt_model *model) {
  return emlrt_is_open(model) ? EMLRT_HEADER16(model->blob, n_stages) : 0;
}

/* The run of an op of a list, or NULL. */
static emlrt_op_run *emlrt_run_of(const emlrt_op *const *ops, uint32_t code) {
  const emlrt_op *op = emlrt_op_find(ops, code);
  return op == NULL ? NULL : EMLRT_OP_RUN(op);
}

/* Chars from x, or from scratch, where the scores follow the arena. */
static emlrt_count emlrt_place(unsigned space, emlrt_count offset,
                               uint32_t dtype, uint32_t arena) {
  size_t chars = emlrt_chars_to(space, offset, dtype);
  if (space == EMLRT_SPACE_OUTPUT) chars += EMLRT_RAM(arena);
  return (emlrt_count)chars;
}

/* A stage whose payload starts at `payload`. */
static void emlrt_prepare_stage(emlrt_prepared_stage *to,
                                const emlrt_model *model, emlrt_rom stage,
                                emlrt_rom payload) {
  uint32_t op = EMLRT_STAGE32(stage, op);
  uint32_t arena = EMLRT_HEADER32(model->blob, arena_size);
  to->run = emlrt_run_of(model->ops, op);
  to->payload = payload;
  to->size = EMLRT_STAGE32(stage, size);
  to->n_in = EMLRT_STAGE_SIZE(stage, in_count);
  to->n_out = EMLRT_STAGE_SIZE(stage, out_count);
  to->in_space = (uint_least8_t)EMLRT_STAGE16(stage, in_space);
  to->out_space = (uint_least8_t)EMLRT_STAGE16(stage, out_space);
  to->in =
      emlrt_place(to->in_space, EMLRT_STAGE_SIZE(stage, in_offset), op, arena);
  to->out = emlrt_place(to->out_space, EMLRT_STAGE_SIZE(stage, out_offset),
                        op >> 8, arena);
}

void emlrt_prepare_proba(emlrt_prepared *to, const emlrt_model *model) {
  emlrt_rom blob = model->blob;
  to->output = (uint16_t)EMLRT_HEADER16(blob, output);
  to->proba = NULL;
  if (to->output == EMLRT_OUTPUT_LOGITS)
    to->proba = emlrt_run_of(model->ops, EMLRT_OP_SOFTMAX);
  else if (to->output == EMLRT_OUTPUT_LOGISTIC)
    to->proba = emlrt_run_of(model->ops, EMLRT_OP_LOGISTIC);
  to->sizes = emlrt_rom_at(blob, EMLRT_OCTETS(emlrt_header));
  to->vote_total = EMLRT_HEADER32(blob, vote_total);
  to->n_scores = (emlrt_count)emlrt_n_scores(blob);
  to->n_classes = emlrt_n_classes(blob);
}

/* All but the stages. */
static void emlrt_prepare_head(emlrt_prepared *to, const emlrt_model *model) {
  emlrt_rom blob = model->blob;
  emlrt_prepare_proba(to, model);
  to->stages = NULL;
  to->compare =
      to->output == EMLRT_OUTPUT_VALUES ? NULL : emlrt_prepared_compare;
  to->argmax = emlrt_run_of(model->ops, EMLRT_OP_ARGMAX);
  to->arena_bytes = (emlrt_count)EMLRT_HEADER32(blob, arena_size);
  /* Nobody has so much: values have no classes. */
  to->scratch_bytes = to->output == EMLRT_OUTPUT_VALUES
                          ? (emlrt_count)-1
                          : (emlrt_count)emlrt_scratch_bytes(blob);
  /* Without an arena the stage reads x. */
  to->majority = emlrt_majority(blob);
  to->n_inputs = (emlrt_count)emlrt_n_inputs(blob);
  to->n_stages = (uint16_t)EMLRT_HEADER16(blob, n_stages);
  to->n_outputs = (uint16_t)EMLRT_HEADER16(blob, n_outputs);
  to->input = (uint16_t)EMLRT_HEADER16(blob, input);
}

emlrt_status emlrt_prepare(emlrt_prepared *prepared, const emlrt_model *model,
                           emlrt_prepared_stage *stages, size_t n_stages) {
  emlrt_rom stage, payload;
  unsigned n;
  if (prepared == NULL) return EMLRT_ERR_ARGUMENT;
  prepared->stages = NULL;
  if (!emlrt_is_open(model) || stages == NULL) return EMLRT_ERR_ARGUMENT;
  n = EMLRT_HEADER16(model->blob, n_stages);
  if (n_stages < n) return EMLRT_ERR_COUNT;
#if EMLRT_RAM_BITS < 32
  /* No span holds so many, but the header may. */
  if ((emlrt_n_inputs(model->blob) | emlrt_scratch_bytes(model->blob)) >>
          EMLRT_RAM_BITS !=
      0)
    return EMLRT_ERR_LIMIT;
#endif
  emlrt_prepare_head(prepared, model);
  prepared->stages = stages;
  stage = emlrt_stages(model->blob);
  payload = emlrt_rom_at(stage, (emlrt_off)n * EMLRT_OCTETS(emlrt_stage));
  for (; n != 0; n--, stages++) {
    emlrt_prepare_stage(stages, model, stage, payload);
    stage = emlrt_rom_at(stage, EMLRT_OCTETS(emlrt_stage));
    payload = emlrt_rom_at(payload, (emlrt_off)stages->size);
  }
  return EMLRT_OK;
}

static int emlrt_same_stage(const emlrt_prepared_stage *a,
                            const emlrt_prepared_stage *b) {
  return a->run == b->run && a->payload == b->payload && a->size == b->size &&
         a->n_in == b->n_in && a->n_out == b->n_out && a->in == b->in &&
         a->out == b->out && a->in_space == b->in_space &&
         a->out_space == b->out_space;
}

static int emlrt_same_head(const emlrt_prepared *a, const emlrt_prepared *b) {
  return (a->compare == b->compare ||
          (a->compare == NULL && a->majority != UINT32_MAX)) &&
         (a->argmax == b->argmax || a->argmax == NULL) &&
         (a->proba == b->proba || a->proba == NULL) && a->sizes == b->sizes &&
         a->arena_bytes == b->arena_bytes &&
         a->scratch_bytes == b->scratch_bytes &&
         a->vote_total == b->vote_total && a->majority == b->majority &&
         a->n_scores == b->n_scores && a->n_classes == b->n_classes &&
         a->n_inputs == b->n_inputs && a->n_stages == b->n_stages &&
         a->n_outputs == b->n_outputs && a->input == b->input &&
         a->output == b->output;
}

emlrt_status emlrt_prepared_verify(const emlrt_prepared *prepared,
                                   const emlrt_model *model) {
  emlrt_prepared head;
  emlrt_prepared_stage made;
  const emlrt_prepared_stage *given;
  emlrt_rom stage, payload;
  unsigned n;
  if (prepared == NULL || prepared->stages == NULL || !emlrt_is_open(model))
    return EMLRT_ERR_ARGUMENT;
  emlrt_prepare_head(&head, model);
  if (!emlrt_same_head(prepared, &head)) return EMLRT_ERR_HEADER;
  n = head.n_stages;
  given = prepared->stages;
  stage = emlrt_stages(model->blob);
  payload = emlrt_rom_at(stage, (emlrt_off)n * EMLRT_OCTETS(emlrt_stage));
  for (; n != 0; n--, given++) {
    emlrt_prepare_stage(&made, model, stage, payload);
    if (!emlrt_same_stage(given, &made)) return EMLRT_ERR_STAGE;
    stage = emlrt_rom_at(stage, EMLRT_OCTETS(emlrt_stage));
    payload = emlrt_rom_at(payload, (emlrt_off)made.size);
  }
  return EMLRT_OK;
}
