/* SPDX-License-Identifier: MIT
 *
 * Columns of bins as they are asked for.
 */
#include "bin_block.h"

#include "../memory/memory.h"

const int8_t *emlrt_bin_block_at(emlrt_bin_block *block, size_t first) {
  const emlrt_bin_columns *bins = block->bins;
  size_t octets = bins->n_columns * (size_t)EMLRT_ROWS;
  size_t blocks = (block->n + EMLRT_ROWS - 1) / EMLRT_ROWS;
  const emlrt_machine *machine = emlrt_machine_best();
  if (block->columns == NULL)
    block->columns = (int8_t *)emlrt_alloc(blocks, octets);
  if (block->columns == NULL) return NULL;
  for (; block->made <= first; block->made += EMLRT_ROWS) {
    emlrt_rows in = block->in;
    size_t n = block->n - block->made;
    in.at += block->made * in.step;
    emlrt_bin_columns_fill(bins, machine, in, n < EMLRT_ROWS ? n : EMLRT_ROWS,
                           block->columns + block->made / EMLRT_ROWS * octets);
  }
  return block->columns + first / EMLRT_ROWS * octets;
}
