/* SPDX-License-Identifier: MIT
 *
 * Dense layers on many rows: a vector register holds one number of each of
 * several rows, or of the four outputs of a tile. Either way each output is its
 * bias and then the products in the order of the inputs, as in c/src/affine/dense.c:
 * compiled without contraction, it gives the same bits. Sums that are not done wait
 * in memory, so that columns of inputs and outputs fit the nearest caches.
 */
#include "batch.h"

#include <stdlib.h>
#include <string.h>

#include "../src/maths/numeric.h"
#include "memory/memory.h"

#if defined(EMLRT_BATCH_FLOATS)

#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__clang__)
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLONES
#endif

/* Fewer rows than this go one at a time, which takes less than a block of columns. */
#define FEW_ROWS 8u
/* Inputs and outputs whose columns are made at a time. */
#define MOST_IN 128u
#define MOST_OUT 256u
/* Floats of a vector, at most: tests ask for less than the machine has. */
#ifndef EMLRT_HOST_WIDTH
#define EMLRT_HOST_WIDTH 16
#endif

typedef float quad __attribute__((vector_size(16), aligned(4), may_alias));

/* A layer: floats of the blob, which on this host are floats of memory. */
typedef struct layer {
  const float *biases;
  const float *weights;
  size_t n_in;
  size_t n_out;
  int relu;
} layer;

/* Some inputs and outputs of a layer, whose columns are made. */
typedef struct tile {
  const layer *l;
  const float *x; /* columns of the inputs */
  float *y;       /* of the outputs: sums, until all inputs are added */
  size_t from;    /* the first of n inputs */
  size_t n;
  size_t first; /* the first of n_out outputs: a multiple of four */
  size_t n_out;
} tile;

/* How this machine runs a tile for `rows` rows side by side (dense_lanes.h). */
typedef struct kernel {
  size_t rows;
  void (*run)(const tile *t);
} kernel;

/* Not functions: vectors as arguments depend on the machine. */
#define LOAD(value, at) memcpy(&(value), (at), sizeof(value))
#define STORE(at, value) memcpy((at), &(value), sizeof(value))

/* What emlrt_dense_put does, without a branch. */
static inline __attribute__((always_inline)) void finish(uint32_t *y, size_t n,
                                                         int relu) {
  size_t i;
  for (i = 0; i < n; i++) {
    uint32_t bits = y[i];
    if ((bits & ~EMLRT_SIGN_BIT) > EMLRT_INFINITY_BITS) bits = EMLRT_NAN_BITS;
    if (relu) bits &= ~(uint32_t)((int32_t)bits >> 31);
    y[i] = bits;
  }
}

/* One row: four tiles at a time, or one. */
CLONES static void run_row(const layer *l, const float *x, float *y) {
  const float *w = l->weights, *bias = l->biases;
  size_t j = 0, i, width, step = 4 * l->n_in;
  for (; j + 16 <= l->n_out; j += 16, w += 4 * step, bias += 16) {
    quad a, b, c, d, q;
    LOAD(a, bias);
    LOAD(b, bias + 4);
    LOAD(c, bias + 8);
    LOAD(d, bias + 12);
    for (i = 0; i < l->n_in; i++) {
      const float *at = w + i * 4;
      LOAD(q, at);
      a += q * x[i];
      LOAD(q, at + step);
      b += q * x[i];
      LOAD(q, at + 2 * step);
      c += q * x[i];
      LOAD(q, at + 3 * step);
      d += q * x[i];
    }
    STORE(y + j, a);
    STORE(y + j + 4, b);
    STORE(y + j + 8, c);
    STORE(y + j + 12, d);
  }
  for (; j + 4 <= l->n_out; j += 4, w += step, bias += 4) {
    quad a, q;
    LOAD(a, bias);
    for (i = 0; i < l->n_in; i++) {
      LOAD(q, w + i * 4);
      a += q * x[i];
    }
    STORE(y + j, a);
  }
  width = l->n_out - j;
  for (; j < l->n_out; j++, w++, bias++) {
    float sum = *bias;
    for (i = 0; i < l->n_in; i++) sum += x[i] * w[i * width];
    y[j] = sum;
  }
  finish((uint32_t *)(void *)y, l->n_out, l->relu);
}

#define LANES_NAME(word) word##_by_4
#define LANES_WIDTH 4
#define LANES_VECTORS 2
#define LANES_TARGET
#include "dense_lanes.h"

#if defined(__x86_64__)
#define LANES_NAME(word) word##_by_8
#define LANES_WIDTH 8
#define LANES_VECTORS 2
#define LANES_TARGET __attribute__((target("avx2")))
#include "dense_lanes.h"

/* For twice as many registers, where wide ones are no faster. */
#define LANES_NAME(word) word##_by_8_of_32
#define LANES_WIDTH 8
#define LANES_VECTORS 4
#define LANES_TARGET __attribute__((target("avx512vl")))
#include "dense_lanes.h"

#define LANES_NAME(word) word##_by_16
#define LANES_WIDTH 16
#define LANES_VECTORS 2
#define LANES_TARGET __attribute__((target("avx512f")))
#include "dense_lanes.h"
#endif

/* The best kernel that this machine has. */
static const kernel *kernel_here(void) {
#if defined(__x86_64__)
  int long_ones = __builtin_cpu_supports("avx512f") && EMLRT_HOST_WIDTH >= 16;
  int many = __builtin_cpu_supports("avx512vl") && EMLRT_HOST_WIDTH >= 16;
  if (many && __builtin_cpu_is("amdfam19h")) return &kernel_by_8_of_32;
  if (long_ones) return &kernel_by_16;
  if (__builtin_cpu_supports("avx2") && EMLRT_HOST_WIDTH >= 8)
    return &kernel_by_8;
#endif
  return &kernel_by_4;
}

#if defined(__clang__)
#define MIX(a, b, i, j, k, l) __builtin_shufflevector(a, b, i, j, k, l)
#else
typedef int places __attribute__((vector_size(16)));
#define MIX(a, b, i, j, k, l) __builtin_shuffle(a, b, (places){i, j, k, l})
#endif

/* Turns four lines of four numbers into columns. */
static inline __attribute__((always_inline)) void turn(quad *line) {
  quad ab = MIX(line[0], line[1], 0, 4, 1, 5);
  quad cd = MIX(line[2], line[3], 0, 4, 1, 5);
  quad ab_end = MIX(line[0], line[1], 2, 6, 3, 7);
  quad cd_end = MIX(line[2], line[3], 2, 6, 3, 7);
  line[0] = MIX(ab, cd, 0, 1, 4, 5);
  line[1] = MIX(ab, cd, 2, 3, 6, 7);
  line[2] = MIX(ab_end, cd_end, 0, 1, 4, 5);
  line[3] = MIX(ab_end, cd_end, 2, 3, 6, 7);
}

/* Makes columns of n numbers of each of four rows. */
static void take_four(const float *const *row, size_t n, float *to,
                      size_t apart) {
  size_t i, k;
  for (i = 0; i + 4 <= n; i += 4, to += 4 * apart) {
    if (i % 16 == 0)
      for (k = 0; k < 4; k++) __builtin_prefetch(row[k] + i + MOST_IN);
    quad line[4];
    for (k = 0; k < 4; k++) line[k] = *(const quad *)(row[k] + i);
    turn(line);
    for (k = 0; k < 4; k++) *(quad *)(to + k * apart) = line[k];
  }
  for (; i < n; i++, to += apart)
    for (k = 0; k < 4; k++) to[k] = row[k][i];
}

/* Makes four rows of n numbers of columns. */
static void put_four(const float *from, size_t apart, float *const *row,
                     size_t n) {
  size_t i, k;
  for (i = 0; i + 4 <= n; i += 4, from += 4 * apart) {
    quad line[4];
    for (k = 0; k < 4; k++) line[k] = *(const quad *)(from + k * apart);
    turn(line);
    for (k = 0; k < 4; k++) *(quad *)(row[k] + i) = line[k];
  }
  for (; i < n; i++, from += apart)
    for (k = 0; k < 4; k++) row[k][i] = from[k];
}

/* Rows of a block, at most as many as are side by side, and where their columns
 * are. */
typedef struct block {
  const kernel *with;
  size_t n;
  float *x;
  float *y;
} block;

/* Columns of n inputs. Where there is no row, the last one is read again. */
static void take_columns(const block *b, emlrt_rows in, size_t n) {
  size_t r, k, rows = b->with->rows;
  for (r = 0; r < rows; r += 4) {
    const float *row[4];
    for (k = 0; k < 4; k++) {
      size_t at = r + k < b->n ? r + k : b->n - 1;
      row[k] = (const float *)(const void *)(in.at + at * in.step);
    }
    take_four(row, n, b->x + r, rows);
  }
}

/* Numbers of n outputs. Where there is no row, they go nowhere. */
static void put_columns(const block *b, emlrt_rows out, size_t n) {
  const float *y = b->y;
  size_t r, i, rows = b->with->rows;
  for (r = b->n / 4; r != 0; r--, y += 4) {
    float *row[4];
    for (i = 0; i < 4; i++, out.at += out.step)
      row[i] = (float *)(void *)out.at;
    put_four(y, rows, row, n);
  }
  for (r = b->n % 4; r != 0; r--, y++, out.at += out.step) {
    float *row = (float *)(void *)out.at;
    for (i = 0; i < n; i++) row[i] = y[i * rows];
  }
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* The outputs of a tile, of a block of rows. */
static void run_outputs(const block *b, tile *t, emlrt_rows in,
                        emlrt_rows out) {
  for (t->from = 0; t->from < t->l->n_in; t->from += t->n) {
    t->n = least(t->l->n_in - t->from, MOST_IN);
    take_columns(b, in, t->n);
    b->with->run(t);
    in.at += t->n * sizeof(float);
  }
  out.at += t->first * sizeof(float);
  put_columns(b, out, t->n_out);
}

static void run_block(const layer *l, const block *b, emlrt_rows in,
                      emlrt_rows out) {
  tile t;
  t.l = l;
  t.x = b->x;
  t.y = b->y;
  for (t.first = 0; t.first < l->n_out; t.first += t.n_out) {
    t.n_out = least(l->n_out - t.first, MOST_OUT);
    run_outputs(b, &t, in, out);
  }
}

/* Blocks of rows, side by side. Returns how many rows are done. */
static size_t run_blocks(const layer *l, emlrt_rows in, emlrt_rows out,
                         size_t n) {
  size_t inputs = least(l->n_in, MOST_IN), outputs = least(l->n_out, MOST_OUT);
  size_t done = 0;
  block b;
  if (n < FEW_ROWS) return 0;
  b.with = kernel_here();
  b.x = (float *)emlrt_alloc(inputs + outputs, b.with->rows * sizeof *b.x);
  if (b.x == NULL) return 0;
  b.y = b.x + inputs * b.with->rows;
  for (; n - done >= FEW_ROWS; done += b.n) {
    b.n = least(n - done, b.with->rows);
    run_block(l, &b, in, out);
    in.at += b.n * in.step;
    out.at += b.n * out.step;
  }
  free(b.x);
  return done;
}

void emlrt_batch_dense(const emlrt_call *call, emlrt_rows in, emlrt_rows out,
                       size_t n) {
  const float *floats = (const float *)call->payload;
  size_t done;
  layer l;
  l.biases = floats + 1;
  l.weights = l.biases + call->n_out;
  l.n_in = call->n_in;
  l.n_out = call->n_out;
  l.relu = emlrt_r32(call->payload, EMLRT_AT(emlrt_dense, flags)) != 0;
  done = run_blocks(&l, in, out, n);
  in.at += done * in.step;
  out.at += done * out.step;
  for (; done < n; done++, in.at += in.step, out.at += out.step)
    run_row(&l, (const float *)(const void *)in.at, (float *)(void *)out.at);
}

#endif
