/* SPDX-License-Identifier: MIT
 *
 * A forest laid out for the host.
 *
 * Every split and every leaf is a node, and the two children of a split are
 * neighbours, so that one step of a walk is
 *
 *   i = nodes[i].child + (nodes[i].key < keys[nodes[i].column])
 *
 * for splits and leaves alike: a leaf is its own child and looks at a column
 * that is always 0, which no key is less than. A leaf's key is therefore free
 * to hold its payload. Walks of one length need no branch and no leaf test.
 *
 * A row is turned into unsigned keys once, a column for each feature in use,
 * and a second one for a feature whose NaN goes left somewhere: NaN is the
 * largest key in the first and the smallest in the second, so that missing
 * values cost a walk nothing. EMLRT_LANES rows lie column by column, and a node
 * knows its column as the place of the first lane's key.
 */
#ifndef EMLRT_FOREST_H
#define EMLRT_FOREST_H

#include "../../src/trees/trees.h"

/* Rows that walk in step. */
#define EMLRT_LANES 16u

/* The nodes of a tree of at most 32,767 splits. */
typedef struct emlrt_narrow {
  uint32_t key;
  uint16_t column;
  uint16_t child;
} emlrt_narrow;

/* The nodes of any other. */
typedef struct emlrt_wide {
  uint32_t key;
  uint32_t column;
  uint32_t child;
} emlrt_wide;

typedef struct emlrt_forest_tree {
  const void *nodes; /* the root is the first one */
  uint32_t depth;    /* steps from the root to the deepest leaf, >= 1 */
  uint32_t first;    /* steps that most rows need: depth, or a good deal less */
  uint32_t wide;     /* which kind of nodes */
} emlrt_forest_tree;

/* Where the rows of a span start: bytes from one to the next. */
typedef struct emlrt_rows {
  char *at;
  size_t step;
} emlrt_rows;

typedef struct emlrt_choices emlrt_choices;
typedef struct emlrt_bin_block emlrt_bin_block;

/* What leaves are, as in an op's code. */
enum {
  EMLRT_FOREST_VOTE = 1,
  EMLRT_FOREST_SOFT,
  EMLRT_FOREST_SUM,
  EMLRT_FOREST_ADD
};

typedef struct emlrt_forest {
  unsigned kind;      /* EMLRT_FOREST_* */
  unsigned input;     /* dtype of what is read */
  uint32_t n_columns; /* without the one of zeros, which follows them */
  uint32_t n_right;   /* leading columns whose NaN goes right */
  uint32_t identity;  /* those are the inputs themselves, all in order */
  uint32_t *sources;  /* the input of each column */
  size_t stride;      /* keys of a row */
  /* Trees with splits: narrow ones first, then shallow ones first; of ADD all in
   * order, of one kind, but for lone leaves in front of the first split. */
  emlrt_forest_tree *trees;
  size_t n_trees;
  size_t n_narrow;
  void *nodes;
  /* Leaves. With a table, a payload is the place of n_scores numbers in it, to
   * be added to a row's scores; without, it is a code as in the blob. */
  uint32_t *table;
  uint32_t *initial; /* scores before the first tree, `pad` of them */
  size_t pad;        /* numbers in a row of scores: n_scores or a few more, to
                        which anything may be added */
  uint32_t n_scores;
  uint32_t unit;
  emlrt_call call;    /* the stage */
  emlrt_rom trees_at; /* the blob's own tables */
  emlrt_rom records;
  emlrt_rom leaves;
  unsigned leaf_shift;
  emlrt_rom exponents; /* SUM only */
  size_t block;        /* most rows at a time */
  emlrt_op_run *plain; /* of categories: what takes rows that choices are not
                          worth, since there are no nodes; else NULL */
  emlrt_choices
      *choices; /* the same trees for many rows; NULL if walks are faster */
} emlrt_forest;

/* A stage that makes bins, as forests that read its inputs instead see it. */
typedef struct emlrt_bins emlrt_bins;
/* Finds its parts; its payload must outlive the result. Returns NULL if memory runs
 * out. Freed by free. */
emlrt_bins *emlrt_bins_new(const emlrt_call *call);

/* Whether an op's stages have a fast layout, as a rule. */
int emlrt_forest_is(uint32_t op);
/* Whether its trees look at categories: those read what they read, not what bins are
 * made of. */
int emlrt_forest_is_coded(uint32_t op);
/* Lays out a stage of trees. call: its payload and counts; the payload must outlive
 * the result. bins: of the stage that it reads, all of it and nothing else, whose
 * inputs it reads instead; or NULL. sharers: stages that read the same bins of a byte
 * as this one, columns of which they have once for all; or 0. Returns NULL if memory runs out or if there is
 * no fast layout. Time and memory are linear in the payload, but for a logarithm.
 */
emlrt_forest *emlrt_forest_new(const emlrt_call *call, uint32_t op,
                               const emlrt_bins *bins, unsigned sharers);
void emlrt_forest_free(emlrt_forest *forest);

/* Computes the scores of n rows. block: of the bins that are shared, if any are.
 * Returns 0 if memory runs out. */
int emlrt_forest_scores(const emlrt_forest *forest, emlrt_bin_block *block,
                        emlrt_rows in, emlrt_rows out, size_t n);

/* Where the keys of row i start, among groups of EMLRT_LANES rows. */
EMLRT_INLINE size_t emlrt_lane(size_t i, size_t stride) {
  return i / EMLRT_LANES * EMLRT_LANES * stride + i % EMLRT_LANES;
}

/* Turns n rows into groups of keys. */
void emlrt_forest_keys(const emlrt_forest *forest, emlrt_rows in, size_t n,
                       uint32_t *keys);
/* Turns one row into keys that stand side by side. */
void emlrt_forest_key(const emlrt_forest *forest, const void *x,
                      uint32_t *keys);

/* Steps between two looks at who has come to a leaf, in trees where that is
 * worth it: where first is less than depth. */
#define EMLRT_MORE_STEPS 4u

/* Trees whose leaves are added at once. */
#define EMLRT_FOREST_SET 4u
#define EMLRT_FOREST_SCRATCH (EMLRT_FOREST_SET + 1u)

/* Adds the scores of n rows of keys, whole groups, to rows of scores,
 * acc[n * pad]. scratch: EMLRT_FOREST_SCRATCH numbers a row. */
void emlrt_forest_block(const emlrt_forest *forest, const uint32_t *keys,
                        size_t n, uint32_t *acc, uint32_t *scratch);
/* The same for one row, many trees at a time. */
void emlrt_forest_row(const emlrt_forest *forest, const uint32_t *keys,
                      uint32_t *acc);

/* Adds to each of n rows of scores what a few trees give: those of tree t stand at
 * payloads[t * n]. */
void emlrt_forest_add_rows(const emlrt_forest *forest, const uint32_t *payloads,
                           size_t n, size_t trees, uint32_t *acc);
/* The sum of two numbers of a table: floats where those are. */
EMLRT_INLINE uint32_t emlrt_forest_sum(uint32_t a, uint32_t b, int floats) {
  return floats ? emlrt_bits(emlrt_add(emlrt_float(a), emlrt_float(b)))
                : emlrt_wrap_add(a, b);
}
/* Writes a row of scores. */
void emlrt_forest_finish(const emlrt_forest *forest, const uint32_t *acc,
                         void *out);

#endif
