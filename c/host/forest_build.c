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
static void put(const emlrt_tree *tree, void *nodes, uint32_t slot,
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
  emlrt_tree *tree;
  void *nodes;
  uint32_t base;   /* of its leaf indices */
  uint32_t splits; /* of the tree */
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
static int grow(const plot *p, emlrt_rom records, uint32_t r) {
  emlrt_build *build = p->build;
  emlrt_record split = emlrt_forest_record(build, records, r);
  uint32_t child = (r + 1) * 2, depth = build->depths[r] + 1;
  unsigned left = split.leaves & EMLRT_LEAF_LEFT;
  unsigned right = split.leaves & EMLRT_LEAF_RIGHT;
  if (r != 0 && build->slots[r] == 0) return 0;
  put(p->tree, p->nodes, build->slots[r], split.key,
      build->columns[split.feature] * EMLRT_LANES, child);
  if (depth > p->tree->depth) p->tree->depth = depth;
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

static int plant_tree(const plot *p, emlrt_rom records) {
  uint32_t r;
  for (r = 0; r < p->splits; r++)
    p->build->slots[r] = p->build->depths[r] = 0;
  for (r = 0; r < p->splits; r++)
    if (!grow(p, records, r)) return 0;
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
    uint32_t splits = emlrt_r32(build->host->view.sizes, (size_t)t * 4);
    if ((splits & EMLRT_TREES_LONE) != 0) continue;
    octets += node_octets(build, splits);
    build->host->n_trees++;
    if (splits > build->most) build->most = splits;
  }
  return octets;
}

/* Narrow trees first, then shallow ones: rows walk several trees in step. */
static int compare(const void *a, const void *b) {
  const emlrt_tree *s = (const emlrt_tree *)a, *t = (const emlrt_tree *)b;
  if (s->wide != t->wide) return s->wide < t->wide ? -1 : 1;
  return s->depth < t->depth ? -1 : s->depth > t->depth;
}

static int take_land(emlrt_build *build, size_t octets) {
  emlrt_host *host = build->host;
  build->slots = (uint32_t *)emlrt_take(build->most, sizeof(uint32_t));
  build->depths = (uint32_t *)emlrt_take(build->most, sizeof(uint32_t));
  host->trees = (emlrt_tree *)emlrt_take(host->n_trees, sizeof(emlrt_tree));
  host->initial = (uint32_t *)emlrt_take(host->pad, sizeof(uint32_t));
  host->nodes = emlrt_take(octets + LINE, 1);
  return build->slots != NULL && build->depths != NULL &&
         host->trees != NULL && host->initial != NULL && host->nodes != NULL;
}

int emlrt_forest_plant(emlrt_build *build, uint32_t n_trees) {
  emlrt_host *host = build->host;
  const emlrt_trees_view *view = &host->view;
  emlrt_rom records = view->records;
  char *free_land;
  plot p;
  uint32_t t;
  if (!take_land(build, survey(build, n_trees))) return 0;
  free_land = (char *)host->nodes + LINE - (uintptr_t)host->nodes % LINE;
  p.build = build;
  p.tree = host->trees;
  for (t = 0; t < n_trees; t++) {
    p.splits = emlrt_r32(view->sizes, (size_t)t * 4);
    p.base = view->has_bases ? emlrt_r32(view->bases, (size_t)t * 4) : 0;
    if ((p.splits & EMLRT_TREES_LONE) != 0) {
      uint32_t leaf = p.base + (p.splits ^ EMLRT_TREES_LONE);
      emlrt_forest_add(host, emlrt_forest_payload(build, leaf), host->initial);
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

/* Octets of an op's records; 0 for an op without a fast layout. */
static unsigned record_width(unsigned op) {
  static const unsigned char widths[8] = {0, 8, 6, 4, 6, 12, 12, 12};
  unsigned kind = op & ~0x80u;
  return kind > EMLRT_OP_TREES_VOTE_F32 - 1 && kind <= EMLRT_OP_TREES_VOTE_U8W
             ? widths[kind & 7u]
             : 0;
}

/* Finds the one stage of a program and its payload's parts. */
static int locate(emlrt_build *build, emlrt_rom blob, emlrt_call *call) {
  emlrt_host *host = build->host;
  emlrt_rom at = emlrt_rom_at(blob, emlrt_stages_at(blob));
  emlrt_stage_view stage;
  int sums;
  if (EMLRT_HEADER16(blob, n_stages) != 1) return 0;
  emlrt_stage_read(&stage, at);
  build->width = record_width(stage.op);
  if (build->width == 0) return 0;
  build->n_in = stage.in_count;
  call->payload = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_stage));
  call->n_out = stage.out_count;
  sums = (stage.op & 0x80u) != 0;
  emlrt_trees_locate(call, sums ? stage.out_count : 0, build->width,
                     &host->view);
  if (sums)
    host->exponents =
        emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_trees));
  host->input = stage.in >> 8;
  host->in_offset = stage.in_offset;
  host->n_inputs = EMLRT_HEADER32(blob, n_inputs);
  host->n_scores = stage.out_count;
  host->unit = EMLRT_TREES32(call->payload, unit);
  return 1;
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
  emlrt_call call;
  emlrt_rom payload;
  if (!locate(build, blob, &call)) return 0;
  payload = call.payload;
  if (!emlrt_forest_columns(build, EMLRT_TREES32(payload, n_records)) ||
      !emlrt_forest_unpack(build, EMLRT_TREES32(payload, n_leaves),
                           EMLRT_TREES32(payload, n_items)) ||
      !emlrt_forest_plant(build, EMLRT_TREES32(payload, n_trees)))
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
