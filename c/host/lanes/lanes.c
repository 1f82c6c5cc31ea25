/* SPDX-License-Identifier: MIT
 *
 * Which ops have a kernel for rows in lanes, and how rows get there and back.
 */
#include "lanes.h"

#if defined(EMLRT_BATCH_LANES)

#include <stdlib.h>
#include <string.h>

#include "../memory/memory.h"

/* Numbers of all columns of a block: of longer rows each goes by itself. 4 MiB. */
#define MOST 1048576u
/* Numbers of columns for which no memory is asked for. */
#define SMALL 2048u

/* An op's kernel, and from how many rows on it is worth it. */
typedef struct entry {
  uint32_t op;
  uint32_t least;
  emlrt_lanes_kernel *kernel;
} entry;

static const entry entries[] = {
    {EMLRT_OP_NEAREST, 2, emlrt_lanes_nearest},
    {EMLRT_OP_DISTANCES, 2, emlrt_lanes_distances},
    {EMLRT_OP_KERNEL_RBF, 2, emlrt_lanes_kernel_rbf},
    {EMLRT_OP_KERNEL_DOT, 2, emlrt_lanes_kernel_dot},
    {EMLRT_OP_KERNEL_TANH, 2, emlrt_lanes_kernel_tanh},
    {EMLRT_OP_KERNEL_MATERN, 2, emlrt_lanes_kernel_matern},
    {EMLRT_OP_GAUSS_DIAG, 4, emlrt_lanes_gauss_diag},
    {EMLRT_OP_GAUSS_FULL, 2, emlrt_lanes_gauss_full},
    {EMLRT_OP_SOFTMAX, 4, emlrt_lanes_softmax},
    {EMLRT_OP_LOGSUMEXP, 4, emlrt_lanes_logsumexp},
    {EMLRT_OP_NORMALIZE, 4, emlrt_lanes_normalize},
    {EMLRT_OP_ONEHOT_ARGMAX, 4, emlrt_lanes_onehot_argmax},
    {EMLRT_OP_COMPLEMENT, 4, emlrt_lanes_complement},
    {EMLRT_OP_EXP, 4, emlrt_lanes_op_exp},
    {EMLRT_OP_EXPM1, 4, emlrt_lanes_op_expm1},
    {EMLRT_OP_LOG, 4, emlrt_lanes_op_log},
    {EMLRT_OP_LOG1P, 4, emlrt_lanes_op_log1p},
    {EMLRT_OP_LOGISTIC, 4, emlrt_lanes_op_logistic},
    {EMLRT_OP_TANH, 4, emlrt_lanes_op_tanh},
    {EMLRT_OP_SQRT, 4, emlrt_lanes_op_sqrt},
    {EMLRT_OP_COS, 4, emlrt_lanes_op_cos},
    {EMLRT_OP_ABS, 4, emlrt_lanes_abs},
    {EMLRT_OP_SQUARE, 4, emlrt_lanes_square},
    {EMLRT_OP_RECIPROCAL, 4, emlrt_lanes_reciprocal},
    {EMLRT_OP_SOFTSIGN, 4, emlrt_lanes_softsign},
    {EMLRT_OP_SILU, 4, emlrt_lanes_silu},
    {EMLRT_OP_SOFTPLUS, 4, emlrt_lanes_softplus},
    {EMLRT_OP_RELU, 4, emlrt_lanes_relu},
    {EMLRT_OP_CLIP, 4, emlrt_lanes_clip},
    {EMLRT_OP_STEP, 4, emlrt_lanes_step},
    {EMLRT_OP_IMPUTE, 4, emlrt_lanes_impute},
    {EMLRT_OP_AFFINE, 4, emlrt_lanes_affine},
    {EMLRT_OP_WEIGHTED_SUM, 4, emlrt_lanes_weighted_sum},
    {EMLRT_OP_POWER, 4, emlrt_lanes_power},
};

static const entry *find(uint32_t op) {
  size_t i;
  for (i = 0; i < sizeof entries / sizeof *entries; i++)
    if (entries[i].op == op) return &entries[i];
  return NULL;
}

/* n rows into columns, and back. */
static void to_columns(emlrt_rows in, size_t n, size_t n_in, float *x) {
  size_t r, i;
  for (r = 0; r < n; r++) {
    const emlrt_alias32 *row =
        (const emlrt_alias32 *)(const void *)(in.at + r * in.step);
    emlrt_alias32 *to = (emlrt_alias32 *)(void *)(x + r);
    for (i = 0; i < n_in; i++) to[i * LANES] = row[i];
  }
}

static void to_rows(const float *y, size_t n, size_t n_out, emlrt_rows out) {
  size_t r, i;
  for (r = 0; r < n; r++) {
    emlrt_alias32 *row = (emlrt_alias32 *)(void *)(out.at + r * out.step);
    const emlrt_alias32 *from = (const emlrt_alias32 *)(const void *)(y + r);
    for (i = 0; i < n_out; i++) row[i] = from[i * LANES];
  }
}

/* columns: zeros. */
static size_t run(const entry *to, const emlrt_call *call, emlrt_rows in,
                  emlrt_rows out, size_t n, float *columns) {
  float *y = columns + (size_t)call->n_in * LANES;
  float *work = y + (size_t)call->n_out * LANES;
  size_t left = n;
  while (left >= to->least) {
    size_t rows = left < LANES ? left : LANES;
    to_columns(in, rows, call->n_in, columns);
    to->kernel(call, columns, y, work);
    to_rows(y, rows, call->n_out, out);
    in.at += rows * in.step;
    out.at += rows * out.step;
    left -= rows;
  }
  return n - left;
}

size_t emlrt_lanes_run(uint32_t op, const emlrt_call *call, emlrt_rows in,
                       emlrt_rows out, size_t n) {
  float small[SMALL], *columns = small;
  const entry *to = find(op);
  size_t all;
  if (to == NULL || n < to->least) return 0;
  all = 2 * (size_t)call->n_in + call->n_out;
  if (all > MOST / LANES) return 0;
  all *= LANES;
  if (all > SMALL)
    columns = (float *)emlrt_alloc(all, sizeof *columns);
  else
    memset(small, 0, all * sizeof *small);
  if (columns == NULL) return 0;
  n = run(to, call, in, out, n, columns);
  if (columns != small) free(columns);
  return n;
}

#endif
