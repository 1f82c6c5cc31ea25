/* SPDX-License-Identifier: MIT
 *
 * Distances of a block of rows, or of a few rows, to every item.
 */
#include "lanes_group.h"

#if defined(EMLRT_LANES_ON)

#include <string.h>

/* sign: bits to set in every distance. */
EMLRT_INLINE lanes_f signed_distances(lanes_u sums, uint32_t sign) {
  lanes_u numbers = ~(lanes_u)lanes_is_nan(sums);
  return lanes_float(lanes_one_nan(sums | (numbers & sign)));
}

/* metric: a constant. */
EMLRT_INLINE void distances_by(const emlrt_call *call, const float *x, float *y,
                               unsigned metric, uint32_t sign) {
  const float *item = lanes_payload(call, EMLRT_OCTETS(emlrt_distances));
  size_t n = call->n_in, at, i;
  group g;
  for (at = 0; at < call->n_out; at += g.n) {
    take(&g, item + at * n, call->n_out - at, n);
    measure(&g, x, n, metric);
    for (i = 0; i < g.n; i++)
      lanes_put(y, at + i, signed_distances(g.sums[i], sign));
  }
}

typedef void measurer(const emlrt_call *call, const float *x, float *y,
                      uint32_t sign);
#define LANES_MEASURER(name, metric)                                        \
  CLONES static void name(const emlrt_call *call, const float *x, float *y, \
                          uint32_t sign) {                                  \
    distances_by(call, x, y, metric, sign);                                 \
  }

LANES_MEASURER(all_squares, EMLRT_METRIC_SQUARES)
LANES_MEASURER(all_sums, EMLRT_METRIC_SUMS)
LANES_MEASURER(all_largest, EMLRT_METRIC_LARGEST)

void emlrt_lanes_distances(const emlrt_call *call, const float *x, float *y,
                           float *work) {
  static measurer *const measurers[] = {all_squares, all_sums, all_largest};
  unsigned flags = emlrt_r16(call->payload, EMLRT_AT(emlrt_distances, flags));
  (void)work;
  measurers[emlrt_r16(call->payload, EMLRT_AT(emlrt_distances, metric))](
      call, x, y, flags != 0 ? EMLRT_SIGN_BIT : 0);
}

/* Distances of n rows to 16 items in lanes, `there` of which are some. metric: a
 * constant. */
EMLRT_INLINE void few_by(const emlrt_call *call, emlrt_rows in, emlrt_rows out,
                         size_t n, const float *items, size_t there,
                         unsigned metric, uint32_t sign) {
  size_t step = in.step / sizeof(float), row, i;
  group g;
  for (row = 0; row < n; row += g.n) {
    take(&g, (const float *)(const void *)in.at + row * step, n - row, step);
    measure(&g, items, call->n_in, metric);
    for (i = 0; i < g.n; i++) {
      lanes_f found = signed_distances(g.sums[i], sign);
      memcpy(out.at + (row + i) * out.step, &found, there * sizeof(float));
    }
  }
}

typedef void few_measurer(const emlrt_call *call, emlrt_rows in, emlrt_rows out,
                          size_t n, const float *items, size_t there,
                          uint32_t sign);
#define LANES_FEW_MEASURER(name, metric)                                \
  CLONES static void name(const emlrt_call *call, emlrt_rows in,        \
                          emlrt_rows out, size_t n, const float *items, \
                          size_t there, uint32_t sign) {                \
    few_by(call, in, out, n, items, there, metric, sign);               \
  }

LANES_FEW_MEASURER(few_squares, EMLRT_METRIC_SQUARES)
LANES_FEW_MEASURER(few_sums, EMLRT_METRIC_SUMS)
LANES_FEW_MEASURER(few_largest, EMLRT_METRIC_LARGEST)

void emlrt_lanes_few_distances(const emlrt_call *call, emlrt_rows in,
                               emlrt_rows out, size_t n, float *columns) {
  static few_measurer *const measurers[] = {few_squares, few_sums, few_largest};
  few_measurer *all_of =
      measurers[emlrt_r16(call->payload, EMLRT_AT(emlrt_distances, metric))];
  unsigned flags = emlrt_r16(call->payload, EMLRT_AT(emlrt_distances, flags));
  const float *item = lanes_payload(call, EMLRT_OCTETS(emlrt_distances));
  size_t left = call->n_out;
  while (left != 0) {
    size_t some = left < LANES ? left : LANES;
    lanes_take(call, item, call->n_in, some, columns);
    all_of(call, in, out, n, columns, some, flags != 0 ? EMLRT_SIGN_BIT : 0);
    item += some * call->n_in;
    out.at += some * sizeof(float);
    left -= some;
  }
}

/* The output that a fork leads lanes to, from its two items on. */
EMLRT_INLINE lanes_u lead_on(lanes_u to, const group *g, uint32_t fork,
                             emlrt_rom at) {
  lanes_u first = lanes_all(emlrt_r32(at, EMLRT_AT(emlrt_fork, first)));
  lanes_u second = lanes_all(emlrt_r32(at, EMLRT_AT(emlrt_fork, second)));
  lanes_i nearer = lanes_one_nan(g->sums[1]) < lanes_one_nan(g->sums[0]);
  return lanes_pick(to == fork, lanes_pick(nearer, second, first), to);
}

/* Forks lead to later ones: gone through once, if any lane has come there. */
CLONES void emlrt_lanes_bisecting_kmeans(const emlrt_call *call, const float *x,
                                         float *y, float *work) {
  emlrt_rom forks =
      emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_bisecting_kmeans));
  uint32_t n =
      emlrt_r32(call->payload, EMLRT_AT(emlrt_bisecting_kmeans, n_forks));
  const float *item = lanes_payload(call, EMLRT_OCTETS(emlrt_bisecting_kmeans) +
                                              n * EMLRT_OCTETS(emlrt_fork));
  lanes_u to = {0};
  uint32_t fork, i;
  group g;
  (void)work;
  for (fork = 0; fork < n; fork++, item += 2 * (size_t)call->n_in) {
    emlrt_rom at = emlrt_rom_at(forks, fork * EMLRT_OCTETS(emlrt_fork));
    if (!lanes_any(to == fork)) continue;
    take(&g, item, 2, call->n_in);
    measure(&g, x, call->n_in, EMLRT_METRIC_SQUARES);
    to = lead_on(to, &g, fork, at);
  }
  for (i = 0; i < call->n_out; i++)
    lanes_put(y, i, lanes_float((lanes_u)(to == n + i) & UINT32_C(0x3F800000)));
}

#endif
