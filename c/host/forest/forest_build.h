/* SPDX-License-Identifier: MIT
 *
 * What the files that lay out a forest share.
 */
#ifndef EMLRT_FOREST_BUILD_H
#define EMLRT_FOREST_BUILD_H

#include "../memory/memory.h"
#include "forest.h"

/* What is needed only while a layout is made. */
struct emlrt_bins {
  emlrt_call call;   /* of the stage that makes the bins */
  uint32_t tables[]; /* bytes into its payload to the keys of each column */
};

typedef struct emlrt_build {
  emlrt_forest *forest;
  unsigned width;         /* bytes of a record */
  uint32_t n_in;          /* elements that are read */
  const emlrt_bins *bins; /* what is read, or NULL for numbers */
  uint32_t most;          /* splits of the largest tree */
  uint32_t *columns; /* `direct`: 1 + the column of each of 2 * n_in features;
                        else the features in use, ascending */
  int direct;
  uint32_t *rows;      /* of each item (votes) or leaf (sums): 1 + the table's
                        row for it, 0 or UINT32_MAX if there is none yet */
  uint32_t n_rows;     /* rows of the table so far */
  uint32_t *slots;     /* of each record of a tree: its node, 0 if unknown */
  uint32_t *depths;    /* of each record of a tree: steps from the root */
  unsigned sharers;    /* of columns of the bins that are read; 0 if none */
  uint32_t first_code; /* features from this one on are codes of categories */
  emlrt_rom sets;      /* of those */
} emlrt_build;

/* A split record, whatever its size. */
typedef struct emlrt_record {
  uint32_t key;     /* unsigned: inputs with a larger key go right */
  uint32_t feature; /* an input: NaN right; an input + n_in: NaN left */
  uint32_t link;
  unsigned leaves; /* EMLRT_LEAF_* */
} emlrt_record;

/* Makes a table of what leaves add, if that pays. Returns 0 if it cannot be
 * done. */
int emlrt_forest_unpack(emlrt_build *build, uint32_t n_leaves,
                        uint32_t n_items);
/* What a leaf's node holds (see emlrt_host.table); fills the table. */
uint32_t emlrt_forest_payload(emlrt_build *build, uint32_t leaf);

/* Turns the order of signed numbers into that of unsigned ones. */
#define EMLRT_SIGN_BIT UINT32_C(0x80000000)
#define EMLRT_INFINITY_BITS UINT32_C(0x7F800000)

/* Reads record i of those at `at`. Of bins, it says what becomes of the numbers
 * behind them; its key is above every number's if it cannot. */
emlrt_record emlrt_forest_record(const emlrt_build *build, emlrt_rom at,
                                 uint32_t i);
/* Finds the columns that the forest looks at. Returns 0 if it cannot be done.
 */
int emlrt_forest_columns(emlrt_build *build, uint32_t n_records);
/* The place of a feature in the list of those in use. */
uint32_t emlrt_forest_place(const emlrt_build *build, uint32_t feature);
/* The column of a record's feature, once they are found. */
EMLRT_INLINE uint32_t emlrt_forest_column(const emlrt_build *build,
                                          uint32_t feature) {
  return build->direct ? build->columns[feature] - 1
                       : emlrt_forest_place(build, feature);
}
/* Makes the nodes of all trees. Returns 0 if it cannot be done. */
int emlrt_forest_build_nodes(emlrt_build *build, uint32_t n_trees);
/* Counts trees and splits, and adds lone leaves to the initial scores, of trees that
 * get no nodes. Returns 0 if memory runs out. */
int emlrt_forest_build_bare(emlrt_build *build, uint32_t n_trees);
/* Lays the trees out for dense evaluation, once they are counted and have nodes, if
 * any. Returns NULL if that is not worth it, or if memory runs out. */
emlrt_choices *emlrt_choices_new(emlrt_build *build, uint32_t n_trees,
                                 uint32_t n_records);
void emlrt_choices_free(emlrt_choices *choices);
/* Adds what payload stands for to a row of scores. */
void emlrt_forest_add(const emlrt_forest *forest, uint32_t payload,
                      uint32_t *acc);

#endif
