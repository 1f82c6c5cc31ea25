/* SPDX-License-Identifier: MIT
 *
 * Small trees evaluated densely: every split for all rows of a block, children
 * first, by one comparison of bytes and one choice between two bytes. There is no
 * walk, and a split costs the same wherever rows go.
 */
#ifndef EMLRT_CHOICES_H
#define EMLRT_CHOICES_H

#include "bin_columns.h"

typedef struct emlrt_choices_tree {
  uint16_t n_leaves;  /* choices between two leaves, which come first, */
  uint16_t n_choices; /* and all others */
  uint32_t first;     /* its leaves among all payloads */
} emlrt_choices_tree;

/* Trees whose leaves are added at once; each has its root's slot. */
#define EMLRT_CHOICES_SET 8u

struct emlrt_choices {
  const emlrt_machine *machine;
  int shared; /* whether columns are shared with other stages */
  emlrt_bin_columns bins;
  emlrt_choice *choices;
  emlrt_choices_tree *trees;
  uint32_t n_trees;
  uint32_t n_slots;
  uint32_t n_constants; /* leaves of the largest tree */
  uint32_t
      *payloads; /* of leaves, tree after tree: what they add if scores have
                         one number, else as in nodes */
  size_t least;  /* rows that are worth a block */
};

/* Whether payloads are numbers to be added: where scores have but one. */
EMLRT_INLINE int emlrt_choices_numbers(const emlrt_forest *forest) {
  return forest->pad == 1 && forest->table != NULL;
}

/* Computes the scores of n rows, EMLRT_ROWS at most. shared: columns, if they are.
 * scratch: of emlrt_choices_scratch. */
void emlrt_choices_block(const emlrt_forest *forest,
                         const emlrt_choices *choices, const int8_t *shared,
                         emlrt_rows in, emlrt_rows out, size_t n,
                         void *scratch);
/* Bytes that a block of rows takes. */
size_t emlrt_choices_scratch(const emlrt_forest *forest,
                             const emlrt_choices *choices);

#endif
