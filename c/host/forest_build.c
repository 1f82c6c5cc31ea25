/* SPDX-License-Identifier: MIT
 *
 * Laying out a forest: from the blob's records to nodes.
 */
#include <stdlib.h>

#include "forest_build.h"

/* Most splits of a tree of narrow nodes: 2 nodes a split and 2 for the root. */
#define NARROW_SPLITS 32767u
/* Octets that nodes start at a multiple of: a line of most caches. */
#define LINE 64u
/* Octets of keys, and of scores, that a block of rows may take. */
#define BLOCK_OCTETS 131072u
#define BLOCK_ROWS 1024u

void *emlrt_take(size_t n, size_t size) {
  if (n > SIZE_MAX / 2 / size) return NULL;
  return calloc(n != 0 ? n : 1, size);
}

/* Sets a node of either kind. */
static void put(const emlrt_host_tree *tree, void *nodes, uint32_t slot,
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
typedef struct plot {
  emlrt_build *build;
  emlrt_host_tree *tree;
  void *nodes;
  uint32_t base;   /* of its leaf indices */
  uint32_t splits; /* of the tree */
  uint64_t visits; /* 2^32 times the splits that a row visits on average, if
                      either way is as likely at each */
} plot;

static void put_leaf(const plot *p, uint32_t slot, uint32_t leaf) {
  put(p->tree, p->nodes, slot,
      emlrt_forest_payload(p->build, p->base + leaf),
      p->build->host->n_columns * EMLRT_LANES, slot);
}

/* Says where the child at record r goes. A record that two splits share has no
 * place beside both siblings; no converter makes one. */
static int put_split(const plot *p, uint32_t r, uint32_t slot, uint32_t depth) {
  if (r >= p->splits || p->build->slots[r] != 0) return 0;
  p->build->slots[r] = slot;
  p->build->depths[r] = depth;
  return 1;
}

/* Makes the node of record r, and its children's where they are leaves. */
static int grow(plot *p, emlrt_rom records, uint32_t r) {
  emlrt_build *build = p->build;
  emlrt_record split = emlrt_forest_record(build, records, r);
  uint32_t child = (r + 1) * 2, depth = build->depths[r] + 1;
  unsigned left = split.leaves & EMLRT_LEAF_LEFT;
  unsigned right = split.leaves & EMLRT_LEAF_RIGHT;
  if (r != 0 && build->slots[r] == 0) return 0;
  put(p->tree, p->nodes, build->slots[r], split.key,
      build->columns[split.feature] * EMLRT_LANES, child);
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

/* Trees that grow until their leaves are pure take rows half as far again as
 * chance would. */
static void plan_steps(const plot *p) {
  emlrt_host_tree *tree = p->tree;
  uint32_t first = (uint32_t)((p->visits + p->visits / 2) >> 32);
  int level = tree->depth <= first + EMLRT_MORE_STEPS;
  tree->first = level ? tree->depth : first;
}

static int plant_tree(plot *p, emlrt_rom records) {
  uint32_t r;
  for (r = 0; r < p->splits; r++)
    p->build->slots[r] = p->build->depths[r] = 0;
  p->visits = 0;
  for (r = 0; r < p->splits; r++)
    if (!grow(p, records, r)) return 0;
  plan_steps(p);
  put_leaf(p, 1, 0); /* beside the root, never reached; no octet unset */
  return 1;
}

static uint32_t is_wide(const emlrt_build *build, uint32_t splits) {
  return splits > NARROW_SPLITS || build->host->n_columns > UINT16_MAX / EMLRT_LANES;
}

/* Octets of a tree's nodes, in whole lines. */
static size_t node_octets(const emlrt_build *build, uint32_t splits) {
  size_t one = is_wide(build, splits) ? sizeof(emlrt_wide)
                                      : sizeof(emlrt_narrow);
  return (((size_t)splits + 1) * 2 * one + LINE - 1) / LINE * LINE;
}

/* Counts what the trees need. Returns the octets of all nodes. */
static size_t survey(emlrt_build *build, uint32_t n_trees) {
  size_t octets = 0;
  uint32_t t;
  for (t = 0; t < n_trees; t++) {
    uint32_t splits = emlrt_r32(build->host->trees_at, (size_t)t * 8);
    if (splits == EMLRT_TREES_LONE) continue;
    octets += node_octets(build, splits);
    build->host->n_trees++;
    if (splits > build->most) build->most = splits;
  }
  return octets;
}

/* Narrow trees first, then shallow ones: rows walk several trees in step. */
static int compare(const void *a, const void *b) {
  const emlrt_host_tree *s = (const emlrt_host_tree *)a, *t = (const emlrt_host_tree *)b;
  if (s->wide != t->wide) return s->wide < t->wide ? -1 : 1;
  return s->depth < t->depth ? -1 : s->depth > t->depth;
}

static int take_land(emlrt_build *build, size_t octets) {
  emlrt_host *host = build->host;
  build->slots = (uint32_t *)emlrt_take(build->most, sizeof(uint32_t));
  build->depths = (uint32_t *)emlrt_take(build->most, sizeof(uint32_t));
  host->trees = (emlrt_host_tree *)emlrt_take(host->n_trees, sizeof(emlrt_host_tree));
  host->initial = (uint32_t *)emlrt_take(host->pad, sizeof(uint32_t));
  host->nodes = emlrt_take(octets + LINE, 1);
  return build->slots != NULL && build->depths != NULL &&
         host->trees != NULL && host->initial != NULL && host->nodes != NULL;
}

int emlrt_forest_plant(emlrt_build *build, uint32_t n_trees) {
  emlrt_host *host = build->host;
  emlrt_rom records = host->records;
  char *free_land;
  plot p;
  uint32_t t;
  if (!take_land(build, survey(build, n_trees))) return 0;
  free_land = (char *)host->nodes + LINE - (uintptr_t)host->nodes % LINE;
  p.build = build;
  p.tree = host->trees;
  for (t = 0; t < n_trees; t++) {
    emlrt_rom tree = emlrt_rom_at(host->trees_at, (size_t)t * 8);
    p.splits = emlrt_r32(tree, EMLRT_AT(emlrt_tree, size));
    p.base = emlrt_r32(tree, EMLRT_AT(emlrt_tree, base));
    if (p.splits == EMLRT_TREES_LONE) {
      emlrt_forest_add(host, emlrt_forest_payload(build, p.base),
                       host->initial);
      continue;
    }
    p.nodes = free_land;
    p.tree->nodes = free_land;
    p.tree->wide = is_wide(build, p.splits);
    if (!plant_tree(&p, records)) return 0;
    host->n_narrow += !p.tree->wide;
    if (p.tree->depth > host->deepest) host->deepest = p.tree->depth;
    records = emlrt_rom_at(records, (size_t)p.splits * build->width);
    free_land += node_octets(build, p.splits);
    p.tree++;
  }
  qsort(host->trees, host->n_trees, sizeof *host->trees, compare);
  return 1;
}

/* Octets of an op's records; 0 for an op without a fast layout. The digits of
 * its code are family, leaf kind and record size (see EMLRT_OP_TREES_*). */
static unsigned record_width(uint32_t op) {
  unsigned size = op >> 16 & 0xFu;
  if (op >> 24 != 1) return 0;
  if (size == 2) return 12;
  if (size == 3) return 6;
  return (op & 0xFFu) == EMLRT_F32 ? 8 : (op & 0xFFu) == EMLRT_I16 ? 6 : 4;
}

/* Finds the parts of the payload. Returns its leaf entries. */
static uint32_t locate_parts(emlrt_host *host, int sums) {
  const emlrt_call *call = &host->call;
  emlrt_trees_at at;
  emlrt_trees_start(&at, call, sums ? call->n_out : 0);
  host->trees_at = at.tree;
  host->records = at.records;
  host->leaves = emlrt_rom_at(call->payload,
                              EMLRT_TREES32(call->payload, leaves));
  host->leaf_shift = EMLRT_TREES16(call->payload, leaf_shift);
  host->unit = EMLRT_TREES32(call->payload, unit);
  if (sums) {
    host->exponents =
        emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_trees));
    return emlrt_trees_sum_leaves(call);
  }
  return EMLRT_TREES32(call->payload, n_items) != 0
             ? emlrt_trees_soft_leaves(call)
             : emlrt_trees_codes(call, 0, call->n_out);
}

/* Finds the one stage of a program. Returns its op's code, 0 if there are more
 * or none of ours. */
static uint32_t locate(emlrt_build *build, emlrt_rom blob) {
  emlrt_host *host = build->host;
  emlrt_rom stage = emlrt_stages(blob);
  uint32_t op = EMLRT_STAGE32(stage, op);
  build->width = record_width(op);
  if (EMLRT_HEADER16(blob, n_stages) != 1 || build->width == 0) return 0;
  build->n_in = EMLRT_STAGE32(stage, in_count);
  host->call.payload = emlrt_rom_at(stage, EMLRT_OCTETS(emlrt_stage));
  host->call.size = EMLRT_STAGE32(stage, size);
  host->call.n_in = build->n_in;
  host->call.n_out = EMLRT_STAGE32(stage, out_count);
  host->input = op & 0xFFu;
  host->in_offset = EMLRT_STAGE32(stage, in_offset) >> (host->input & 3u);
  host->n_inputs = emlrt_n_inputs(blob);
  host->n_scores = host->call.n_out;
  return op;
}

/* Records of all trees. */
static uint32_t count_records(const emlrt_host *host, uint32_t n_trees) {
  uint32_t t, n = 0;
  for (t = 0; t < n_trees; t++) n += emlrt_r32(host->trees_at, (size_t)t * 8);
  return n;
}

/* Rows whose keys and scores stay in a near cache, a multiple of the lanes. */
static size_t block_rows(const emlrt_host *host) {
  size_t most = host->stride > host->pad ? host->stride : host->pad;
  size_t rows = BLOCK_OCTETS / sizeof(uint32_t) / most;
  if (rows > BLOCK_ROWS) rows = BLOCK_ROWS;
  if (rows < EMLRT_LANES) rows = EMLRT_LANES;
  return rows / EMLRT_LANES * EMLRT_LANES;
}

static int lay_out(emlrt_build *build, emlrt_rom blob) {
  uint32_t op = locate(build, blob), n_leaves, n_trees, n_items;
  emlrt_rom payload = build->host->call.payload;
  if (op == 0) return 0;
  n_leaves = locate_parts(build->host, (op >> 8 & 0xFFu) == EMLRT_F32);
  n_trees = EMLRT_TREES32(payload, n_trees);
  n_items = EMLRT_TREES32(payload, n_items);
  if (!emlrt_forest_columns(build, count_records(build->host, n_trees)) ||
      !emlrt_forest_unpack(build, n_leaves, n_items) ||
      !emlrt_forest_plant(build, n_trees))
    return 0;
  build->host->block = block_rows(build->host);
  return 1;
}

emlrt_host *emlrt_host_new(const emlrt_model *model) {
  emlrt_build build = {NULL, 0, 0, 0, NULL, NULL, 0, NULL, NULL};
  if (!emlrt_is_open(model)) return NULL;
  build.host = (emlrt_host *)emlrt_take(1, sizeof *build.host);
  if (build.host == NULL) return NULL;
  if (!lay_out(&build, model->blob)) {
    emlrt_host_free(build.host);
    build.host = NULL;
  }
  free(build.columns);
  free(build.rows);
  free(build.slots);
  free(build.depths);
  return build.host;
}

void emlrt_host_free(emlrt_host *host) {
  if (host == NULL) return;
  free(host->sources);
  free(host->trees);
  free(host->nodes);
  free(host->table);
  free(host->initial);
  free(host);
}
