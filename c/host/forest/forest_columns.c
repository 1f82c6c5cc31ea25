/* SPDX-License-Identifier: MIT
 *
 * Columns of keys: which inputs a forest looks at, and rows of them.
 */
#include <stdlib.h>

#include "forest_build.h"

/* An array of all features may have so many elements for each record, and so many
 * beyond that. */
#define DIRECT_TIMES 4u
#define DIRECT_MORE 64u

/* Whether a threshold has a key: float thresholds that no float has do not, since
 * there the sign of a NaN would matter. */
static int has_key(const emlrt_forest *forest, const emlrt_record *r) {
  return forest->input != EMLRT_F32 ||
         r->key <= (EMLRT_INFINITY_BITS ^ EMLRT_SIGN_BIT);
}

/* Marks the features in use in an array of all. */
static int mark(emlrt_build *build, uint32_t n_records) {
  const emlrt_forest *forest = build->forest;
  uint32_t i, n = 0;
  build->columns =
      (uint32_t *)emlrt_alloc((size_t)build->n_in * 2, sizeof(uint32_t));
  if (build->columns == NULL) return 0;
  for (i = 0; i < n_records; i++) {
    emlrt_record r = emlrt_forest_record(build, forest->records, i);
    if (!has_key(forest, &r)) return 0;
    build->columns[r.feature] = 1;
  }
  for (i = 0; i < build->n_in * 2; i++)
    if (build->columns[i] != 0) build->columns[i] = ++n;
  build->forest->n_columns = n;
  return 1;
}

static int compare(const void *a, const void *b) {
  uint32_t s = *(const uint32_t *)a, t = *(const uint32_t *)b;
  return s < t ? -1 : s > t;
}

/* Lists the features in use, where an array of all would take far more than the
 * records do. */
static int list(emlrt_build *build, uint32_t n_records) {
  const emlrt_forest *forest = build->forest;
  uint32_t i, n = 0;
  build->columns = (uint32_t *)emlrt_alloc(n_records, sizeof(uint32_t));
  if (build->columns == NULL) return 0;
  for (i = 0; i < n_records; i++) {
    emlrt_record r = emlrt_forest_record(build, forest->records, i);
    if (!has_key(forest, &r)) return 0;
    build->columns[i] = r.feature;
  }
  qsort(build->columns, n_records, sizeof(uint32_t), compare);
  for (i = 0; i < n_records; i++)
    if (i == 0 || build->columns[i] != build->columns[i - 1])
      build->columns[n++] = build->columns[i];
  build->forest->n_columns = n;
  return 1;
}

uint32_t emlrt_forest_place(const emlrt_build *build, uint32_t feature) {
  uint32_t from = 0, left = build->forest->n_columns;
  while (left > 1) {
    uint32_t half = left / 2;
    if (build->columns[from + half] <= feature) from += half;
    left -= half;
  }
  return from;
}

/* Says what each column is of. */
static void name_columns(emlrt_build *build) {
  emlrt_forest *forest = build->forest;
  uint32_t i, n = 0, n_in = build->n_in;
  uint32_t most = build->direct ? n_in * 2 : forest->n_columns;
  for (i = 0; i < most; i++) {
    uint32_t feature = build->direct ? i : build->columns[i];
    if (build->direct && build->columns[i] == 0) continue;
    if (feature < n_in) forest->n_right++;
    forest->sources[n++] = feature < n_in ? feature : feature - n_in;
  }
  forest->identity = forest->n_right == n_in;
  forest->stride = (size_t)n + 1;
}

int emlrt_forest_columns(emlrt_build *build, uint32_t n_records) {
  emlrt_forest *forest = build->forest;
  build->direct = (uint64_t)build->n_in * 2 <=
                  (uint64_t)n_records * DIRECT_TIMES + DIRECT_MORE;
  if (!(build->direct ? mark : list)(build, n_records)) return 0;
  forest->sources =
      (uint32_t *)emlrt_alloc(forest->n_columns, sizeof(uint32_t));
  if (forest->sources == NULL) return 0;
  name_columns(build);
  return forest->n_columns < UINT32_MAX / EMLRT_LANES;
}

/* The key of a float; `nan` for any NaN. */
EMLRT_INLINE uint32_t float_key(uint32_t bits, uint32_t nan) {
  uint32_t key = bits ^ ((uint32_t)-(int32_t)(bits >> 31) | EMLRT_SIGN_BIT);
  return (bits & ~EMLRT_SIGN_BIT) > EMLRT_INFINITY_BITS ? nan : key;
}

/* Each fills a row of keys, `step` elements apart, that lie as `host` says. */
EMLRT_INLINE void keys_f32(const emlrt_forest *forest, const void *x,
                           uint32_t *keys, size_t step) {
  const emlrt_alias32 *bits = (const emlrt_alias32 *)x;
  const uint32_t *sources = forest->sources;
  uint32_t i = 0, n = forest->n_right;
  if (forest->identity)
    for (; i < n; i++) keys[i * step] = float_key(bits[i], UINT32_MAX);
  for (; i < n; i++) keys[i * step] = float_key(bits[sources[i]], UINT32_MAX);
  for (n = forest->n_columns; i < n; i++)
    keys[i * step] = float_key(bits[sources[i]], 0);
}

/* Integers of any width, as unsigned numbers in the same order. */
#define KEYS_OF(name, type)                                                    \
  EMLRT_INLINE void keys_##name(const emlrt_forest *forest, const void *x,     \
                                uint32_t *keys, size_t step) {                 \
    const type *value = (const type *)x;                                       \
    uint32_t i, n = forest->n_columns;                                         \
    if (forest->identity)                                                      \
      for (i = 0; i < n; i++)                                                  \
        keys[i * step] = (uint32_t)value[i] ^ EMLRT_SIGN_BIT;                  \
    else                                                                       \
      for (i = 0; i < n; i++)                                                  \
        keys[i * step] = (uint32_t)value[forest->sources[i]] ^ EMLRT_SIGN_BIT; \
  }
KEYS_OF(i32, int32_t)
KEYS_OF(i16, int16_t)
KEYS_OF(u8, uint8_t)
#undef KEYS_OF

EMLRT_INLINE void keys_row(const emlrt_forest *forest, const void *row,
                           uint32_t *keys, size_t step) {
  if (forest->input == EMLRT_F32)
    keys_f32(forest, row, keys, step);
  else if (forest->input == EMLRT_I16)
    keys_i16(forest, row, keys, step);
  else if (forest->input == EMLRT_I32)
    keys_i32(forest, row, keys, step);
  else
    keys_u8(forest, row, keys, step);
  keys[forest->n_columns * step] = 0;
}

void emlrt_forest_key(const emlrt_forest *forest, const void *x,
                      uint32_t *keys) {
  keys_row(forest, x, keys, 1);
}

void emlrt_forest_keys(const emlrt_forest *forest, emlrt_rows in, size_t n,
                       uint32_t *keys) {
  size_t i;
  for (i = 0; i < n; i++)
    keys_row(forest, in.at + i * in.step, keys + emlrt_lane(i, forest->stride),
             EMLRT_LANES);
}
