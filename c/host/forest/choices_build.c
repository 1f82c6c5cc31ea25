/* SPDX-License-Identifier: MIT
 *
 * emlrt_choices_new: whether dense evaluation is worth it, and its parts.
 */
#include "choices_build.h"

#include <stdlib.h>
#include <string.h>

/* 1 in tests, which are after trees of any kind. */
#if !defined(EMLRT_ALWAYS_CHOOSE)
#define EMLRT_ALWAYS_CHOOSE 0
#endif
#define COLUMN_OCTETS (sizeof(emlrt_bin_column) + 2 * EMLRT_BIN_BLOCK * 4)
#define MARK_OCTETS (2 * sizeof(emlrt_mark))
#define TEST_OCTETS 7u

/* Nanoseconds, times 1,000, that a row takes for a split and for a column of bins,
 * on machines of 16, 32 and 64 bytes; and on walks for a step, a tree and a column of
 * keys. Only what they are to each other matters. */
static const uint32_t split_times[] = {45, 32, 36};
static const uint32_t column_times[] = {7000, 4000, 3000};
#define STEP_TIME 500u
#define TREE_TIME 600u
#define KEY_TIME 1000u
/* A tree as firmware walks it. */
#define PLAIN_TIME 35000u
/* Steps that a ragged tree costs beyond the first ones. */
#define RAGGED_STEPS 14u

/* What walks take. */
static uint64_t walk_time(const emlrt_forest *forest) {
  uint64_t time = (uint64_t)forest->n_columns * KEY_TIME;
  size_t t;
  for (t = 0; t < forest->n_trees; t++) {
    const emlrt_forest_tree *tree = forest->trees + t;
    uint32_t steps =
        tree->first < tree->depth ? tree->first + RAGGED_STEPS : tree->depth;
    time += (uint64_t)steps * STEP_TIME + TREE_TIME;
  }
  return time;
}

/* What rows take one after another as firmware takes them. */
static uint64_t plain_time(const emlrt_forest *forest) {
  return (uint64_t)forest->n_trees * PLAIN_TIME;
}

/* What choices take. columns: of bins. */
static uint64_t choices_time(const emlrt_build *build, uint32_t n_tests,
                             uint64_t columns) {
  const emlrt_forest *forest = build->forest;
  size_t width = emlrt_machine_best()->width;
  unsigned kind = width == 64 ? 2 : width == 32 ? 1 : 0;
  uint64_t column = forest->input == EMLRT_U8 ? KEY_TIME : column_times[kind];
  uint64_t time = (uint64_t)n_tests * split_times[kind];
  if (build->sharers == 0) return time + columns * column;
  return time +
         (uint64_t)forest->call.n_in * column_times[kind] / build->sharers;
}

/* Whether choices are clearly faster than what there is else, and take little enough
 * memory. columns: of bins, as far as they are known. */
static int is_worth_it(const emlrt_chooser *m, uint64_t columns) {
  const emlrt_forest *forest = m->build->forest;
  size_t test =
      TEST_OCTETS + (emlrt_choices_octets(m->build) ? 0 : MARK_OCTETS);
  uint64_t octets = columns * COLUMN_OCTETS + (uint64_t)m->n_tests * test +
                    (uint64_t)m->n_places * sizeof(emlrt_choice) +
                    forest->n_trees * sizeof(emlrt_choices_tree);
  uint64_t most =
      forest->plain != NULL ? EMLRT_SETS_TIMES : EMLRT_CHOICES_TIMES;
  uint64_t time = choices_time(m->build, m->n_tests, columns);
  uint64_t other =
      forest->plain != NULL ? plain_time(forest) : walk_time(forest);
  return octets <= forest->call.size * most &&
         (EMLRT_ALWAYS_CHOOSE || time * 5 <= other * 4);
}

static int take_maker(emlrt_chooser *m) {
  emlrt_choices *choices = m->choices;
  size_t n = m->n_tests, n_trees = m->build->forest->n_trees;
  size_t leaves = m->n_records + n_trees;
  m->columns = (uint16_t *)emlrt_alloc(n, sizeof *m->columns);
  m->bins = (int8_t *)emlrt_alloc(n, 1);
  choices->choices =
      (emlrt_choice *)emlrt_alloc(m->n_places, sizeof *choices->choices);
  choices->trees =
      (emlrt_choices_tree *)emlrt_alloc(n_trees, sizeof *choices->trees);
  choices->payloads = (uint32_t *)emlrt_alloc(leaves, sizeof(uint32_t));
  return m->columns != NULL && m->bins != NULL && choices->choices != NULL &&
         choices->trees != NULL && choices->payloads != NULL;
}

/* Fewest rows that are worth a block: as plain rows, they would take as long as all of
 * a register. */
static size_t least_rows(const emlrt_chooser *m) {
  const emlrt_forest *forest = m->build->forest;
  size_t width = m->choices->machine->width;
  if (EMLRT_ALWAYS_CHOOSE) return 2;
  if (forest->plain == NULL) return width == 64 ? 20 : 12;
  return (size_t)(choices_time(m->build, m->n_tests,
                               m->choices->bins.n_columns) *
                  width / plain_time(forest)) +
         1;
}

static int make(emlrt_chooser *m, uint32_t n_trees) {
  const emlrt_forest *forest = m->build->forest;
  m->choices->machine = emlrt_machine_best();
  m->choices->bins.input = forest->input;
  m->choices->n_slots = EMLRT_CHOICES_SET;
  m->choices->n_constants = m->build->most + 1;
  if (!take_maker(m) || !emlrt_choices_columns(m)) return 0;
  m->choices->least = least_rows(m);
  return is_worth_it(m, m->choices->bins.n_columns) &&
         emlrt_choices_trees(m, n_trees);
}

/* Whether it is worth while to begin. */
static int is_promising(emlrt_chooser *m) {
  const emlrt_build *build = m->build;
  uint32_t columns = build->sharers != 0 ? 0 : build->forest->n_columns;
  m->n_tests = m->n_places = m->n_records;
  return build->most <= EMLRT_CHOICES_SPLITS && m->n_records != 0 &&
         is_worth_it(m, columns) && emlrt_choices_count(m) &&
         is_worth_it(m, columns);
}

emlrt_choices *emlrt_choices_new(emlrt_build *build, uint32_t n_trees,
                                 uint32_t n_records) {
  emlrt_chooser m;
  int ok;
  memset(&m, 0, sizeof m);
  m.build = build;
  m.n_records = n_records;
  ok = is_promising(&m);
  if (ok) m.choices = (emlrt_choices *)emlrt_alloc(1, sizeof *m.choices);
  ok = ok && m.choices != NULL && make(&m, n_trees);
  free(m.starts);
  free(m.marks);
  free(m.spare);
  free(m.columns);
  free(m.bins);
  if (ok) return m.choices;
  emlrt_choices_free(m.choices);
  return NULL;
}

void emlrt_choices_free(emlrt_choices *choices) {
  if (choices == NULL) return;
  emlrt_bin_columns_free(&choices->bins);
  free(choices->choices);
  free(choices->trees);
  free(choices->payloads);
  free(choices);
}
