/* SPDX-License-Identifier: MIT */
#include "use_prepared.h"

#include <emlrt/prepared.h>
#include <stdlib.h>
#include <string.h>

enum { RUN, CLASSIFY, PROBA, CALLS };

/* Arguments of a call; `to` is where the answer goes. */
typedef struct call {
  const emlrt_model *model;
  const emlrt_prepared *prepared;
  unsigned dtype;
  const void *x;
  size_t nx;
  void *to;
  size_t n;
  void *scratch;
  size_t size;
} call;

static emlrt_status plain(int which, const call *c) {
  if (which == RUN)
    return emlrt_run_as(c->model, c->dtype, c->x, c->nx, c->to, c->n,
                        c->scratch, c->size);
  if (which == CLASSIFY)
    return emlrt_classify_as(c->model, c->dtype, c->x, c->nx, c->to, c->n,
                             c->scratch, c->size);
  return emlrt_proba_as(c->model, c->dtype, c->x, c->nx, c->to, c->n,
                        c->scratch, c->size);
}

static emlrt_status ready(int which, const call *c) {
  if (which == RUN)
    return emlrt_prepared_run_as(c->prepared, c->dtype, c->x, c->nx, c->to,
                                 c->n, c->scratch, c->size);
  if (which == CLASSIFY)
    return emlrt_prepared_classify_as(c->prepared, c->dtype, c->x, c->nx, c->to,
                                      c->n, c->scratch, c->size);
  return emlrt_prepared_proba_as(c->prepared, c->dtype, c->x, c->nx, c->to,
                                 c->n, c->scratch, c->size);
}

/* Both give one status, and one answer. */
static void same(int which, const call *c) {
  size_t octets = c->to == NULL ? 0 : c->n * 4;
  uint8_t *first = must_malloc(octets);
  emlrt_status status;
  if (octets != 0) memset(c->to, 0xA5, octets);
  status = plain(which, c);
  if (octets != 0) memcpy(first, c->to, octets);
  if (octets != 0) memset(c->to, 0x5A, octets);
  PROMISE(ready(which, c) == status);
  if (status == EMLRT_OK) PROMISE(memcmp(first, c->to, octets) == 0);
  free(first);
}

/* One argument at a time is wrong. */
static void misuse(int which, const call *right, const emlrt_info *info) {
  call c = *right;
  c.nx = right->nx - 1;
  same(which, &c);
  c = *right;
  c.dtype = which == RUN ? 0x7F | info->score_dtype << 8 : 0x7F;
  same(which, &c);
  if (which == RUN) {
    c.dtype = info->input_dtype | 0x7F00;
    same(which, &c);
  }
  c = *right;
  c.x = NULL;
  same(which, &c);
  c = *right;
  c.n = right->n - (right->n != 0);
  same(which, &c);
  c = *right;
  c.to = NULL;
  same(which, &c);
  c = *right;
  c.size = right->size - (right->size != 0);
  same(which, &c);
  c = *right;
  c.scratch = (char *)right->scratch + 4;
  c.size = right->size - (right->size != 0) * 4;
  same(which, &c);
  c = *right;
  c.scratch = NULL;
  same(which, &c);
}

static void use_call(int which, const emlrt_model *model,
                     const emlrt_prepared *prepared, const emlrt_info *info,
                     const void *x) {
  call c = {0};
  uint32_t n[CALLS];
  n[RUN] = info->n_scores;
  n[CLASSIFY] = info->n_outputs;
  n[PROBA] = info->n_classes;
  c.model = model;
  c.prepared = prepared;
  c.x = x;
  c.nx = info->n_inputs;
  c.n = n[which];
  c.size = which == RUN ? info->arena_bytes : info->scratch_bytes;
  c.to = must_malloc(c.n * 4);
  c.scratch = must_malloc(c.size);
  same(which, &c);
  misuse(which, &c, info);
  free(c.to);
  free(c.scratch);
}

void use_prepared(const emlrt_model *model, const emlrt_info *info,
                  const void *x) {
  emlrt_prepared prepared, *copy = must_malloc(sizeof prepared);
  uint32_t n = emlrt_stage_count(model);
  emlrt_prepared_stage *few = must_malloc((n - 1) * sizeof *few);
  emlrt_prepared_stage *stages = must_malloc(n * sizeof *stages);
  int which;
  PROMISE(emlrt_prepare(&prepared, model, few, n - 1) == EMLRT_ERR_COUNT);
  free(few);
  PROMISE(emlrt_prepared_verify(&prepared, model) == EMLRT_ERR_ARGUMENT);
  PROMISE(emlrt_prepare(copy, model, stages, n) == EMLRT_OK);
  PROMISE(emlrt_prepared_verify(copy, model) == EMLRT_OK);
  prepared = *copy;
  free(copy);
  for (which = 0; which < CALLS; which++)
    use_call(which, model, &prepared, info, x);
  free(stages);
}

void use_unprepared(const emlrt_model *closed) {
  emlrt_prepared prepared;
  emlrt_prepared_stage stage;
  float x = 0;
  uint32_t y;
  PROMISE(emlrt_stage_count(closed) == 0);
  PROMISE(emlrt_prepare(&prepared, closed, &stage, 1) == EMLRT_ERR_ARGUMENT);
  PROMISE(emlrt_prepared_run(&prepared, &x, 1, &y, 1, NULL, 0) ==
          EMLRT_ERR_ARGUMENT);
  PROMISE(emlrt_prepared_classify(&prepared, &x, 1, &y, 1, NULL, 0) ==
          EMLRT_ERR_ARGUMENT);
}
