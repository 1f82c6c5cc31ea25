/* SPDX-License-Identifier: MIT
 *
 * Peaks of a channel, as bits of working memory: found, thinned out by a least
 * distance, and kept where they stand out enough.
 */
#include "samples.h"

/* Passes of one channel at most, but for the distance's. */
#define EMLRT_PEAKS_PASSES 7u

/* Numbers of one set of bits, a bit a sample. */
EMLRT_INLINE uint32_t emlrt_peak_words(const emlrt_call *call) {
  return (EMLRT_FEATURES16(call, length) + UINT32_C(31)) >> 5;
}

/* How many peaks a distance leaves at most; above EMLRT_PEAKS_MOST: too many. */
static uint32_t emlrt_peaks_left(uint32_t length, uint32_t distance) {
  uint32_t n = 1;
  for (; length > distance && n <= EMLRT_PEAKS_MOST; n++) length -= distance;
  return n;
}

static emlrt_status emlrt_check_peaks(emlrt_call *call) {
  uint32_t distance, n = 0;
  if (!emlrt_samples_ok(call, EMLRT_OCTETS(emlrt_features)) ||
      !emlrt_features_ok(call, 2, EMLRT_PEAKS_END, 2 * emlrt_peak_words(call)))
    return EMLRT_ERR_PAYLOAD;
  distance = EMLRT_FEATURES16(call, option);
  if (distance == 0 || (EMLRT_FEATURES32(call, high) & EMLRT_SIGN_BIT) != 0)
    return EMLRT_ERR_PAYLOAD;
  /* Of those that are left, each looks at a quarter of the samples in the mean: at
   * most half of them are peaks, and as many go as the distance says. */
  if (distance > 2)
    n = emlrt_peaks_left(EMLRT_FEATURES16(call, length), distance);
  if (n > EMLRT_PEAKS_MOST) return EMLRT_ERR_PAYLOAD;
  emlrt_charge(call, EMLRT_PEAKS_PASSES + (n + 2) / 3, call->n_in);
  return emlrt_float_status();
}

/* A set of samples: bit i of it. */
EMLRT_INLINE int emlrt_peak_in(const emlrt_alias32 *set, emlrt_count i) {
  return (set[i >> 5] >> (i & 31u) & 1u) != 0;
}
EMLRT_INLINE void emlrt_peak_set(emlrt_alias32 *set, emlrt_count i) {
  set[i >> 5] |= UINT32_C(1) << (i & 31u);
}
EMLRT_INLINE void emlrt_peak_drop(emlrt_alias32 *set, emlrt_count i) {
  set[i >> 5] &= ~(UINT32_C(1) << (i & 31u));
}

EMLRT_INLINE float emlrt_height(const emlrt_samples *s, emlrt_count i) {
  return s->x[(size_t)i * s->step];
}
EMLRT_INLINE uint32_t emlrt_height_key(const emlrt_samples *s, emlrt_count i) {
  return emlrt_sort_key_u32(emlrt_bits(emlrt_height(s, i)));
}

/* The first of the set from i on; n if there is none. */
static emlrt_count emlrt_next_peak(const emlrt_alias32 *set, emlrt_count i,
                                   emlrt_count n) {
  while (i < n && !emlrt_peak_in(set, i)) {
    if ((set[i >> 5] >> (i & 31u)) == 0) i |= 31u;
    i++;
  }
  return i < n ? i : n;
}

/* Puts into the set the middle of each run of equal samples that both neighbours
 * are below, if it is as high as `least` or higher. */
static void emlrt_find_peaks(const emlrt_samples *s, uint32_t least,
                             emlrt_alias32 *set) {
  uint32_t last = emlrt_height_key(s, 0);
  emlrt_count i, start = 0; /* of a run after a rise; 0 if there is none */
  for (i = 1; i < s->n; i++) {
    uint32_t key = emlrt_height_key(s, i);
    if (key < last && start != 0 && last >= least)
      emlrt_peak_set(set, (emlrt_count)((start + i - 1u) >> 1));
    if (key != last) start = key > last ? i : 0;
    last = key;
  }
}

/* Moves to `kept`, the highest first, and of equal ones the last, those of `set`
 * that are no nearer than the distance to a kept one. */
static void emlrt_thin_out(const emlrt_samples *s, emlrt_count distance,
                           emlrt_alias32 *set, emlrt_alias32 *kept) {
  for (;;) {
    uint32_t high = 0;
    emlrt_count i = emlrt_next_peak(set, 0, s->n), top = i, end;
    if (i == s->n) return;
    for (; i < s->n; i = emlrt_next_peak(set, (emlrt_count)(i + 1u), s->n)) {
      uint32_t key = emlrt_height_key(s, i);
      if (key < high) continue;
      high = key;
      top = i;
    }
    emlrt_peak_set(kept, top);
    i = top < distance ? 0 : (emlrt_count)(top - distance + 1u);
    end = s->n - top < distance ? s->n : (emlrt_count)(top + distance);
    for (; i < end; i++) emlrt_peak_drop(set, i);
  }
}

/* Drops from the set what is not as high as sample `top`, from sample `from` on to
 * before `to`. */
static void emlrt_keep_high(const emlrt_samples *s, emlrt_alias32 *set,
                            emlrt_count from, emlrt_count to, emlrt_count top) {
  uint32_t high = emlrt_height_key(s, top);
  for (; from < to; from++)
    if (to == s->n || emlrt_height_key(s, from) != high)
      emlrt_peak_drop(set, from);
}

/* Keeps of the set what is above the lowest sample on either side, up to a higher
 * one or the end, by `least` or more: the samples that are the highest between a
 * rise and a fall of so much. */
static void emlrt_keep_prominent(const emlrt_samples *s, uint32_t least,
                                 emlrt_alias32 *set) {
  emlrt_count i, turn = 0,
                 from = 0; /* turn: the lowest, or the highest, so far */
  int rising = 0;
  for (i = 0; i < s->n; i++) {
    uint32_t key = emlrt_height_key(s, i);
    float step = emlrt_sub(emlrt_height(s, i), emlrt_height(s, turn));
    if (rising ? key > emlrt_height_key(s, turn)
               : key < emlrt_height_key(s, turn))
      turn = i;
    else if ((emlrt_bits(step) & ~EMLRT_SIGN_BIT) >= least) {
      if (rising) emlrt_keep_high(s, set, from, i, turn);
      rising = !rising;
      from = turn = i;
    }
    if (!rising) emlrt_peak_drop(set, i);
  }
  if (rising) emlrt_keep_high(s, set, from, s->n, turn);
}

/* Of the peaks: how many, the sum of their heights, the first and the last. */
typedef struct emlrt_peaks {
  emlrt_count n, first, last;
  float heights;
} emlrt_peaks;

static void emlrt_count_peaks(const emlrt_samples *s, const emlrt_alias32 *set,
                              emlrt_peaks *to) {
  float part = 0.0f;
  emlrt_count i = emlrt_next_peak(set, 0, s->n);
  to->n = 0;
  to->first = to->last = i;
  to->heights = 0.0f;
  for (; i < s->n; i = emlrt_next_peak(set, (emlrt_count)(i + 1u), s->n)) {
    part = emlrt_add(part, emlrt_height(s, i));
    emlrt_add_part(&to->heights, &part, to->n);
    to->n++;
    to->last = i;
  }
  to->heights = emlrt_add(to->heights, part);
}

static float emlrt_peak_feature(const emlrt_peaks *peaks, unsigned code,
                                float none) {
  emlrt_count n = peaks->n;
  if (code == EMLRT_PEAKS_COUNT) return emlrt_rounded_to(n);
  if (code == EMLRT_PEAKS_MEAN_HEIGHT)
    return n == 0 ? none : emlrt_div(peaks->heights, emlrt_rounded_to(n));
  if (n < 2) return none;
  return emlrt_div(emlrt_rounded_to((uint32_t)peaks->last - peaks->first),
                   emlrt_rounded_to(n - 1u));
}

/* Working memory: two sets behind all features, cleared. */
static emlrt_alias32 *emlrt_peak_sets(const emlrt_call *call) {
  emlrt_count i, words = (emlrt_count)(2u * emlrt_peak_words(call));
  emlrt_alias32 *sets = (emlrt_alias32 *)call->out + (call->n_out - words);
  for (i = 0; i < words; i++) {
    sets[i] = 0;
    EMLRT_KEEP_LOOP();
  }
  return sets;
}

static void emlrt_peaks_of(const emlrt_call *call, const emlrt_samples *s,
                           float *y) {
  emlrt_alias32 *set = emlrt_peak_sets(call);
  uint32_t distance = EMLRT_FEATURES16(call, option);
  uint32_t prominence = EMLRT_FEATURES32(call, high);
  emlrt_peaks peaks;
  emlrt_count i;
  emlrt_find_peaks(s, emlrt_sort_key_u32(EMLRT_FEATURES32(call, low)), set);
  if (distance > 2) {
    emlrt_alias32 *kept = set + emlrt_peak_words(call);
    emlrt_thin_out(s, (emlrt_count)distance, set, kept);
    set = kept;
  }
  if (prominence != 0) emlrt_keep_prominent(s, prominence, set);
  emlrt_count_peaks(s, set, &peaks);
  for (i = 0; i < EMLRT_FEATURES16(call, n_codes); i++, y += s->step)
    emlrt_put(y, emlrt_peak_feature(
                     &peaks, emlrt_r16(emlrt_feature_at(call, i, 2), 0),
                     emlrt_float(EMLRT_FEATURES32(call, constant))));
}

void emlrt_run_peaks(const emlrt_call *call) {
  (void)emlrt_peak_sets(call); /* which no channel may use, if all hold NaN */
  emlrt_features_run(call, emlrt_peaks_of);
}

const emlrt_op emlrt_op_peaks EMLRT_OP_PLACE = {
    EMLRT_OP_PEAKS, emlrt_check_peaks, emlrt_run_peaks};
