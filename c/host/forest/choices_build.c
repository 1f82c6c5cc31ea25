/* SPDX-License-Identifier: MIT
 *
 * Laying out trees for dense evaluation: columns of bins, and choices with
 * children first.
 */
#include <stdlib.h>
#include <string.h>

#include "choices.h"
#include "choices_sets.h"
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
/* Bytes of a layout for each of the payload, and where that has sets. */
#define MOST_TIMES 16u
#define SETS_TIMES 48u
#define COLUMN_OCTETS (sizeof(emlrt_bin_column) + 2 * EMLRT_BIN_BLOCK * 4)
#define MARK_OCTETS (2 * sizeof(mark))
#define TEST_OCTETS 7u

/* Numbers of sets that are looked at for each byte of the payload. */
#define WORDS_AN_OCTET 1u

/* A test to be sorted. */
typedef struct mark {
  uint64_t key; /* column, then the test's key */
  uint32_t test;
} mark;

/* A dense layout in the making. A record has one test, "is a number above a key?",
 * but for one of a set, which has one an edge: those follow each other. Arrays have
 * an element a test. */
typedef struct maker {
  emlrt_build *build;
  emlrt_choices *choices;
  uint32_t n_records;
  uint32_t n_tests;
  uint32_t n_places; /* of choices: at most so many */
  uint32_t *starts;  /* the first test of each record; NULL if each has one */
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
    sort_octet(m->marks, m->spare, m->n_tests, shift);
    sort_octet(m->spare, m->marks, m->n_tests, shift + 8);
  }
}

/* Says of each test which column of bins it looks at, and which of its thresholds
 * is the test's: a feature has a column for each EMLRT_MOST_BIN of its thresholds.
 * Returns how many columns there are. room: what thresholds take. */
static uint32_t place_marks(maker *m, size_t *room) {
  uint32_t i, n = 0;
  unsigned bin = EMLRT_MOST_BIN;
  *room = 0;
  for (i = 0; i < m->n_tests; i++) {
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
    m->columns[at->test] = (uint16_t)(n - 1);
    m->bins[at->test] = (int8_t)((int)bin - EMLRT_BIN_ZERO);
  }
  if (n != 0) *room += emlrt_bin_room(bin + 1);
  return n;
}

/* Fills the columns of bins, as the marks are placed. */
static void fill_columns(maker *m) {
  const emlrt_forest *forest = m->build->forest;
  emlrt_bin_columns *bins = &m->choices->bins;
  uint32_t i, first = 0;
  for (i = 0; i < m->n_tests; i++) {
    uint32_t n = m->columns[m->marks[i].test];
    uint32_t of = (uint32_t)(m->marks[i].key >> 32);
    unsigned bin = (unsigned)(m->bins[m->marks[i].test] + EMLRT_BIN_ZERO);
    emlrt_bin_column *column = bins->columns + n;
    if (bin == 0 && n != 0 && column->count == 0)
      first += (uint32_t)emlrt_bin_room(column[-1].count);
    column->source = forest->sources[of];
    column->first = first;
    column->count = (uint16_t)(bin + 1);
    column->missing = (uint8_t)(of < forest->n_right ? column->count : 0);
    if (column->source >= m->build->first_code) column->flags |= EMLRT_BIN_CODE;
    if (n != 0 && column[-1].source == column->source)
      column->flags |= EMLRT_BIN_AGAIN;
    bins->thresholds[first + bin] =
        (int32_t)((uint32_t)m->marks[i].key ^ EMLRT_SIGN_BIT);
  }
}

/* The first test of a record, or of the one behind the last. */
static uint32_t first_test(const maker *m, uint32_t record) {
  return m->starts != NULL ? m->starts[record] : record;
}

/* The keys of a record's tests; how many, 0 if they are too many. */
static unsigned keys_of(const maker *m, const emlrt_record *r, uint32_t *keys) {
  if (emlrt_is_set(m->build, r)) return emlrt_set_edges(m->build, r, keys);
  keys[0] = r->key;
  return 1;
}

/* Counts the tests. Returns 0 if sets are too long for that, or too many. */
static int count_tests(maker *m) {
  const emlrt_build *build = m->build;
  uint32_t keys[EMLRT_MOST_EDGES], i;
  uint64_t words = 0, most = (uint64_t)build->forest->call.size;
  if (build->first_code == UINT32_MAX) return 1;
  m->starts =
      (uint32_t *)emlrt_alloc((size_t)m->n_records + 1, sizeof(uint32_t));
  if (m->starts == NULL) return 0;
  for (i = m->n_tests = m->n_places = 0; i < m->n_records; i++) {
    emlrt_record r = emlrt_forest_record(build, build->forest->records, i);
    unsigned n = 0;
    if (emlrt_is_set(build, &r)) words += emlrt_set_words(build, &r);
    if (words <= most * WORDS_AN_OCTET) n = keys_of(m, &r, keys);
    m->starts[i + 1] = m->n_tests += n;
    if (n == 0 || m->n_tests > most * SETS_TIMES) return 0;
    m->n_places += 1 + (uint32_t)EMLRT_CHOICES_OF(n - 1);
  }
  /* Else tests of a record may be on several columns. */
  if (build->forest->input != EMLRT_U8) m->n_places = m->n_tests;
  return 1;
}

/* Makes a mark of each test. */
static void mark_tests(maker *m) {
  const emlrt_build *build = m->build;
  uint32_t keys[EMLRT_MOST_EDGES], i, test = 0;
  unsigned n, k;
  for (i = 0; i < m->n_records; i++) {
    emlrt_record r = emlrt_forest_record(build, build->forest->records, i);
    n = keys_of(m, &r, keys);
    for (k = 0; k < n; k++, test++) {
      m->marks[test].key =
          (uint64_t)emlrt_forest_column(build, r.feature) << 32 | keys[k];
      m->marks[test].test = test;
    }
  }
}

static int make_columns(maker *m) {
  emlrt_bin_columns *bins = &m->choices->bins;
  size_t room, j;
  uint32_t n;
  mark_tests(m);
  sort_marks(m);
  n = place_marks(m, &room);
  if (n > MOST_COLUMNS || !emlrt_bin_columns_take(bins, n, room)) return 0;
  for (j = 0; j < room; j++) bins->thresholds[j] = INT32_MAX;
  fill_columns(m);
  return 1;
}

/* Whether tests are of bytes. */
static int is_octets(const emlrt_build *build) {
  return build->forest->input == EMLRT_U8 || build->sharers != 0;
}

/* Bins of tests of bytes. build: which says what the bytes are. */
static int put_octets(maker *m, const emlrt_build *build) {
  uint32_t keys[EMLRT_MOST_EDGES], i, test = 0;
  unsigned n, k;
  for (i = 0; i < m->n_records; i++) {
    emlrt_record r = emlrt_forest_record(build, build->forest->records, i);
    n = keys_of(m, &r, keys);
    for (k = 0; k < n; k++, test++) {
      uint32_t threshold = keys[k] ^ EMLRT_SIGN_BIT;
      if (threshold > EMLRT_MOST_BIN) return 0;
      m->columns[test] =
          (uint16_t)(build->sharers != 0
                         ? r.feature
                         : emlrt_forest_column(build, r.feature));
      m->bins[test] = (int8_t)((int)threshold - EMLRT_BIN_ZERO);
    }
  }
  return 1;
}

/* Columns of bytes: those are their own bins. */
static int make_octet_columns(maker *m) {
  const emlrt_forest *forest = m->build->forest;
  uint32_t i;
  if (forest->n_columns > MOST_COLUMNS ||
      !emlrt_bin_columns_take(&m->choices->bins, forest->n_columns, 0))
    return 0;
  for (i = 0; i < forest->n_columns; i++)
    m->choices->bins.columns[i].source = forest->sources[i];
  return put_octets(m, m->build);
}

/* Columns that are shared: all that is read has one, as it is. */
static int make_shared_columns(maker *m) {
  emlrt_build bare = *m->build;
  bare.bins = NULL;
  m->choices->shared = 1;
  return bare.forest->call.n_in <= MOST_COLUMNS && put_octets(m, &bare);
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

/* The operand that record r has become; 0 if it has none: no leaf is asked for
 * here. */
static uint16_t split_operand(const tree_maker *t, uint32_t r) {
  unsigned slot = r < t->splits ? t->m->slots[r] : 0;
  return (uint16_t)(slot != 0 ? EMLRT_SLOT(slot - 1) : 0);
}

/* Frees the slot of record r, which has been taken. */
static void leave_slot(tree_maker *t, uint32_t r) {
  unsigned slot = t->m->slots[r];
  t->m->slots[r] = 0;
  t->m->used[slot] = 0;
  t->pending--;
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

/* A split in the making. */
typedef struct split_maker {
  emlrt_record split;
  uint32_t children[2]; /* records; those that are leaves are not looked at */
  uint16_t operands[2]; /* left and right */
} split_maker;

static split_maker split_at(tree_maker *t, uint32_t r) {
  split_maker s;
  unsigned left, right;
  s.split = emlrt_forest_record(t->m->build, t->records, r);
  left = s.split.leaves & EMLRT_LEAF_LEFT;
  right = s.split.leaves & EMLRT_LEAF_RIGHT;
  s.children[0] = r + 1;
  s.children[1] = left ? r + 1 : r + 1 + s.split.link;
  s.operands[0] =
      left ? leaf_operand(t, s.split.link) : split_operand(t, s.children[0]);
  s.operands[1] = right ? leaf_operand(t, s.split.link + left)
                        : split_operand(t, s.children[1]);
  return s;
}

/* Frees the slots of a split's children. Returns 0 if one has none, or if both are
 * one. */
static int leave_children(tree_maker *t, const split_maker *s) {
  static const unsigned flags[2] = {EMLRT_LEAF_LEFT, EMLRT_LEAF_RIGHT};
  unsigned k;
  for (k = 0; k < 2; k++) {
    if ((s->split.leaves & flags[k]) != 0) continue;
    if (split_operand(t, s->children[k]) == 0) return 0;
    leave_slot(t, s->children[k]);
  }
  return 1;
}

/* Writes as many of n tests as one choice takes: those of one column. Returns how
 * many. */
static uint32_t put_tests(const maker *m, uint32_t first, uint32_t n,
                          emlrt_choice *to) {
  int8_t *edges = (int8_t *)(void *)(to + 1);
  uint32_t i;
  to->column = m->columns[first];
  to->bin = m->bins[first];
  for (i = 1; i < n && m->columns[first + i] == to->column; i++)
    edges[i - 1] = m->bins[first + i];
  to->more = (uint8_t)(i - 1);
  return i;
}

/* Writes the choices of record r's tests. A number goes to the other side at each edge
 * of a set that it is above: those of several columns lie in each other, since who is
 * above one of the next column is above all of this one. */
static emlrt_choice *put_choices(const tree_maker *t, uint32_t r, unsigned slot,
                                 const split_maker *s, emlrt_choice *to) {
  const maker *m = t->m;
  uint32_t first = first_test(m, t->record + r), done = 0;
  uint32_t n = first_test(m, t->record + r + 1) - first;
  unsigned side = emlrt_is_set(m->build, &s->split) &&
                  !emlrt_set_has_zero(m->build, &s->split);
  while (done < n) {
    to->out = (uint16_t)EMLRT_SLOT(slot - 1);
    to->left = done == 0 ? s->operands[side] : to->out;
    to->right = s->operands[(side + done + 1) & 1u];
    done += put_tests(m, first + done, n - done, to);
    to += 1 + EMLRT_CHOICES_OF(to->more);
  }
  return to;
}

/* Makes the choices of record r, whose children have theirs. Returns where they end,
 * NULL if it cannot be done. */
static emlrt_choice *make_choice(tree_maker *t, uint32_t r, unsigned root,
                                 emlrt_choice *to) {
  split_maker s = split_at(t, r);
  int set = emlrt_is_set(t->m->build, &s.split);
  unsigned slot = 0;
  if (set) slot = take_slot(t, r, root); /* children are read until the end */
  if (!leave_children(t, &s)) return NULL;
  if (!set) slot = take_slot(t, r, root);
  return slot != 0 ? put_choices(t, r, slot, &s, to) : NULL;
}

/* Whether record r of a tree is a split between two leaves, which come first: they
 * are cheaper, and need nothing else. */
static int comes_first(const tree_maker *t, uint32_t r) {
  unsigned both = EMLRT_LEAF_LEFT | EMLRT_LEAF_RIGHT;
  emlrt_record split = emlrt_forest_record(t->m->build, t->records, r);
  return t->splits <= MOST_FIRST && split.leaves == both &&
         !emlrt_is_set(t->m->build, &split);
}

/* Makes the choices of those records that come first, or of all others: a record's
 * children come after it, so from the last one on. */
static emlrt_choice *make_some(tree_maker *t, int first, unsigned root,
                               emlrt_choice *to) {
  uint32_t r;
  for (r = t->splits; r != 0 && to != NULL; r--)
    if (comes_first(t, r - 1) == first) to = make_choice(t, r - 1, root, to);
  return to;
}

/* Makes a tree's choices. Returns where they end, NULL if it cannot be done. */
static emlrt_choice *make_tree(tree_maker *t, emlrt_choice *to) {
  emlrt_choices *choices = t->m->choices;
  emlrt_choices_tree *tree = choices->trees + choices->n_trees;
  unsigned root = choices->n_trees++ % EMLRT_CHOICES_SET;
  emlrt_choice *start = to;
  t->pending = 0;
  t->leaves = 0;
  tree->first = t->first;
  to = make_some(t, 1, root, start);
  if (to == NULL) return NULL;
  tree->n_leaves = (uint16_t)(to - start);
  start = to;
  to = make_some(t, 0, root, start);
  if (to == NULL) return NULL;
  tree->n_choices = (uint16_t)(to - start);
  if (t->splits == EMLRT_TREES_LONE) leaf_operand(t, 0);
  return t->pending == 0 ? to : NULL; /* else a record has no parent */
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
    to = make_tree(&t, to);
    if (to == NULL) return 0;
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
static int is_worth_it(const maker *m, uint64_t columns) {
  const emlrt_forest *forest = m->build->forest;
  size_t test = TEST_OCTETS + (is_octets(m->build) ? 0 : MARK_OCTETS);
  uint64_t octets = columns * COLUMN_OCTETS + (uint64_t)m->n_tests * test +
                    (uint64_t)m->n_places * sizeof(emlrt_choice) +
                    forest->n_trees * sizeof(emlrt_choices_tree);
  uint64_t most = forest->plain != NULL ? SETS_TIMES : MOST_TIMES;
  uint64_t time = choices_time(m->build, m->n_tests, columns);
  uint64_t other =
      forest->plain != NULL ? plain_time(forest) : walk_time(forest);
  return octets <= forest->call.size * most &&
         (EMLRT_ALWAYS_CHOOSE || time * 5 <= other * 4);
}

static int take_maker(maker *m) {
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

static int take_marks(maker *m) {
  m->marks = (mark *)emlrt_alloc(m->n_tests, sizeof *m->marks);
  m->spare = (mark *)emlrt_alloc(m->n_tests, sizeof *m->spare);
  return m->marks != NULL && m->spare != NULL;
}

/* Fewest rows that are worth a block: as plain rows, they would take as long as all of
 * a register. */
static size_t least_rows(const maker *m) {
  const emlrt_forest *forest = m->build->forest;
  size_t width = m->choices->machine->width;
  if (EMLRT_ALWAYS_CHOOSE) return 2;
  if (forest->plain == NULL) return width == 64 ? 20 : 12;
  return (size_t)(choices_time(m->build, m->n_tests,
                               m->choices->bins.n_columns) *
                  width / plain_time(forest)) +
         1;
}

static int make(maker *m, uint32_t n_trees) {
  const emlrt_forest *forest = m->build->forest;
  m->choices->machine = emlrt_machine_best();
  m->choices->bins.input = forest->input;
  m->choices->n_slots = EMLRT_CHOICES_SET;
  m->choices->n_constants = m->build->most + 1;
  if (!take_maker(m)) return 0;
  if (m->build->sharers != 0) {
    if (!make_shared_columns(m)) return 0;
  } else if (forest->input == EMLRT_U8) {
    if (!make_octet_columns(m)) return 0;
  } else if (!take_marks(m) || !make_columns(m)) {
    return 0;
  }
  m->choices->least = least_rows(m);
  return is_worth_it(m, m->choices->bins.n_columns) && make_trees(m, n_trees);
}

/* Whether it is worth while to begin. */
static int is_promising(maker *m) {
  const emlrt_build *build = m->build;
  uint32_t columns = build->sharers != 0 ? 0 : build->forest->n_columns;
  m->n_tests = m->n_places = m->n_records;
  return build->most <= MOST_SPLITS && m->n_records != 0 &&
         is_worth_it(m, columns) && count_tests(m) && is_worth_it(m, columns);
}

emlrt_choices *emlrt_choices_new(emlrt_build *build, uint32_t n_trees,
                                 uint32_t n_records) {
  maker m;
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
