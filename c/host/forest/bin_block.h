/* SPDX-License-Identifier: MIT
 *
 * Columns of bins of a block of rows, which several stages read: made once, when the
 * first of them asks.
 */
#ifndef EMLRT_BIN_BLOCK_H
#define EMLRT_BIN_BLOCK_H

#include "bin_columns.h"

struct emlrt_bin_block {
  const emlrt_bin_columns *bins;
  emlrt_rows in;   /* what bins are made of, row by row */
  size_t n;        /* rows */
  size_t made;     /* rows whose columns are there */
  int8_t *columns; /* of EMLRT_ROWS rows, then of the next; NULL at first */
};

/* The columns of up to EMLRT_ROWS rows from row `first` on, a multiple of those.
 * Returns NULL if memory runs out. */
const int8_t *emlrt_bin_block_at(emlrt_bin_block *block, size_t first);

#endif
