/* SPDX-License-Identifier: MIT
 *
 * Laying out trees for dense evaluation: columns of bins, and choices with
 * children first.
 */
#include <stdlib.h>
#include <string.h>

#include "choices.h"
#include "forest_build.h"

/* Most splits of a tree, so that a byte tells its leaves apart; slots that are in
 * use at once, and columns. */
#define MOST_SPLITS 255u
#define MOST_SLOTS 250u
#define MOST_COLUMNS 65535u
/* 1 in tests, which are after trees of any kind. */
#if !defined(EMLRT_ALWAYS_CHOOSE)
#define EMLRT_ALWAYS_CHOOSE 0
#endif
/* Most splits of a tree where those between leaves come first, all of which have a
 * slot at once. */
#define MOST_FIRST 96u
/* Bytes of a layout for each of the payload. */
#define MOST_TIMES 16u
#define COLUMN_OCTETS (sizeof(emlrt_bin_column) + 2 * EMLRT_BIN_BLOCK * 4)
#define RECORD_OCTETS (2 * sizeof(mark) + 7 + sizeof(emlrt_choice))

/* A threshold of a record, to be sorted. */
typedef struct mark {
  uint64_t key; /* column, then the record's key */
  uint32_t record;
} mark;

/* A dense layout in the making. Arrays have an element a record. */
typedef struct maker {
  emlrt_build *build;
  emlrt_choices *choices;
  uint32_t n_records;
  mark *marks;
  mark *spare;
  uint16_t *columns; /* of bins */
  int8_t *bins;
  uint8_t slots[MOST_SPLITS]; /* of the records of a tree; 0 if it has none */
  uint8_t used[MOST_SLOTS + 1];
} maker;

/* One pass of a radix sort, by a byte of the keys. */
static void sort_octet(const mark *from, mark *to, uint32_t n, unsigned shift) {
  uint32_t starts[257] = {0}, i;
  for (i = 0; i < n; i++) starts[(from[i].key >> shift & 0xFFu) + 1]++;
  for (i = 0; i < 256; i++) starts[i + 1] += starts[i];
  for (i = 0; i < n; i++) to[starts[from[i].key >> shift & 0xFFu]++] = from[i];
}

/* Sorts the marks: an even number of passes, which leaves them in place. */
static void sort_marks(maker *m) {
  unsigned shift;
  for (shift = 0; shift < 48; shift += 16) {
    sort_octet(m->marks, m->spare, m->n_records, shift);
    sort_octet(m->spare, m->marks, m->n_records, shift + 8);
  }
}

/* Says of each record which column of bins it looks at, and which of its thresholds
 * is the record's: a feature has a column for each EMLRT_MOST_BIN of its thresholds.
 * Returns how many columns there are. room: what thresholds take. */
static uint32_t place_marks(maker *m, size_t *room) {
  uint32_t i, n = 0;
  unsigned bin = EMLRT_MOST_BIN;
  *room = 0;
  for (i = 0; i < m->n_records; i++) {
    const mark *at = m->marks + i;
    int same = i != 0 && at->key >> 32 == at[-1].key >> 32;
    if (!same || (at->key != at[-1].key && bin + 1 == EMLRT_MOST_BIN)) {
      if (i != 0) *room += emlrt_bin_room(bin + 1);
      n++;
      bin = 0;
    } else if (at->key != at[-1].key) {
      bin++;
    }
    if (n > MOST_COLUMNS) return n;
    m->columns[at->record] = (uint16_t)(n - 1);
    m->bins[at->record] = (int8_t)((int)bin - EMLRT_BIN_ZERO);
  }
  if (n != 0) *room += emlrt_bin_room(bin + 1);
  return n;
}

/* Fills the columns of bins, as the marks are placed. */
static void fill_columns(maker *m) {
  const emlrt_forest *forest = m->build->forest;
  emlrt_bin_columns *bins = &m->choices->bins;
  uint32_t i, first = 0;
  for (i = 0; i < m->n_records; i++) {
    uint32_t n = m->columns[m->marks[i].record];
    uint32_t of = (uint32_t)(m->marks[i].key >> 32);
    unsigned bin = (unsigned)(m->bins[m->marks[i].record] + EMLRT_BIN_ZERO);
    emlrt_bin_column *column = bins->columns + n;
    if (bin == 0 && n != 0 && column->count == 0)
      first += (uint32_t)emlrt_bin_room(column[-1].count);
    column->source = forest->sources[of];
    column->first = first;
    column->count = (uint16_t)(bin + 1);
    column->missing = (uint8_t)(of < forest->n_right ? column->count : 0);
    if (n != 0 && column[-1].source == column->source)
      column->flags |= EMLRT_BIN_AGAIN;
    bins->thresholds[first + bin] =
        (int32_t)((uint32_t)m->marks[i].key ^ EMLRT_SIGN_BIT);
  }
}

static int make_columns(maker *m) {
  emlrt_build *build = m->build;
  emlrt_bin_columns *bins = &m->choices->bins;
  size_t room, j;
  uint32_t i, n;
  for (i = 0; i < m->n_records; i++) {
    emlrt_record r = emlrt_forest_record(build, build->forest->records, i);
    m->marks[i].key =
        (uint64_t)emlrt_forest_column(build, r.feature) << 32 | r.key;
    m->marks[i].record = i;
  }
  sort_marks(m);
  n = place_marks(m, &room);
  if (n > MOST_COLUMNS || !emlrt_bin_columns_take(bins, n, room)) return 0;
  for (j = 0; j < room; j++) bins->thresholds[j] = INT32_MAX;
  fill_columns(m);
  return 1;
}

/* Columns of bytes: those are their own bins. */
static int make_octet_columns(maker *m) {
  emlrt_build *build = m->build;
  const emlrt_forest *forest = build->forest;
  uint32_t i;
  if (forest->n_columns > MOST_COLUMNS ||
      !emlrt_bin_columns_take(&m->choices->bins, forest->n_columns, 0))
    return 0;
  for (i = 0; i < forest->n_columns; i++)
    m->choices->bins.columns[i].source = forest->sources[i];
  for (i = 0; i < m->n_records; i++) {
    emlrt_record r = emlrt_forest_record(build, forest->records, i);
    uint32_t threshold = r.key ^ EMLRT_SIGN_BIT;
    if (threshold > EMLRT_MOST_BIN) return 0;
    m->columns[i] = (uint16_t)emlrt_forest_column(build, r.feature);
    m->bins[i] = (int8_t)((int)threshold - EMLRT_BIN_ZERO);
  }
  return 1;
}

/* A tree in the making. */
typedef struct tree_maker {
  maker *m;
  emlrt_rom records; /* the tree's */
  uint32_t record;   /* the first of them, among all */
  uint32_t splits;
  uint32_t base;    /* of its leaf indices */
  uint32_t first;   /* of its payloads */
  uint32_t leaves;  /* so far */
  uint32_t pairs;   /* its splits between leaves that come first */
  unsigned pending; /* slots in use */
} tree_maker;

/* The operand that a leaf is. */
static uint16_t leaf_operand(tree_maker *t, uint32_t leaf) {
  emlrt_build *build = t->m->build;
  uint32_t payload = emlrt_forest_payload(build, t->base + leaf);
  if (emlrt_choices_numbers(build->forest))
    payload = build->forest->table[payload];
  t->m->choices->payloads[t->first + t->leaves] = payload;
  return (uint16_t)t->leaves++;
}

/* The operand that record r has become, whose slot is free from now on; 0 if it has
 * none: no leaf is asked for here. */
static uint16_t split_operand(tree_maker *t, uint32_t r) {
  unsigned slot = r < t->splits ? t->m->slots[r] : 0;
  if (slot == 0) return 0;
  t->m->slots[r] = 0;
  t->m->used[slot] = 0;
  t->pending--;
  return (uint16_t)EMLRT_SLOT(slot - 1);
}

/* Takes a slot for record r: of roots each has its own. */
static unsigned take_slot(tree_maker *t, uint32_t r, unsigned root) {
  unsigned slot = EMLRT_CHOICES_SET + 1;
  if (r == 0) return root + 1;
  while (slot <= MOST_SLOTS && t->m->used[slot]) slot++;
  if (slot > MOST_SLOTS) return 0;
  if (slot > t->m->choices->n_slots) t->m->choices->n_slots = slot;
  t->m->used[slot] = 1;
  t->m->slots[r] = (uint8_t)slot;
  t->pending++;
  return slot;
}

/* Makes the choice of record r, whose children have theirs. */
static int make_choice(tree_maker *t, uint32_t r, unsigned root,
                       emlrt_choice *to) {
  emlrt_record split = emlrt_forest_record(t->m->build, t->records, r);
  unsigned left = split.leaves & EMLRT_LEAF_LEFT;
  unsigned right = split.leaves & EMLRT_LEAF_RIGHT;
  unsigned slot;
  uint32_t behind = left ? r + 1 : r + 1 + split.link;
  to->left = left ? leaf_operand(t, split.link) : split_operand(t, r + 1);
  to->right =
      right ? leaf_operand(t, split.link + left) : split_operand(t, behind);
  slot = take_slot(t, r, root);
  if (slot == 0 || (!left && to->left == 0) || (!right && to->right == 0))
    return 0;
  to->column = t->m->columns[t->record + r];
  to->bin = t->m->bins[t->record + r];
  to->out = (uint16_t)EMLRT_SLOT(slot - 1);
  return 1;
}

/* Whether record r of a tree is a split between two leaves, which come first: they
 * are cheaper, and need nothing else. */
static int comes_first(const tree_maker *t, uint32_t r) {
  unsigned both = EMLRT_LEAF_LEFT | EMLRT_LEAF_RIGHT;
  return t->splits <= MOST_FIRST &&
         emlrt_forest_record(t->m->build, t->records, r).leaves == both;
}

/* Makes a tree's choices: a record's children come after it, so from the last one
 * on. */
static int make_tree(tree_maker *t, unsigned root, emlrt_choice *to) {
  emlrt_choice *start = to;
  uint32_t r;
  t->pending = 0;
  t->leaves = 0;
  for (r = t->splits; r != 0; r--)
    if (comes_first(t, r - 1) && !make_choice(t, r - 1, root, to++)) return 0;
  t->pairs = (uint32_t)(to - start);
  for (r = t->splits; r != 0; r--)
    if (!comes_first(t, r - 1) && !make_choice(t, r - 1, root, to++)) return 0;
  if (t->splits == EMLRT_TREES_LONE) leaf_operand(t, 0);
  return t->pending == 0; /* else a record has no parent */
}

/* Whether a tree is left out, since its only leaf is in the initial scores. */
static int is_left_out(const emlrt_forest *forest, uint32_t splits,
                       uint32_t before) {
  return splits == EMLRT_TREES_LONE &&
         (before == 0 || forest->kind != EMLRT_FOREST_ADD);
}

static int make_trees(maker *m, uint32_t n_trees) {
  const emlrt_forest *forest = m->build->forest;
  emlrt_choices *choices = m->choices;
  emlrt_choice *to = choices->choices;
  tree_maker t;
  uint32_t i;
  t.m = m;
  t.record = t.first = 0;
  t.records = forest->records;
  for (i = 0; i < n_trees; i++) {
    emlrt_rom tree = emlrt_rom_at(forest->trees_at, (size_t)i * 8);
    t.splits = emlrt_r32(tree, EMLRT_AT(emlrt_tree, size));
    t.base = emlrt_r32(tree, EMLRT_AT(emlrt_tree, base));
    if (is_left_out(forest, t.splits, choices->n_trees)) continue;
    if (!make_tree(&t, choices->n_trees % EMLRT_CHOICES_SET, to)) return 0;
    choices->trees[choices->n_trees].n_leaves = (uint16_t)t.pairs;
    choices->trees[choices->n_trees].n_choices = (uint16_t)(t.splits - t.pairs);
    choices->trees[choices->n_trees++].first = t.first;
    to += t.splits;
    t.first += t.leaves;
    t.record += t.splits;
    t.records = emlrt_rom_at(t.records, (size_t)t.splits * m->build->width);
  }
  return 1;
}

/* Nanoseconds, times 1,000, that a row takes for a split and for a column of bins,
 * on machines of 16, 32 and 64 bytes; and on walks for a step, a tree and a column of
 * keys. Only what they are to each other matters. */
static const uint32_t split_times[] = {45, 32, 36};
static const uint32_t column_times[] = {7000, 4000, 3000};
#define STEP_TIME 500u
#define TREE_TIME 600u
#define KEY_TIME 1000u
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

/* Whether choices are clearly faster than walks, and take little enough memory.
 * columns: of bins, as far as they are known. */
static int is_worth_it(const emlrt_build *build, uint32_t n_records,
                       uint64_t columns) {
  const emlrt_forest *forest = build->forest;
  size_t width = emlrt_machine_best()->width;
  unsigned kind = width == 64 ? 2 : width == 32 ? 1 : 0;
  uint64_t column = forest->input == EMLRT_U8 ? KEY_TIME : column_times[kind];
  uint64_t time = columns * column + (uint64_t)n_records * split_times[kind];
  uint64_t octets = columns * COLUMN_OCTETS + n_records * RECORD_OCTETS +
                    forest->n_trees * sizeof(emlrt_choices_tree);
  return octets <= (uint64_t)forest->call.size * MOST_TIMES &&
         (EMLRT_ALWAYS_CHOOSE || time * 5 <= walk_time(forest) * 4);
}

static int take_maker(maker *m) {
  emlrt_choices *choices = m->choices;
  size_t n = m->n_records, n_trees = m->build->forest->n_trees;
  m->columns = (uint16_t *)emlrt_alloc(n, sizeof *m->columns);
  m->bins = (int8_t *)emlrt_alloc(n, 1);
  choices->choices = (emlrt_choice *)emlrt_alloc(n, sizeof *choices->choices);
  choices->trees =
      (emlrt_choices_tree *)emlrt_alloc(n_trees, sizeof *choices->trees);
  choices->payloads = (uint32_t *)emlrt_alloc(n + n_trees, sizeof(uint32_t));
  return m->columns != NULL && m->bins != NULL && choices->choices != NULL &&
         choices->trees != NULL && choices->payloads != NULL;
}

static int take_marks(maker *m) {
  m->marks = (mark *)emlrt_alloc(m->n_records, sizeof *m->marks);
  m->spare = (mark *)emlrt_alloc(m->n_records, sizeof *m->spare);
  return m->marks != NULL && m->spare != NULL;
}

static int make(maker *m, uint32_t n_trees) {
  const emlrt_forest *forest = m->build->forest;
  m->choices->machine = emlrt_machine_best();
  m->choices->bins.input = forest->input;
  m->choices->n_slots = EMLRT_CHOICES_SET;
  m->choices->n_constants = m->build->most + 1;
  m->choices->least = EMLRT_ALWAYS_CHOOSE                ? 2
                      : m->choices->machine->width == 64 ? 20
                                                         : 12;
  if (!take_maker(m)) return 0;
  if (forest->input == EMLRT_U8) {
    if (!make_octet_columns(m)) return 0;
  } else if (!take_marks(m) || !make_columns(m)) {
    return 0;
  }
  return is_worth_it(m->build, m->n_records, m->choices->bins.n_columns) &&
         make_trees(m, n_trees);
}

emlrt_choices *emlrt_choices_new(emlrt_build *build, uint32_t n_trees,
                                 uint32_t n_records) {
  maker m;
  int ok;
  memset(&m, 0, sizeof m);
  m.build = build;
  m.n_records = n_records;
  if (build->most > MOST_SPLITS || n_records == 0 ||
      !is_worth_it(build, n_records, build->forest->n_columns))
    return NULL;
  m.choices = (emlrt_choices *)emlrt_alloc(1, sizeof *m.choices);
  if (m.choices == NULL) return NULL;
  ok = make(&m, n_trees);
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
