/* SPDX-License-Identifier: MIT
 *
 * Rows of numbers to columns of bins.
 */
#include "bin_columns.h"

#include <stdlib.h>
#include <string.h>

#include "../memory/memory.h"
#include "forest_build.h"

/* NaN as a sort key: above every number's. */
#define NAN_KEY INT32_MAX

int emlrt_bin_columns_take(emlrt_bin_columns *bins, uint32_t n_columns,
                           size_t n_thresholds) {
  bins->n_columns = n_columns;
  bins->columns =
      (emlrt_bin_column *)emlrt_alloc(n_columns, sizeof *bins->columns);
  bins->thresholds =
      (int32_t *)emlrt_alloc(n_thresholds, sizeof *bins->thresholds);
  return bins->columns != NULL && bins->thresholds != NULL;
}

size_t emlrt_bin_room(size_t count) {
  return (count / EMLRT_BIN_BLOCK + 1) * EMLRT_BIN_BLOCK;
}

void emlrt_bin_columns_free(emlrt_bin_columns *bins) {
  free(bins->columns);
  free(bins->thresholds);
}

/* The sort key of a float, NAN_KEY of NaN. zero: the key of -0. */
EMLRT_INLINE int32_t sort_key(uint32_t bits, int32_t zero) {
  int32_t key = (int32_t)(bits ^ ((uint32_t)-(int32_t)(bits >> 31) >> 1));
  if (key == -1) key = zero;
  return (bits & ~EMLRT_SIGN_BIT) > EMLRT_INFINITY_BITS ? NAN_KEY : key;
}

/* The numbers of a column, in the order of its thresholds. */
#define NUMBERS_OF(name, type, key)                                 \
  static void numbers_##name(const char *at, size_t step, size_t n, \
                             int32_t zero, int32_t *x) {            \
    size_t r;                                                       \
    (void)zero;                                                     \
    for (r = 0; r < n; r++, at += step) {                           \
      type value = *(const type *)(const void *)at;                 \
      x[r] = key;                                                   \
    }                                                               \
  }
NUMBERS_OF(f32, emlrt_alias32, sort_key(value, zero))
NUMBERS_OF(i32, int32_t, value)
NUMBERS_OF(i16, int16_t, value)
NUMBERS_OF(code, int16_t, value & 0xFFFF)
NUMBERS_OF(u8, uint8_t, value)
#undef NUMBERS_OF

static void numbers(const emlrt_bin_columns *bins,
                    const emlrt_bin_column *column, emlrt_rows in, size_t n,
                    int32_t *x) {
  unsigned input = bins->input;
  const char *at = in.at + (size_t)column->source * (1u << (input & 3u));
  int32_t zero = bins->zero ? 0 : -1;
  if (input == EMLRT_F32)
    numbers_f32(at, in.step, n, zero, x);
  else if (input == EMLRT_I32)
    numbers_i32(at, in.step, n, zero, x);
  else if (input == EMLRT_U8)
    numbers_u8(at, in.step, n, zero, x);
  else if ((column->flags & EMLRT_BIN_CODE) != 0)
    numbers_code(at, in.step, n, zero, x);
  else
    numbers_i16(at, in.step, n, zero, x);
}

/* Gives NaN its bin, and what must equal a threshold but does not. */
static void mend(const emlrt_bin_columns *bins, const emlrt_bin_column *column,
                 const int32_t *x, size_t n, int8_t *out) {
  const int32_t *thresholds = bins->thresholds + column->first;
  int8_t missing = (int8_t)(column->missing - EMLRT_BIN_ZERO);
  size_t r;
  if (bins->input != EMLRT_F32) return;
  for (r = 0; r < n; r++) out[r] = x[r] == NAN_KEY ? missing : out[r];
  if ((column->flags & EMLRT_BIN_EXACT) == 0) return;
  for (r = 0; r < n; r++) {
    unsigned i = (unsigned)(out[r] + EMLRT_BIN_ZERO);
    if (i >= column->count || thresholds[i] != x[r]) out[r] = missing;
  }
}

/* Bytes as they are: a column whose thresholds are bytes. */
static void copy_octets(const emlrt_bin_column *column, emlrt_rows in, size_t n,
                        int8_t *out) {
  const char *at = in.at + column->source;
  size_t r;
  for (r = 0; r < n; r++, at += in.step)
    out[r] = (int8_t)(*(const uint8_t *)at - EMLRT_BIN_ZERO);
}

void emlrt_bin_columns_fill(const emlrt_bin_columns *bins,
                            const emlrt_machine *machine, emlrt_rows in,
                            size_t n, int8_t *out) {
  int32_t x[EMLRT_ROWS] = {0};
  uint32_t i;
  for (i = 0; i < bins->n_columns; i++, out += EMLRT_ROWS) {
    const emlrt_bin_column *column = bins->columns + i;
    if (bins->input == EMLRT_U8) {
      copy_octets(column, in, n, out);
      continue;
    }
    if ((column->flags & EMLRT_BIN_AGAIN) == 0) numbers(bins, column, in, n, x);
    machine->bin(x, n, bins->thresholds + column->first, column->count, out);
    mend(bins, column, x, n, out);
  }
}
