/* SPDX-License-Identifier: MIT
 *
 * Made by `emlrt export micropython`: emlrt.Model, rows in, answers out.
 */
#include "glue.h"

typedef struct model_object {
  emlrt_mp_common common;
  emlrt_model model;
  void *scratch;
  size_t scratch_size;
  void *x; /* a row that was not in place; NULL until there was one */
} model_object;

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

mp_obj_t emlrt_mp_model_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                            const mp_obj_t *args) {
  model_object *self;
  emlrt_info *info;
  mp_arg_check_num(n_args, n_kw, 1, 2, false);
  self = mp_obj_malloc(model_object, type);
  self->x = NULL;
  emlrt_mp_blob_from(&self->common.blob, args[0]);
  emlrt_mp_check(emlrt_open(&self->model, self->common.blob.at, self->common.blob.size,
                            emlrt_mp_ops));
  emlrt_mp_common_init(&self->common, &self->model, n_args < 2 || mp_obj_is_true(args[1]));
  info = &self->common.info;
  self->scratch_size = larger(info->scratch_bytes, info->arena_bytes);
  self->scratch = m_malloc(emlrt_mp_room(self->scratch_size));
  return MP_OBJ_FROM_PTR(self);
}

void emlrt_mp_model_attr(mp_obj_t object, qstr name, mp_obj_t *dest) {
  model_object *self = MP_OBJ_TO_PTR(object);
  if (dest[0] != MP_OBJ_NULL) return; /* nothing is stored */
  if (name == MP_QSTR_scratch_bytes)
    dest[0] = mp_obj_new_int_from_uint(self->scratch_size);
  else if (!emlrt_mp_common_attr(&self->common, name, &dest[0]))
    dest[1] = MP_OBJ_SENTINEL; /* methods */
}

/* The elements of a row, in place or encoded. */
static const void *row_of(model_object *self, mp_obj_t source) {
  const emlrt_info *info = &self->common.info;
  emlrt_mp_x x;
  const void *row;
  emlrt_mp_blob_stays(&self->common.blob);
  emlrt_mp_x_from(&x, source);
  row = emlrt_mp_in_place(&self->common, &x);
  if (x.n != info->n_inputs)
    emlrt_mp_value_error("x has %u elements; the model takes %u", (unsigned)x.n,
                         (unsigned)info->n_inputs);
  if (row == NULL) {
    if (self->x == NULL)
      self->x = m_malloc((size_t)info->n_inputs << (info->input_dtype & 3u));
    emlrt_mp_encode(&self->common, &x, 0, x.n, 0, self->x);
    row = self->x;
  }
  emlrt_mp_check_finite(&self->common, row, x.n);
  return row;
}

/* Computes the scores into the model's own memory. */
static void run(model_object *self, mp_obj_t x) {
  const emlrt_info *info = &self->common.info;
  const void *row = row_of(self, x);
  emlrt_mp_check(emlrt_run(&self->model, row, info->n_inputs, self->common.numbers,
                           info->n_scores, self->scratch, self->scratch_size));
}

static mp_obj_t predict(mp_obj_t object, mp_obj_t x) {
  model_object *self = MP_OBJ_TO_PTR(object);
  const emlrt_info *info = &self->common.info;
  emlrt_mp_need(self->common.predict, EMLRT_MP_CLASS, EMLRT_MP_SCORES, "predict");
  if (self->common.predict == EMLRT_MP_SCORES) {
    run(self, x);
    return emlrt_mp_values(&self->common, self->common.numbers);
  }
  emlrt_mp_check(emlrt_classify(&self->model, row_of(self, x), info->n_inputs,
                                self->common.classes, info->n_outputs, self->scratch,
                                self->scratch_size));
  return emlrt_mp_answer(&self->common);
}
MP_DEFINE_CONST_FUN_OBJ_2(emlrt_mp_model_predict, predict);

static mp_obj_t predict_proba(mp_obj_t object, mp_obj_t x) {
  model_object *self = MP_OBJ_TO_PTR(object);
  const emlrt_info *info = &self->common.info;
  emlrt_mp_need(self->common.proba, EMLRT_MP_PROBA, EMLRT_MP_PROBA, "predict_proba");
  emlrt_mp_check(emlrt_proba(&self->model, row_of(self, x), info->n_inputs,
                             self->common.numbers, info->n_classes, self->scratch,
                             self->scratch_size));
  return emlrt_mp_array('f', self->common.numbers, info->n_classes);
}
MP_DEFINE_CONST_FUN_OBJ_2(emlrt_mp_model_proba, predict_proba);

static mp_obj_t scores(mp_obj_t object, mp_obj_t x) {
  model_object *self = MP_OBJ_TO_PTR(object);
  run(self, x);
  return emlrt_mp_scores_array(&self->common, self->common.numbers);
}
MP_DEFINE_CONST_FUN_OBJ_2(emlrt_mp_model_scores, scores);

static mp_obj_t selftest(mp_obj_t object) {
  model_object *self = MP_OBJ_TO_PTR(object);
  size_t n = larger(self->common.info.golden_bytes, self->scratch_size);
  void *scratch = m_malloc(emlrt_mp_room(n));
  emlrt_mp_blob_stays(&self->common.blob);
  emlrt_mp_check(emlrt_selftest(&self->model, scratch, n));
  return mp_const_true;
}
MP_DEFINE_CONST_FUN_OBJ_1(emlrt_mp_model_selftest, selftest);
