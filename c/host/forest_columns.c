/* SPDX-License-Identifier: MIT
 *
 * Columns of keys: which inputs a forest looks at, and rows of them.
 */
#include <string.h>

#include "forest_build.h"

/* Turns the order of signed numbers into that of unsigned ones. */
#define FLIP UINT32_C(0x80000000)
#define INFINITE UINT32_C(0x7F800000)

emlrt_record emlrt_forest_record(const emlrt_build *build, emlrt_rom at,
                                 uint32_t i) {
  emlrt_record r;
  uint32_t split;
  at = emlrt_rom_at(at, (size_t)i * build->width);
  if (build->width == 4) {
    split = emlrt_r16(at, EMLRT_AT(emlrt_record4, split));
    r.link = emlrt_r16(at, EMLRT_AT(emlrt_record4, link));
    r.leaves = r.link & 3u;
    r.link >>= 2;
    r.feature = split & 0xFFu;
    r.key = split >> 8 ^ FLIP;
  } else if (build->width == 6) {
    split = emlrt_r16(at, EMLRT_AT(emlrt_record6, split));
    r.link = emlrt_r16(at, EMLRT_AT(emlrt_record6, link));
    r.leaves = split & 3u;
    r.feature = split >> 2;
    r.key = (uint32_t)emlrt_ri16(at, EMLRT_AT(emlrt_record6, threshold)) ^ FLIP;
  } else {
    int wide = build->width == 12;
    split = wide ? emlrt_r32(at, EMLRT_AT(emlrt_record12, split))
                 : emlrt_r16(at, EMLRT_AT(emlrt_record8, split));
    r.link = wide ? emlrt_r32(at, EMLRT_AT(emlrt_record12, link))
                  : emlrt_r16(at, EMLRT_AT(emlrt_record8, link));
    r.leaves = split & 3u;
    r.feature = split >> 3;
    if ((split & EMLRT_MISSING_LEFT) != 0) r.feature += build->n_in;
    r.key = emlrt_r32(at, 0) ^ FLIP; /* the threshold comes first in both */
  }
  return r;
}

/* Marks the columns in use. Refuses float thresholds that no float has: there
 * the sign of a NaN would matter. */
static int mark(emlrt_build *build, uint32_t n_records) {
  const emlrt_host *host = build->host;
  uint32_t i, used = 0;
  for (i = 0; i < n_records; i++) {
    emlrt_record r = emlrt_forest_record(build, host->records, i);
    if (host->input == EMLRT_F32 && r.key > (INFINITE ^ FLIP)) return 0;
    used += build->columns[r.feature] == 0;
    build->columns[r.feature] = 1;
  }
  build->host->n_columns = used;
  return 1;
}

int emlrt_forest_columns(emlrt_build *build, uint32_t n_records) {
  emlrt_host *host = build->host;
  uint32_t i, n = 0, n_in = build->n_in;
  build->columns = (uint32_t *)emlrt_take((size_t)n_in * 2, sizeof(uint32_t));
  if (build->columns == NULL || !mark(build, n_records)) return 0;
  host->sources = (uint32_t *)emlrt_take(host->n_columns, sizeof(uint32_t));
  if (host->sources == NULL) return 0;
  for (i = 0; i < n_in * 2; i++) {
    if (build->columns[i] == 0) continue;
    if (i < n_in) host->n_right++;
    host->sources[n] = i < n_in ? i : i - n_in;
    build->columns[i] = n++;
  }
  host->identity = host->n_right == n_in;
  host->stride = (size_t)n + 1;
  return n < UINT32_MAX / EMLRT_LANES;
}

/* The key of a float; `nan` for any NaN. */
EMLRT_INLINE uint32_t float_key(uint32_t bits, uint32_t nan) {
  uint32_t key = bits ^ ((uint32_t) - (int32_t)(bits >> 31) | FLIP);
  return (bits & ~FLIP) > INFINITE ? nan : key;
}

/* Each fills a row of keys, `step` elements apart, that lie as `host` says. */
EMLRT_INLINE void keys_f32(const emlrt_host *host, const void *x,
                           uint32_t *keys, size_t step) {
  const emlrt_alias32 *bits = (const emlrt_alias32 *)x;
  const uint32_t *sources = host->sources;
  uint32_t i = 0, n = host->n_right;
  if (host->identity)
    for (; i < n; i++) keys[i * step] = float_key(bits[i], UINT32_MAX);
  for (; i < n; i++) keys[i * step] = float_key(bits[sources[i]], UINT32_MAX);
  for (n = host->n_columns; i < n; i++)
    keys[i * step] = float_key(bits[sources[i]], 0);
}

EMLRT_INLINE void keys_i16(const emlrt_host *host, const void *x,
                           uint32_t *keys, size_t step) {
  const int16_t *value = (const int16_t *)x;
  uint32_t i, n = host->n_columns;
  if (host->identity)
    for (i = 0; i < n; i++) keys[i * step] = (uint32_t)value[i] ^ FLIP;
  else
    for (i = 0; i < n; i++)
      keys[i * step] = (uint32_t)value[host->sources[i]] ^ FLIP;
}

EMLRT_INLINE void keys_u8(const emlrt_host *host, const void *x,
                          uint32_t *keys, size_t step) {
  const uint8_t *value = (const uint8_t *)x;
  uint32_t i, n = host->n_columns;
  if (host->identity)
    for (i = 0; i < n; i++) keys[i * step] = (uint32_t)value[i] | FLIP;
  else
    for (i = 0; i < n; i++)
      keys[i * step] = (uint32_t)value[host->sources[i]] | FLIP;
}

EMLRT_INLINE void keys_row(const emlrt_host *host, const void *x,
                           uint32_t *keys, size_t step) {
  const char *row =
      (const char *)x + host->in_offset * EMLRT_CHARS(host->input);
  if (host->input == EMLRT_F32)
    keys_f32(host, row, keys, step);
  else if (host->input == EMLRT_I16)
    keys_i16(host, row, keys, step);
  else
    keys_u8(host, row, keys, step);
  keys[host->n_columns * step] = 0;
}

void emlrt_forest_key(const emlrt_host *host, const void *x, uint32_t *keys) {
  keys_row(host, x, keys, 1);
}

void emlrt_forest_keys(const emlrt_host *host, const void *x, size_t n,
                       uint32_t *keys) {
  size_t i, octets = host->n_inputs * EMLRT_CHARS(host->input);
  for (i = 0; i < n; i++)
    keys_row(host, (const char *)x + i * octets,
             keys + emlrt_lane(i, host->stride), EMLRT_LANES);
}
