/* SPDX-License-Identifier: MIT
 *
 * Made by `emlrt export micropython`: what models and streams have, and answers as
 * objects.
 */
#include "glue.h"

#include "../src/core/core.h"

size_t emlrt_mp_room(size_t bytes) { return bytes == 0 ? 1 : bytes; }

/* Whether the rule of the inputs changes anything. */
static bool is_ruled(const emlrt_mp_common *self) {
  int64_t offset;
  float scale;
  if ((self->flags & EMLRT_FLAG_OFFSET) == 0) return false;
  for (uint32_t i = 0; i < self->info.n_inputs; ++i) {
    emlrt_mp_check(emlrt_offset(self->model, i, &offset));
    emlrt_mp_check(emlrt_scale(self->model, i, &scale));
    if (offset != 0 || scale != (float)1) return true;
  }
  return false;
}

static uint32_t channels_of(const emlrt_model *model) {
  emlrt_section window;
  if (emlrt_meta_find(model, EMLRT_META_WINDOW, &window) != EMLRT_OK) return 1;
  return emlrt_r32(window.at, EMLRT_AT(emlrt_window, channels));
}

void emlrt_mp_common_init(emlrt_mp_common *self, const emlrt_model *model, bool raw) {
  size_t scores, shares;
  emlrt_mp_check(emlrt_peek(&self->info, self->blob.at, self->blob.size));
  emlrt_mp_check(emlrt_verify(model));
  self->model = model;
  self->flags = EMLRT_HEADER16(self->blob.at, flags);
  self->channels = channels_of(model);
  self->ruled = raw && is_ruled(self);
  self->predict = emlrt_mp_how_of(self, "predict");
  self->proba = emlrt_mp_how_of(self, "predict_proba");
  self->labels = emlrt_mp_labels(self);
  scores = self->info.n_scores;
  shares = self->labels == mp_const_none ? 0 : self->info.n_classes;
  self->numbers = m_malloc((scores > shares ? scores : shares) * sizeof(float));
  self->classes = m_malloc(self->info.n_outputs * sizeof *self->classes);
}

mp_obj_t emlrt_mp_array(char code, const void *data, size_t n) {
  mp_obj_t array =
      mp_import_name(MP_QSTR_array, mp_const_none, MP_OBJ_NEW_SMALL_INT(0));
  mp_obj_t arguments[] = {mp_obj_new_str(&code, 1), mp_obj_new_bytes(data, n * 4)};
  return mp_call_function_n_kw(mp_load_attr(array, MP_QSTR_array), 2, 0, arguments);
}

mp_obj_t emlrt_mp_scores_array(const emlrt_mp_common *self, const void *scores) {
  return emlrt_mp_array(emlrt_mp_code(self->info.score_dtype), scores,
                        self->info.n_scores);
}

mp_obj_t emlrt_mp_values(const emlrt_mp_common *self, const void *scores) {
  const float *values = scores;
  size_t n = self->info.n_scores;
  mp_obj_t *found;
  if (n == 1) return mp_obj_new_float_from_f(values[0]);
  found = m_malloc(n * sizeof *found);
  for (size_t i = 0; i < n; ++i) found[i] = mp_obj_new_float_from_f(values[i]);
  return mp_obj_new_tuple(n, found);
}

/* Item i of a tuple. */
static mp_obj_t item(mp_obj_t tuple, size_t i) {
  size_t n;
  mp_obj_t *items;
  mp_obj_get_array(tuple, &n, &items);
  return items[i];
}

mp_obj_t emlrt_mp_answer(const emlrt_mp_common *self) {
  size_t n = self->info.n_outputs;
  mp_obj_t *found;
  if (n == 1) return item(self->labels, self->classes[0]);
  found = m_malloc(n * sizeof *found);
  for (size_t i = 0; i < n; ++i)
    found[i] = item(item(self->labels, i), self->classes[i]);
  return mp_obj_new_tuple(n, found);
}

void emlrt_mp_need(emlrt_mp_how how, emlrt_mp_how one, emlrt_mp_how other,
                   const char *method) {
  if (how == one || how == other) return;
  if (how == EMLRT_MP_OTHER)
    emlrt_mp_value_error("%s of this model follows from the scores in a way that only"
                         " Python on a computer has; take the scores", method);
  emlrt_mp_value_error("the model has no %s; take the scores", method);
}

bool emlrt_mp_common_attr(const emlrt_mp_common *self, qstr name, mp_obj_t *value) {
  uint32_t number;
  if (name == MP_QSTR_labels) {
    *value = self->labels;
    return true;
  }
  if (name == MP_QSTR_typecode) {
    char code = emlrt_mp_code(self->info.input_dtype);
    *value = mp_obj_new_str(&code, 1);
    return true;
  }
  if (name == MP_QSTR_n_inputs) number = self->info.n_inputs;
  else if (name == MP_QSTR_n_scores) number = self->info.n_scores;
  else if (name == MP_QSTR_n_outputs) number = self->info.n_outputs;
  else if (name == MP_QSTR_n_classes)
    number = self->labels == mp_const_none ? 0 : self->info.n_classes;
  else if (name == MP_QSTR_nbytes) number = self->info.total_size;
  else return false;
  *value = mp_obj_new_int_from_uint(number);
  return true;
}
