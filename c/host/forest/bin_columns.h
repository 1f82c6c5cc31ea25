/* SPDX-License-Identifier: MIT
 *
 * Columns of bins: a byte for each row, which says how many of a column's
 * thresholds are below the row's number (see ../kernels/kernels.h).
 */
#ifndef EMLRT_BIN_COLUMNS_H
#define EMLRT_BIN_COLUMNS_H

#include "../kernels/kernels.h"
#include "forest.h"

typedef struct emlrt_bin_column {
  uint32_t source; /* element of the input */
  uint32_t first;  /* its thresholds among all: whole blocks of them */
  uint16_t count;
  uint8_t missing; /* bin of NaN */
  uint8_t flags;   /* EMLRT_BIN_* */
} emlrt_bin_column;

/* The bin of a number that equals no threshold is that of NaN. */
#define EMLRT_BIN_EXACT 1u
/* The number is a code of 16 bits without a sign. */
#define EMLRT_BIN_CODE 2u
/* Same source, thresholds and so on as the column before, but for the rest. */
#define EMLRT_BIN_AGAIN 4u

typedef struct emlrt_bin_columns {
  unsigned input; /* dtype of what is read */
  int zero;       /* whether -0 is 0; else it is below */
  uint32_t n_columns;
  emlrt_bin_column *columns;
  int32_t *thresholds; /* sort keys as in bucketize, or integers */
} emlrt_bin_columns;

/* Room for n columns and so many thresholds; 0 if there is no memory. */
int emlrt_bin_columns_take(emlrt_bin_columns *bins, uint32_t n_columns,
                           size_t n_thresholds);
void emlrt_bin_columns_free(emlrt_bin_columns *bins);
/* Room that `count` thresholds take: whole blocks, the last of which has one to
 * spare. */
size_t emlrt_bin_room(size_t count);

/* Fills the columns of n rows, EMLRT_ROWS at most. out: n_columns * EMLRT_ROWS
 * bytes. */
void emlrt_bin_columns_fill(const emlrt_bin_columns *bins,
                            const emlrt_machine *machine, emlrt_rows in,
                            size_t n, int8_t *out);

#endif
