/* SPDX-License-Identifier: MIT
 *
 * Bins of many rows: a column at a time, as trees by choices have them.
 */
#include <stdlib.h>

#include "../src/maths/numeric.h"
#include "batch.h"
#include "forest/bin_columns.h"
#include "memory/memory.h"

/* Outputs whose columns may be made: 2 MiB for EMLRT_ROWS rows. */
#define MOST_OUTPUTS 8192u

/* Keys that the payload's columns have a share in, with their room. */
static size_t room_of(const emlrt_call *call) {
  emlrt_rom at = call->payload;
  size_t room = 0;
  uint32_t i;
  for (i = 0; i < call->n_out; i++, at = emlrt_rom_at(at, 8))
    if ((emlrt_r32(at, EMLRT_AT(emlrt_bucketize, source)) &
         EMLRT_BUCKETIZE_AGAIN) == 0)
      room += emlrt_bin_room(emlrt_r16(at, EMLRT_AT(emlrt_bucketize, count)));
  return room;
}

/* Says what a column is; returns its source as the payload has it. */
static uint32_t name_column(emlrt_rom at, emlrt_bin_column *column) {
  uint32_t source = emlrt_r32(at, EMLRT_AT(emlrt_bucketize, source));
  column->source = source >> 2;
  column->count = (uint16_t)emlrt_r16(at, EMLRT_AT(emlrt_bucketize, count));
  column->missing = (uint8_t)emlrt_r16(at, EMLRT_AT(emlrt_bucketize, missing));
  if ((source & EMLRT_BUCKETIZE_EXACT) != 0) column->flags |= EMLRT_BIN_EXACT;
  return source;
}

/* Copies the payload's columns and keys. */
static void fill_columns(const emlrt_call *call, emlrt_bin_columns *bins) {
  emlrt_rom at = call->payload;
  emlrt_rom keys = emlrt_rom_at(at, (size_t)call->n_out * 8);
  size_t first = 0, room, k;
  uint32_t i;
  for (i = 0; i < call->n_out; i++, at = emlrt_rom_at(at, 8)) {
    emlrt_bin_column *column = bins->columns + i;
    if ((name_column(at, column) & EMLRT_BUCKETIZE_AGAIN) != 0) {
      column->first = column[-1].first;
      column->flags |= EMLRT_BIN_AGAIN;
      continue;
    }
    column->first = (uint32_t)first;
    room = emlrt_bin_room(column->count);
    for (k = 0; k < room; k++, first++)
      bins->thresholds[first] =
          k < column->count ? emlrt_ri32(keys, k * 4) : INT32_MAX;
    keys = emlrt_rom_at(keys, (size_t)column->count * 4);
  }
}

/* Turns columns into rows. */
static void put_rows(const int8_t *columns, uint32_t n_out, emlrt_rows out,
                     size_t n) {
  uint32_t i;
  size_t r;
  for (i = 0; i < n_out; i++, columns += EMLRT_ROWS)
    for (r = 0; r < n; r++)
      ((uint8_t *)out.at)[r * out.step + i] =
          (uint8_t)(columns[r] + EMLRT_BIN_ZERO);
}

static void run(const emlrt_bin_columns *bins, emlrt_rows in, emlrt_rows out,
                size_t n, int8_t *columns) {
  const emlrt_machine *machine = emlrt_machine_best();
  size_t most = EMLRT_ROWS;
  for (; n != 0; n -= most) {
    if (most > n) most = n;
    emlrt_bin_columns_fill(bins, machine, in, most, columns);
    put_rows(columns, bins->n_columns, out, most);
    in.at += most * in.step;
    out.at += most * out.step;
  }
}

int emlrt_batch_columns(const emlrt_call *call, emlrt_bin_columns *bins) {
  bins->input = EMLRT_F32;
  bins->zero = 1;
  if (call->n_out > MOST_OUTPUTS ||
      !emlrt_bin_columns_take(bins, call->n_out, room_of(call)))
    return 0;
  fill_columns(call, bins);
  return 1;
}

int emlrt_batch_bins(const emlrt_call *call, emlrt_rows in, emlrt_rows out,
                     size_t n) {
  emlrt_bin_columns bins = {0, 0, 0, NULL, NULL};
  int8_t *columns;
  int ok;
  if (call->n_out > MOST_OUTPUTS) return 0;
  columns = (int8_t *)emlrt_alloc(call->n_out, EMLRT_ROWS);
  ok = columns != NULL && emlrt_batch_columns(call, &bins);
  if (ok) run(&bins, in, out, n, columns);
  emlrt_bin_columns_free(&bins);
  free(columns);
  return ok;
}
