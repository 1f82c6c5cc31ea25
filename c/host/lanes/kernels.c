/* SPDX-License-Identifier: MIT
 *
 * Kernels of a block of rows and stored ones, times coefficients. A few stored rows
 * at a time: their kernels first, then each sum takes their terms in order.
 */
#include "lanes.h"

#if defined(EMLRT_BATCH_LANES)

#include "../../src/svm/kernel.h"

/* Stored rows whose kernels are at hand. */
#define AT_ONCE 32u

/* What a stage computes, as in c/src/svm/kernel.c. */
typedef struct machine {
  const emlrt_call *call;
  const float *x;
  float *y;     /* sums */
  float *rests; /* what each has too much */
  size_t width; /* coefficients of a stored row */
  size_t step;  /* numbers of one */
  emlrt_count classes;
  float factor;
  uint32_t degree;
} machine;

/* Kernels of some stored rows, as columns. */
typedef void likeness(const machine *m, const float *rows, size_t n,
                      float *values);

/* Sums over the inputs for two stored rows. kind: a constant, the power of a
 * difference, or 0 for products on top of the factor. */
EMLRT_INLINE void two_sums(const machine *m, const float *a, const float *b,
                           unsigned kind, float *sums) {
  const lanes_f start = lanes_same(kind == 0 ? m->factor : 0.0f);
  lanes_f first = start, second = start;
  size_t i, n = m->call->n_in;
  for (i = 0; i < n; i++) {
    lanes_f value = lanes_at(m->x, i), d = value - a[i], e = value - b[i];
    if (kind == 0) {
      first += value * a[i];
      second += value * b[i];
    } else if (kind == 1) {
      first += lanes_float(lanes_bits(d) & ~EMLRT_SIGN_BIT);
      second += lanes_float(lanes_bits(e) & ~EMLRT_SIGN_BIT);
    } else {
      first += d * d;
      second += e * e;
    }
  }
  lanes_put(sums, 0, first);
  lanes_put(sums, 1, second);
}

/* The same of n stored rows; the values have room for an even number. */
EMLRT_INLINE void all_sums(const machine *m, const float *rows, size_t n,
                           unsigned kind, float *sums) {
  size_t i;
  for (i = 0; i < n; i += 2, rows += 2 * m->step)
    two_sums(m, rows, i + 1 < n ? rows + m->step : rows, kind,
             sums + i * LANES);
}

CLONES static void products(const machine *m, const float *rows, size_t n,
                            float *sums) {
  all_sums(m, rows, n, 0, sums);
}

CLONES static void sizes(const machine *m, const float *rows, size_t n,
                         float *sums) {
  all_sums(m, rows, n, 1, sums);
}

CLONES static void squares(const machine *m, const float *rows, size_t n,
                           float *sums) {
  all_sums(m, rows, n, 2, sums);
}

CLONES static void times(float *values, size_t n, float factor) {
  size_t i;
  for (i = 0; i < n * LANES; i++) values[i] = factor * values[i];
}

static void rbf(const machine *m, const float *rows, size_t n, float *values) {
  if (m->degree == 1)
    sizes(m, rows, n, values);
  else
    squares(m, rows, n, values);
  times(values, n, m->factor);
  emlrt_lanes_exp((uint32_t *)(void *)values, n * LANES);
}

/* Powers by the bits of the degree, the same of every value. */
CLONES static void powers(float *values, size_t n, uint32_t degree) {
  size_t i;
  for (i = 0; i < n; i++) {
    lanes_f base = lanes_at(values, i), power = lanes_same(1.0f);
    uint32_t left = degree;
    for (;;) {
      if ((left & 1u) != 0) power *= base;
      left >>= 1;
      if (left == 0) break;
      base *= base;
    }
    lanes_put(values, i, power);
  }
}

static void dot(const machine *m, const float *rows, size_t n, float *values) {
  products(m, rows, n, values);
  powers(values, n, m->degree);
}

static void hyperbolic(const machine *m, const float *rows, size_t n,
                       float *values) {
  products(m, rows, n, values);
  emlrt_lanes_tanh((uint32_t *)(void *)values, n * LANES);
}

/* roots: t; values: e^-t. */
CLONES static void matern_of(const float *roots, float *values, size_t n,
                             uint32_t degree) {
  size_t i;
  for (i = 0; i < n; i++) {
    lanes_f t = lanes_at(roots, i), value = lanes_at(values, i);
    lanes_f more = lanes_same(0.0f);
    if (degree != 2) more = t * t / lanes_same(3.0f);
    more = (more + t + 1.0f) * value;
    more = lanes_float(lanes_bits(more) & (lanes_u)(lanes_bits(value) != 0));
    lanes_put(values, i, more);
  }
}

static void matern(const machine *m, const float *rows, size_t n,
                   float *values) {
  float roots[AT_ONCE * LANES];
  size_t i;
  squares(m, rows, n, values);
  times(values, n, m->factor);
  emlrt_lanes_sqrt((uint32_t *)(void *)values, n * LANES);
  for (i = 0; i < n * LANES; i++) {
    roots[i] = values[i];
    ((emlrt_alias32 *)(void *)values)[i] ^= EMLRT_SIGN_BIT;
  }
  emlrt_lanes_exp((uint32_t *)(void *)values, n * LANES);
  if (m->degree != 1) matern_of(roots, values, n, m->degree);
}

/* Adds n terms to a sum by Kahan's rule. finite: a constant, whether to believe
 * that no number is beyond all: if one is, the sum ends as none. */
EMLRT_INLINE void add_terms(float *sum, float *rest, const float *coefficient,
                            size_t step, const float *values, size_t n,
                            int finite) {
  lanes_f total = lanes_at(sum, 0), more = lanes_at(rest, 0);
  size_t i;
  for (i = 0; i < n; i++, coefficient += step) {
    lanes_f term = lanes_at(values, i) * *coefficient - more;
    lanes_f next = total + term;
    more = next - total - term;
    if (!finite)
      more = lanes_float(
          lanes_bits(more) &
          (lanes_u)((lanes_bits(more) & EMLRT_INFINITY_BITS) !=
                    EMLRT_INFINITY_BITS));
    total = next;
  }
  lanes_put(sum, 0, total);
  lanes_put(rest, 0, more);
}

/* Adds the terms of n stored rows of class c. coefficients: of the first row. */
EMLRT_INLINE void add_all(const machine *m, emlrt_count c,
                          const float *coefficients, const float *values,
                          size_t n, int finite) {
  emlrt_count next = c, i;
  for (i = 0; i < m->width; i++) {
    size_t j = emlrt_next_pair(&next, i, c, m->classes);
    add_terms(m->y + j * LANES, m->rests + j * LANES, coefficients + i, m->step,
              values, n, finite);
  }
}

CLONES static void add_careful(const machine *m, emlrt_count c,
                               const float *coefficients, const float *values,
                               size_t n) {
  add_all(m, c, coefficients, values, n, 0);
}

/* All stored rows, class after class. */
static void run_machine(const machine *m, likeness *f, const float *at) {
  float values[AT_ONCE * LANES];
  emlrt_rom count =
      emlrt_rom_at(m->call->payload, EMLRT_OCTETS(emlrt_kernels));
  emlrt_count c;
  for (c = 0; c < m->classes; c++, count = emlrt_rom_at(count, 4)) {
    size_t left = emlrt_r32(count, 0);
    while (left != 0) {
      size_t n = left < AT_ONCE ? left : AT_ONCE;
      f(m, at, n, values);
      add_careful(m, c, at + m->call->n_in, values, n);
      at += n * m->step;
      left -= n;
    }
  }
}

/* As emlrt_run_kernel. */
static void run_kernel(const emlrt_call *call, const float *x, float *y,
                       likeness *f) {
  uint32_t k = emlrt_r32(call->payload, EMLRT_AT(emlrt_kernels, n_sections));
  const float *at = lanes_payload(call, EMLRT_OCTETS(emlrt_kernels) + k * 4u);
  size_t sums = call->n_out == 1 ? 1 : call->n_out / 2, i;
  float only[LANES];
  machine m;
  m.call = call;
  m.x = x;
  m.y = y;
  m.rests = call->n_out == 1 ? only : y + sums * LANES;
  m.classes = (emlrt_count)k;
  m.width = k == 1 ? sums : k - 1;
  m.step = call->n_in + m.width;
  m.degree = emlrt_r32(call->payload, EMLRT_AT(emlrt_kernels, degree));
  m.factor = *at++;
  for (i = 0; i < sums; i++) {
    lanes_put(y, i, lanes_same(*at++));
    lanes_put(m.rests, i, lanes_same(0.0f));
  }
  run_machine(&m, f, at);
  for (i = 0; i < sums; i++) lanes_put_one(y, i, lanes_at(y, i));
}

void emlrt_lanes_kernel_rbf(const emlrt_call *call, const float *x, float *y,
                            float *work) {
  (void)work;
  run_kernel(call, x, y, rbf);
}

void emlrt_lanes_kernel_dot(const emlrt_call *call, const float *x, float *y,
                            float *work) {
  (void)work;
  run_kernel(call, x, y, dot);
}

void emlrt_lanes_kernel_tanh(const emlrt_call *call, const float *x, float *y,
                             float *work) {
  (void)work;
  run_kernel(call, x, y, hyperbolic);
}

void emlrt_lanes_kernel_matern(const emlrt_call *call, const float *x, float *y,
                               float *work) {
  (void)work;
  run_kernel(call, x, y, matern);
}

#endif
