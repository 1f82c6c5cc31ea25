/* SPDX-License-Identifier: MIT
 *
 * Which ops have a kernel for rows in lanes, and how rows get there and back.
 */
#include "lanes_kernel.h"

#if defined(EMLRT_LANES_ON)

#include <stdlib.h>
#include <string.h>

#include "../memory/memory.h"

/* Numbers of all columns of a block: of longer rows each goes by itself. 4 MiB. */
#define MOST 1048576u
/* Numbers of columns for which no memory is asked for. */
#define SMALL 512u

/* An op's kernel, and how many rows of several are worth a block: one row by itself
 * goes as in firmware. */
typedef struct entry {
  uint32_t op;
  uint32_t least;
  emlrt_lanes_kernel *kernel; /* or NULL */
  uint32_t few;               /* rows that the other one takes at most */
  emlrt_lanes_kernel_few *kernel_few;
} entry;

static const entry entries[] = {
    {EMLRT_OP_NEAREST, 1, NULL, LANES_NEAREST, emlrt_lanes_nearest},
    {EMLRT_OP_DISTANCES, 1, emlrt_lanes_distances, 12,
     emlrt_lanes_few_distances},
    {EMLRT_OP_KERNEL_RBF, 1, emlrt_lanes_kernel_rbf, 12, emlrt_lanes_few_rbf},
    {EMLRT_OP_KERNEL_DOT, 1, emlrt_lanes_kernel_dot, 12, emlrt_lanes_few_dot},
    {EMLRT_OP_KERNEL_TANH, 1, emlrt_lanes_kernel_tanh, 12,
     emlrt_lanes_few_tanh},
    {EMLRT_OP_KERNEL_MATERN, 1, emlrt_lanes_kernel_matern, 12,
     emlrt_lanes_few_matern},
    {EMLRT_OP_GAUSS_DIAG, 4, emlrt_lanes_gauss_diag, 0, NULL},
    {EMLRT_OP_GAUSS_FULL, 2, emlrt_lanes_gauss_full, 0, NULL},
    {EMLRT_OP_SOFTMAX, 4, emlrt_lanes_softmax, 0, NULL},
    {EMLRT_OP_LOGSUMEXP, 4, emlrt_lanes_logsumexp, 0, NULL},
    {EMLRT_OP_NORMALIZE, 4, emlrt_lanes_normalize, 0, NULL},
    {EMLRT_OP_ONEHOT_ARGMAX, 4, emlrt_lanes_onehot_argmax, 0, NULL},
    {EMLRT_OP_COMPLEMENT, 4, emlrt_lanes_complement, 0, NULL},
    {EMLRT_OP_EXP, 4, emlrt_lanes_op_exp, 0, NULL},
    {EMLRT_OP_EXPM1, 4, emlrt_lanes_op_expm1, 0, NULL},
    {EMLRT_OP_LOG, 4, emlrt_lanes_op_log, 0, NULL},
    {EMLRT_OP_LOG1P, 4, emlrt_lanes_op_log1p, 0, NULL},
    {EMLRT_OP_LOGISTIC, 4, emlrt_lanes_op_logistic, 0, NULL},
    {EMLRT_OP_TANH, 4, emlrt_lanes_op_tanh, 0, NULL},
    {EMLRT_OP_SQRT, 4, emlrt_lanes_op_sqrt, 0, NULL},
    {EMLRT_OP_COS, 4, emlrt_lanes_op_cos, 0, NULL},
    {EMLRT_OP_ABS, 4, emlrt_lanes_abs, 0, NULL},
    {EMLRT_OP_SQUARE, 4, emlrt_lanes_square, 0, NULL},
    {EMLRT_OP_RECIPROCAL, 4, emlrt_lanes_reciprocal, 0, NULL},
    {EMLRT_OP_SOFTSIGN, 4, emlrt_lanes_softsign, 0, NULL},
    {EMLRT_OP_SILU, 4, emlrt_lanes_silu, 0, NULL},
    {EMLRT_OP_SOFTPLUS, 4, emlrt_lanes_softplus, 0, NULL},
    {EMLRT_OP_RELU, 4, emlrt_lanes_relu, 0, NULL},
    {EMLRT_OP_CLIP, 4, emlrt_lanes_clip, 0, NULL},
    {EMLRT_OP_STEP, 4, emlrt_lanes_step, 0, NULL},
    {EMLRT_OP_IMPUTE, 4, emlrt_lanes_impute, 0, NULL},
    {EMLRT_OP_AFFINE, 4, emlrt_lanes_affine, 0, NULL},
    {EMLRT_OP_WEIGHTED_SUM, 4, emlrt_lanes_weighted_sum, 0, NULL},
    {EMLRT_OP_POWER, 4, emlrt_lanes_power, 0, NULL},
    {EMLRT_OP_NEIGHBOR_DENSITY, 2, emlrt_lanes_neighbor_density, 0, NULL},
    {EMLRT_OP_POLYNOMIAL, 4, emlrt_lanes_polynomial, 0, NULL},
    {EMLRT_OP_BISECTING_KMEANS, 2, emlrt_lanes_bisecting_kmeans, 0, NULL},
};

static const entry *find(uint32_t op) {
  size_t i;
  for (i = 0; i < sizeof entries / sizeof *entries; i++)
    if (entries[i].op == op) return &entries[i];
  return NULL;
}

/* Four numbers, and the pairs of two of them whose bytes lie so. */
typedef uint32_t four __attribute__((vector_size(16), aligned(4), may_alias));
#if defined(__clang__)
#define MIX(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#else
#define MIX(a, b, i, j, k, l) __builtin_shuffle(a, b, (four){i, j, k, l})
#endif

/* Turns four by four numbers: from[i] to to[j], so many bytes apart each. */
static void turn(const char *from, size_t from_step, char *to, size_t to_step) {
  four a = *(const four *)(const void *)from;
  four b = *(const four *)(const void *)(from + from_step);
  four c = *(const four *)(const void *)(from + 2 * from_step);
  four d = *(const four *)(const void *)(from + 3 * from_step);
  four low_ab = MIX(a, b, 0, 4, 1, 5), high_ab = MIX(a, b, 2, 6, 3, 7);
  four low_cd = MIX(c, d, 0, 4, 1, 5), high_cd = MIX(c, d, 2, 6, 3, 7);
  *(four *)(void *)to = MIX(low_ab, low_cd, 0, 1, 4, 5);
  *(four *)(void *)(to + to_step) = MIX(low_ab, low_cd, 2, 3, 6, 7);
  *(four *)(void *)(to + 2 * to_step) = MIX(high_ab, high_cd, 0, 1, 4, 5);
  *(four *)(void *)(to + 3 * to_step) = MIX(high_ab, high_cd, 2, 3, 6, 7);
}

/* A tile that is less than four by four. */
static void turn_part(const char *from, size_t from_step, size_t n,
                      size_t width, char *to, size_t to_step) {
  size_t i, j;
  for (j = 0; j < n; j++)
    for (i = 0; i < width; i++)
      *(emlrt_alias32 *)(void *)(to + i * to_step + j * 4) =
          *(const emlrt_alias32 *)(const void *)(from + j * from_step + i * 4);
}

/* Four by four, where there are as many: the last ones once more. */
void emlrt_lanes_transpose(const char *from, size_t from_step, size_t n,
                           size_t width, char *to, size_t to_step) {
  size_t r, i;
  if (n < 4 || width < 4) {
    turn_part(from, from_step, n, width, to, to_step);
    return;
  }
  for (r = 0; r < n; r += 4) {
    if (r > n - 4) r = n - 4;
    for (i = 0; i < width; i += 4) {
      if (i > width - 4) i = width - 4;
      turn(from + r * from_step + i * 4, from_step, to + i * to_step + r * 4,
           to_step);
    }
  }
}

static void run_block(const entry *to, const emlrt_call *call, emlrt_rows in,
                      emlrt_rows out, size_t n, float *columns) {
  float *y = columns + (size_t)call->n_in * LANES;
  float *work = y + (size_t)call->n_out * LANES;
  emlrt_lanes_transpose(in.at, in.step, n, call->n_in, (char *)columns,
                        LANES * sizeof *columns);
  to->kernel(call, columns, y, work);
  emlrt_lanes_transpose((const char *)y, LANES * sizeof *y, call->n_out, n,
                        out.at, out.step);
}

/* columns: zeros. */
static size_t run(const entry *to, const emlrt_call *call, emlrt_rows in,
                  emlrt_rows out, size_t n, float *columns) {
  size_t left = n;
  while (left >= to->least) {
    size_t rows = left < to->few ? left : to->few;
    if (rows == left || to->kernel == NULL) {
      to->kernel_few(call, in, out, rows, columns);
    } else {
      rows = left < LANES ? left : LANES;
      run_block(to, call, in, out, rows, columns);
    }
    in.at += rows * in.step;
    out.at += rows * out.step;
    left -= rows;
  }
  return n - left;
}

size_t emlrt_lanes_run(uint32_t op, const emlrt_call *call, emlrt_rows in,
                       emlrt_rows out, size_t n) {
  uint64_t small[SMALL / 2];
  float *columns = (float *)(void *)small;
  const entry *to;
  size_t all;
  to = find(op);
  if (to == NULL || n < to->least) return 0;
  all = 2 * ((size_t)call->n_in + call->n_out);
  if (all > MOST / LANES) return 0;
  all *= LANES;
  if (all > SMALL)
    columns = (float *)emlrt_alloc(all, sizeof *columns);
  else
    memset(small, 0, all * sizeof *columns);
  if (columns == NULL) return 0;
  n = run(to, call, in, out, n, columns);
  if (all > SMALL) free(columns);
  return n;
}

#else

size_t emlrt_lanes_run(uint32_t op, const emlrt_call *call, emlrt_rows in,
                       emlrt_rows out, size_t n) {
  (void)op;
  (void)call;
  (void)in;
  (void)out;
  (void)n;
  return 0;
}

#endif
