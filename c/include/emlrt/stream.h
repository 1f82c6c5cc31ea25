/* SPDX-License-Identifier: MIT
 *
 * A stream: samples in, an answer as soon as a window is complete.
 *
 *   static EMLRT_SCRATCH(memory, MODEL_EML_STREAM);
 *   static emlrt_stream stream;
 *   if (emlrt_stream_open(&stream, model_eml, sizeof model_eml, ops, 0, memory,
 *                         sizeof memory) != EMLRT_OK) ...
 *   while (n != 0) {                 (samples: n new ones, of any number)
 *     size_t used;
 *     if (emlrt_stream_push_f32(&stream, samples, n, &used) == EMLRT_OK &&
 *         emlrt_stream_ready(&stream))
 *       emlrt_stream_classify(&stream, &answer, 1);
 *     samples += used;
 *     n -= used;
 *   }
 *
 * A sample is an element of the model's input dtype; those of several channels at
 * one time follow each other. Pushed in pieces of any size, the same samples give the
 * same answers, bit for bit. The conventions of emlrt.h hold; a stream belongs to one
 * thread at a time, and holds a pointer to its memory.
 */
#ifndef EMLRT_STREAM_H
#define EMLRT_STREAM_H

#include <emlrt/emlrt.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An open stream. Treat the fields as private. */
typedef struct emlrt_stream {
  emlrt_model model;
  char *x;        /* the inputs of the next run */
  char *state;    /* kept from run to run */
  char *scratch;  /* arena, then scores */
  size_t filled;  /* elements of x that are there */
  uint32_t skip;  /* samples to pass over before the next one counts */
  uint32_t hop;   /* samples from run to run */
  uint32_t ready; /* whether the last push completed a window */
} emlrt_stream;

/* Opens a blob as emlrt_open does, whether it keeps state or not, and starts from
 * rest. hop: samples from one run to the next, for all channels together; 0 for what
 * the blob says (EMLRT_META_WINDOW), or else its inputs. Of a model that keeps state
 * it must be 0. memory: at least stream_bytes of emlrt_peek, aligned as scratch; it
 * belongs to the stream from then on.
 * Returns COUNT for another hop of a model with state, SCRATCH for too little memory,
 * ALIGN, ARGUMENT, or as emlrt_open. */
EMLRT_CHECK_RESULT emlrt_status emlrt_stream_open(emlrt_stream *stream,
                                                  emlrt_rom blob, uint32_t size,
                                                  const emlrt_op *const *ops,
                                                  uint32_t hop, void *memory,
                                                  size_t memory_size);

/* Starts from rest again: as if no sample had been pushed. */
EMLRT_CHECK_RESULT emlrt_status emlrt_stream_reset(emlrt_stream *stream);

/* Takes samples up to the first that completes a window, and runs the model then.
 * used: how many it took. It takes all of them if no window becomes complete.
 * Prefer the typed forms. Returns DTYPE if `dtype` is not 0 and not the
 * model's, or ARGUMENT. */
EMLRT_CHECK_RESULT emlrt_status emlrt_stream_push_as(emlrt_stream *stream,
                                                     uint32_t dtype,
                                                     const void *samples,
                                                     size_t n, size_t *used);

/* Whether the last push completed a window, so that there is an answer. */
int emlrt_stream_ready(const emlrt_stream *stream);

/* The scores of the last window: n_scores elements of the score dtype, until the next
 * push. NULL unless there is an answer. */
const void *emlrt_stream_scores(const emlrt_stream *stream);

/* The class of each output, as emlrt_classify gives it. classes: n_outputs elements.
 * Returns ABSENT unless there is an answer; KIND for a model without classes; COUNT;
 * or OP if its scores are float and the op list lacks emlrt_op_argmax. */
EMLRT_CHECK_RESULT emlrt_status
emlrt_stream_classify(const emlrt_stream *stream, uint32_t *classes, size_t n);

/* Probabilities, as emlrt_proba gives them. p: n_classes floats. Returns ABSENT
 * unless there is an answer, or as emlrt_proba. */
EMLRT_CHECK_RESULT emlrt_status emlrt_stream_proba(const emlrt_stream *stream,
                                                   float *p, size_t np);

/* Typed forms: inline from here on. */
#define EMLRT_STREAM_TYPED(suffix, type, dtype)                            \
  EMLRT_INLINE EMLRT_CHECK_RESULT emlrt_status emlrt_stream_push_##suffix( \
      emlrt_stream *stream, const type *samples, size_t n, size_t *used) { \
    return emlrt_stream_push_as(stream, dtype, samples, n, used);          \
  }
EMLRT_STREAM_TYPED(f32, float, EMLRT_F32)
EMLRT_STREAM_TYPED(i32, int32_t, EMLRT_I32)
EMLRT_STREAM_TYPED(i16, int16_t, EMLRT_I16)
EMLRT_STREAM_TYPED(u8, uint_least8_t, EMLRT_U8)
#undef EMLRT_STREAM_TYPED

#ifdef __cplusplus
}
#endif
#endif
