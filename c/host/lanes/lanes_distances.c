/* SPDX-License-Identifier: MIT
 *
 * Distances of a block of rows to every item, and each row's nearest ones. Four
 * items at a time: the additions of one sum wait for each other.
 */
#include "lanes_kernel.h"

#if defined(EMLRT_LANES_ON)

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
 * is left to the caller: no number comes of a NaN, and none is larger. */
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
  /* A NaN of all ones would be no less than the limit of an empty list. */
  g->sums[0] = a & ~EMLRT_SIGN_BIT;
  g->sums[1] = b & ~EMLRT_SIGN_BIT;
  g->sums[2] = c & ~EMLRT_SIGN_BIT;
  g->sums[3] = d & ~EMLRT_SIGN_BIT;
}

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

/* The nearest items so far of each lane: k numbers, a distance above an index, in
 * order. limits: the last distances. */
typedef struct lists {
  uint64_t *items;
  size_t k;
  uint32_t limits[LANES];
} lists;

static void clear(lists *l, size_t k, float *memory) {
  size_t i;
  l->items = (uint64_t *)(void *)memory;
  l->k = k;
  for (i = 0; i < k * LANES; i++) l->items[i] = UINT64_MAX;
  for (i = 0; i < LANES; i++) l->limits[i] = UINT32_MAX;
}

/* Puts an item where it belongs in a lane's list. */
static void put(lists *l, size_t lane, uint32_t distance, uint32_t index) {
  uint64_t *first = l->items + lane * l->k, *at = first + l->k;
  uint64_t item = (uint64_t)distance << 32 | index;
  while (--at != first && at[-1] > item) at[0] = at[-1];
  at[0] = item;
  l->limits[lane] = (uint32_t)(first[l->k - 1] >> 32);
}

/* Offers an item to the lanes of a mask, whose distances are below what the limits
 * were, or NaN. angles: bits of lanes that have no angle with it. */
static void offer(lists *l, const emlrt_alias32 *sums, uint32_t mask,
                  uint32_t angles, uint32_t index) {
  size_t r;
  for (r = 0; mask != 0; r++, mask >>= 1, angles >>= 1) {
    uint32_t sum, distance;
    if ((mask & 1u) == 0) continue;
    sum = emlrt_one_nan(sums[r]);
    distance = (angles & 1u) != 0 ? NO_ANGLE : sum;
    if (sum < l->limits[r] && distance < l->limits[r])
      put(l, r, distance, index);
  }
}

/* Columns of distances, then of indices. */
static void write_lists(const lists *l, float *y) {
  emlrt_alias32 *to = (emlrt_alias32 *)(void *)y;
  size_t i, r;
  for (i = 0; i < l->k; i++)
    for (r = 0; r < LANES; r++) {
      uint64_t item = l->items[r * l->k + i];
      to[i * LANES + r] = (uint32_t)(item >> 32);
      to[(l->k + i) * LANES + r] = (uint32_t)item;
    }
}

/* Offers a group, the first of whose items is item `at`. none: bits of lanes without
 * a direction. */
EMLRT_INLINE void offer_all(lists *l, const group *g, uint32_t none,
                            uint32_t at, size_t n, unsigned metric) {
  lanes_u limits = *(const lanes_u *)(const void *)l->limits;
  size_t i;
  for (i = 0; i < g->n; i++) {
    uint32_t mask = lanes_set(g->sums[i] < limits), angles = 0;
    if (mask == 0) continue;
    if (metric == EMLRT_METRIC_COSINE)
      angles = is_zero(g->items[i], n) ? UINT32_MAX : none;
    offer(l, (const emlrt_alias32 *)(const void *)&g->sums[i], mask, angles,
          at + (uint32_t)i);
  }
}

/* Whether any of a group's distances may be below its lane's limit. */
EMLRT_INLINE int any_below(const group *g, const uint32_t *limits) {
  lanes_u limit = *(const lanes_u *)(const void *)limits;
  return lanes_any((g->sums[0] < limit) | (g->sums[1] < limit) |
                   (g->sums[2] < limit) | (g->sums[3] < limit));
}

/* metric: a constant. */
EMLRT_INLINE void nearest_by(const emlrt_call *call, const float *x, lists *l,
                             unsigned metric) {
  size_t n = call->n_in;
  uint32_t items = emlrt_r32(call->payload, EMLRT_AT(emlrt_nearest, n_items));
  const float *item = lanes_payload(call, EMLRT_OCTETS(emlrt_nearest));
  uint32_t at, none = 0;
  group g;
  if (metric == EMLRT_METRIC_COSINE) none = lanes_set(no_direction(x, n));
  for (at = 0; at < items; at += (uint32_t)g.n) {
    take(&g, item + at * n, items - at, n);
    measure(&g, x, n, metric);
    if (any_below(&g, l->limits)) offer_all(l, &g, none, at, n, metric);
  }
}

/* For each metric a function of its own, so that none takes much stack. */
typedef void finder(const emlrt_call *call, const float *x, lists *l);
#define LANES_FINDER(name, metric)                                            \
  CLONES static void name(const emlrt_call *call, const float *x, lists *l) { \
    nearest_by(call, x, l, metric);                                           \
  }

LANES_FINDER(find_squares, EMLRT_METRIC_SQUARES)
LANES_FINDER(find_sums, EMLRT_METRIC_SUMS)
LANES_FINDER(find_largest, EMLRT_METRIC_LARGEST)
LANES_FINDER(find_cosines, EMLRT_METRIC_COSINE)

void emlrt_lanes_nearest(const emlrt_call *call, const float *x, float *y,
                         float *work) {
  static finder *const finders[] = {find_squares, find_sums, find_largest,
                                    find_cosines};
  lists l;
  clear(&l, call->n_out / 2, work);
  finders[emlrt_r16(call->payload, EMLRT_AT(emlrt_nearest, metric))](call, x,
                                                                     &l);
  write_lists(&l, y);
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
      lanes_put_one(y, at + i, lanes_float(g.sums[i] | (numbers & sign)));
    }
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
