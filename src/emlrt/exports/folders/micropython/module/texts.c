/* SPDX-License-Identifier: MIT
 *
 * Made by `emlrt export micropython`: labels and methods of the metadata, which
 * emlrt_verify has checked.
 */
#include "glue.h"

#include "../src/core/core.h"

/* A text of the metadata, which no terminator ends. */
typedef struct text {
  const char *at;
  size_t n;
} text;

/* Texts of a section. */
static uint32_t count_of(const emlrt_section *list) { return emlrt_r32(list->at, 0); }

/* Sets text i of a section. */
static void text_at(const emlrt_section *list, uint32_t i, text *found) {
  const char *ends = (const char *)list->at + 4;
  const char *first = ends + 4 * (size_t)count_of(list);
  uint32_t from = i == 0 ? 0 : emlrt_r32(ends, 4 * (size_t)(i - 1));
  found->at = first + from;
  found->n = emlrt_r32(ends, 4 * (size_t)i) - from;
}

/* Where a character stands in a text; its length if nowhere. */
static size_t find(const text *in, char sought) {
  size_t i = 0;
  while (i < in->n && in->at[i] != sought) ++i;
  return i;
}

/* Whether a text goes on from `from` as a word does, up to its end or to `end`. */
static bool has(const text *in, size_t from, const char *word, char end) {
  for (; *word != '\0'; ++word, ++from)
    if (from >= in->n || in->at[from] != *word) return false;
  return from == in->n || (end != '\0' && in->at[from] == end);
}

/* Changes of `class` are of the shape or the type of labels, not of what they are. */
static emlrt_mp_how how_of(const text *method, size_t from) {
  if (has(method, from, "class", '|')) return EMLRT_MP_CLASS;
  if (has(method, from, "proba", '\0')) return EMLRT_MP_PROBA;
  if (has(method, from, "proba|columns", '\0')) return EMLRT_MP_PROBA;
  if (has(method, from, "proba|list", '\0')) return EMLRT_MP_PROBA;
  if (has(method, from, "scores", '\0')) return EMLRT_MP_SCORES;
  if (has(method, from, "scores|columns", '\0')) return EMLRT_MP_SCORES;
  return EMLRT_MP_OTHER;
}

/* What the kind of output suggests, of a blob that names no methods. */
static emlrt_mp_how suggested(const emlrt_mp_common *self, const char *method) {
  bool predicts = method[7] == '\0'; /* "predict", not "predict_proba" */
  if (self->info.output == EMLRT_OUTPUT_VALUES)
    return predicts ? EMLRT_MP_SCORES : EMLRT_MP_NONE;
  if (predicts) return EMLRT_MP_CLASS;
  switch (self->info.output) {
    case EMLRT_OUTPUT_MARGINS:
    case EMLRT_OUTPUT_BINARY:
    case EMLRT_OUTPUT_INLIERS: return EMLRT_MP_NONE;
    default: return EMLRT_MP_PROBA;
  }
}

emlrt_mp_how emlrt_mp_how_of(const emlrt_mp_common *self, const char *method) {
  emlrt_section list;
  text found;
  if (emlrt_meta_find(self->model, EMLRT_META_METHODS, &list) != EMLRT_OK ||
      count_of(&list) == 0)
    return suggested(self, method);
  text_at(&list, 0, &found);
  if (find(&found, ':') != found.n) return suggested(self, method); /* inputs alone */
  for (uint32_t i = 1; i < count_of(&list); ++i) {
    text_at(&list, i, &found);
    if (has(&found, 0, method, '=')) return how_of(&found, find(&found, '=') + 1);
  }
  return EMLRT_MP_NONE;
}

static mp_obj_t called(qstr name, mp_obj_t argument) {
  return mp_call_function_n_kw(mp_load_global(name), 1, 0, &argument);
}

/* The label of a text, by the numpy type that its output's labels have. */
static mp_obj_t label_of(const text *type, const text *label) {
  mp_obj_t found = mp_obj_new_str(label->at, label->n);
  char kind = type->n < 2 ? 'U' : type->at[1];
  if (kind == 'O') kind = type->n < 4 ? 'U' : type->at[3]; /* "|O:int" */
  if (kind == 'i' || kind == 'u') return called(MP_QSTR_int, found);
  if (kind == 'f') return called(MP_QSTR_float, found);
  if (kind == 'b') return mp_obj_new_bool(has(label, 0, "True", '\0'));
  return found;
}

/* Labels of an output of so many classes, where the blob has none. */
static mp_obj_t numbered(const emlrt_mp_common *self, uint32_t n) {
  bool inliers = self->info.output == EMLRT_OUTPUT_INLIERS;
  mp_obj_t *labels = m_malloc(n * sizeof *labels);
  for (uint32_t i = 0; i < n; ++i)
    labels[i] = mp_obj_new_int(inliers ? 2 * (mp_int_t)i - 1 : (mp_int_t)i);
  return mp_obj_new_tuple(n, labels);
}

/* Labels of an output, whose type is text `first` of the list. */
static mp_obj_t labelled(const emlrt_section *list, uint32_t first, uint32_t n) {
  text type, label;
  mp_obj_t *labels = m_malloc(n * sizeof *labels);
  text_at(list, first, &type);
  for (uint32_t i = 0; i < n; ++i) {
    text_at(list, first + 1 + i, &label);
    labels[i] = label_of(&type, &label);
  }
  return mp_obj_new_tuple(n, labels);
}

/* Classes of an output. */
static uint32_t classes_of(const emlrt_mp_common *self, uint32_t output) {
  const char *sizes = (const char *)self->blob.at + sizeof(emlrt_header);
  return emlrt_is_binary(self->info.output) ? 2 : emlrt_r32(sizes, 4 * (size_t)output);
}

mp_obj_t emlrt_mp_labels(const emlrt_mp_common *self) {
  emlrt_section list;
  uint32_t first = 0, n = self->info.n_outputs;
  mp_obj_t *outputs;
  bool named;
  if (self->info.output == EMLRT_OUTPUT_VALUES) return mp_const_none;
  named = emlrt_meta_find(self->model, EMLRT_META_CLASSES, &list) == EMLRT_OK;
  outputs = m_malloc(n * sizeof *outputs);
  for (uint32_t i = 0; i < n; ++i) {
    uint32_t classes = classes_of(self, i);
    outputs[i] = named ? labelled(&list, first, classes) : numbered(self, classes);
    first += 1 + classes;
  }
  return n == 1 ? outputs[0] : mp_obj_new_tuple(n, outputs);
}
