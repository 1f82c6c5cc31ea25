/* SPDX-License-Identifier: MIT
 *
 * Made by `emlrt export micropython`: emlrt.Stream, samples in, answers out.
 */
#include "glue.h"

/* Samples that are encoded at once. */
#define CHUNK 64

typedef struct stream_object {
  emlrt_mp_common common;
  emlrt_stream stream;
  void *memory; /* of the stream */
} stream_object;

/* What is made of a window. */
typedef mp_obj_t answer_of(stream_object *self);

/* Refuses a rule of the inputs that is not the same at all times. */
static void check_rule(const emlrt_mp_common *self) {
  int64_t offset, first_offset;
  float scale, first_scale;
  if (!self->ruled) return;
  for (uint32_t i = self->channels; i < self->info.n_inputs; ++i) {
    emlrt_mp_check(emlrt_offset(self->model, i, &offset));
    emlrt_mp_check(emlrt_scale(self->model, i, &scale));
    emlrt_mp_check(emlrt_offset(self->model, i % self->channels, &first_offset));
    emlrt_mp_check(emlrt_scale(self->model, i % self->channels, &first_scale));
    if (offset != first_offset || scale != first_scale)
      emlrt_mp_value_error("the rule of the inputs is not the same for all samples of a"
                           " channel, so that no stream has one; use emlrt.Model");
  }
}

/* Samples from window to window, of a hop in times. */
static uint32_t hop_of(const emlrt_mp_common *self, mp_obj_t times) {
  mp_int_t hop = mp_obj_get_int(times);
  if (hop < 1 || (mp_uint_t)hop > INT32_MAX / self->channels)
    emlrt_mp_value_error("hop is a number of times");
  return (uint32_t)hop * self->channels;
}

/* hop: 0 for the blob's own. */
static void open_stream(stream_object *self, uint32_t hop, size_t size) {
  const emlrt_mp_blob *blob = &self->common.blob;
  emlrt_status status = emlrt_stream_open(&self->stream, blob->at, blob->size,
                                          emlrt_mp_ops, hop, self->memory, size);
  if (hop != 0 && status == EMLRT_ERR_COUNT)
    emlrt_mp_value_error("a model that keeps state has its hop from its stages, and none"
                         " is too large; leave hop out");
  emlrt_mp_check(status);
}

mp_obj_t emlrt_mp_stream_new(const mp_obj_type_t *type, size_t n_args, size_t n_kw,
                             const mp_obj_t *args) {
  stream_object *self;
  emlrt_info info;
  uint32_t hop;
  mp_arg_check_num(n_args, n_kw, 1, 3, false);
  self = mp_obj_malloc(stream_object, type);
  emlrt_mp_blob_from(&self->common.blob, args[0]);
  emlrt_mp_check(emlrt_peek(&info, self->common.blob.at, self->common.blob.size));
  self->memory = m_malloc(info.stream_bytes);
  open_stream(self, 0, info.stream_bytes);
  emlrt_mp_common_init(&self->common, &self->stream.model,
                       n_args < 3 || mp_obj_is_true(args[2]));
  check_rule(&self->common);
  hop = n_args < 2 || args[1] == mp_const_none ? 0 : hop_of(&self->common, args[1]);
  if (hop != 0) open_stream(self, hop, info.stream_bytes);
  return MP_OBJ_FROM_PTR(self);
}

void emlrt_mp_stream_attr(mp_obj_t object, qstr name, mp_obj_t *dest) {
  stream_object *self = MP_OBJ_TO_PTR(object);
  if (dest[0] != MP_OBJ_NULL) return; /* nothing is stored */
  if (name == MP_QSTR_channels)
    dest[0] = mp_obj_new_int_from_uint(self->common.channels);
  else if (name == MP_QSTR_stream_bytes)
    dest[0] = mp_obj_new_int_from_uint(self->common.info.stream_bytes);
  else if (!emlrt_mp_common_attr(&self->common, name, &dest[0]))
    dest[1] = MP_OBJ_SENTINEL; /* methods */
}

static mp_obj_t answer(stream_object *self) {
  const emlrt_mp_common *common = &self->common;
  if (common->predict == EMLRT_MP_SCORES)
    return emlrt_mp_values(common, emlrt_stream_scores(&self->stream));
  emlrt_mp_check(emlrt_stream_classify(&self->stream, common->classes,
                                       common->info.n_outputs));
  return emlrt_mp_answer(common);
}

static mp_obj_t proba(stream_object *self) {
  const emlrt_mp_common *common = &self->common;
  size_t n = common->info.n_classes;
  emlrt_mp_check(emlrt_stream_proba(&self->stream, common->numbers, n));
  return emlrt_mp_array('f', common->numbers, n);
}

static mp_obj_t scores(stream_object *self) {
  return emlrt_mp_scores_array(&self->common, emlrt_stream_scores(&self->stream));
}

/* Pushes elements, and appends an answer for each window. */
static void push_elements(stream_object *self, const char *samples, size_t n,
                          mp_obj_t answers, answer_of *of) {
  unsigned shift = self->common.info.input_dtype & 3u;
  emlrt_mp_check_finite(&self->common, samples, n);
  while (n != 0) {
    size_t used;
    emlrt_mp_check(emlrt_stream_push_as(&self->stream, 0, samples, n, &used));
    if (emlrt_stream_ready(&self->stream)) mp_obj_list_append(answers, of(self));
    samples += used << shift;
    n -= used;
  }
}

/* The same of samples that are encoded piece by piece. */
static void push_encoded(stream_object *self, const emlrt_mp_x *x, mp_obj_t answers,
                         answer_of *of) {
  union {
    uint32_t aligned[CHUNK];
    char chars[4 * CHUNK];
  } chunk;
  size_t most = CHUNK - CHUNK % self->common.channels;
  if (most == 0) most = 1;
  for (size_t from = 0, n; from < x->n; from += n) {
    n = x->n - from < most ? x->n - from : most;
    emlrt_mp_encode(&self->common, x, from, n,
                    (uint32_t)(from % self->common.channels), chunk.aligned);
    push_elements(self, chunk.chars, n, answers, of);
  }
}

static mp_obj_t push_all(stream_object *self, mp_obj_t samples, answer_of *of) {
  mp_obj_t answers = mp_obj_new_list(0, NULL);
  emlrt_mp_x x;
  const char *elements;
  emlrt_mp_blob_stays(&self->common.blob);
  emlrt_mp_x_from(&x, samples);
  elements = emlrt_mp_in_place(&self->common, &x);
  if (x.n % self->common.channels != 0)
    emlrt_mp_value_error("%u samples are no whole times of %u channels", (unsigned)x.n,
                         (unsigned)self->common.channels);
  if (elements == NULL)
    push_encoded(self, &x, answers, of);
  else
    push_elements(self, elements, x.n, answers, of);
  return answers;
}

static mp_obj_t push(mp_obj_t self, mp_obj_t samples) {
  stream_object *stream = MP_OBJ_TO_PTR(self);
  emlrt_mp_need(stream->common.predict, EMLRT_MP_CLASS, EMLRT_MP_SCORES, "predict");
  return push_all(stream, samples, answer);
}
MP_DEFINE_CONST_FUN_OBJ_2(emlrt_mp_stream_push, push);

static mp_obj_t push_proba(mp_obj_t self, mp_obj_t samples) {
  stream_object *stream = MP_OBJ_TO_PTR(self);
  emlrt_mp_need(stream->common.proba, EMLRT_MP_PROBA, EMLRT_MP_PROBA, "predict_proba");
  return push_all(stream, samples, proba);
}
MP_DEFINE_CONST_FUN_OBJ_2(emlrt_mp_stream_push_proba, push_proba);

static mp_obj_t push_scores(mp_obj_t self, mp_obj_t samples) {
  return push_all(MP_OBJ_TO_PTR(self), samples, scores);
}
MP_DEFINE_CONST_FUN_OBJ_2(emlrt_mp_stream_push_scores, push_scores);

static mp_obj_t reset(mp_obj_t self) {
  stream_object *stream = MP_OBJ_TO_PTR(self);
  emlrt_mp_check(emlrt_stream_reset(&stream->stream));
  return mp_const_none;
}
MP_DEFINE_CONST_FUN_OBJ_1(emlrt_mp_stream_reset, reset);
