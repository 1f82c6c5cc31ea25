/* SPDX-License-Identifier: MIT
 *
 * Distances of a block of rows to every item, and each row's nearest ones. Four
 * items at a time: the additions of one sum wait for each other.
 */
#include "lanes.h"

#if defined(EMLRT_BATCH_LANES)

#define NO_ANGLE UINT32_C(0x40000000) /* as in c/src/neighbors/distance.c */

#define AT_ONCE 4u

/* Some items, and the block's distances to each, as bits. Those behind the last
 * item are the last one again. */
typedef struct group {
  const float *items[AT_ONCE];
  lanes_u sums[AT_ONCE];
  size_t n;
} group;

/* The items from `at` on, of which so many are left. */
EMLRT_INLINE void take(group *g, const float *at, size_t left, size_t n_in) {
  size_t i;
  g->n = left < AT_ONCE ? left : AT_ONCE;
  for (i = 0; i < AT_ONCE; i++)
    g->items[i] = at + (i < g->n ? i : g->n - 1) * n_in;
}

/* The sum with one more part. Where c/src makes its NaN after each part, here it
 * is made of the last sum: no number comes of a NaN, and none is larger. */
EMLRT_INLINE lanes_u with_part(lanes_u sum, lanes_f x, float item,
                               unsigned metric) {
  lanes_f d = x - item;
  lanes_u part = lanes_bits(d) & ~EMLRT_SIGN_BIT;
  if (metric == EMLRT_METRIC_LARGEST)
    return lanes_pick((lanes_i)part < (lanes_i)sum, sum, part);
  if (metric != EMLRT_METRIC_SUMS) part = lanes_bits(d * d);
  return lanes_bits(lanes_float(sum) + lanes_float(part));
}

EMLRT_INLINE void measure(group *g, const float *x, size_t n, unsigned metric) {
  lanes_u a = {0}, b = {0}, c = {0}, d = {0};
  size_t i;
  for (i = 0; i < n; i++) {
    lanes_f value = lanes_at(x, i);
    a = with_part(a, value, g->items[0][i], metric);
    b = with_part(b, value, g->items[1][i], metric);
    c = with_part(c, value, g->items[2][i], metric);
    d = with_part(d, value, g->items[3][i], metric);
  }
  g->sums[0] = lanes_one_nan(a);
  g->sums[1] = lanes_one_nan(b);
  g->sums[2] = lanes_one_nan(c);
  g->sums[3] = lanes_one_nan(d);
}

/* Whether any of a group's distances is below its lane's limit. */
EMLRT_INLINE int any_below(const group *g, const uint32_t *limits) {
  lanes_u limit = *(const lanes_u *)(const void *)limits;
  return lanes_any((g->sums[0] < limit) | (g->sums[1] < limit) |
                   (g->sums[2] < limit) | (g->sums[3] < limit));
}

/* Of each lane, whether all its inputs are zeros. */
EMLRT_INLINE lanes_i no_direction(const float *x, size_t n) {
  lanes_u any = {0};
  for (; n != 0; n--, x += LANES) any |= lanes_bits(lanes_at(x, 0));
  return (any & ~EMLRT_SIGN_BIT) == 0;
}

/* What an item's angle is instead of its sum, where there is none. */
EMLRT_INLINE lanes_u angle(lanes_u sum, lanes_i none, const float *item,
                           size_t n) {
  uint32_t any = 0;
  for (; n != 0; n--) any |= emlrt_bits(*item++);
  if ((any & ~EMLRT_SIGN_BIT) == 0) return lanes_all(NO_ANGLE);
  return lanes_pick(none, lanes_all(NO_ANGLE), sum);
}

/* Puts an item where it belongs in a lane's list: k distances, then k indices. */
static void put(uint32_t *list, size_t k, uint32_t distance, uint32_t index) {
  uint32_t *at = list + k * LANES;
  while ((at -= LANES) != list && *(at - LANES) > distance) {
    at[0] = *(at - LANES);
    at[k * LANES] = at[(k - 1) * LANES];
  }
  at[0] = distance;
  at[k * LANES] = index;
}

/* Offers an item to every lane. sums: below which limits; bits: the distances. */
static void offer(uint32_t *list, size_t k, const lanes_u *sums,
                  const lanes_u *bits, uint32_t index) {
  const emlrt_alias32 *sum = (const emlrt_alias32 *)(const void *)sums;
  const emlrt_alias32 *distance = (const emlrt_alias32 *)(const void *)bits;
  const uint32_t *last = list + (k - 1) * LANES;
  size_t r;
  for (r = 0; r < LANES; r++)
    if (sum[r] < last[r] && distance[r] < last[r])
      put(list + r, k, distance[r], index);
}

/* Offers a group, the first of whose items is item `at`. none: lanes without a
 * direction. */
EMLRT_INLINE void offer_all(const emlrt_call *call, uint32_t *list,
                            const group *g, lanes_i none, uint32_t at,
                            unsigned metric) {
  size_t k = call->n_out / 2, i;
  for (i = 0; i < g->n; i++) {
    lanes_u bits = g->sums[i];
    if (metric == EMLRT_METRIC_COSINE)
      bits = angle(bits, none, g->items[i], call->n_in);
    offer(list, k, &g->sums[i], &bits, at + (uint32_t)i);
  }
}

/* metric: a constant. */
EMLRT_INLINE void nearest_by(const emlrt_call *call, const float *x,
                             uint32_t *list, unsigned metric) {
  size_t n = call->n_in, k = call->n_out / 2, i;
  uint32_t items = emlrt_r32(call->payload, EMLRT_AT(emlrt_nearest, n_items));
  const float *item = lanes_payload(call, EMLRT_OCTETS(emlrt_nearest));
  const uint32_t *last = list + (k - 1) * LANES;
  lanes_i none = {0};
  uint32_t at;
  group g;
  if (metric == EMLRT_METRIC_COSINE) none = no_direction(x, n);
  for (i = 0; i < k * LANES; i++) list[i] = UINT32_MAX;
  for (at = 0; at < items; at += (uint32_t)g.n) {
    take(&g, item + at * n, items - at, n);
    measure(&g, x, n, metric);
    if (any_below(&g, last)) offer_all(call, list, &g, none, at, metric);
  }
}

CLONES void emlrt_lanes_nearest(const emlrt_call *call, const float *x, float *y,
                                float *work) {
  uint32_t *list = (uint32_t *)(void *)y;
  (void)work;
  switch (emlrt_r16(call->payload, EMLRT_AT(emlrt_nearest, metric))) {
    case EMLRT_METRIC_SQUARES:
      nearest_by(call, x, list, EMLRT_METRIC_SQUARES);
      return;
    case EMLRT_METRIC_SUMS: nearest_by(call, x, list, EMLRT_METRIC_SUMS); return;
    case EMLRT_METRIC_LARGEST:
      nearest_by(call, x, list, EMLRT_METRIC_LARGEST);
      return;
    default: nearest_by(call, x, list, EMLRT_METRIC_COSINE);
  }
}

/* metric: a constant. sign: bits to set in every distance. */
EMLRT_INLINE void distances_by(const emlrt_call *call, const float *x, float *y,
                               unsigned metric, uint32_t sign) {
  const float *item = lanes_payload(call, EMLRT_OCTETS(emlrt_distances));
  size_t n = call->n_in, at, i;
  group g;
  for (at = 0; at < call->n_out; at += g.n) {
    take(&g, item + at * n, call->n_out - at, n);
    measure(&g, x, n, metric);
    for (i = 0; i < g.n; i++) {
      lanes_u numbers = ~(lanes_u)lanes_is_nan(g.sums[i]);
      lanes_put(y, at + i, lanes_float(g.sums[i] | (numbers & sign)));
    }
  }
}

CLONES void emlrt_lanes_distances(const emlrt_call *call, const float *x,
                                  float *y, float *work) {
  uint32_t sign =
      emlrt_r16(call->payload, EMLRT_AT(emlrt_distances, flags)) != 0
          ? EMLRT_SIGN_BIT
          : 0;
  (void)work;
  switch (emlrt_r16(call->payload, EMLRT_AT(emlrt_distances, metric))) {
    case EMLRT_METRIC_SQUARES:
      distances_by(call, x, y, EMLRT_METRIC_SQUARES, sign);
      return;
    case EMLRT_METRIC_SUMS:
      distances_by(call, x, y, EMLRT_METRIC_SUMS, sign);
      return;
    default: distances_by(call, x, y, EMLRT_METRIC_LARGEST, sign);
  }
}

#endif
