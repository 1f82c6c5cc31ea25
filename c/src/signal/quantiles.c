/* SPDX-License-Identifier: MIT
 *
 * Order statistics: the range of the sort keys is split into parts whose samples
 * are counted, and the part that has the rank is split again, which takes no memory
 * but the counts. Seven passes find any rank, and a few do as a rule.
 */
#include "samples.h"

#define EMLRT_QUANTILE_SHIFT 5
#define EMLRT_QUANTILE_PARTS (1u << EMLRT_QUANTILE_SHIFT)
/* Passes of one rank at most: the ends, the parts, and the neighbour. */
#define EMLRT_QUANTILE_PASSES 9u

static int emlrt_quantile_ok(const emlrt_call *call, emlrt_rom at) {
  uint32_t rank = emlrt_r16(at, EMLRT_AT(emlrt_quantile, rank));
  uint32_t fraction = emlrt_r32(at, EMLRT_AT(emlrt_quantile, fraction));
  if (fraction >= UINT32_C(0x3F800000)) return 0;
  if (fraction != 0) rank++;
  return rank < EMLRT_FEATURES16(call, length) &&
         emlrt_r16(at, EMLRT_AT(emlrt_quantile, kind)) <=
             EMLRT_QUANTILE_DEVIATION;
}

static emlrt_status emlrt_check_quantiles(emlrt_call *call) {
  emlrt_count i;
  if (!emlrt_features_ok(call, (uint32_t)EMLRT_OCTETS(emlrt_quantile), 0, 0))
    return EMLRT_ERR_PAYLOAD;
  for (i = 0; i < EMLRT_FEATURES16(call, n_codes); i++) {
    emlrt_rom at = emlrt_feature_at(call, i, EMLRT_OCTETS(emlrt_quantile));
    if (!emlrt_quantile_ok(call, at)) return EMLRT_ERR_PAYLOAD;
    emlrt_charge(call, EMLRT_QUANTILE_PASSES, call->n_in);
    if (emlrt_r16(at, EMLRT_AT(emlrt_quantile, kind)) != EMLRT_QUANTILE_PLAIN)
      emlrt_charge(call, EMLRT_QUANTILE_PASSES, call->n_in);
  }
  return emlrt_float_status();
}

/* What is sorted: samples, or their distances from `middle`; the least key, and how
 * far it is from there to the largest. */
typedef struct emlrt_sorted {
  const emlrt_samples *samples;
  float middle;
  int distances;
  uint32_t low, span;
} emlrt_sorted;

/* A key that sorts finite numbers; -0 stands before +0. */
EMLRT_WRAPS EMLRT_INLINE uint32_t emlrt_sorted_key(const emlrt_sorted *of,
                                                   const float *at) {
  uint32_t bits = emlrt_bits_at(at, 0);
  if (of->distances)
    return emlrt_bits(emlrt_sub(*at, of->middle)) | EMLRT_SIGN_BIT;
  return bits ^ ((0u - (bits >> 31)) | EMLRT_SIGN_BIT);
}

/* The number of a key; both zeros are +0. */
static float emlrt_of_key(uint32_t key) {
  if ((key & EMLRT_SIGN_BIT) != 0) return emlrt_float(key ^ EMLRT_SIGN_BIT);
  return key == ~EMLRT_SIGN_BIT ? (float)0 : emlrt_float(~key);
}

static void emlrt_sorted_ends(emlrt_sorted *of) {
  const float *at = of->samples->x;
  uint32_t low = UINT32_MAX, high = 0;
  emlrt_count i;
  for (i = of->samples->n; i != 0; i--, at += of->samples->step) {
    uint32_t key = emlrt_sorted_key(of, at);
    if (key < low) low = key;
    if (key > high) high = key;
  }
  of->low = low;
  of->span = high - low;
}

/* Counts the keys from low to low + span by the part that they are in. */
EMLRT_WRAPS static void emlrt_count_parts(const emlrt_sorted *of, uint32_t low,
                                          uint32_t span, unsigned shift,
                                          uint16_t *counts) {
  const float *at = of->samples->x;
  emlrt_count i, step = of->samples->step;
  for (i = 0; i < EMLRT_QUANTILE_PARTS; i++) {
    counts[i] = 0;
    EMLRT_KEEP_LOOP();
  }
  for (i = of->samples->n; i != 0; i--, at += step) {
    uint32_t above = emlrt_sorted_key(of, at) - low;
    if (above <= span) counts[above >> shift]++;
  }
}

/* A key that only keys of smaller rank are below; takes their number from *rank. */
static uint32_t emlrt_rank_from(const emlrt_sorted *of, emlrt_count *rank) {
  uint16_t counts[EMLRT_QUANTILE_PARTS];
  uint32_t low = of->low, span = of->span;
  while (span != 0) {
    unsigned shift = 0, part = 0;
    while (span >> shift >= EMLRT_QUANTILE_PARTS) shift++;
    emlrt_count_parts(of, low, span, shift, counts);
    for (; *rank >= counts[part]; part++)
      *rank = (emlrt_count)(*rank - counts[part]);
    low += (uint32_t)part << shift;
    span -= (uint32_t)part << shift;
    if (span >> shift != 0) span = (UINT32_C(1) << shift) - 1u;
    if (counts[part] == 1) break;
  }
  return low;
}

/* The numbers of a rank and of the next one, which the last rank has not. */
static void emlrt_neighbours(const emlrt_sorted *of, emlrt_count rank,
                             float *pair) {
  uint32_t low = emlrt_rank_from(of, &rank), first = UINT32_MAX;
  uint32_t next = UINT32_MAX;
  const float *at = of->samples->x;
  emlrt_count i, equal = 0;
  for (i = of->samples->n; i != 0; i--, at += of->samples->step) {
    uint32_t key = emlrt_sorted_key(of, at);
    if (key < low || key > next) continue;
    if (key < first) {
      next = first;
      first = key;
      equal = 0;
    }
    if (key == first) {
      equal++;
    } else {
      next = key;
    }
  }
  pair[0] = emlrt_of_key(first);
  pair[1] = rank + 1u < equal ? pair[0] : emlrt_of_key(next);
}

/* rank and fraction: as the payload has them. */
static float emlrt_quantile_at(const emlrt_sorted *of, emlrt_count rank,
                               float fraction) {
  float pair[2];
  emlrt_neighbours(of, rank, pair);
  if (emlrt_is_zero(fraction) || emlrt_bits(pair[0]) == emlrt_bits(pair[1]))
    return pair[0];
  return emlrt_add(emlrt_mul(pair[0], emlrt_sub(1.0f, fraction)),
                   emlrt_mul(pair[1], fraction));
}

/* The same quantile of the distances from it. */
static float emlrt_deviation(const emlrt_samples *s, float middle,
                             emlrt_count rank, float fraction) {
  emlrt_sorted of = {s, middle, 1, 0, 0};
  emlrt_sorted_ends(&of);
  return emlrt_quantile_at(&of, rank, fraction);
}

/* The quantile less the one as far from the other end. */
static float emlrt_spread(const emlrt_sorted *of, emlrt_count rank,
                          float fraction) {
  float value = emlrt_quantile_at(of, rank, fraction);
  rank = (emlrt_count)(of->samples->n - 1u - rank);
  if (!emlrt_is_zero(fraction)) {
    rank--;
    fraction = emlrt_sub(1.0f, fraction);
  }
  return emlrt_sub(value, emlrt_quantile_at(of, rank, fraction));
}

/* The last quantile that was found, which another feature may be about. */
typedef struct emlrt_found {
  uint32_t fraction; /* bits */
  emlrt_count rank;
  int some;
  float value;
} emlrt_found;

static float emlrt_quantile_of(const emlrt_sorted *of, emlrt_rom at,
                               emlrt_found *last) {
  emlrt_count rank = (emlrt_count)emlrt_r16(at, EMLRT_AT(emlrt_quantile, rank));
  float fraction = emlrt_rf32(at, EMLRT_AT(emlrt_quantile, fraction));
  unsigned kind = emlrt_r16(at, EMLRT_AT(emlrt_quantile, kind));
  if (kind == EMLRT_QUANTILE_SPREAD) return emlrt_spread(of, rank, fraction);
  if (!last->some || rank != last->rank ||
      emlrt_bits(fraction) != last->fraction) {
    last->some = 1;
    last->rank = rank;
    last->fraction = emlrt_bits(fraction);
    last->value = emlrt_quantile_at(of, rank, fraction);
  }
  if (kind == EMLRT_QUANTILE_PLAIN) return last->value;
  return emlrt_deviation(of->samples, last->value, rank, fraction);
}

static void emlrt_quantiles_of(const emlrt_call *call, const emlrt_samples *s,
                               float *y) {
  emlrt_sorted of = {s, 0.0f, 0, 0, 0};
  emlrt_found last = {0, 0, 0, 0.0f};
  emlrt_count i;
  emlrt_sorted_ends(&of);
  for (i = 0; i < EMLRT_FEATURES16(call, n_codes); i++, y += s->step)
    emlrt_put(y,
              emlrt_quantile_of(
                  &of, emlrt_feature_at(call, i, EMLRT_OCTETS(emlrt_quantile)),
                  &last));
}

void emlrt_run_quantiles(const emlrt_call *call) {
  emlrt_features_run(call, emlrt_quantiles_of);
}

const emlrt_op emlrt_op_quantiles EMLRT_OP_PLACE = {
    EMLRT_OP_QUANTILES, emlrt_check_quantiles, emlrt_run_quantiles};
