/* SPDX-License-Identifier: MIT
 *
 * Probabilities of many rows from their scores.
 */
#include "lanes_kernel.h"

/* A part of each row of numbers: where it is, and bytes from row to row. */
static emlrt_rows part(const void *at, size_t step) {
  emlrt_rows rows;
  rows.at = (char *)(uintptr_t)at;
  rows.step = step * sizeof(float);
  return rows;
}

/* Runs an op without a payload on some scores of n rows; returns of how many. */
static size_t apply(uint32_t op, emlrt_rows scores, emlrt_rows p, size_t count,
                    size_t n) {
  emlrt_call call;
  call.payload = EMLRT_ROM_NULL;
  call.size = 0;
  call.n_in = call.n_out = (emlrt_count)count;
  call.u.majority = UINT32_MAX;
  return emlrt_lanes_run(op, &call, scores, p, n);
}

/* Softmax of each output's scores. */
static size_t softmaxes(emlrt_rom sizes, const uint32_t *scores,
                        size_t n_scores, float *p, size_t n_classes, size_t n) {
  size_t at = 0, done = n;
  for (; at < n_classes; sizes = emlrt_rom_at(sizes, 4)) {
    size_t count = emlrt_r32(sizes, EMLRT_OCTETS(emlrt_header)), some;
    if (count == 0 || count > n_classes - at) return 0;
    some = apply(EMLRT_OP_SOFTMAX, part(scores + at, n_scores),
                 part(p + at, n_classes), count, n);
    if (some < done) done = some;
    at += count;
  }
  return done;
}

/* One score for two classes: both from the end of a row on, as in
 * c/src/answers/proba.c. */
static void both(float *p, size_t pairs, size_t n) {
  size_t i;
  for (; n != 0; n--, p += 2 * pairs)
    for (i = pairs; i != 0; i--) {
      float share = p[i - 1];
      emlrt_put(p + 2 * i - 2, emlrt_sub(1.0f, share));
      p[2 * i - 1] = share;
    }
}

size_t emlrt_lanes_proba(const emlrt_model *model, const uint32_t *scores,
                         size_t n, float *p) {
  size_t n_scores = emlrt_n_scores(model->blob);
  size_t n_classes = emlrt_n_classes(model->blob), pairs = n_classes / 2;
  switch (EMLRT_HEADER16(model->blob, output)) {
    case EMLRT_OUTPUT_LOGITS:
      return softmaxes(model->blob, scores, n_scores, p, n_classes, n);
    case EMLRT_OUTPUT_LOGISTIC:
      if (pairs == 0 || pairs > n_scores) return 0;
      n = apply(EMLRT_OP_LOGISTIC, part(scores, n_scores), part(p, n_classes),
                pairs, n);
      both(p, pairs, n);
      return n;
    default: return 0;
  }
}
