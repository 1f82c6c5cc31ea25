/* SPDX-License-Identifier: MIT
 *
 * The nearest items of some rows: items take the lanes, so that few of them are
 * looked at one by one.
 */
#include "lanes_group.h"

#if defined(EMLRT_LANES_ON)

#define NO_ANGLE UINT32_C(0x40000000) /* as in c/src/neighbors/distance.c */

/* Of each lane, whether all its inputs are zeros. */
EMLRT_INLINE lanes_i no_direction(const float *x, size_t n) {
  lanes_u any = {0};
  for (; n != 0; n--, x += LANES) any |= lanes_bits(lanes_at(x, 0));
  return (any & ~EMLRT_SIGN_BIT) == 0;
}

static int is_zero(const float *item, size_t n) {
  uint32_t any = 0;
  for (; n != 0; n--) any |= emlrt_bits(*item++);
  return (any & ~EMLRT_SIGN_BIT) == 0;
}

/* The nearest items so far of each row: k numbers, a distance above an index, in
 * order. limits: the last distances. */
typedef struct lists {
  uint64_t *items;
  size_t k;
  uint32_t limits[LANES_NEAREST];
} lists;

static void clear(lists *l, size_t n, size_t k, float *memory) {
  size_t i;
  l->items = (uint64_t *)(void *)memory;
  l->k = k;
  for (i = 0; i < k * n; i++) l->items[i] = UINT64_MAX;
  for (i = 0; i < n; i++) l->limits[i] = UINT32_MAX;
}

/* Puts an item where it belongs in a row's list. */
static void put(lists *l, size_t row, uint32_t distance, uint32_t index) {
  uint64_t *first = l->items + row * l->k, *at = first + l->k;
  uint64_t item = (uint64_t)distance << 32 | index;
  while (--at != first && at[-1] > item) at[0] = at[-1];
  at[0] = item;
  l->limits[row] = (uint32_t)(first[l->k - 1] >> 32);
}

/* Offers an item to a row whose distance is below what its limit was, or NaN.
 * no_angle: whether the two have no angle. */
static void offer_one(lists *l, size_t row, uint32_t sum, uint32_t no_angle,
                      uint32_t index) {
  uint32_t distance;
  sum = emlrt_one_nan(sum);
  distance = no_angle != 0 ? NO_ANGLE : sum;
  if (sum < l->limits[row] && distance < l->limits[row])
    put(l, row, distance, index);
}

/* Offers 16 items, in lanes, the first of which is item `at`, to a row. */
static void offer_row(lists *l, size_t row, const emlrt_alias32 *sums,
                      uint32_t mask, uint32_t angles, uint32_t at) {
  for (; mask != 0; at++, sums++, mask >>= 1, angles >>= 1)
    if ((mask & 1u) != 0) offer_one(l, row, *sums, angles & 1u, at);
}

/* Offers items in lanes, as many as a mask has, to n rows. metric: a constant. */
EMLRT_INLINE void offer_rows(const emlrt_call *call, emlrt_rows in, size_t n,
                             const float *items, uint32_t there, uint32_t at,
                             lists *l, unsigned metric) {
  size_t step = in.step / sizeof(float), row, i;
  uint32_t none = 0;
  group g;
  if (metric == EMLRT_METRIC_COSINE)
    none = lanes_set(no_direction(items, call->n_in));
  for (row = 0; row < n; row += g.n) {
    take(&g, (const float *)(const void *)in.at + row * step, n - row, step);
    measure(&g, items, call->n_in, metric);
    for (i = 0; i < g.n; i++) {
      uint32_t mask = lanes_set(g.sums[i] < l->limits[row + i]) & there;
      uint32_t angles = none;
      if (mask == 0) continue;
      if (metric == EMLRT_METRIC_COSINE && is_zero(g.items[i], call->n_in))
        angles = UINT32_MAX;
      offer_row(l, row + i, (const emlrt_alias32 *)(const void *)&g.sums[i],
                mask, angles, at);
    }
  }
}

typedef void offerer(const emlrt_call *call, emlrt_rows in, size_t n,
                     const float *items, uint32_t there, uint32_t at, lists *l);
#define LANES_OFFERER(name, metric)                                        \
  CLONES static void name(const emlrt_call *call, emlrt_rows in, size_t n, \
                          const float *items, uint32_t there, uint32_t at, \
                          lists *l) {                                      \
    offer_rows(call, in, n, items, there, at, l, metric);                  \
  }

LANES_OFFERER(offer_squares, EMLRT_METRIC_SQUARES)
LANES_OFFERER(offer_sums, EMLRT_METRIC_SUMS)
LANES_OFFERER(offer_largest, EMLRT_METRIC_LARGEST)
LANES_OFFERER(offer_cosines, EMLRT_METRIC_COSINE)

static void write_list(const lists *l, size_t row, emlrt_alias32 *to) {
  const uint64_t *items = l->items + row * l->k;
  size_t i;
  for (i = 0; i < l->k; i++) {
    to[i] = (uint32_t)(items[i] >> 32);
    to[l->k + i] = (uint32_t)items[i];
  }
}

void emlrt_lanes_nearest(const emlrt_call *call, emlrt_rows in, emlrt_rows out,
                         size_t n, float *columns) {
  static offerer *const offerers[] = {offer_squares, offer_sums, offer_largest,
                                      offer_cosines};
  offerer *offer_to =
      offerers[emlrt_r16(call->payload, EMLRT_AT(emlrt_nearest, metric))];
  uint32_t items = emlrt_r32(call->payload, EMLRT_AT(emlrt_nearest, n_items));
  const float *item = lanes_payload(call, EMLRT_OCTETS(emlrt_nearest));
  uint32_t at, some;
  lists l;
  size_t r;
  clear(&l, n, call->n_out / 2, columns + (size_t)call->n_in * LANES);
  for (at = 0; at < items; at += some, item += (size_t)some * call->n_in) {
    some = items - at < LANES ? items - at : LANES;
    lanes_take(call, item, call->n_in, some, columns);
    offer_to(call, in, n, columns, (UINT32_C(1) << some) - 1, at, &l);
  }
  for (r = 0; r < n; r++, out.at += out.step)
    write_list(&l, r, (emlrt_alias32 *)(void *)out.at);
}

#endif
