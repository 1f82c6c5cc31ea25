/* SPDX-License-Identifier: MIT
 *
 * Bins of floats among sorted keys, so that trees can compare small integers.
 */
#include "../maths/numeric.h"

#define EMLRT_BUCKETIZE32(at, field) \
  emlrt_r32(at, EMLRT_AT(emlrt_bucketize, field))
#define EMLRT_BUCKETIZE16(at, field) \
  emlrt_r16(at, EMLRT_AT(emlrt_bucketize, field))

/* Whether keys rise strictly and none is a NaN's. */
static int emlrt_bin_keys_ok(emlrt_rom keys, uint32_t count) {
  int32_t least = -INT32_C(0x7F800001); /* the key of -infinity */
  for (; count != 0; count--, keys = emlrt_rom_at(keys, 4)) {
    int32_t key = emlrt_ri32(keys, 0);
    if (key < least || key > INT32_C(0x7F800000)) return 0;
    least = key + 1;
  }
  return 1;
}

/* A column that takes over from the one before must say the same. */
static int emlrt_bins_again_ok(emlrt_rom column, emlrt_rom before) {
  return EMLRT_BUCKETIZE32(column, source) >> 2 ==
             EMLRT_BUCKETIZE32(before, source) >> 2 &&
         EMLRT_BUCKETIZE16(column, count) == EMLRT_BUCKETIZE16(before, count);
}

static emlrt_status emlrt_check_bucketize(emlrt_call *call, unsigned most) {
  uint32_t left = call->size / 4;
  emlrt_rom at = call->payload, before = at, keys;
  emlrt_count i;
  if (left / 2 < call->n_out) return EMLRT_ERR_PAYLOAD;
  left -= call->n_out * UINT32_C(2);
  call->v.work = call->n_out; /* of x no more than the payload names */
  keys = emlrt_rom_at(at, (emlrt_off)call->n_out * 8u);
  for (i = 0; i < call->n_out; i++, before = at, at = emlrt_rom_at(at, 8)) {
    uint32_t source = EMLRT_BUCKETIZE32(at, source),
             count = EMLRT_BUCKETIZE16(at, count);
    if (source >> 2 >= call->n_in || count > most ||
        EMLRT_BUCKETIZE16(at, missing) > most)
      return EMLRT_ERR_PAYLOAD;
    if ((source & EMLRT_BUCKETIZE_AGAIN) != 0) {
      if (i == 0 || !emlrt_bins_again_ok(at, before)) return EMLRT_ERR_PAYLOAD;
      continue;
    }
    if (count > left || !emlrt_bin_keys_ok(keys, count))
      return EMLRT_ERR_PAYLOAD;
    left -= count;
    keys = emlrt_rom_at(keys, (emlrt_off)count * 4u);
  }
  return left == 0 ? EMLRT_OK : EMLRT_ERR_PAYLOAD;
}

/* A number's sort key, see numeric.h: the number is not NaN. */
EMLRT_INLINE int32_t emlrt_sort_key_i32(uint32_t bits) {
  if (bits == EMLRT_SIGN_BIT) return 0;
  if ((bits & EMLRT_SIGN_BIT) != 0) bits ^= ~EMLRT_SIGN_BIT;
  return (int32_t)bits;
}

EMLRT_INLINE int emlrt_bin_is_below(emlrt_rom keys, unsigned i, int32_t key) {
  return emlrt_ri32(emlrt_rom_at(keys, (emlrt_off)i * 4u), 0) < key;
}

/* The index of a key's bin: how many of the sorted keys are below it. */
static unsigned emlrt_bin_of(emlrt_rom keys, unsigned count, int32_t key) {
  unsigned bin = 0;
#if EMLRT_SMALL
  while (count != 0) {
    unsigned half = count >> 1;
    if (emlrt_bin_is_below(keys, bin + half, key)) {
      bin += half + 1u;
      count -= half + 1u;
    } else {
      count = half;
    }
  }
  return bin;
#else
  /* As many steps for every key: a long pipeline need not guess. */
  if (count == 0) return 0;
  while (count > 1u) {
    unsigned half = count >> 1;
    if (emlrt_bin_is_below(keys, bin + half - 1u, key)) bin += half;
    count -= half;
  }
  return bin + (unsigned)emlrt_bin_is_below(keys, bin, key);
#endif
}

/* Where a run stands. */
typedef struct emlrt_binning {
  emlrt_rom column;
  emlrt_rom keys; /* of the columns to come */
  unsigned bin;   /* among the column's keys */
  int32_t equal;  /* whether that key is the input's */
} emlrt_binning;

/* The bin of the next column. */
EMLRT_INLINE unsigned emlrt_bins_next(emlrt_binning *to, const float *x) {
  uint32_t source = EMLRT_BUCKETIZE32(to->column, source);
  unsigned count = EMLRT_BUCKETIZE16(to->column, count);
  unsigned bin = EMLRT_BUCKETIZE16(to->column, missing);
  uint32_t bits = emlrt_bits_at(x, (emlrt_count)(source >> 2));
  if ((source & EMLRT_BUCKETIZE_AGAIN) == 0) {
    int32_t key = emlrt_sort_key_i32(bits);
    emlrt_rom found;
    to->bin = emlrt_bin_of(to->keys, count, key);
    found = emlrt_rom_at(to->keys, (emlrt_off)to->bin * 4u);
    to->equal = to->bin < count && emlrt_ri32(found, 0) == key;
    to->keys = emlrt_rom_at(to->keys, (emlrt_off)count * 4u);
  }
  if (!emlrt_is_nan(bits) &&
      (to->equal || (source & EMLRT_BUCKETIZE_EXACT) == 0))
    bin = to->bin;
  to->column = emlrt_rom_at(to->column, 8);
  return bin;
}

EMLRT_INLINE void emlrt_bins_start(emlrt_binning *to, const emlrt_call *call) {
  to->column = call->payload;
  to->keys = emlrt_rom_at(call->payload, (emlrt_off)call->n_out * 8u);
  to->bin = 0;
  to->equal = 0;
}

void emlrt_run_bucketize_u8(const emlrt_call *call) {
  emlrt_binning to;
  uint_least8_t *y = (uint_least8_t *)call->out;
  emlrt_count i;
  emlrt_bins_start(&to, call);
  for (i = 0; i < call->n_out; i++)
    y[i] = (uint_least8_t)emlrt_bins_next(&to, (const float *)call->in);
}

void emlrt_run_bucketize_i16(const emlrt_call *call) {
  emlrt_binning to;
  int16_t *y = (int16_t *)call->out;
  emlrt_count i;
  emlrt_bins_start(&to, call);
  for (i = 0; i < call->n_out; i++)
    y[i] = (int16_t)emlrt_bins_next(&to, (const float *)call->in);
}

static emlrt_status emlrt_check_bucketize_u8(emlrt_call *call) {
  return emlrt_check_bucketize(call, 0xFFu);
}

static emlrt_status emlrt_check_bucketize_i16(emlrt_call *call) {
  return emlrt_check_bucketize(call, 0x7FFFu);
}

const emlrt_op emlrt_op_bucketize_u8 EMLRT_OP_PLACE = {
    EMLRT_OP_BUCKETIZE_U8, emlrt_check_bucketize_u8, emlrt_run_bucketize_u8};
const emlrt_op emlrt_op_bucketize_i16 EMLRT_OP_PLACE = {
    EMLRT_OP_BUCKETIZE_I16, emlrt_check_bucketize_i16, emlrt_run_bucketize_i16};
