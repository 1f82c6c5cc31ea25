/* SPDX-License-Identifier: MIT
 *
 * Who reads what, from spans and dtypes alone.
 */
#include "flow.h"

#include <stdlib.h>

#include "memory/memory.h"

/* What a node says whose cells differ. No stage has this number either. */
#define MIXED (UINT32_MAX - 1u)

/* The bytes of a span. Offsets and sizes are below 2^28 (emlrt_open). */
static emlrt_range range_of(const emlrt_flow *flow, unsigned space,
                            uint32_t offset, uint32_t count, unsigned dtype) {
  emlrt_range range = {0, 0};
  if (space == EMLRT_SPACE_INPUT) return range;
  range.from = offset;
  if (space == EMLRT_SPACE_OUTPUT)
    range.from += EMLRT_HEADER32(flow->blob, arena_size);
  range.to = range.from + (count << (dtype & 3u));
  return range;
}

static emlrt_range range_read(const emlrt_flow *flow, uint32_t k) {
  emlrt_rom stage = emlrt_flow_stage(flow, k);
  return range_of(flow, EMLRT_STAGE16(stage, in_space),
                  EMLRT_STAGE32(stage, in_offset),
                  EMLRT_STAGE32(stage, in_count), EMLRT_STAGE32(stage, op));
}

static emlrt_range range_written(const emlrt_flow *flow, uint32_t k) {
  emlrt_rom stage = emlrt_flow_stage(flow, k);
  return range_of(
      flow, EMLRT_STAGE16(stage, out_space), EMLRT_STAGE32(stage, out_offset),
      EMLRT_STAGE32(stage, out_count), EMLRT_STAGE32(stage, op) >> 8);
}

static int compare(const void *a, const void *b) {
  uint32_t s = *(const uint32_t *)a, t = *(const uint32_t *)b;
  return s < t ? -1 : s > t;
}

/* Lists where spans start and end, and where y does, once each. */
static void list_places(emlrt_flow *flow) {
  uint32_t *places = flow->places, n = 2, i, k;
  places[0] = EMLRT_HEADER32(flow->blob, arena_size);
  places[1] = places[0] + EMLRT_HEADER32(flow->blob, score_size);
  for (k = 0; k < flow->n_stages; k++) {
    emlrt_range in = range_read(flow, k), out = range_written(flow, k);
    places[n++] = in.from;
    places[n++] = in.to;
    places[n++] = out.from;
    places[n++] = out.to;
  }
  qsort(places, n, sizeof *places, compare);
  flow->n_places = 1;
  for (i = 1; i < n; i++)
    if (places[i] != places[i - 1]) places[flow->n_places++] = places[i];
}

int emlrt_flow_start(emlrt_flow *flow, emlrt_rom blob) {
  uint32_t i;
  flow->blob = blob;
  flow->n_stages = EMLRT_HEADER16(blob, n_stages);
  flow->writers = flow->unread = NULL;
  flow->needed = (unsigned char *)emlrt_alloc(flow->n_stages, 1);
  flow->places =
      (uint32_t *)emlrt_alloc((size_t)flow->n_stages * 4 + 2, sizeof(uint32_t));
  if (flow->needed == NULL || flow->places == NULL) return 0;
  list_places(flow);
  for (flow->n_cells = 1; flow->n_cells < flow->n_places;) flow->n_cells *= 2;
  flow->writers =
      (uint32_t *)emlrt_alloc((size_t)flow->n_cells * 2, sizeof(uint32_t));
  flow->unread =
      (uint32_t *)emlrt_alloc((size_t)flow->n_cells * 2, sizeof(uint32_t));
  if (flow->writers == NULL || flow->unread == NULL) return 0;
  for (i = 0; i < flow->n_cells * 2; i++)
    flow->writers[i] = flow->unread[i] = EMLRT_FLOW_NONE;
  return 1;
}

void emlrt_flow_free(emlrt_flow *flow) {
  free(flow->places);
  free(flow->writers);
  free(flow->unread);
  free(flow->needed);
}

/* The cell that starts at a place of the list. */
static uint32_t cell_at(const emlrt_flow *flow, uint32_t place) {
  uint32_t from = 0, left = flow->n_places;
  while (left > 1) {
    uint32_t half = left / 2;
    if (flow->places[from + half] <= place) from += half;
    left -= half;
  }
  return from;
}

/* A range in cells. */
static emlrt_range cells_of(const emlrt_flow *flow, emlrt_range bytes) {
  emlrt_range cells;
  cells.from = cell_at(flow, bytes.from);
  cells.to = cell_at(flow, bytes.to);
  return cells;
}

/* A node of a tree, and the cells that it is about. */
typedef struct node {
  uint32_t at;
  uint32_t first;
  uint32_t n;
} node;

static node half_of(node parent, uint32_t which) {
  node half;
  half.n = parent.n / 2;
  half.at = parent.at * 2 + which;
  half.first = parent.first + which * half.n;
  return half;
}

static node root(const emlrt_flow *flow) {
  node all = {1, 0, 0};
  all.n = flow->n_cells;
  return all;
}

static int apart(node here, emlrt_range cells) {
  return cells.to <= here.first || here.first + here.n <= cells.from;
}

static int within(node here, emlrt_range cells) {
  return cells.from <= here.first && here.first + here.n <= cells.to;
}

/* Gives cells a value. needed: NULL, or where the stages are marked that the cells
 * had. As deep as the tree: 19 calls. Nodes that are entered below those at the
 * range's ends differ no more afterwards, which pays for entering them. */
static void set(uint32_t *tree, node here, emlrt_range cells, uint32_t value,
                unsigned char *needed) {
  uint32_t *halves = tree + here.at * 2, was = tree[here.at];
  if (apart(here, cells)) return;
  if (within(here, cells) && was != MIXED) {
    if (needed != NULL && was != EMLRT_FLOW_NONE) needed[was] = 1;
    tree[here.at] = value;
    return;
  }
  if (was != MIXED) halves[0] = halves[1] = was;
  set(tree, half_of(here, 0), cells, value, needed);
  set(tree, half_of(here, 1), cells, value, needed);
  tree[here.at] = halves[0] == halves[1] ? halves[0] : MIXED;
}

/* Whether cells all have a value. */
static int all_have(const uint32_t *tree, node here, emlrt_range cells,
                    uint32_t value) {
  if (apart(here, cells)) return 1;
  if (tree[here.at] != MIXED || within(here, cells))
    return tree[here.at] == value;
  return all_have(tree, half_of(here, 0), cells, value) &&
         all_have(tree, half_of(here, 1), cells, value);
}

/* The value of a cell. */
static uint32_t value_at(const uint32_t *tree, uint32_t n_cells,
                         uint32_t cell) {
  uint32_t at = n_cells + cell, depth = 0;
  while (n_cells >> depth != 0) depth++;
  while (depth-- > 1)
    if (tree[at >> depth] != MIXED) return tree[at >> depth];
  return tree[at];
}

uint32_t emlrt_flow_source(const emlrt_flow *flow, uint32_t k) {
  emlrt_range read = range_read(flow, k), cells, written;
  uint32_t source, op = EMLRT_STAGE32(emlrt_flow_stage(flow, k), op);
  if (read.from == read.to) return EMLRT_FLOW_NONE;
  cells = cells_of(flow, read);
  source = value_at(flow->writers, flow->n_cells, cells.from);
  if (source == EMLRT_FLOW_NONE) return source;
  written = range_written(flow, source);
  if (written.from != read.from || written.to != read.to ||
      (EMLRT_STAGE32(emlrt_flow_stage(flow, source), op) >> 8 & 0xFFu) !=
          (op & 0xFFu) ||
      !all_have(flow->writers, root(flow), cells, source))
    return EMLRT_FLOW_NONE;
  return source;
}

void emlrt_flow_read(emlrt_flow *flow, uint32_t k) {
  emlrt_range bytes = range_read(flow, k);
  set(flow->unread, root(flow), cells_of(flow, bytes), EMLRT_FLOW_NONE,
      flow->needed);
}

void emlrt_flow_write(emlrt_flow *flow, uint32_t k) {
  emlrt_range cells = cells_of(flow, range_written(flow, k));
  set(flow->writers, root(flow), cells, k, NULL);
  set(flow->unread, root(flow), cells, k, NULL);
}

void emlrt_flow_end(emlrt_flow *flow) {
  emlrt_range y;
  y.from = EMLRT_HEADER32(flow->blob, arena_size);
  y.to = y.from + EMLRT_HEADER32(flow->blob, score_size);
  set(flow->unread, root(flow), cells_of(flow, y), EMLRT_FLOW_NONE,
      flow->needed);
}
