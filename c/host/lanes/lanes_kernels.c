/* SPDX-License-Identifier: MIT
 *
 * Kernels of a block of rows and stored ones, times coefficients. A few stored rows
 * at a time: their kernels first, then each sum takes their terms in order.
 */
#include "lanes_kernel.h"

#if defined(EMLRT_LANES_ON)

#include "../../src/svm/kernel.h"

#if CLONED
#include <immintrin.h>
#define FUSED __attribute__((target("avx512f")))
#endif

/* Sums from which on those of one row fill lanes. */
#define WIDE 16u

/* Stored rows whose kernels are at hand. */
#define AT_ONCE 32u

/* What a stage computes, as in c/src/svm/kernel.c. */
typedef struct machine {
  const emlrt_call *call;
  const float *x;
  float *y;     /* sums */
  float *rests; /* what each has too much */
  size_t sums;
  size_t width; /* coefficients of a stored row */
  size_t step;  /* numbers of one */
  emlrt_count classes;
  float factor;
  uint32_t degree;
  float *stored; /* of few rows: room for stored ones as columns */
  emlrt_rows few;
  size_t n_few;
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

/* One term more in a sum by Kahan's rule. careful: a constant, whether numbers
 * beyond all may come of it. */
EMLRT_INLINE void add_term(lanes_f *sum, lanes_f *rest, lanes_f term,
                           int careful) {
  lanes_f next, more;
  term -= *rest;
  next = *sum + term;
  more = next - *sum - term;
  if (careful)
    more = lanes_float(lanes_bits(more) &
                       (lanes_u)((lanes_bits(more) & EMLRT_INFINITY_BITS) !=
                                 EMLRT_INFINITY_BITS));
  *sum = next;
  *rest = more;
}

#define SUMS 4u /* at a time */

/* Adds the terms of n stored rows to sums whose coefficients are side by side: the
 * additions of one wait for each other. */
EMLRT_INLINE void add_group(const machine *m, const size_t *at,
                            const float *coefficients, const float *values,
                            size_t n, int careful) {
  lanes_f a = lanes_at(m->y, at[0]), rest_a = lanes_at(m->rests, at[0]);
  lanes_f b = lanes_at(m->y, at[1]), rest_b = lanes_at(m->rests, at[1]);
  lanes_f c = lanes_at(m->y, at[2]), rest_c = lanes_at(m->rests, at[2]);
  lanes_f d = lanes_at(m->y, at[3]), rest_d = lanes_at(m->rests, at[3]);
  for (; n != 0; n--, coefficients += m->step, values += LANES) {
    lanes_f value = lanes_at(values, 0);
    add_term(&a, &rest_a, value * coefficients[0], careful);
    add_term(&b, &rest_b, value * coefficients[1], careful);
    add_term(&c, &rest_c, value * coefficients[2], careful);
    add_term(&d, &rest_d, value * coefficients[3], careful);
  }
  lanes_put(m->y, at[0], a);
  lanes_put(m->rests, at[0], rest_a);
  lanes_put(m->y, at[1], b);
  lanes_put(m->rests, at[1], rest_b);
  lanes_put(m->y, at[2], c);
  lanes_put(m->rests, at[2], rest_c);
  lanes_put(m->y, at[3], d);
  lanes_put(m->rests, at[3], rest_d);
}

#if defined(FUSED)
#define FUSED_SUMS 8u /* at a time */

/* As add_term, but that sums go by products with 1 as well, which change nothing:
 * some processors add and multiply in different places. also: a constant, whether
 * the next sum does, too. */
FUSED EMLRT_INLINE void add_fused_term(lanes_f *sum, lanes_f *rest,
                                       lanes_f term, lanes_f one, int also) {
  lanes_f next, more;
  term -= *rest;
  next = *sum + term;
  if (also)
    next = (lanes_f)_mm512_fmadd_ps((__m512)*sum, (__m512)one, (__m512)term);
  more = (lanes_f)_mm512_fmsub_ps((__m512)next, (__m512)one, (__m512)*sum);
  *rest = more - term;
  *sum = next;
}

/* As add_group, of FUSED_SUMS sums one after another from `at` on. */
FUSED static void add_fused_group(const machine *m, size_t at,
                                  const float *coefficients,
                                  const float *values, size_t n) {
  const lanes_f one = lanes_same(1.0f);
  lanes_f sums[FUSED_SUMS], rests[FUSED_SUMS];
  size_t i;
  for (i = 0; i < FUSED_SUMS; i++) {
    sums[i] = lanes_at(m->y, at + i);
    rests[i] = lanes_at(m->rests, at + i);
  }
  for (; n != 0; n--, coefficients += m->step, values += LANES) {
    lanes_f value = lanes_at(values, 0);
#pragma GCC unroll 8
    for (i = 0; i < FUSED_SUMS; i++)
      add_fused_term(&sums[i], &rests[i], value * coefficients[i], one, i & 1u);
  }
  for (i = 0; i < FUSED_SUMS; i++) {
    lanes_put(m->y, at + i, sums[i]);
    lanes_put(m->rests, at + i, rests[i]);
  }
}
#endif

EMLRT_INLINE void add_one(const machine *m, size_t at,
                          const float *coefficients, const float *values,
                          size_t n, int careful) {
  lanes_f sum = lanes_at(m->y, at), rest = lanes_at(m->rests, at);
  for (; n != 0; n--, coefficients += m->step, values += LANES)
    add_term(&sum, &rest, lanes_at(values, 0) * coefficients[0], careful);
  lanes_put(m->y, at, sum);
  lanes_put(m->rests, at, rest);
}

/* Adds the terms of n stored rows of class c, from sum i on: 0 but for one class.
 * coefficients: of the first row. */
EMLRT_INLINE void add_all(const machine *m, emlrt_count c, emlrt_count i,
                          const float *coefficients, const float *values,
                          size_t n, int careful) {
  emlrt_count next = (emlrt_count)(c + i), j;
  for (; i + SUMS <= m->width; i = (emlrt_count)(i + SUMS)) {
    size_t at[SUMS];
    for (j = 0; j < SUMS; j++)
      at[j] = emlrt_next_pair(&next, (emlrt_count)(i + j), c, m->classes);
    add_group(m, at, coefficients + i, values, n, careful);
  }
  for (; i < m->width; i++)
    add_one(m, emlrt_next_pair(&next, i, c, m->classes), coefficients + i,
            values, n, careful);
}

CLONES static void add_careful(const machine *m, emlrt_count c,
                               const float *coefficients, const float *values,
                               size_t n) {
  add_all(m, c, 0, coefficients, values, n, 1);
}

/* Adds the terms to as many sums as go by products; returns how many. */
static emlrt_count add_fused(const machine *m, const float *coefficients,
                             const float *values, size_t n) {
  emlrt_count i = 0;
#if defined(FUSED)
  if (m->classes == 1 && __builtin_cpu_supports("avx512f"))
    for (; i + FUSED_SUMS <= m->width; i = (emlrt_count)(i + FUSED_SUMS))
      add_fused_group(m, i, coefficients + i, values, n);
#else
  (void)m;
  (void)coefficients;
  (void)values;
  (void)n;
#endif
  return i;
}

CLONES static void add_plain(const machine *m, emlrt_count c, emlrt_count from,
                             const float *coefficients, const float *values,
                             size_t n) {
  add_all(m, c, from, coefficients, values, n, 0);
}

/* Whether every sum is a number below infinity. Else one may have been none before,
 * and a rest might have to be dropped: once beyond all numbers, a sum stays there. */
CLONES static int all_finite(const float *y, size_t n) {
  lanes_i beyond = {0};
  for (; n != 0; n--, y += LANES)
    beyond |= (lanes_bits(lanes_at(y, 0)) & EMLRT_INFINITY_BITS) ==
              EMLRT_INFINITY_BITS;
  return !lanes_any(beyond);
}

/* Sums and rests of one row side by side, where a stored row has a coefficient for
 * each. values: of n stored rows. */
CLONES static void add_wide(const machine *m, const float *coefficients,
                            const float *values, size_t n, float *restrict sums,
                            float *restrict rests) {
  size_t i;
  for (; n != 0; n--, coefficients += m->step) {
    float value = *values++;
    for (i = 0; i < m->width; i++) {
      float term = value * coefficients[i] - rests[i], next = sums[i] + term;
      float more = next - sums[i] - term;
      uint32_t bits = emlrt_bits(more) & EMLRT_INFINITY_BITS;
      sums[i] = next;
      rests[i] = bits == EMLRT_INFINITY_BITS ? 0.0f : more;
    }
  }
}

/* Kernels of n stored rows, at most LANES, and a few rows: a column for each row.
 * The stored ones take the lanes, and the rows stand for stored ones. */
static void few_kernels(const machine *m, likeness *f, const float *rows,
                        size_t n, float *values) {
  machine swapped = *m;
  swapped.x = m->stored;
  swapped.step = m->few.step / sizeof(float);
  lanes_take(m->call, rows, m->step, n, m->stored);
  f(&swapped, (const float *)(const void *)m->few.at, m->n_few, values);
}

/* The same as columns of stored rows. values: AT_ONCE columns. */
static void few_columns(const machine *m, likeness *f, const float *rows,
                        size_t n, float *values) {
  float *turned = values + LANES * LANES;
  few_kernels(m, f, rows, n, turned);
  emlrt_lanes_transpose((const char *)turned, LANES * sizeof *turned, m->n_few,
                        LANES, (char *)values, LANES * sizeof *values);
}

/* All stored rows, class after class. */
static void run_machine(const machine *m, likeness *f, const float *at,
                        int careful) {
  float values[AT_ONCE * LANES] = {0};
  size_t at_once = m->n_few != 0 ? LANES : AT_ONCE;
  emlrt_rom count = emlrt_rom_at(m->call->payload, EMLRT_OCTETS(emlrt_kernels));
  emlrt_count c;
  for (c = 0; c < m->classes; c++, count = emlrt_rom_at(count, 4)) {
    size_t left = emlrt_r32(count, 0);
    while (left != 0) {
      size_t n = left < at_once ? left : at_once;
      if (m->n_few != 0)
        few_columns(m, f, at, n, values);
      else
        f(m, at, n, values);
      if (careful)
        add_careful(m, c, at + m->call->n_in, values, n);
      else
        add_plain(m, c, add_fused(m, at + m->call->n_in, values, n),
                  at + m->call->n_in, values, n);
      at += n * m->step;
      left -= n;
    }
  }
}

/* at: what the sums start with, and the stored rows. */
static void run_from(const machine *m, likeness *f, const float *at,
                     int careful) {
  size_t i;
  for (i = 0; i < m->sums; i++) {
    lanes_put(m->y, i, lanes_same(*at++));
    lanes_put(m->rests, i, lanes_same(0.0f));
  }
  run_machine(m, f, at, careful);
}

/* Sets a machine up but for its rows. y: room for sums and rests. Returns what the
 * sums start with. */
static const float *prepare(machine *m, const emlrt_call *call, float *y) {
  uint32_t k = emlrt_r32(call->payload, EMLRT_AT(emlrt_kernels, n_sections));
  const float *at = lanes_payload(call, EMLRT_OCTETS(emlrt_kernels) + k * 4u);
  m->call = call;
  m->y = y;
  m->sums = call->n_out == 1 ? 1 : call->n_out / 2;
  m->classes = (emlrt_count)k;
  m->width = k == 1 ? m->sums : k - 1;
  m->step = call->n_in + m->width;
  m->degree = emlrt_r32(call->payload, EMLRT_AT(emlrt_kernels, degree));
  m->factor = *at;
  return at + 1;
}

/* As emlrt_run_kernel. */
static void run_kernel(machine *m, likeness *f, const float *at) {
  float only[LANES];
  size_t i;
  m->rests = m->call->n_out == 1 ? only : m->y + m->sums * LANES;
  run_from(m, f, at, 0);
  if (!all_finite(m->y, m->sums) || !all_finite(m->rests, m->sums))
    run_from(m, f, at, 1);
  for (i = 0; i < m->sums; i++) lanes_put_one(m->y, i, lanes_at(m->y, i));
}

static void run_block(const emlrt_call *call, const float *x, float *y,
                      likeness *f) {
  machine m = {0};
  const float *at = prepare(&m, call, y);
  m.x = x;
  run_kernel(&m, f, at);
}

/* Fills rows of sums and rests, for which y has room. at: as run_from. */
static void run_wide(const machine *m, likeness *f, const float *at) {
  float values[(LANES + 1) * LANES];
  emlrt_rom count = emlrt_rom_at(m->call->payload, EMLRT_OCTETS(emlrt_kernels));
  size_t n = emlrt_r32(count, 0), width = m->width, r, i, some;
  for (r = 0; r < m->n_few; r++)
    for (i = 0; i < width; i++) {
      m->y[2 * r * width + i] = at[i];
      m->y[(2 * r + 1) * width + i] = 0.0f;
    }
  for (at += width; n != 0; n -= some, at += some * m->step) {
    some = n < LANES ? n : LANES;
    few_kernels(m, f, at, some, values);
    for (r = 0; r < m->n_few; r++)
      add_wide(m, at + m->call->n_in, values + r * LANES, some,
               m->y + 2 * r * width, m->y + (2 * r + 1) * width);
  }
}

static void put_wide(const machine *m, emlrt_rows out) {
  const float *y = m->y;
  size_t r, i;
  for (r = 0; r < m->n_few; r++, out.at += out.step)
    for (i = 0; i < 2 * m->width; i++, y++)
      emlrt_put((float *)(void *)out.at + i, *y);
}

static void run_few(const emlrt_call *call, emlrt_rows in, emlrt_rows out,
                    size_t n, float *columns, likeness *f) {
  machine m = {0};
  float *y = columns + (size_t)call->n_in * LANES;
  const float *at = prepare(&m, call, y);
  m.stored = columns;
  m.few = in;
  m.n_few = n;
  if (m.classes == 1 && m.width >= WIDE) {
    run_wide(&m, f, at);
    put_wide(&m, out);
    return;
  }
  run_kernel(&m, f, at);
  emlrt_lanes_transpose((const char *)y, LANES * sizeof *y, call->n_out, n,
                        out.at, out.step);
}

/* The kernels of a likeness. */
#define LANES_LIKENESS(name, few, f)                                         \
  void name(const emlrt_call *call, const float *x, float *y, float *work) { \
    (void)work;                                                              \
    run_block(call, x, y, f);                                                \
  }                                                                          \
  void few(const emlrt_call *call, emlrt_rows in, emlrt_rows out, size_t n,  \
           float *columns) {                                                 \
    run_few(call, in, out, n, columns, f);                                   \
  }

LANES_LIKENESS(emlrt_lanes_kernel_rbf, emlrt_lanes_few_rbf, rbf)
LANES_LIKENESS(emlrt_lanes_kernel_dot, emlrt_lanes_few_dot, dot)
LANES_LIKENESS(emlrt_lanes_kernel_tanh, emlrt_lanes_few_tanh, hyperbolic)
LANES_LIKENESS(emlrt_lanes_kernel_matern, emlrt_lanes_few_matern, matern)

#endif
