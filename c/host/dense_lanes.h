/* SPDX-License-Identifier: MIT
 *
 * Sums of dense layers for rows side by side. Included once for each width of
 * vectors, by batch_dense.c, which says
 *
 *   LANES_NAME(word)  the name of a type or function of this width
 *   LANES_WIDTH       floats of a vector
 *   LANES_VECTORS     vectors of rows
 *   LANES_TARGET      which machine its functions are for
 *
 * Some vectors of rows and four outputs at a time keep as many sums in registers as
 * the additions take to finish, and no more than the machine has. Vectors are read
 * through pointers: of memcpy, gcc makes copies on the stack where they are wider
 * than the baseline's.
 */

#define ROWS (LANES_VECTORS * LANES_WIDTH)
#define VECTOR LANES_NAME(vector)
#define BITS LANES_NAME(bits)

typedef float LANES_NAME(vector)
    __attribute__((vector_size(LANES_WIDTH * 4), aligned(4), may_alias));
typedef int32_t LANES_NAME(bits)
    __attribute__((vector_size(LANES_WIDTH * 4), aligned(4), may_alias));

/* What emlrt_dense_put does to the numbers of `width` outputs. */
LANES_TARGET static inline __attribute__((always_inline)) void LANES_NAME(
    finish)(float *y, const size_t width, int relu) {
  size_t i;
  for (i = 0; i < width * LANES_VECTORS; i++) {
    BITS bits = ((BITS *)y)[i];
    BITS nan = (bits & INT32_MAX) > (int32_t)EMLRT_INFINITY_BITS;
    bits = (bits & ~nan) | (nan & (int32_t)EMLRT_NAN_BITS);
    if (relu) bits &= ~(bits >> 31);
    ((BITS *)y)[i] = bits;
  }
}

/* Adds the products of a tile's inputs to the sums of `width` outputs, 1 to 4. w:
 * `width` weights an input; y: a column of ROWS an output. */
LANES_TARGET static inline __attribute__((always_inline)) void LANES_NAME(add)(
    const tile *t, const float *w, const float *biases, float *y,
    const size_t width) {
  VECTOR sums[4][LANES_VECTORS];
  const VECTOR zero = {0};
  const float *x = t->x;
  size_t i, k, v;
  for (k = 0; k < width; k++)
    for (v = 0; v < LANES_VECTORS; v++)
      if (t->from == 0)
        sums[k][v] = biases[k] - zero; /* of -0, it is -0 */
      else
        sums[k][v] = ((const VECTOR *)(y + k * ROWS))[v];
  for (i = 0; i < t->n; i++, w += width, x += ROWS)
    for (k = 0; k < width; k++)
      for (v = 0; v < LANES_VECTORS; v++)
        sums[k][v] += ((const VECTOR *)x)[v] * w[k];
  for (k = 0; k < width; k++)
    for (v = 0; v < LANES_VECTORS; v++)
      ((VECTOR *)(y + k * ROWS))[v] = sums[k][v];
  if (t->from + t->n == t->l->n_in) LANES_NAME(finish)(y, width, t->l->relu);
}

/* The same of all its outputs. */
LANES_TARGET static void LANES_NAME(run)(const tile *t) {
  const float *w = t->l->weights + t->first * t->l->n_in;
  const float *biases = t->l->biases + t->first;
  float *y = t->y;
  size_t left = t->n_out;
  for (; left >= 4; left -= 4, biases += 4, y += 4 * ROWS) {
    LANES_NAME(add)(t, w + t->from * 4, biases, y, 4);
    w += t->l->n_in * 4;
  }
  w += t->from * left;
  if (left == 3) LANES_NAME(add)(t, w, biases, y, 3);
  if (left == 2) LANES_NAME(add)(t, w, biases, y, 2);
  if (left == 1) LANES_NAME(add)(t, w, biases, y, 1);
}

static const kernel LANES_NAME(kernel) = {ROWS, LANES_NAME(run)};

#undef ROWS
#undef VECTOR
#undef BITS
#undef LANES_NAME
#undef LANES_WIDTH
#undef LANES_VECTORS
#undef LANES_TARGET
