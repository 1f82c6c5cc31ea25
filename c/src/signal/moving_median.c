/* SPDX-License-Identifier: MIT
 *
 * The median of the last samples.
 */
#include "moving.h"

static emlrt_status emlrt_check_moving_median(emlrt_call *call) {
  uint32_t width;
  if (!emlrt_moving_ok(call)) return EMLRT_ERR_PAYLOAD;
  width = EMLRT_MOVING16(call, width);
  if ((width & 1u) == 0 || width == 1 || width > EMLRT_MEDIAN_MAX)
    return EMLRT_ERR_PAYLOAD;
  emlrt_charge(call, width, call->n_out);
  return EMLRT_OK;
}

/* Sort keys of the last samples of a channel, rising. */
typedef struct emlrt_median_keys {
  uint32_t keys[EMLRT_MEDIAN_MAX];
  unsigned width;
} emlrt_median_keys;

/* One key that is there for another. */
static void emlrt_median_change(emlrt_median_keys *to, uint32_t old,
                                uint32_t key) {
  unsigned i = 0;
  /* Bounded: a blob made to harm may write on what it keeps. */
  while (i + 1u < to->width && to->keys[i] != old) i++;
  for (; i + 1u < to->width && to->keys[i + 1u] < key; i++)
    to->keys[i] = to->keys[i + 1u];
  for (; i != 0 && to->keys[i - 1u] > key; i--) to->keys[i] = to->keys[i - 1u];
  to->keys[i] = key;
}

/* The key of a sample `back` times before the run's first. */
static uint32_t emlrt_median_key_at(const emlrt_past *past, unsigned back,
                                    emlrt_count c) {
  return emlrt_sort_key_u32(emlrt_bits(emlrt_past_at(past, back, c)));
}

/* What is there before a run: of the oldest sample one more, to be changed first. */
static void emlrt_median_start(emlrt_median_keys *to, const emlrt_past *past,
                               emlrt_count c) {
  unsigned i;
  uint32_t oldest = emlrt_median_key_at(past, (unsigned)past->times, c);
  to->width = past->times < EMLRT_MEDIAN_MAX ? (unsigned)past->times + 1u
                                             : EMLRT_MEDIAN_MAX;
  for (i = 0; i < to->width; i++) to->keys[i] = oldest;
  for (i = 1; i < past->times; i++)
    emlrt_median_change(to, oldest, emlrt_median_key_at(past, i, c));
}

/* The bits whose sort key is this one. */
static uint32_t emlrt_median_bits(uint32_t key) {
  if (key == 0) return EMLRT_NAN_BITS;
  return (key & EMLRT_SIGN_BIT) != 0 ? key ^ EMLRT_SIGN_BIT : ~key;
}

void emlrt_run_moving_median(const emlrt_call *call) {
  emlrt_past past;
  emlrt_alias32 *y = (emlrt_alias32 *)call->out;
  emlrt_count i, c;
  emlrt_moving_start(&past, call);
  for (c = 0; c < past.channels; c++) {
    emlrt_median_keys sorted;
    unsigned back = (unsigned)past.times;
    emlrt_count gone = c; /* place of the sample that leaves */
    emlrt_median_start(&sorted, &past, c);
    uint32_t old = emlrt_median_key_at(&past, back, c);
    for (i = c; i < call->n_out; i += past.channels) {
      emlrt_median_change(&sorted, old,
                          emlrt_sort_key_u32(emlrt_bits_at(past.x, i)));
      y[i] = emlrt_median_bits(sorted.keys[sorted.width / 2u]);
      if (back != 0) {
        old = emlrt_median_key_at(&past, back--, c);
      } else {
        old = emlrt_sort_key_u32(emlrt_bits_at(past.x, gone));
        gone += past.channels;
      }
    }
  }
  emlrt_past_keep(&past, call->n_in);
}

const emlrt_op emlrt_op_moving_median EMLRT_OP_PLACE = {
    EMLRT_OP_MOVING_MEDIAN, emlrt_check_moving_median, emlrt_run_moving_median};
