/* SPDX-License-Identifier: MIT
 *
 * One row by one call, as often as it has no number to look closer at.
 */
#include <stdlib.h>
#include <string.h>

#include "../src/core/core.h"
#include "emlrt_host.h"
#include "float_state.h"
#include "memory/memory.h"

/* Floats of a row that may lie on the stack. */
#define SMALL 256u

/* A row as C reads it, in `small` if it was rounded, or else behind `taken`. */
typedef struct row {
  const void *x; /* NULL: `status` says why not, 0 that somebody must look */
  int status;
  float *taken;
  float small[SMALL];
} row;

static int is_floats(emlrt_rom blob) {
  return EMLRT_HEADER16(blob, input) == EMLRT_F32;
}

EMLRT_NOINLINE static void round_row(const double *x, float *to, size_t n) {
  size_t i;
  for (i = 0; i < n; i++) to[i] = (float)x[i];
}

/* Rounds a row to where there is room. */
static void take_doubles(row *r, const double *x, size_t n) {
  float *to = r->small;
  emlrt_float_state was;
  if (n > SMALL) to = r->taken = (float *)emlrt_alloc(n, sizeof *to);
  r->status = EMLRT_ERR_SCRATCH;
  if (to == NULL) return;
  was = emlrt_float_begin();
  round_row(x, to, n);
  emlrt_float_end(was);
  r->x = to;
}

static void take_row(row *r, const emlrt_model *model, const void *x,
                     int doubles) {
  size_t n;
  r->x = NULL;
  r->taken = NULL;
  r->status = EMLRT_ERR_ARGUMENT;
  if (!emlrt_is_open(model) || x == NULL) return;
  if (doubles && !is_floats(model->blob)) return;
  n = emlrt_n_inputs(model->blob);
  r->status = EMLRT_ERR_ALIGN;
  if (doubles && (uintptr_t)x % sizeof(double) != 0) return;
  if (doubles)
    take_doubles(r, (const double *)x, n);
  else
    r->x = x;
  if (r->x == NULL || !is_floats(model->blob)) return;
  r->status = 0;
  if (emlrt_host_scan((const float *)r->x, n) != 0) r->x = NULL;
}

static int has_one_output(const emlrt_model *model) {
  return emlrt_is_open(model) && EMLRT_HEADER16(model->blob, n_outputs) == 1;
}

int64_t emlrt_host_classify_one(const emlrt_model *model,
                                const emlrt_host *host, const void *x,
                                int doubles) {
  int64_t found = 0;
  row r;
  if (!has_one_output(model)) return EMLRT_ERR_ARGUMENT;
  take_row(&r, model, x, doubles);
  if (r.x != NULL) {
    r.status = emlrt_host_classify(model, host, r.x, 1, &found);
    found++;
  }
  free(r.taken);
  return r.x != NULL && r.status == EMLRT_OK ? found : r.status;
}

int emlrt_host_proba_one(const emlrt_model *model, const emlrt_host *host,
                         const void *x, int doubles, double *p) {
  row r;
  if (!has_one_output(model)) return EMLRT_ERR_ARGUMENT;
  take_row(&r, model, x, doubles);
  if (r.x != NULL) {
    r.status = emlrt_host_predict_proba(model, host, r.x, 1, p);
    if (r.status == EMLRT_OK) r.status = 1;
  }
  free(r.taken);
  return r.status;
}

/* Scores of a row as doubles, where they lie as floats in the first half of them. */
static int put_values(const emlrt_model *model, const emlrt_host *host,
                      const void *x, double *y) {
  size_t n = emlrt_n_scores(model->blob);
  float *scores = (float *)(void *)y;
  emlrt_status status = emlrt_host_run(model, host, x, 1, scores);
  if (status != EMLRT_OK) return status;
  while (n-- != 0) {
    float score;
    memcpy(&score, scores + n, sizeof score);
    y[n] = (double)score;
  }
  return 1;
}

int emlrt_host_values_one(const emlrt_model *model, const emlrt_host *host,
                          const void *x, int doubles, double *y) {
  row r;
  if (!emlrt_is_open(model) || y == NULL) return EMLRT_ERR_ARGUMENT;
  if (EMLRT_HEADER16(model->blob, output) != EMLRT_OUTPUT_VALUES)
    return EMLRT_ERR_KIND;
  if ((uintptr_t)y % sizeof *y != 0) return EMLRT_ERR_ALIGN;
  take_row(&r, model, x, doubles);
  if (r.x != NULL) r.status = put_values(model, host, r.x, y);
  free(r.taken);
  return r.status;
}
