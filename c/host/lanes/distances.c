/* SPDX-License-Identifier: MIT
 *
 * Distances of a block of rows to every item, and each row's nearest ones. Two
 * items at a time: the additions of one sum wait for each other.
 */
#include "lanes.h"

#if defined(EMLRT_BATCH_LANES)

#define NO_ANGLE UINT32_C(0x40000000) /* as in c/src/neighbors/distance.c */

/* Distances of the block to two items, as bits; anything but a plain sum is the
 * caller's. */
typedef struct pair {
  lanes_u first;
  lanes_u second;
} pair;

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

EMLRT_INLINE pair distances_of(const float *x, size_t n, const float *a,
                               const float *b, unsigned metric) {
  pair sums = {{0}, {0}};
  size_t i;
  for (i = 0; i < n; i++) {
    lanes_f value = lanes_at(x, i);
    sums.first = with_part(sums.first, value, a[i], metric);
    sums.second = with_part(sums.second, value, b[i], metric);
  }
  sums.first = lanes_one_nan(sums.first);
  sums.second = lanes_one_nan(sums.second);
  return sums;
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

/* Offers item i of distances that are below no limit but in few lanes. */
EMLRT_INLINE void offer_if(const emlrt_call *call, uint32_t *list, lanes_u sum,
                           lanes_i none, const float *item, uint32_t i,
                           unsigned metric) {
  size_t k = call->n_out / 2;
  lanes_u bits = sum;
  if (metric == EMLRT_METRIC_COSINE) bits = angle(sum, none, item, call->n_in);
  offer(list, k, &sum, &bits, i);
}

/* metric: a constant. */
EMLRT_INLINE void nearest_by(const emlrt_call *call, const float *x,
                             uint32_t *list, unsigned metric) {
  size_t n = call->n_in, k = call->n_out / 2, i;
  uint32_t items = emlrt_r32(call->payload, EMLRT_AT(emlrt_nearest, n_items));
  const float *a = lanes_payload(call, EMLRT_OCTETS(emlrt_nearest));
  const uint32_t *last = list + (k - 1) * LANES;
  lanes_i none = {0};
  uint32_t at;
  if (metric == EMLRT_METRIC_COSINE) none = no_direction(x, n);
  for (i = 0; i < k * LANES; i++) list[i] = UINT32_MAX;
  for (at = 0; at < items; at += 2) {
    const float *b = at + 1 < items ? a + n : a; /* the last of an odd number */
    pair sums = distances_of(x, n, a, b, metric);
    lanes_u limit = *(const lanes_u *)(const void *)last;
    if (lanes_any((sums.first < limit) | (sums.second < limit))) {
      offer_if(call, list, sums.first, none, a, at, metric);
      if (b != a) offer_if(call, list, sums.second, none, b, at + 1, metric);
    }
    a += 2 * n;
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
  const float *a = lanes_payload(call, EMLRT_OCTETS(emlrt_distances));
  size_t n = call->n_in, i;
  for (i = 0; i < call->n_out; i += 2, a += 2 * n) {
    int two = i + 1 < call->n_out;
    pair sums = distances_of(x, n, a, two ? a + n : a, metric);
    lanes_u *to = (lanes_u *)(void *)(y + i * LANES);
    to[0] = sums.first | (~(lanes_u)lanes_is_nan(sums.first) & sign);
    if (two) to[1] = sums.second | (~(lanes_u)lanes_is_nan(sums.second) & sign);
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
