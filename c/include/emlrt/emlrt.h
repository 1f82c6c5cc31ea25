/* SPDX-License-Identifier: MIT
 *
 * emlrt: machine-learning inference from one flat, read-only blob.
 *
 *   static emlrt_model model;
 *   static const emlrt_op *const ops[] = MODEL_EML_OPS;   (see `emlrt embed`)
 *   if (emlrt_open(&model, model_eml, sizeof model_eml, ops) == EMLRT_OK)
 *     emlrt_classify_f32(&model, x, N, &answer, 1, scratch, sizeof scratch);
 *
 * Conventions of every function below:
 * - The blob is read in place and must stay unchanged while a model uses it. It
 *   must be 4-byte aligned (status ALIGN), but with EMLRT_PORT_OCTETS, and is
 *   never written.
 * - The caller owns all memory. Nothing is allocated, no global is written, no
 *   function recurses. `scratch` must be aligned for uint64_t: declare it with
 *   EMLRT_SCRATCH. Its size comes from emlrt_peek or from the embed macros.
 * - After emlrt_open has returned EMLRT_OK, no input makes any function read
 *   outside the blob, write outside the given buffers, or fail to return.
 * - A model is constant after emlrt_open: any number of threads may use it,
 *   each with its own scratch. It holds no pointer into itself: copy it freely.
 * - Counts are elements, not bytes; wrong counts give EMLRT_ERR_COUNT. Use
 *   outputs only when the status is EMLRT_OK.
 * - Status codes are 0 or negative and never mixed with a result.
 */
#ifndef EMLRT_EMLRT_H
#define EMLRT_EMLRT_H

#include <emlrt/format.h>
#include <emlrt/port.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EMLRT_VERSION "0.1.0"

typedef enum emlrt_status {
  EMLRT_OK = 0,
  EMLRT_ERR_ARGUMENT = -1,  /* null pointer, or a model that is not open */
  EMLRT_ERR_ALIGN = -2,     /* blob or scratch is not aligned */
  EMLRT_ERR_SIZE = -3,      /* fewer or more bytes than the blob says */
  EMLRT_ERR_MAGIC = -4,     /* not a blob (an erased flash page, say) */
  EMLRT_ERR_VERSION = -5,   /* format version unknown to this runtime */
  EMLRT_ERR_CRC = -6,       /* damaged: the CRC-32 does not match */
  EMLRT_ERR_HEADER = -7,    /* header or class counts are inconsistent */
  EMLRT_ERR_STAGE = -8,     /* stage table is inconsistent */
  EMLRT_ERR_OP = -9,        /* a stage's op is not in the op list */
  EMLRT_ERR_PAYLOAD = -10,  /* a stage's payload is inconsistent */
  EMLRT_ERR_METADATA = -11, /* metadata is inconsistent */
  EMLRT_ERR_LIMIT = -12,    /* beyond this port's addresses (EMLRT_PORT_FAR) */
  EMLRT_ERR_DTYPE = -13,    /* the model takes another input type */
  EMLRT_ERR_COUNT = -14,    /* an array has another length than the model's */
  EMLRT_ERR_SCRATCH = -15,  /* scratch is too small */
  EMLRT_ERR_KIND = -16,   /* the model has no such answer (not a classifier) */
  EMLRT_ERR_BUFFER = -17, /* text does not fit the buffer */
  EMLRT_ERR_ABSENT = -18, /* the blob has no such metadata */
  EMLRT_ERR_SELFTEST = -19, /* scores differ from a golden vector's */
  EMLRT_ERR_WORK = -20,     /* a run would visit too much for the blob's size */
  EMLRT_ERR_FLOAT = -21,    /* the processor's floats: see emlrt_open */
  EMLRT_ERR_STATE = -22,    /* keeps state: see emlrt_stream_open */
  EMLRT_STATUS_WIDE = INT_MAX /* none: a status is an int, whatever
                                 -fshort-enums says elsewhere */
} emlrt_status;

/* An op: how to check and run one kind of stage. Opaque; see emlrt/op.h. */
typedef struct emlrt_op emlrt_op;

/* An open model. Treat the fields as private, but for `fault`. */
typedef struct emlrt_model {
  emlrt_rom blob;
  const emlrt_op *const *ops;
  uint32_t opened; /* a mark, once open */
  uint32_t fault; /* where the payload starts that emlrt_open refused; else 0 */
} emlrt_model;

/* What a blob says of itself. */
typedef struct emlrt_info {
  uint32_t total_size;    /* bytes of the blob */
  uint32_t n_inputs;      /* elements of x */
  uint32_t n_scores;      /* elements of y */
  uint32_t n_outputs;     /* targets; elements written by emlrt_classify */
  uint32_t arena_bytes;   /* scratch of emlrt_run */
  uint32_t scratch_bytes; /* scratch of any other function that takes it */
  uint32_t golden_bytes;  /* scratch of emlrt_selftest */
  uint32_t n_classes;     /* elements written by emlrt_proba */
  uint32_t work;          /* most steps of one run */
  uint16_t input_dtype;   /* EMLRT_F32, EMLRT_I32, EMLRT_I16 or EMLRT_U8 */
  uint16_t score_dtype;   /* EMLRT_U32 (votes) or EMLRT_F32 */
  uint16_t output;        /* EMLRT_OUTPUT_* */
  uint16_t version;       /* of the format */
  uint32_t state_bytes;   /* kept from run to run; 0: none */
  uint32_t stream_bytes;  /* memory of an emlrt_stream, from emlrt/stream.h */
} emlrt_info;

/* Every op. Convenient where flash is plentiful: it links the code of all ops. */
extern const emlrt_op *const emlrt_all_ops[];

/* The ops of trees; name those that the model needs in a list ended by NULL.
 * `emlrt embed` prints the list for a blob. */
extern const emlrt_op emlrt_op_trees_vote_f32, emlrt_op_trees_vote_f32w,
    emlrt_op_trees_vote_i16, emlrt_op_trees_vote_i16w, emlrt_op_trees_vote_i32,
    emlrt_op_trees_vote_i32w, emlrt_op_trees_vote_u8, emlrt_op_trees_vote_u8m,
    emlrt_op_trees_vote_u8w, emlrt_op_trees_soft_f32, emlrt_op_trees_soft_f32w,
    emlrt_op_trees_soft_i16, emlrt_op_trees_soft_i16w, emlrt_op_trees_soft_i32,
    emlrt_op_trees_soft_i32w, emlrt_op_trees_soft_u8, emlrt_op_trees_soft_u8m,
    emlrt_op_trees_soft_u8w, emlrt_op_trees_sum_f32, emlrt_op_trees_sum_f32w,
    emlrt_op_trees_sum_i16, emlrt_op_trees_sum_i16w, emlrt_op_trees_sum_i32,
    emlrt_op_trees_sum_i32w, emlrt_op_trees_sum_u8, emlrt_op_trees_sum_u8m,
    emlrt_op_trees_sum_u8w, emlrt_op_trees_sum_u8c, emlrt_op_trees_sum_i16c,
    emlrt_op_trees_add_f32, emlrt_op_trees_add_f32w, emlrt_op_trees_add_i16,
    emlrt_op_trees_add_i16w, emlrt_op_trees_add_i32, emlrt_op_trees_add_i32w,
    emlrt_op_trees_add_u8, emlrt_op_trees_add_u8m, emlrt_op_trees_add_u8w,
    emlrt_op_trees_add_u8c, emlrt_op_trees_add_i16c, emlrt_op_oblivious_u8;

/* Numeric ops. */
extern const emlrt_op emlrt_op_cast_u8, emlrt_op_cast_i16,
    emlrt_op_votes_to_proba, emlrt_op_dense, emlrt_op_affine, emlrt_op_gather,
    emlrt_op_weighted_sum, emlrt_op_logistic, emlrt_op_tanh, emlrt_op_exp,
    emlrt_op_expm1, emlrt_op_log, emlrt_op_log1p, emlrt_op_sqrt, emlrt_op_erf,
    emlrt_op_ndtri, emlrt_op_cos, emlrt_op_abs, emlrt_op_square,
    emlrt_op_reciprocal, emlrt_op_softplus, emlrt_op_softsign, emlrt_op_silu,
    emlrt_op_gelu, emlrt_op_gelu_tanh, emlrt_op_relu, emlrt_op_elu,
    emlrt_op_clip, emlrt_op_step, emlrt_op_power, emlrt_op_softmax,
    emlrt_op_logsumexp, emlrt_op_normalize, emlrt_op_onehot_argmax,
    emlrt_op_complement, emlrt_op_argmax, emlrt_op_gauss_diag,
    emlrt_op_gauss_full, emlrt_op_distances, emlrt_op_nearest,
    emlrt_op_nearest_i16, emlrt_op_nearest_power, emlrt_op_neighbor_votes,
    emlrt_op_neighbor_shares, emlrt_op_neighbor_means,
    emlrt_op_neighbor_density, emlrt_op_bisecting_kmeans, emlrt_op_kernel_dot,
    emlrt_op_kernel_rbf, emlrt_op_kernel_tanh, emlrt_op_ovo,
    emlrt_op_pairwise_coupling, emlrt_op_kernel_matern, emlrt_op_impute,
    emlrt_op_ndtri_two_sided, emlrt_op_map_values, emlrt_op_one_hot,
    emlrt_op_polynomial, emlrt_op_interpolate, emlrt_op_table_sum,
    emlrt_op_bucketize_u8, emlrt_op_bucketize_i16, emlrt_op_median,
    emlrt_op_frame_f32, emlrt_op_frame_i16, emlrt_op_frame_u8, emlrt_op_moments,
    emlrt_op_extrema, emlrt_op_quantiles, emlrt_op_crossings,
    emlrt_op_autocorrelation, emlrt_op_hjorth, emlrt_op_peaks,
    emlrt_op_correlation, emlrt_op_detrend, emlrt_op_magnitude, emlrt_op_tilt,
    emlrt_op_biquads, emlrt_op_fir, emlrt_op_moving_mean,
    emlrt_op_moving_median, emlrt_op_exponential_mean, emlrt_op_vote,
    emlrt_op_threshold, emlrt_op_debounce, emlrt_op_stft,
    emlrt_op_log_bands_i16, emlrt_op_time_features_i16, emlrt_op_micro_frontend,
    emlrt_op_bands, emlrt_op_decibels, emlrt_op_pcen, emlrt_op_spectral;

/* Declares scratch memory of at least `bytes` bytes, rightly aligned; where a char has
 * 16 bits, of as many chars. */
#define EMLRT_SCRATCH(name, bytes)                          \
  uint64_t name[(bytes) / EMLRT_SCRATCH_CHARS +             \
                ((bytes) % EMLRT_SCRATCH_CHARS ? 1u : 0u) + \
                ((bytes) ? 0u : 1u)]

/* Reads the header alone, at a place that may hold no blob at all.
 * size: bytes that may be read at `blob`, at least info->total_size if OK.
 * Use it to find out the sizes, or the length of a blob in a partition.
 * Returns ARGUMENT, ALIGN, SIZE, MAGIC, VERSION, HEADER or LIMIT on failure. */
EMLRT_CHECK_RESULT emlrt_status emlrt_peek(emlrt_info *info, emlrt_rom blob,
                                           uint32_t size);

/* Checks the whole structure of a blob and binds it to `model`.
 * size: bytes of the blob, exactly. ops: list ended by NULL, which must
 * outlive the model. Time is linear in size; nothing is copied. The CRC and
 * the metadata are not looked at (see emlrt_verify): even a blob made to harm
 * is either refused here or harmless. Returns WORK for a blob whose run would
 * visit more than SPEC.md allows. On failure model->fault says where. */
EMLRT_CHECK_RESULT emlrt_status emlrt_open(emlrt_model *model, emlrt_rom blob,
                                           uint32_t size,
                                           const emlrt_op *const *ops);

/* Compares the CRC-32 of an open model's blob and checks its metadata, in time
 * linear in size. Returns CRC, HEADER (output sizes) or METADATA on failure. */
EMLRT_CHECK_RESULT emlrt_status emlrt_verify(const emlrt_model *model);

/* Computes the scores of one input.
 * x: n_inputs elements of the input dtype. y: n_scores elements of the score
 * dtype. scratch: arena_bytes (NULL, 0 where that is 0).
 * Prefer the typed forms below; emlrt_run is this with dtype 0.
 * A category that was not met in training, for which scikit-learn raises, is
 * no failure: a one-hot encoder gives it 0 in every column, an ordinal one NaN,
 * and CategoricalNB leaves that input out of its scores.
 * Returns DTYPE if `dtype`, the input's in the low byte and the
 * scores' in the next, is not 0 and not the model's.
 * Returns ARGUMENT, COUNT, SCRATCH, ALIGN or DTYPE on failure. */
EMLRT_CHECK_RESULT emlrt_status emlrt_run_as(const emlrt_model *model,
                                             uint32_t dtype, const void *x,
                                             size_t nx, void *y, size_t ny,
                                             void *scratch,
                                             size_t scratch_size);

/* Predicts the class of one input, per output: the argmax of the scores, or what
 * the model's kind of output says (EMLRT_OUTPUT_*). It stops as soon as the class
 * is certain.
 * classes: n_outputs elements. scratch: scratch_bytes.
 * Returns KIND for a model that is no classifier; OP if its scores are float and
 * the op list lacks emlrt_op_argmax; or as emlrt_run. */
EMLRT_CHECK_RESULT emlrt_status emlrt_classify_as(const emlrt_model *model,
                                                  uint32_t dtype, const void *x,
                                                  size_t nx, uint32_t *classes,
                                                  size_t n, void *scratch,
                                                  size_t scratch_size);

/* Computes the class probabilities of one input as the model's kind of output
 * says, output after output. p: n_classes floats. scratch: scratch_bytes.
 * Returns KIND if the model has no probabilities; OP if the op list lacks the op
 * that they take (EMLRT_OP_SOFTMAX for LOGITS, EMLRT_OP_LOGISTIC for LOGISTIC);
 * or as emlrt_classify. */
EMLRT_CHECK_RESULT emlrt_status emlrt_proba_as(const emlrt_model *model,
                                               uint32_t dtype, const void *x,
                                               size_t nx, float *p, size_t np,
                                               void *scratch,
                                               size_t scratch_size);

/* Copies the label of class `index` of output `output` as UTF-8 text ended by
 * NUL. Numbers are in decimal. Returns ABSENT, COUNT (no such class), BUFFER
 * (size is too small) or METADATA. */
EMLRT_CHECK_RESULT emlrt_status emlrt_label(const emlrt_model *model,
                                            uint32_t output, uint32_t index,
                                            char *text, size_t size);

/* Copies a text of the metadata: kind is EMLRT_META_FEATURES (index: input),
 * EMLRT_META_OUTPUTS (index: output) or EMLRT_META_NOTE (index 0).
 * Returns as emlrt_label. */
EMLRT_CHECK_RESULT emlrt_status emlrt_name(const emlrt_model *model,
                                           uint32_t kind, uint32_t index,
                                           char *text, size_t size);

/* How element `input` of x is made of the raw number that the original was
 * trained on, where the blob says so (EMLRT_FLAG_OFFSET); else the offset is 0 and
 * the scale 1. Offsets are from -2^53 to 2^53 - 1. The caller makes x; raw - offset
 * is taken in integers or doubles:
 *   float inputs:    x = (float)(raw - offset)
 *   integer inputs:  x = (float)(raw - offset) * scale in float arithmetic, or
 *                    raw - offset as it is if scale is 1, rounded to the nearest
 *                    integer, of two the even one, and to the range of the type.
 * Returns COUNT (no such input), ABSENT (stripped by other tools), METADATA or
 * ARGUMENT. */
EMLRT_CHECK_RESULT emlrt_status emlrt_offset(const emlrt_model *model,
                                             uint32_t input, int64_t *offset);
EMLRT_CHECK_RESULT emlrt_status emlrt_scale(const emlrt_model *model,
                                            uint32_t input, float *scale);

/* Runs the golden vectors stored in the blob and compares every bit of the
 * scores: a power-on test of model, runtime and compiler together.
 * scratch: golden_bytes. Returns ABSENT (no vectors), SELFTEST, or as
 * emlrt_run. */
EMLRT_CHECK_RESULT emlrt_status emlrt_selftest(const emlrt_model *model,
                                               void *scratch,
                                               size_t scratch_size);

/* Items that a model of nearest neighbours learns on the device, behind those in
 * its blob. The caller owns the arrays, and sees to it that none is added while
 * another thread reads them. Start with count 0; to forget, set it lower. */
typedef struct emlrt_items {
  void *x;           /* capacity * n_inputs elements of the input dtype */
  uint32_t *classes; /* capacity class indices */
  uint32_t count;    /* items that are there */
  uint32_t capacity; /* items that fit */
} emlrt_items;

/* Adds one item and its class. x: n_inputs elements, as for emlrt_classify.
 * Returns KIND if the model is not nearest neighbours alone, with one vote each
 * and one output; COUNT if there is no such class; BUFFER if no more items fit;
 * or as emlrt_classify. */
EMLRT_CHECK_RESULT emlrt_status emlrt_items_add(const emlrt_model *model,
                                                emlrt_items *items,
                                                const void *x, size_t nx,
                                                uint32_t class_index);

/* As emlrt_classify, with these items behind the blob's: predicts the class that a
 * model fitted on all of them in this order would. index: of the class. */
EMLRT_CHECK_RESULT emlrt_status emlrt_items_classify(
    const emlrt_model *model, const emlrt_items *items, const void *x,
    size_t nx, uint32_t *index, void *scratch, size_t scratch_size);

/* A sentence for a status, never NULL. */
const char *emlrt_strerror(emlrt_status status);

/* Version of this runtime, EMLRT_VERSION. */
const char *emlrt_version(void);

/* Typed forms: inline from here on. The first three take any dtype as it
 * stands. */
EMLRT_INLINE EMLRT_CHECK_RESULT emlrt_status emlrt_run(const emlrt_model *model,
                                                       const void *x, size_t nx,
                                                       void *y, size_t ny,
                                                       void *scratch,
                                                       size_t scratch_size) {
  return emlrt_run_as(model, 0, x, nx, y, ny, scratch, scratch_size);
}
EMLRT_INLINE EMLRT_CHECK_RESULT emlrt_status emlrt_classify(
    const emlrt_model *model, const void *x, size_t nx, uint32_t *classes,
    size_t n, void *scratch, size_t scratch_size) {
  return emlrt_classify_as(model, 0, x, nx, classes, n, scratch, scratch_size);
}
EMLRT_INLINE EMLRT_CHECK_RESULT emlrt_status
emlrt_proba(const emlrt_model *model, const void *x, size_t nx, float *p,
            size_t np, void *scratch, size_t scratch_size) {
  return emlrt_proba_as(model, 0, x, nx, p, np, scratch, scratch_size);
}

/* The same functions for one input dtype, which give DTYPE for a
 * model of another. emlrt_votes_* is emlrt_run for models whose scores are
 * uint32_t (EMLRT_OUTPUT_VOTES), emlrt_values_* for those whose are float. */
#define EMLRT_TYPED(suffix, type, dtype)                                       \
  EMLRT_INLINE EMLRT_CHECK_RESULT emlrt_status emlrt_values_##suffix(          \
      const emlrt_model *model, const type *x, size_t nx, float *y, size_t ny, \
      void *scratch, size_t scratch_size) {                                    \
    return emlrt_run_as(model, dtype | EMLRT_F32 << 8, x, nx, y, ny, scratch,  \
                        scratch_size);                                         \
  }                                                                            \
  EMLRT_INLINE EMLRT_CHECK_RESULT emlrt_status emlrt_votes_##suffix(           \
      const emlrt_model *model, const type *x, size_t nx, uint32_t *y,         \
      size_t ny, void *scratch, size_t scratch_size) {                         \
    return emlrt_run_as(model, dtype | EMLRT_U32 << 8, x, nx, y, ny, scratch,  \
                        scratch_size);                                         \
  }                                                                            \
  EMLRT_INLINE EMLRT_CHECK_RESULT emlrt_status emlrt_classify_##suffix(        \
      const emlrt_model *model, const type *x, size_t nx, uint32_t *classes,   \
      size_t n, void *scratch, size_t scratch_size) {                          \
    return emlrt_classify_as(model, dtype, x, nx, classes, n, scratch,         \
                             scratch_size);                                    \
  }                                                                            \
  EMLRT_INLINE EMLRT_CHECK_RESULT emlrt_status emlrt_proba_##suffix(           \
      const emlrt_model *model, const type *x, size_t nx, float *p, size_t np, \
      void *scratch, size_t scratch_size) {                                    \
    return emlrt_proba_as(model, dtype, x, nx, p, np, scratch, scratch_size);  \
  }
EMLRT_TYPED(f32, float, EMLRT_F32)
EMLRT_TYPED(i32, int32_t, EMLRT_I32)
EMLRT_TYPED(i16, int16_t, EMLRT_I16)
EMLRT_TYPED(u8, uint_least8_t, EMLRT_U8)
#undef EMLRT_TYPED

#ifdef __cplusplus
}
#endif
#endif
