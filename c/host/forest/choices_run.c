/* SPDX-License-Identifier: MIT
 *
 * A block of rows through trees that are evaluated densely.
 */
#include <string.h>

#include "choices.h"
#include "forest_build.h"

/* Scratch of a block. Arrays have EMLRT_ROWS elements, or as many times more. */
typedef struct block {
  uint8_t *operands;
  const int8_t *columns;
  int8_t *own;        /* room for columns that are made here */
  uint32_t *acc;      /* pad a row */
  uint32_t *payloads; /* of a set of trees; NULL where scores are one number */
} block;

static size_t operand_octets(const emlrt_choices *choices) {
  return (size_t)EMLRT_SLOT(choices->n_slots) * EMLRT_OPERAND_OCTETS;
}

size_t emlrt_choices_scratch(const emlrt_forest *forest,
                             const emlrt_choices *choices) {
  size_t numbers = forest->pad * EMLRT_ROWS;
  if (!emlrt_choices_numbers(forest)) numbers += EMLRT_FOREST_SET * EMLRT_ROWS;
  return operand_octets(choices) +
         choices->bins.n_columns * (size_t)EMLRT_ROWS +
         numbers * sizeof(uint32_t);
}

static block block_at(const emlrt_forest *forest, const emlrt_choices *choices,
                      void *scratch) {
  block b;
  b.operands = (uint8_t *)scratch;
  b.own = (int8_t *)(b.operands + operand_octets(choices));
  b.columns = b.own;
  b.acc = (uint32_t *)(void *)(b.own +
                               choices->bins.n_columns * (size_t)EMLRT_ROWS);
  b.payloads =
      emlrt_choices_numbers(forest) ? NULL : b.acc + forest->pad * EMLRT_ROWS;
  return b;
}

/* Adds to n numbers what the leaves of a set of trees stand for. */
EMLRT_INLINE void add_numbers(const uint8_t *leaves,
                              const uint32_t *const *numbers, size_t trees,
                              size_t n, int floats, uint32_t *acc) {
  size_t r, k;
  for (r = 0; r < n; r++) {
    uint32_t sum = acc[r];
    for (k = 0; k < trees; k++)
      sum =
          emlrt_forest_sum(sum, numbers[k][leaves[k * EMLRT_ROWS + r]], floats);
    acc[r] = sum;
  }
}

/* The same with as many trees as a set has, from which compilers make the better
 * loop. */
EMLRT_INLINE void add_set(const uint8_t *leaves, const uint32_t *const *numbers,
                          size_t trees, size_t n, int floats, uint32_t *acc) {
  if (trees == EMLRT_CHOICES_SET)
    add_numbers(leaves, numbers, EMLRT_CHOICES_SET, n, floats, acc);
  else
    add_numbers(leaves, numbers, trees, n, floats, acc);
}

/* Adds what the leaves of a set of trees stand for, rows of scores. */
static void add_rows(const emlrt_forest *forest, const uint8_t *leaves,
                     const uint32_t *const *payloads, size_t trees, size_t n,
                     const block *b) {
  size_t k, r, some;
  for (; trees != 0; trees -= some, payloads += some) {
    some = trees < EMLRT_FOREST_SET ? trees : EMLRT_FOREST_SET;
    for (k = 0; k < some; k++, leaves += EMLRT_ROWS)
      for (r = 0; r < n; r++) b->payloads[k * n + r] = payloads[k][leaves[r]];
    emlrt_forest_add_rows(forest, b->payloads, n, some, b->acc);
  }
}

/* Evaluates a set of trees, and adds their leaves. Returns where their choices
 * end. */
static const emlrt_choice *run_set(const emlrt_forest *forest,
                                   const emlrt_choices *choices, const block *b,
                                   const emlrt_choices_tree *trees, size_t set,
                                   const emlrt_choice *next, size_t n) {
  const uint32_t *payloads[EMLRT_CHOICES_SET];
  uint8_t *leaves = b->operands + EMLRT_SLOT(0) * EMLRT_OPERAND_OCTETS;
  size_t k;
  for (k = 0; k < set; k++) {
    payloads[k] = choices->payloads + trees[k].first;
    if (trees[k].n_leaves + trees[k].n_choices == 0)
      memset(leaves + k * EMLRT_ROWS, 0, EMLRT_ROWS);
    choices->machine->choose_leaves(next, trees[k].n_leaves, n, b->columns,
                                    b->operands);
    next += trees[k].n_leaves;
    (forest->plain != NULL ? choices->machine->choose_sets
                           : choices->machine->choose)(
        next, trees[k].n_choices, n, b->columns, b->operands);
    next += trees[k].n_choices;
  }
  if (b->payloads != NULL)
    add_rows(forest, leaves, payloads, set, n, b);
  else if (forest->kind == EMLRT_FOREST_ADD)
    add_set(leaves, payloads, set, n, 1, b->acc);
  else
    add_set(leaves, payloads, set, n, 0, b->acc);
  return next;
}

void emlrt_choices_block(const emlrt_forest *forest,
                         const emlrt_choices *choices, const int8_t *shared,
                         emlrt_rows in, emlrt_rows out, size_t n,
                         void *scratch) {
  block b = block_at(forest, choices, scratch);
  const emlrt_choice *next = choices->choices;
  size_t i, t, set;
  emlrt_machine_constants(b.operands, choices->n_constants);
  if (choices->shared)
    b.columns = shared;
  else
    emlrt_bin_columns_fill(&choices->bins, choices->machine, in, n, b.own);
  for (i = 0; i < n; i++)
    memcpy(b.acc + i * forest->pad, forest->initial,
           forest->pad * sizeof *b.acc);
  for (t = 0; t < choices->n_trees; t += set) {
    set = choices->n_trees - t;
    if (set > EMLRT_CHOICES_SET) set = EMLRT_CHOICES_SET;
    next = run_set(forest, choices, &b, choices->trees + t, set, next, n);
  }
  for (i = 0; i < n; i++)
    emlrt_forest_finish(forest, b.acc + i * forest->pad, out.at + i * out.step);
}
