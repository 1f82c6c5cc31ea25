/* SPDX-License-Identifier: MIT
 *
 * Laying out a forest: the nodes of its trees.
 */
#include <stdlib.h>

#include "forest_build.h"

/* Most splits of a tree of narrow nodes: 2 nodes a split and 2 for the root. */
#define NARROW_SPLITS 32767u
/* Bytes that nodes start at a multiple of: a line of most caches. */
#define LINE 64u
/* A block's rows, their keys, or their scores, should fit a near cache, */
#define NEAR_OCTETS 131072u
#define NEAR_ROWS 1024u
/* but a tree that does not fit it must be worth fetching: a row for so many of
 * its bytes, in bounds. */
#define OCTETS_A_ROW 16u
#define FAR_OCTETS 2097152u
#define FAR_ROWS 8192u

/* Sets a node of either kind. */
static void put(const emlrt_forest_tree *tree, void *nodes, uint32_t slot,
                uint32_t key, uint32_t column, uint32_t child) {
  if (tree->wide) {
    emlrt_wide *node = (emlrt_wide *)nodes + slot;
    node->key = key;
    node->column = column;
    node->child = child;
  } else {
    emlrt_narrow *node = (emlrt_narrow *)nodes + slot;
    node->key = key;
    node->column = (uint16_t)column;
    node->child = (uint16_t)child;
  }
}

/* A tree as its nodes are being made. */
typedef struct builder {
  emlrt_build *build;
  emlrt_forest_tree *tree;
  void *nodes;
  uint32_t base;   /* of its leaf indices */
  uint32_t splits; /* of the tree */
  uint64_t visits; /* 2^32 times the splits that a row visits on average, if
                      either way is as likely at each */
} builder;

static void put_leaf(const builder *p, uint32_t slot, uint32_t leaf) {
  put(p->tree, p->nodes, slot, emlrt_forest_payload(p->build, p->base + leaf),
      p->build->forest->n_columns * EMLRT_LANES, slot);
}

/* Says where the child at record r goes. A record that two splits share has no
 * place beside both siblings; no converter makes one. */
static int put_split(const builder *p, uint32_t r, uint32_t slot,
                     uint32_t depth) {
  if (r >= p->splits || p->build->slots[r] != 0) return 0;
  p->build->slots[r] = slot;
  p->build->depths[r] = depth;
  return 1;
}

/* Makes the node of record r, and its children's where they are leaves. */
static int build_node(builder *p, emlrt_rom records, uint32_t r) {
  emlrt_build *build = p->build;
  emlrt_record split = emlrt_forest_record(build, records, r);
  uint32_t child = (r + 1) * 2, depth = build->depths[r] + 1;
  unsigned left = split.leaves & EMLRT_LEAF_LEFT;
  unsigned right = split.leaves & EMLRT_LEAF_RIGHT;
  if (r != 0 && build->slots[r] == 0) return 0;
  put(p->tree, p->nodes, build->slots[r], split.key,
      emlrt_forest_column(build, split.feature) * EMLRT_LANES, child);
  if (depth > p->tree->depth) p->tree->depth = depth;
  if (depth <= 33) p->visits += UINT64_C(1) << (33 - depth);
  if (left)
    put_leaf(p, child, split.link);
  else if (!put_split(p, r + 1, child, depth))
    return 0;
  if (right)
    put_leaf(p, child + 1, split.link + left);
  else
    return put_split(p, left ? r + 1 : r + 1 + split.link, child + 1, depth);
  return 1;
}

/* Trees that build_node until their leaves are pure take rows half as far again as
 * chance would. */
static void plan_steps(const builder *p) {
  emlrt_forest_tree *tree = p->tree;
  uint32_t first = (uint32_t)((p->visits + p->visits / 2) >> 32);
  int level = tree->depth <= first + EMLRT_MORE_STEPS;
  tree->first = level ? tree->depth : first;
}

static int build_tree(builder *p, emlrt_rom records) {
  uint32_t r;
  for (r = 0; r < p->splits; r++) p->build->slots[r] = p->build->depths[r] = 0;
  p->visits = 0;
  for (r = 0; r < p->splits; r++)
    if (!build_node(p, records, r)) return 0;
  if (p->splits == EMLRT_TREES_LONE) {
    put_leaf(p, 0, 0);
    p->tree->depth = 1; /* a step that leads nowhere */
  }
  plan_steps(p);
  put_leaf(p, 1, 0); /* beside the root, never reached; no byte unset */
  return 1;
}

static uint32_t is_wide(const emlrt_build *build, uint32_t splits) {
  /* Floats are added in order, so all trees are of one kind. */
  if (build->forest->kind == EMLRT_FOREST_ADD) splits = build->most;
  return splits > NARROW_SPLITS ||
         build->forest->n_columns > UINT16_MAX / EMLRT_LANES;
}

/* Bytes of a tree's nodes, in whole lines. */
static size_t node_bytes(const emlrt_build *build, uint32_t splits) {
  size_t one =
      is_wide(build, splits) ? sizeof(emlrt_wide) : sizeof(emlrt_narrow);
  return (((size_t)splits + 1) * 2 * one + LINE - 1) / LINE * LINE;
}

/* Counts the splits of the largest tree, and the trees with nodes: those with
 * splits, and of floats all from the first split on. */
static void count_splits(emlrt_build *build, uint32_t n_trees) {
  emlrt_forest *forest = build->forest;
  uint32_t t;
  for (t = 0; t < n_trees; t++) {
    uint32_t splits = emlrt_r32(forest->trees_at, (size_t)t * 8);
    if (splits == EMLRT_TREES_LONE &&
        (forest->kind != EMLRT_FOREST_ADD || forest->n_trees == 0))
      continue;
    forest->n_trees++;
    if (splits > build->most) build->most = splits;
  }
}

/* Bytes of all nodes. */
static size_t all_bytes(const emlrt_build *build, uint32_t n_trees) {
  const emlrt_forest *forest = build->forest;
  size_t bytes = 0;
  uint32_t t;
  for (t = 0; t < n_trees; t++)
    bytes += node_bytes(build, emlrt_r32(forest->trees_at, (size_t)t * 8));
  return bytes;
}

/* Narrow trees first, then shallow ones: rows walk several trees in step. */
static int compare(const void *a, const void *b) {
  const emlrt_forest_tree *s = (const emlrt_forest_tree *)a;
  const emlrt_forest_tree *t = (const emlrt_forest_tree *)b;
  if (s->wide != t->wide) return s->wide < t->wide ? -1 : 1;
  return s->depth < t->depth ? -1 : s->depth > t->depth;
}

static int alloc_nodes(emlrt_build *build, size_t bytes) {
  emlrt_forest *forest = build->forest;
  build->slots = (uint32_t *)emlrt_alloc(build->most, sizeof(uint32_t));
  build->depths = (uint32_t *)emlrt_alloc(build->most, sizeof(uint32_t));
  forest->trees =
      (emlrt_forest_tree *)emlrt_alloc(forest->n_trees, sizeof *forest->trees);
  forest->initial = (uint32_t *)emlrt_alloc(forest->pad, sizeof(uint32_t));
  forest->nodes = emlrt_alloc(bytes + LINE, 1);
  return build->slots != NULL && build->depths != NULL &&
         forest->trees != NULL && forest->initial != NULL &&
         forest->nodes != NULL;
}

/* Most rows whose keys, or scores, take so many bytes. */
static size_t rows_in(const emlrt_forest *forest, size_t bytes, size_t most) {
  size_t widest = forest->stride > forest->pad ? forest->stride : forest->pad;
  size_t rows = bytes / sizeof(uint32_t) / widest;
  return rows < most ? rows : most;
}

/* Rows of a block, a multiple of the lanes. bytes: of all nodes. */
static size_t block_rows(const emlrt_forest *forest, size_t bytes) {
  size_t near_rows = rows_in(forest, NEAR_OCTETS, NEAR_ROWS);
  size_t trees = forest->n_trees != 0 ? forest->n_trees : 1;
  size_t rows = rows_in(forest, FAR_OCTETS, FAR_ROWS);
  if (rows > bytes / trees / OCTETS_A_ROW) rows = bytes / trees / OCTETS_A_ROW;
  if (rows < near_rows) rows = near_rows;
  if (rows < EMLRT_LANES) rows = EMLRT_LANES;
  return rows / EMLRT_LANES * EMLRT_LANES;
}

int emlrt_forest_build_bare(emlrt_build *build, uint32_t n_trees) {
  emlrt_forest *forest = build->forest;
  uint32_t t;
  int started = 0;
  count_splits(build, n_trees);
  forest->initial = (uint32_t *)emlrt_alloc(forest->pad, sizeof(uint32_t));
  if (forest->initial == NULL) return 0;
  for (t = 0; t < n_trees; t++) {
    emlrt_rom tree = emlrt_rom_at(forest->trees_at, (size_t)t * 8);
    if (emlrt_r32(tree, EMLRT_AT(emlrt_tree, size)) != EMLRT_TREES_LONE)
      started = 1;
    else if (!started || forest->kind != EMLRT_FOREST_ADD)
      emlrt_forest_add(forest,
                       emlrt_forest_payload(
                           build, emlrt_r32(tree, EMLRT_AT(emlrt_tree, base))),
                       forest->initial);
  }
  return 1;
}

int emlrt_forest_build_nodes(emlrt_build *build, uint32_t n_trees) {
  emlrt_forest *forest = build->forest;
  emlrt_rom records = forest->records;
  size_t bytes;
  char *free_land;
  builder p;
  uint32_t t;
  count_splits(build, n_trees);
  bytes = all_bytes(build, n_trees);
  if (!alloc_nodes(build, bytes)) return 0;
  forest->block = block_rows(forest, bytes);
  free_land = (char *)forest->nodes + LINE - (uintptr_t)forest->nodes % LINE;
  p.build = build;
  p.tree = forest->trees;
  for (t = 0; t < n_trees; t++) {
    emlrt_rom tree = emlrt_rom_at(forest->trees_at, (size_t)t * 8);
    p.splits = emlrt_r32(tree, EMLRT_AT(emlrt_tree, size));
    p.base = emlrt_r32(tree, EMLRT_AT(emlrt_tree, base));
    if (p.splits == EMLRT_TREES_LONE &&
        (p.tree == forest->trees || forest->kind != EMLRT_FOREST_ADD)) {
      emlrt_forest_add(forest, emlrt_forest_payload(build, p.base),
                       forest->initial);
      continue;
    }
    p.nodes = free_land;
    p.tree->nodes = free_land;
    p.tree->wide = is_wide(build, p.splits);
    if (!build_tree(&p, records)) return 0;
    forest->n_narrow += !p.tree->wide;
    records = emlrt_rom_at(records, (size_t)p.splits * build->width);
    free_land += node_bytes(build, p.splits);
    p.tree++;
  }
  if (forest->kind != EMLRT_FOREST_ADD)
    qsort(forest->trees, forest->n_trees, sizeof *forest->trees, compare);
  return 1;
}
