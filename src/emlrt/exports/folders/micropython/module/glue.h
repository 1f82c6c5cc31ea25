/* SPDX-License-Identifier: MIT
 *
 * Made by `emlrt export micropython`: what the files of the module share. They are
 * compiled as a native module, which is loaded, and as a user C module, which a port
 * is built with.
 */
#ifndef EMLRT_MP_GLUE_H
#define EMLRT_MP_GLUE_H

#include <stdarg.h> /* before MicroPython's: mp_vprintf is declared only then */

#if defined(MICROPY_ENABLE_DYNRUNTIME)
#include "py/dynruntime.h"
#else
#include "py/binary.h"
#include "py/mpprint.h"
#include "py/objlist.h"
#include "py/objtuple.h"
#include "py/runtime.h"
#endif

#include <emlrt/stream.h>

#define EMLRT_MP_NORETURN __attribute__((noreturn))

/* How an answer follows from the scores. */
typedef enum emlrt_mp_how {
  EMLRT_MP_NONE,   /* the original has no such method */
  EMLRT_MP_OTHER,  /* in a way that only Python computes */
  EMLRT_MP_SCORES, /* the scores as they stand */
  EMLRT_MP_CLASS,  /* the label of each output's class */
  EMLRT_MP_PROBA   /* the probabilities */
} emlrt_mp_how;

/* A blob in memory. */
typedef struct emlrt_mp_blob {
  mp_obj_t held;    /* what its memory belongs to; MP_OBJ_NULL: `at` is its own */
  const void *at;   /* aligned */
  uint32_t size;    /* what the blob says */
  size_t held_size; /* bytes of `held` */
} emlrt_mp_blob;

/* What models and streams have. `model` is the open one. */
typedef struct emlrt_mp_common {
  mp_obj_base_t base;
  emlrt_mp_blob blob;
  const emlrt_model *model;
  emlrt_info info;
  uint32_t channels;
  bool ruled;         /* x is made of raw numbers by the rule of the inputs */
  uint16_t flags;     /* EMLRT_FLAG_* */
  emlrt_mp_how predict;
  emlrt_mp_how proba;
  mp_obj_t labels;    /* of one output a tuple, else a tuple of tuples */
  uint32_t *classes;  /* n_outputs */
  void *numbers;      /* scores, or probabilities */
} emlrt_mp_common;

/* x as it was given: elements of an array, or a list or tuple. */
typedef struct emlrt_mp_x {
  const char *data; /* NULL: a list */
  mp_obj_t list;
  size_t n;
  char code; /* of the array */
} emlrt_mp_x;

/* The ops that the module has: all, or those of the models that it was exported with. */
#if defined(EMLRT_MP_ALL_OPS)
#define emlrt_mp_ops emlrt_all_ops
#else
extern const emlrt_op *const emlrt_mp_ops[];
#endif

/* fail.c: raise ValueError or TypeError; `format` as mp_printf has it. */
EMLRT_MP_NORETURN void emlrt_mp_value_error(const char *format, ...);
EMLRT_MP_NORETURN void emlrt_mp_type_error(const char *format, ...);
/* Raises ValueError unless the status is EMLRT_OK. */
void emlrt_mp_check(emlrt_status status);

/* blob.c: a blob from a path, bytes, or whatever has a buffer. */
void emlrt_mp_blob_from(emlrt_mp_blob *blob, mp_obj_t source);
/* Raises ValueError if what holds the blob has moved it. */
void emlrt_mp_blob_stays(const emlrt_mp_blob *blob);

/* texts.c: what the metadata says; it has been verified. */
emlrt_mp_how emlrt_mp_how_of(const emlrt_mp_common *self, const char *method);
mp_obj_t emlrt_mp_labels(const emlrt_mp_common *self);

/* rows.c: numbers of x for the device. */
char emlrt_mp_code(uint32_t dtype);
void emlrt_mp_x_from(emlrt_mp_x *x, mp_obj_t source);
/* x in place, or NULL if it has to be encoded. Raises TypeError for an array of
 * another type, where that is a mistake. */
const void *emlrt_mp_in_place(const emlrt_mp_common *self, const emlrt_mp_x *x);
/* Elements from..from + n of x, which the inputs from `input` on take. */
void emlrt_mp_encode(const emlrt_mp_common *self, const emlrt_mp_x *x, size_t from,
                     size_t n, uint32_t input, void *out);
/* Raises ValueError if x holds what the model was not made for. */
void emlrt_mp_check_finite(const emlrt_mp_common *self, const void *x, size_t n);

/* answers.c */
void emlrt_mp_common_init(emlrt_mp_common *self, const emlrt_model *model, bool raw);
mp_obj_t emlrt_mp_array(char code, const void *data, size_t n);
mp_obj_t emlrt_mp_scores_array(const emlrt_mp_common *self, const void *scores);
mp_obj_t emlrt_mp_values(const emlrt_mp_common *self, const void *scores);
mp_obj_t emlrt_mp_answer(const emlrt_mp_common *self);
void emlrt_mp_need(emlrt_mp_how how, emlrt_mp_how one, emlrt_mp_how other,
                   const char *method);
bool emlrt_mp_common_attr(const emlrt_mp_common *self, qstr name, mp_obj_t *value);
size_t emlrt_mp_room(size_t bytes);

/* models.c and streams.c: what the types are made of. */
mp_obj_t emlrt_mp_model_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                            const mp_obj_t *args);
void emlrt_mp_model_attr(mp_obj_t self, qstr name, mp_obj_t *dest);
extern const mp_obj_fun_builtin_fixed_t emlrt_mp_model_predict;
extern const mp_obj_fun_builtin_fixed_t emlrt_mp_model_proba;
extern const mp_obj_fun_builtin_fixed_t emlrt_mp_model_scores;
extern const mp_obj_fun_builtin_fixed_t emlrt_mp_model_selftest;
mp_obj_t emlrt_mp_stream_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                             const mp_obj_t *args);
void emlrt_mp_stream_attr(mp_obj_t self, qstr name, mp_obj_t *dest);
extern const mp_obj_fun_builtin_fixed_t emlrt_mp_stream_push;
extern const mp_obj_fun_builtin_fixed_t emlrt_mp_stream_push_proba;
extern const mp_obj_fun_builtin_fixed_t emlrt_mp_stream_push_scores;
extern const mp_obj_fun_builtin_fixed_t emlrt_mp_stream_reset;

#endif
