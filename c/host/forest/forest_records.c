/* SPDX-License-Identifier: MIT
 *
 * Split records of every size, and of bins as of the numbers behind them.
 */
#include "forest_build.h"

static emlrt_record record_at(const emlrt_build *build, emlrt_rom at,
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
    r.key = split >> 8 ^ EMLRT_SIGN_BIT;
  } else if (build->width == 6) {
    split = emlrt_r16(at, EMLRT_AT(emlrt_record6, split));
    r.link = emlrt_r16(at, EMLRT_AT(emlrt_record6, link));
    r.leaves = split & 3u;
    r.feature = split >> 2;
    r.key = (uint32_t)emlrt_ri16(at, EMLRT_AT(emlrt_record6, threshold)) ^
            EMLRT_SIGN_BIT;
  } else {
    int wide = build->width == 12;
    split = wide ? emlrt_r32(at, EMLRT_AT(emlrt_record12, split))
                 : emlrt_r16(at, EMLRT_AT(emlrt_record8, split));
    r.link = wide ? emlrt_r32(at, EMLRT_AT(emlrt_record12, link))
                  : emlrt_r16(at, EMLRT_AT(emlrt_record8, link));
    r.leaves = split & 3u;
    r.feature = split >> 3;
    if ((split & EMLRT_MISSING_LEFT) != 0) r.feature += build->n_in;
    r.key = emlrt_r32(at, 0) ^
            EMLRT_SIGN_BIT; /* the threshold comes first in both */
  }
  return r;
}

/* A threshold that no number has. */
#define NO_KEY UINT32_MAX

emlrt_bins *emlrt_bins_new(const emlrt_call *call) {
  emlrt_bins *bins =
      (emlrt_bins *)emlrt_alloc(sizeof *bins / 4 + call->n_out, 4);
  emlrt_rom at = call->payload;
  uint32_t i, next = call->n_out * 8, count = 0;
  if (bins == NULL) return NULL;
  bins->call = *call;
  for (i = 0; i < call->n_out; i++, at = emlrt_rom_at(at, 8)) {
    uint32_t source = emlrt_r32(at, EMLRT_AT(emlrt_bucketize, source));
    if ((source & EMLRT_BUCKETIZE_AGAIN) == 0) next += count * 4;
    count = emlrt_r16(at, EMLRT_AT(emlrt_bucketize, count));
    bins->tables[i] = next;
  }
  return bins;
}

/* The key that a bin stands for: x has a larger bin if its key is larger. */
static uint32_t key_at(const emlrt_build *build, uint32_t column,
                       uint32_t bin) {
  emlrt_rom at = emlrt_rom_at(build->bins->call.payload, (size_t)column * 8);
  uint32_t key;
  if ((emlrt_r32(at, EMLRT_AT(emlrt_bucketize, source)) &
       EMLRT_BUCKETIZE_EXACT) != 0)
    return NO_KEY;
  if (bin >= emlrt_r16(at, EMLRT_AT(emlrt_bucketize, count)))
    return EMLRT_INFINITY_BITS ^ EMLRT_SIGN_BIT;
  key = emlrt_r32(build->bins->call.payload,
                  build->bins->tables[column] + (size_t)bin * 4);
  return key == UINT32_MAX ? NO_KEY
                           : key ^ EMLRT_SIGN_BIT; /* -0 is not told from 0 */
}

emlrt_record emlrt_forest_record(const emlrt_build *build, emlrt_rom at,
                                 uint32_t i) {
  emlrt_record r = record_at(build, at, i);
  uint32_t bin = r.key ^ EMLRT_SIGN_BIT;
  emlrt_rom column;
  if (build->bins == NULL) return r;
  column = emlrt_rom_at(build->bins->call.payload, (size_t)r.feature * 8);
  r.key = bin >> 31 != 0 ? NO_KEY : key_at(build, r.feature, bin);
  r.feature = emlrt_r32(column, EMLRT_AT(emlrt_bucketize, source)) >> 2;
  if (emlrt_r16(column, EMLRT_AT(emlrt_bucketize, missing)) <= bin)
    r.feature += build->n_in;
  return r;
}
