/* SPDX-License-Identifier: MIT
 *
 * Dense layers on many rows: a vector register holds one number of each of
 * several rows, or of the four outputs of a tile. Either way each output is its
 * bias and then the products in the order of the inputs, as in c/src/affine/dense.c:
 * compiled without contraction, it gives the same bits.
 */
#include "batch.h"

#include <stdlib.h>
#include <string.h>

#include "../src/maths/numeric.h"
#include "memory/memory.h"

#if defined(EMLRT_BATCH_FLOATS)

#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__)
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLONES
#endif

#define LANES 16u /* rows side by side */
/* Numbers of the columns of one block, of inputs or outputs: longer rows go one
 * at a time, and so does what there is no memory for. */
#define MOST 12288u

typedef float lanes __attribute__((vector_size(LANES * 4), aligned(4)));
typedef float quad __attribute__((vector_size(16), aligned(4)));

/* A layer: floats of the blob, which on this host are floats of memory. */
typedef struct layer {
  const float *biases;
  const float *weights;
  size_t n_in;
  size_t n_out;
  int relu;
} layer;

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

/* x: columns of LANES rows, input after input; y: the same of the outputs. */
CLONES static void run_lanes(const layer *l, const float *x, float *y) {
  const float *w = l->weights, *bias = l->biases;
  const lanes zero = {0};
  size_t j, i, width;
  for (j = 0; j + 4 <= l->n_out; j += 4, w += 4 * l->n_in, bias += 4) {
    /* Less zero, not plus: a bias of -0 stays one. */
    lanes a = bias[0] - zero, b = bias[1] - zero;
    lanes c = bias[2] - zero, d = bias[3] - zero;
    for (i = 0; i < l->n_in; i++) {
      const float *at = w + i * 4;
      lanes value;
      LOAD(value, x + i * LANES);
      a += value * at[0];
      b += value * at[1];
      c += value * at[2];
      d += value * at[3];
    }
    STORE(y + j * LANES, a);
    STORE(y + (j + 1) * LANES, b);
    STORE(y + (j + 2) * LANES, c);
    STORE(y + (j + 3) * LANES, d);
  }
  width = l->n_out - j;
  for (; j < l->n_out; j++, w++, bias++) {
    lanes sum = *bias - zero;
    for (i = 0; i < l->n_in; i++) {
      lanes value;
      LOAD(value, x + i * LANES);
      sum += value * w[i * width];
    }
    STORE(y + j * LANES, sum);
  }
  finish((uint32_t *)(void *)y, l->n_out * LANES, l->relu);
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

/* LANES rows, turned into columns and back. x and y: room for columns. */
static void run_block(const layer *l, emlrt_rows in, emlrt_rows out, float *x,
                      float *y) {
  size_t r, i;
  for (r = 0; r < LANES; r++) {
    const float *row = (const float *)(const void *)(in.at + r * in.step);
    for (i = 0; i < l->n_in; i++) x[i * LANES + r] = row[i];
  }
  run_lanes(l, x, y);
  for (r = 0; r < LANES; r++) {
    float *row = (float *)(void *)(out.at + r * out.step);
    for (i = 0; i < l->n_out; i++) row[i] = y[i * LANES + r];
  }
}

void emlrt_batch_dense(const emlrt_call *call, emlrt_rows in, emlrt_rows out,
                       size_t n) {
  const float *floats = (const float *)call->payload;
  float *x = NULL;
  layer l;
  l.biases = floats + 1;
  l.weights = l.biases + call->n_out;
  l.n_in = call->n_in;
  l.n_out = call->n_out;
  l.relu = emlrt_r32(call->payload, EMLRT_AT(emlrt_dense, flags)) != 0;
  if (n >= LANES && l.n_in <= MOST / LANES && l.n_out <= MOST / LANES)
    x = (float *)emlrt_alloc(l.n_in + l.n_out, LANES * sizeof *x);
  for (; x != NULL && n >= LANES; n -= LANES) {
    run_block(&l, in, out, x, x + l.n_in * LANES);
    in.at += LANES * in.step;
    out.at += LANES * out.step;
  }
  free(x);
  for (; n != 0; n--, in.at += in.step, out.at += out.step)
    run_row(&l, (const float *)(const void *)in.at, (float *)(void *)out.at);
}

#endif
