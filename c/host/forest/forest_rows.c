/* SPDX-License-Identifier: MIT
 *
 * Rows in, scores out: a few one at a time, more in blocks.
 */
#include <stdlib.h>
#include <string.h>

#include "bin_block.h"
#include "choices.h"
#include "forest_build.h"

/* Fewer rows than this go one at a time: lanes left empty cost as much as full
 * ones. */
#define FEW_ROWS 12u
/* Nor are fewer than this worth lanes of their own behind full ones. */
#define FEW_OVER 6u
/* Numbers of keys and scores that one row may have without malloc. */
#define SMALL 512u

void emlrt_forest_finish(const emlrt_forest *forest, const uint32_t *acc,
                         void *out) {
  emlrt_alias32 *scores = (emlrt_alias32 *)out;
  uint32_t i, n = forest->n_scores;
  if (forest->kind != EMLRT_FOREST_SUM)
    memcpy(out, acc, n * sizeof *acc);
  else
    for (i = 0; i < n; i++)
      scores[i] = emlrt_trees_scale(
          acc[i], emlrt_ri32(forest->exponents, (size_t)i * 4));
}

/* A few rows, one at a time. */
static int few_rows(const emlrt_forest *forest, emlrt_rows in, emlrt_rows out,
                    size_t n) {
  uint32_t small[SMALL], *keys = small, *acc;
  if (forest->stride > SMALL || forest->pad > SMALL - forest->stride)
    keys = (uint32_t *)emlrt_alloc(forest->stride + forest->pad, sizeof *keys);
  if (keys == NULL) return 0;
  acc = keys + forest->stride;
  for (; n != 0; n--, in.at += in.step, out.at += out.step) {
    emlrt_forest_key(forest, in.at, keys);
    memcpy(acc, forest->initial, forest->pad * sizeof *acc);
    emlrt_forest_row(forest, keys, acc);
    emlrt_forest_finish(forest, acc, out.at);
  }
  if (keys != small) free(keys);
  return 1;
}

/* Scratch of a block of rows. */
typedef struct block {
  uint32_t *keys;
  uint32_t *acc;
  uint32_t *scratch;
} block;

/* Runs n rows of a block. Lanes without a row see keys of zeros or of earlier
 * rows, and what they add is not looked at. */
static void run_block(const emlrt_forest *forest, const block *b, emlrt_rows in,
                      emlrt_rows out, size_t n) {
  size_t i, lanes = (n + EMLRT_LANES - 1) / EMLRT_LANES * EMLRT_LANES;
  emlrt_forest_keys(forest, in, n, b->keys);
  for (i = 0; i < lanes; i++)
    memcpy(b->acc + i * forest->pad, forest->initial,
           forest->pad * sizeof *b->acc);
  emlrt_forest_block(forest, b->keys, lanes, b->acc, b->scratch);
  for (i = 0; i < n; i++)
    emlrt_forest_finish(forest, b->acc + i * forest->pad,
                        out.at + i * out.step);
}

static emlrt_rows rows_from(emlrt_rows rows, size_t n) {
  rows.at += n * rows.step;
  return rows;
}

/* Rows of the next block of dense evaluation; those that are left of it had better go
 * another way. */
static size_t choices_rows(const emlrt_choices *choices, size_t n) {
  size_t over;
  if (n > EMLRT_ROWS) n = EMLRT_ROWS;
  over = n % choices->machine->width;
  /* Behind full registers one more costs less than the first. */
  return over < (over == n ? choices->least : choices->least / 4) ? n - over
                                                                  : n;
}

/* Evaluates densely for as long as there are rows enough. Returns 0 if memory runs
 * out. done: how many rows that are. */
static int many_rows(const emlrt_forest *forest, emlrt_bin_block *bins,
                     emlrt_rows in, emlrt_rows out, size_t n, size_t *done) {
  const emlrt_choices *choices = forest->choices;
  size_t rows = choices_rows(choices, n);
  void *scratch;
  *done = 0;
  if (rows == 0) return 1;
  scratch = emlrt_alloc(emlrt_choices_scratch(forest, choices), 1);
  for (; scratch != NULL && rows != 0;
       rows = choices_rows(choices, n - *done)) {
    const int8_t *shared =
        choices->shared ? emlrt_bin_block_at(bins, *done) : NULL;
    if (choices->shared && shared == NULL) break;
    emlrt_choices_block(forest, choices, shared, rows_from(in, *done),
                        rows_from(out, *done), rows, scratch);
    *done += rows;
  }
  free(scratch);
  return rows == 0;
}

/* Rows as firmware takes them. */
static void plain_rows(const emlrt_forest *forest, emlrt_rows in,
                       emlrt_rows out, size_t n) {
  emlrt_call call = forest->call;
  for (; n != 0; n--, in.at += in.step, out.at += out.step) {
    call.in = in.at;
    call.out = out.at;
    forest->plain(&call);
  }
}

int emlrt_forest_scores(const emlrt_forest *forest, emlrt_bin_block *shared,
                        emlrt_rows in, emlrt_rows out, size_t n) {
  size_t most = (n + EMLRT_LANES - 1) / EMLRT_LANES * EMLRT_LANES;
  size_t numbers = forest->stride + forest->pad + EMLRT_FOREST_SCRATCH;
  size_t over;
  block b;
  if (forest->choices != NULL) {
    size_t done;
    if (!many_rows(forest, shared, in, out, n, &done)) return 0;
    if (done == n) return 1;
    in = rows_from(in, done);
    out = rows_from(out, done);
    n -= done;
    most = (n + EMLRT_LANES - 1) / EMLRT_LANES * EMLRT_LANES;
  }
  if (forest->plain != NULL) {
    plain_rows(forest, in, out, n);
    return 1;
  }
  if (n < FEW_ROWS) return few_rows(forest, in, out, n);
  over = n % EMLRT_LANES;
  if (over < FEW_OVER && n > EMLRT_LANES) {
    n -= over;
    if (!few_rows(forest, rows_from(in, n), rows_from(out, n), over)) return 0;
  }
  if (most > forest->block) most = forest->block;
  b.keys = (uint32_t *)emlrt_alloc(most, numbers * sizeof *b.keys);
  if (b.keys == NULL) return 0;
  b.acc = b.keys + most * forest->stride;
  b.scratch = b.acc + most * forest->pad;
  for (; n != 0;
       n -= most, in.at += most * in.step, out.at += most * out.step) {
    if (most > n) most = n;
    run_block(forest, &b, in, out, most);
  }
  free(b.keys);
  return 1;
}
