/* SPDX-License-Identifier: MIT
 *
 * A prepared call: the same answers as emlrt.h's, from a model whose stages have been
 * looked up once. A call touches neither header, nor stage table, nor op list.
 *
 * Either of a model that is open, in memory of yours:
 *
 *   static emlrt_prepared_stage stages[MODEL_EML_STAGES];
 *   static emlrt_prepared prepared;
 *   if (emlrt_prepare(&prepared, &model, stages, MODEL_EML_STAGES) == EMLRT_OK)
 *     emlrt_prepared_classify_f32(&prepared, x, N, &answer, 1, scratch, size);
 *
 * or of constants that `emlrt embed` prints. Then nothing is opened or checked on
 * the device, and firmware links no emlrt_open: the constants and the blob that they
 * point to are trusted as code is (see SECURITY.md).
 *
 *   static const emlrt_prepared_stage stages[] = MODEL_EML_PREPARED_STAGES;
 *   static const emlrt_prepared prepared = MODEL_EML_PREPARED(stages);
 *
 * The conventions of emlrt.h hold. What is prepared is constant from then on: any
 * number of threads may use it, each with its own scratch. An emlrt_prepared
 * points to its stages and to the blob, not into itself: copy it freely.
 */
#ifndef EMLRT_PREPARED_H
#define EMLRT_PREPARED_H

#include <emlrt/op.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One stage: its function, and what it is called with. Private. */
typedef struct emlrt_prepared_stage {
  emlrt_op_run *run;
  emlrt_rom payload;
  uint32_t size; /* bytes of payload */
  emlrt_count n_in;
  emlrt_count n_out;
  emlrt_count
      in; /* chars to what it reads: from x, or else from scratch, where the
                     scores follow the arena */
  emlrt_count out;        /* the same to what it writes */
  uint_least8_t in_space; /* EMLRT_SPACE_* */
  uint_least8_t out_space;
} emlrt_prepared_stage;

/* Finds the classes among all scores. Private. */
struct emlrt_prepared;
typedef emlrt_status emlrt_prepared_comparison(
    const struct emlrt_prepared *prepared, const void *x, uint32_t *classes,
    void *scratch);
emlrt_prepared_comparison emlrt_prepared_compare;

/* A prepared model. Private. */
typedef struct emlrt_prepared {
  const emlrt_prepared_stage *stages; /* NULL: not prepared */
  emlrt_prepared_comparison
      *compare;         /* may be NULL where there is a majority */
  emlrt_op_run *argmax; /* makes classes of float scores, or NULL */
  emlrt_op_run *proba;  /* makes probabilities of LOGITS or LOGISTIC, or NULL */
  emlrt_rom sizes;      /* of the outputs, in the blob */
  uint32_t majority;    /* as emlrt_call's */
  uint32_t vote_total;
  uint32_t n_classes;
  emlrt_count arena_bytes;
  emlrt_count scratch_bytes;
  emlrt_count n_scores;
  emlrt_count n_inputs;
  uint16_t n_stages;
  uint16_t n_outputs;
  uint16_t input;  /* as in the header */
  uint16_t output; /* the same */
} emlrt_prepared;

/* Prepares an open model. stages: memory for n_stages of them, at least the model's
 * (NAME_EML_STAGES, or emlrt_stage_count), which must outlive `prepared` and stay as
 * it is, as must the blob. Returns ARGUMENT, COUNT for too few stages, or LIMIT for
 * more inputs or scratch than this port counts; then `prepared` refuses every call. */
EMLRT_CHECK_RESULT emlrt_status emlrt_prepare(emlrt_prepared *prepared,
                                              const emlrt_model *model,
                                              emlrt_prepared_stage *stages,
                                              size_t n_stages);

/* How many stages an open model has; 0 if it is not open. */
uint32_t emlrt_stage_count(const emlrt_model *model);

/* Whether `prepared` is, field for field, what emlrt_prepare makes of this open
 * model: for a test, or at power-on, of constants that `emlrt embed` printed. Their
 * argmax and proba may be NULL where the model's op list has them, and compare where a
 * majority decides. Returns STAGE for
 * stages that differ, HEADER for anything else, or ARGUMENT. */
EMLRT_CHECK_RESULT emlrt_status
emlrt_prepared_verify(const emlrt_prepared *prepared, const emlrt_model *model);

/* As emlrt_run_as, emlrt_classify_as and emlrt_proba_as, with the same answers, bit
 * for bit, and the same statuses; ARGUMENT if nothing is prepared. OP if the answer
 * takes an op that the model's list did not have. */
EMLRT_CHECK_RESULT emlrt_status emlrt_prepared_run_as(
    const emlrt_prepared *prepared, unsigned dtype, const void *x, size_t nx,
    void *y, size_t ny, void *scratch, size_t scratch_size);
EMLRT_CHECK_RESULT emlrt_status emlrt_prepared_classify_as(
    const emlrt_prepared *prepared, unsigned dtype, const void *x, size_t nx,
    uint32_t *classes, size_t n, void *scratch, size_t scratch_size);
EMLRT_CHECK_RESULT emlrt_status emlrt_prepared_proba_as(
    const emlrt_prepared *prepared, unsigned dtype, const void *x, size_t nx,
    float *p, size_t np, void *scratch, size_t scratch_size);

/* The functions of the ops' runs, for such constants. */
extern emlrt_op_run emlrt_run_trees_vote_f32, emlrt_run_trees_vote_f32w,
    emlrt_run_trees_vote_i16, emlrt_run_trees_vote_i16w,
    emlrt_run_trees_vote_i32, emlrt_run_trees_vote_i32w,
    emlrt_run_trees_vote_u8, emlrt_run_trees_vote_u8m, emlrt_run_trees_vote_u8w,
    emlrt_run_trees_soft_f32, emlrt_run_trees_soft_f32w,
    emlrt_run_trees_soft_i16, emlrt_run_trees_soft_i16w,
    emlrt_run_trees_soft_i32, emlrt_run_trees_soft_i32w,
    emlrt_run_trees_soft_u8, emlrt_run_trees_soft_u8m, emlrt_run_trees_soft_u8w,
    emlrt_run_trees_sum_f32, emlrt_run_trees_sum_f32w, emlrt_run_trees_sum_i16,
    emlrt_run_trees_sum_i16w, emlrt_run_trees_sum_i32, emlrt_run_trees_sum_i32w,
    emlrt_run_trees_sum_u8, emlrt_run_trees_sum_u8m, emlrt_run_trees_sum_u8w,
    emlrt_run_trees_sum_u8c, emlrt_run_trees_sum_i16c, emlrt_run_trees_add_f32,
    emlrt_run_trees_add_f32w, emlrt_run_trees_add_i16, emlrt_run_trees_add_i16w,
    emlrt_run_trees_add_i32, emlrt_run_trees_add_i32w, emlrt_run_trees_add_u8,
    emlrt_run_trees_add_u8m, emlrt_run_trees_add_u8w, emlrt_run_trees_add_u8c,
    emlrt_run_trees_add_i16c, emlrt_run_oblivious_u8, emlrt_run_cast_u8,
    emlrt_run_cast_i16, emlrt_run_votes_to_proba, emlrt_run_dense,
    emlrt_run_affine, emlrt_run_gather, emlrt_run_weighted_sum,
    emlrt_run_logistic, emlrt_run_tanh, emlrt_run_exp, emlrt_run_expm1,
    emlrt_run_log, emlrt_run_log1p, emlrt_run_sqrt, emlrt_run_erf,
    emlrt_run_ndtri, emlrt_run_cos, emlrt_run_abs, emlrt_run_square,
    emlrt_run_reciprocal, emlrt_run_softplus, emlrt_run_softsign,
    emlrt_run_silu, emlrt_run_gelu, emlrt_run_gelu_tanh, emlrt_run_relu,
    emlrt_run_elu, emlrt_run_clip, emlrt_run_step, emlrt_run_power,
    emlrt_run_softmax, emlrt_run_logsumexp, emlrt_run_normalize,
    emlrt_run_onehot_argmax, emlrt_run_complement, emlrt_run_argmax,
    emlrt_run_gauss_diag, emlrt_run_gauss_full, emlrt_run_distances,
    emlrt_run_nearest, emlrt_run_nearest_i16, emlrt_run_nearest_power,
    emlrt_run_neighbor_votes, emlrt_run_neighbor_shares,
    emlrt_run_neighbor_means, emlrt_run_neighbor_density,
    emlrt_run_bisecting_kmeans, emlrt_run_kernel_dot, emlrt_run_kernel_rbf,
    emlrt_run_kernel_tanh, emlrt_run_ovo, emlrt_run_pairwise_coupling,
    emlrt_run_kernel_matern, emlrt_run_impute, emlrt_run_ndtri_two_sided,
    emlrt_run_map_values, emlrt_run_one_hot, emlrt_run_polynomial,
    emlrt_run_interpolate, emlrt_run_table_sum, emlrt_run_bucketize_u8,
    emlrt_run_bucketize_i16, emlrt_run_median, emlrt_run_frame_f32,
    emlrt_run_frame_i16, emlrt_run_frame_u8, emlrt_run_moments,
    emlrt_run_extrema, emlrt_run_quantiles, emlrt_run_crossings,
    emlrt_run_autocorrelation, emlrt_run_hjorth, emlrt_run_peaks,
    emlrt_run_correlation, emlrt_run_detrend, emlrt_run_magnitude,
    emlrt_run_tilt, emlrt_run_biquads, emlrt_run_fir, emlrt_run_moving_mean,
    emlrt_run_moving_median, emlrt_run_exponential_mean, emlrt_run_vote,
    emlrt_run_threshold, emlrt_run_debounce, emlrt_run_stft,
    emlrt_run_log_bands_i16, emlrt_run_time_features_i16,
    emlrt_run_micro_frontend, emlrt_run_bands, emlrt_run_decibels,
    emlrt_run_pcen, emlrt_run_spectral;

/* Typed forms: inline from here on. The first three take any dtype as it
 * stands. */
EMLRT_INLINE EMLRT_CHECK_RESULT emlrt_status
emlrt_prepared_run(const emlrt_prepared *prepared, const void *x, size_t nx,
                   void *y, size_t ny, void *scratch, size_t scratch_size) {
  return emlrt_prepared_run_as(prepared, 0, x, nx, y, ny, scratch,
                               scratch_size);
}
EMLRT_INLINE EMLRT_CHECK_RESULT emlrt_status emlrt_prepared_classify(
    const emlrt_prepared *prepared, const void *x, size_t nx, uint32_t *classes,
    size_t n, void *scratch, size_t scratch_size) {
  return emlrt_prepared_classify_as(prepared, 0, x, nx, classes, n, scratch,
                                    scratch_size);
}
EMLRT_INLINE EMLRT_CHECK_RESULT emlrt_status
emlrt_prepared_proba(const emlrt_prepared *prepared, const void *x, size_t nx,
                     float *p, size_t np, void *scratch, size_t scratch_size) {
  return emlrt_prepared_proba_as(prepared, 0, x, nx, p, np, scratch,
                                 scratch_size);
}

/* The same functions for one input dtype, named as those of emlrt.h. */
#define EMLRT_TYPED(suffix, type, dtype)                                       \
  EMLRT_INLINE EMLRT_CHECK_RESULT emlrt_status emlrt_prepared_values_##suffix( \
      const emlrt_prepared *prepared, const type *x, size_t nx, float *y,      \
      size_t ny, void *scratch, size_t scratch_size) {                         \
    return emlrt_prepared_run_as(prepared, dtype | EMLRT_F32 << 8, x, nx, y,   \
                                 ny, scratch, scratch_size);                   \
  }                                                                            \
  EMLRT_INLINE EMLRT_CHECK_RESULT emlrt_status emlrt_prepared_votes_##suffix(  \
      const emlrt_prepared *prepared, const type *x, size_t nx, uint32_t *y,   \
      size_t ny, void *scratch, size_t scratch_size) {                         \
    return emlrt_prepared_run_as(prepared, dtype | EMLRT_U32 << 8, x, nx, y,   \
                                 ny, scratch, scratch_size);                   \
  }                                                                            \
  EMLRT_INLINE EMLRT_CHECK_RESULT emlrt_status                                 \
  emlrt_prepared_classify_##suffix(                                            \
      const emlrt_prepared *prepared, const type *x, size_t nx,                \
      uint32_t *classes, size_t n, void *scratch, size_t scratch_size) {       \
    return emlrt_prepared_classify_as(prepared, dtype, x, nx, classes, n,      \
                                      scratch, scratch_size);                  \
  }                                                                            \
  EMLRT_INLINE EMLRT_CHECK_RESULT emlrt_status emlrt_prepared_proba_##suffix(  \
      const emlrt_prepared *prepared, const type *x, size_t nx, float *p,      \
      size_t np, void *scratch, size_t scratch_size) {                         \
    return emlrt_prepared_proba_as(prepared, dtype, x, nx, p, np, scratch,     \
                                   scratch_size);                              \
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
