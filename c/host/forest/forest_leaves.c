/* SPDX-License-Identifier: MIT
 *
 * What the leaves of a forest add, unpacked into rows of whole numbers.
 *
 * Adding a row has no branch, whatever the leaf, so a table pays for as long as
 * rows are short; longer votes stay in the blob. Rows stand in the order in
 * which trees meet them, so that those of one tree are close together.
 */
#include "forest_build.h"

/* Scores that a table's rows may have for votes, and numbers of a table for each
 * byte of the payload. */
#define MOST_SCORES 4096u
#define NUMBERS_AN_OCTET 4u
/* A table of votes that is not small has a number for so many bytes at most: more of
 * them would take more memory than the blob and its nodes. */
#define SMALL_TABLE 4096u
#define OCTETS_A_NUMBER 8u

/* Numbers in a row of scores: vectors of 4, or of 16, where that wastes little. */
static size_t padded(uint32_t n) {
  size_t lanes = n <= 2 ? n : n <= 12 ? 4 : 16;
  return (n + lanes - 1) / lanes * lanes;
}

/* Whether leaves are numbers, not votes. */
static int adds_numbers(const emlrt_forest *forest) {
  return forest->kind >= EMLRT_FOREST_SUM;
}

/* Counts the mixed rows that leaves refer to. */
static uint32_t count_mixed(emlrt_build *build, uint32_t n_leaves) {
  const emlrt_forest *forest = build->forest;
  uint32_t i, n = build->forest->n_scores, count = 0;
  for (i = 0; i < n_leaves; i++) {
    uint32_t code = emlrt_trees_number(forest->leaves, i, forest->leaf_shift);
    if (code < n || build->rows[code - n] != 0) continue;
    build->rows[code - n] = UINT32_MAX; /* in use, but not unpacked yet */
    count++;
  }
  return count;
}

/* Makes an empty table. Returns 0 if it cannot be done. */
static int take_table(emlrt_build *build, size_t n_rows) {
  emlrt_forest *forest = build->forest;
  if (n_rows > UINT32_MAX / forest->n_scores - 1) return 0;
  /* A row is read with what follows it, up to the padding of scores. */
  forest->table = (uint32_t *)emlrt_alloc(
      n_rows * forest->n_scores + forest->pad, sizeof *forest->table);
  return forest->table != NULL;
}

/* Makes a table of votes: of each score, then of mixed rows, if it is not large. */
static int take_votes(emlrt_build *build, uint32_t n_leaves) {
  emlrt_forest *forest = build->forest;
  uint32_t i, n = forest->n_scores;
  size_t rows = (size_t)count_mixed(build, n_leaves) + n;
  if (rows > forest->call.size / n * (size_t)NUMBERS_AN_OCTET) return 1;
  if (rows > SMALL_TABLE / n && rows > forest->call.size / n / OCTETS_A_NUMBER)
    return 1;
  if (!take_table(build, rows)) return 0;
  for (i = 0; i < n; i++) forest->table[i * n + i] = forest->unit;
  build->n_rows = n;
  return 1;
}

int emlrt_forest_unpack(emlrt_build *build, uint32_t n_leaves,
                        uint32_t n_items) {
  emlrt_forest *forest = build->forest;
  int sums = adds_numbers(forest);
  forest->pad = forest->n_scores;
  if (!sums && forest->n_scores > MOST_SCORES) return 1;
  forest->pad = padded(forest->n_scores);
  build->rows =
      (uint32_t *)emlrt_alloc(sums ? n_leaves : n_items, sizeof *build->rows);
  if (build->rows == NULL) return 0;
  return sums ? take_table(build, n_leaves) : take_votes(build, n_leaves);
}

/* Unpacks the numbers that one leaf of sums adds. */
static void unpack_sums(const emlrt_forest *forest, uint32_t leaf,
                        uint32_t *row) {
  uint32_t i, n = forest->n_scores;
  /* Floats are integers of 4 bytes here. */
  for (i = 0; i < n; i++)
    row[i] =
        emlrt_trees_signed(forest->leaves, leaf * n + i, forest->leaf_shift);
}

uint32_t emlrt_forest_payload(emlrt_build *build, uint32_t leaf) {
  const emlrt_forest *forest = build->forest;
  uint32_t n = forest->n_scores, code = leaf, place;
  if (!adds_numbers(forest)) {
    code = emlrt_trees_number(forest->leaves, leaf, forest->leaf_shift);
    if (forest->table == NULL) return code;
    if (code < n) return code * n;
    code -= n;
  }
  place = build->rows[code];
  if (place != 0 && place != UINT32_MAX) return (place - 1) * n;
  place = build->n_rows++;
  build->rows[code] = place + 1;
  if (adds_numbers(forest))
    unpack_sums(forest, leaf, forest->table + (size_t)place * n);
  else
    emlrt_trees_row(&forest->call, code, forest->table + (size_t)place * n);
  return place * n;
}
