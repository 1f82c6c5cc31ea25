/* SPDX-License-Identifier: MIT
 *
 * Batches on the host: the same scores as emlrt_run, bit for bit, but faster.
 *
 * Only the Python extension links this; it is no part of the runtime that
 * firmware uses, and may allocate. A forest is laid out anew in memory, so that
 * many rows walk a tree in step without a branch.
 *
 * What SECURITY.md promises of the runtime holds here for every model that
 * emlrt_open has taken, verified or not. Besides:
 *
 * - x, y, p and classes stand at a multiple of their elements' size; else
 *   EMLRT_ERR_ALIGN.
 * - The state of the thread's floating-point unit does not matter, and is
 *   afterwards as it was (float_state.h).
 * - A call takes at most 16 KiB of stack.
 * - A layout asks for at most 64 bytes for each of the blob, and 4,096 more. A run
 *   asks for the arena and the scores of a block of rows: at most 64 MiB, or those
 *   of one row, and for probabilities three times that; and for its widest stage, which is given back before the next one
 *   runs, at most 5 MiB or 128 bytes for each of the stage's payload.
 */
#ifndef EMLRT_HOST_H
#define EMLRT_HOST_H

#include <emlrt/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A model laid out for speed. Constant once made: threads may share it. */
typedef struct emlrt_host emlrt_host;

/* Lays out an open model, whose blob must outlive the result. Time and memory
 * are linear in the blob's size, but for a logarithm, whatever the arena's (about
 * 16 bytes a split). Returns NULL if memory runs out; the functions below then
 * take NULL in its place. */
emlrt_host *emlrt_host_new(const emlrt_model *model);

/* Stages that have a fast layout; 0 for NULL. */
unsigned emlrt_host_stages(const emlrt_host *host);

/* Frees a layout; NULL is fine. */
void emlrt_host_free(emlrt_host *host);

/* Computes the scores of n rows.
 * x: n * n_inputs elements of the input dtype, row after row.
 * y: n * n_scores elements of the score dtype.
 * host: of this very model, or NULL to run it row by row as firmware does.
 * Returns ARGUMENT for a null pointer or a model that is not open, and SCRATCH
 * if memory runs out. */
EMLRT_CHECK_RESULT emlrt_status emlrt_host_run(const emlrt_model *model,
                                               const emlrt_host *host,
                                               const void *x, size_t n,
                                               void *y);

/* Finds the winning class of n rows: for each output the index of its largest
 * score, the lowest on a tie. classes: n * n_outputs indices.
 * Returns KIND for a model that is no classifier, COUNT for groups that
 * emlrt_verify refuses, or as emlrt_host_run. */
EMLRT_CHECK_RESULT emlrt_status emlrt_host_classify(const emlrt_model *model,
                                                    const emlrt_host *host,
                                                    const void *x, size_t n,
                                                    int64_t *classes);

/* The winning classes of n rows from their scores. Returns as emlrt_host_classify. */
EMLRT_CHECK_RESULT emlrt_status emlrt_host_classes(const emlrt_model *model,
                                                   const void *y, size_t n,
                                                   int64_t *classes);

/* Computes probabilities of n rows from their scores, as emlrt_proba does.
 * p: n * n_classes floats. Returns as emlrt_proba. */
EMLRT_CHECK_RESULT emlrt_status emlrt_host_proba(const emlrt_model *model,
                                                 const void *y, size_t n,
                                                 float *p);

/* Computes probabilities of n rows of x: emlrt_host_run, then emlrt_host_proba. p:
 * n * n_classes doubles, each of them a float. Returns KIND for a model that is no
 * classifier, or as these two. */
EMLRT_CHECK_RESULT emlrt_status
emlrt_host_predict_proba(const emlrt_model *model, const emlrt_host *host,
                         const void *x, size_t n, double *p);

/* One row of a model with one output, by one call. x: n_inputs elements of the
 * input dtype; or, if doubles is 1 and that is F32, doubles, which are rounded to
 * it. Returns the class plus 1; 0, for the caller to look closer, if a float is not
 * finite or becomes infinite; or a status, of which ARGUMENT stands for doubles that
 * the model does not take, too. */
int64_t emlrt_host_classify_one(const emlrt_model *model,
                                const emlrt_host *host, const void *x,
                                int doubles);

/* The same of probabilities, by emlrt_host_predict_proba: returns 1, 0 or a status.
 * p: n_classes doubles. */
int emlrt_host_proba_one(const emlrt_model *model, const emlrt_host *host,
                         const void *x, int doubles, double *p);

/* The same of float scores, of a model that gives values and has any number of
 * outputs: returns 1, 0 or a status; KIND for other models. y: n_scores doubles. */
int emlrt_host_values_one(const emlrt_model *model, const emlrt_host *host,
                          const void *x, int doubles, double *y);

/* Runs an op that has no payload on n rows of n_in floats, each giving n_out.
 * Returns OP for an unknown code, COUNT for counts beyond EMLRT_COUNT_MAX or 0,
 * PAYLOAD if it is no such op. */
EMLRT_CHECK_RESULT emlrt_status emlrt_host_apply(uint32_t code, const float *x,
                                                 size_t n, size_t n_in,
                                                 float *y, size_t n_out);

/* Looks for numbers that are not finite among n floats, at any address: bit 0 is
 * set if there is a NaN, bit 1 if there is an infinity. */
unsigned emlrt_host_scan(const float *x, size_t n);

/* Elements of x in a row of the calls above: of a model that keeps state, those of
 * the window that its metadata states, else its inputs. Such a model is run row by
 * row, each from rest, with COUNT for rows that complete no window. */
uint32_t emlrt_row_elements(const emlrt_model *model);

/* The runtime's calls as they are, with all ops, in any state of the thread's
 * floating-point unit. */
EMLRT_CHECK_RESULT emlrt_status emlrt_host_open(emlrt_model *model,
                                                emlrt_rom blob, uint32_t size);
EMLRT_CHECK_RESULT emlrt_status
emlrt_host_stream_open(emlrt_stream *stream, emlrt_rom blob, uint32_t size,
                       uint32_t hop, void *memory, size_t memory_size);
EMLRT_CHECK_RESULT emlrt_status emlrt_host_stream_push(emlrt_stream *stream,
                                                       const void *samples,
                                                       size_t n, size_t *used);
EMLRT_CHECK_RESULT emlrt_status
emlrt_host_stream_proba(const emlrt_stream *stream, float *p, size_t np);
/* emlrt_verify, whose CRC-32 the caller has computed: zlib's of all bytes of the
 * blob but those of its crc32 field. */
EMLRT_CHECK_RESULT emlrt_status emlrt_host_verify(const emlrt_model *model,
                                                  uint32_t crc);
EMLRT_CHECK_RESULT emlrt_status emlrt_host_run_as(const emlrt_model *model,
                                                  uint32_t dtype, const void *x,
                                                  size_t nx, void *y, size_t ny,
                                                  void *scratch,
                                                  size_t scratch_size);
EMLRT_CHECK_RESULT emlrt_status emlrt_host_classify_as(
    const emlrt_model *model, uint32_t dtype, const void *x, size_t nx,
    uint32_t *classes, size_t n, void *scratch, size_t scratch_size);
EMLRT_CHECK_RESULT emlrt_status emlrt_host_proba_as(
    const emlrt_model *model, uint32_t dtype, const void *x, size_t nx,
    float *p, size_t n, void *scratch, size_t scratch_size);
EMLRT_CHECK_RESULT emlrt_status emlrt_host_selftest(const emlrt_model *model,
                                                    void *scratch,
                                                    size_t scratch_size);

#ifdef __cplusplus
}
#endif
#endif
