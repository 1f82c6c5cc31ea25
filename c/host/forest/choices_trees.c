/* SPDX-License-Identifier: MIT
 *
 * Trees as choices, children first.
 */
#include "choices_build.h"

/* Most splits of a tree where those between leaves come first, all of which have a
 * slot at once. */
#define MOST_FIRST 96u

/* A tree in the making. */
typedef struct tree_maker {
  emlrt_chooser *m;
  emlrt_rom records; /* the tree's */
  uint32_t record;   /* the first of them, among all */
  uint32_t splits;
  uint32_t base;    /* of its leaf indices */
  uint32_t first;   /* of its payloads */
  uint32_t leaves;  /* so far */
  unsigned pending; /* slots in use */
} tree_maker;

/* The operand that a leaf is. A tree with more leaves than one and its splits has
 * records without a parent, and comes to nothing in the end. */
static uint16_t leaf_operand(tree_maker *t, uint32_t leaf) {
  emlrt_build *build = t->m->build;
  uint32_t payload;
  if (t->leaves > t->splits) return 0;
  payload = emlrt_forest_payload(build, t->base + leaf);
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
  while (slot <= EMLRT_CHOICES_SLOTS && t->m->used[slot]) slot++;
  if (slot > EMLRT_CHOICES_SLOTS) return 0;
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
static uint32_t put_tests(const emlrt_chooser *m, uint32_t first, uint32_t n,
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
  const emlrt_chooser *m = t->m;
  uint32_t first = emlrt_first_test(m, t->record + r), done = 0;
  uint32_t n = emlrt_first_test(m, t->record + r + 1) - first;
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

int emlrt_choices_trees(emlrt_chooser *m, uint32_t n_trees) {
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
