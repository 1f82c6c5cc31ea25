/* SPDX-License-Identifier: MIT
 *
 * Walks through trees of one kind of node. Included once for each, with these
 * defined:
 *
 *   EMLRT_NODE      the kind of node
 *   EMLRT_KIND(f)   a function's name for it
 *
 * A walk that has come to its leaf stays there, so lanes need not agree.
 */

EMLRT_INLINE uint32_t EMLRT_KIND(step)(const EMLRT_NODE *nodes,
                                       const uint32_t *keys, uint32_t at) {
  const EMLRT_NODE *node = nodes + at;
  return node->child + (uint32_t)(node->key < keys[node->column]);
}

/* A group of neighbouring rows, some steps from the root. */
EMLRT_INLINE void EMLRT_KIND(descend)(const EMLRT_NODE *nodes,
                                      const uint32_t *keys, uint32_t steps,
                                      uint32_t *at) {
  unsigned k;
  for (k = 0; k < EMLRT_LANES; k++) at[k] = 0;
  do {
    for (k = 0; k < EMLRT_LANES; k++)
      at[k] = EMLRT_KIND(step)(nodes, keys + k, at[k]);
  } while (--steps != 0);
}

/* Many rows, all the way down. */
static void EMLRT_KIND(walk_level)(const emlrt_forest_tree *tree,
                                   const uint32_t *keys, size_t stride,
                                   size_t n, uint32_t *payloads) {
  const EMLRT_NODE *nodes = (const EMLRT_NODE *)tree->nodes;
  uint32_t at[EMLRT_LANES];
  unsigned k;
  for (; n != 0; n -= EMLRT_LANES, keys += stride * EMLRT_LANES) {
    EMLRT_KIND(descend)(nodes, keys, tree->depth, at);
    for (k = 0; k < EMLRT_LANES; k++) *payloads++ = nodes[at[k]].key;
  }
}

/* Notes how far a group of rows has come, and lists those again that are not
 * at a leaf. Returns how many are listed now. */
EMLRT_INLINE size_t EMLRT_KIND(note)(const EMLRT_NODE *nodes,
                                     uint32_t leaf_column, const uint32_t *at,
                                     const uint32_t *row, uint32_t *slots,
                                     uint32_t *rows, size_t listed) {
  unsigned k;
  for (k = 0; k < EMLRT_LANES; k++) {
    slots[row[k]] = at[k];
    rows[listed] = row[k];
    listed += nodes[at[k]].column != leaf_column;
  }
  return listed;
}

/* A group of any rows, some steps further. */
EMLRT_INLINE void EMLRT_KIND(walk_on)(const EMLRT_NODE *nodes,
                                      const uint32_t *keys, size_t stride,
                                      const uint32_t *row,
                                      const uint32_t *slots, uint32_t *at) {
  const uint32_t *lane[EMLRT_LANES];
  unsigned k, steps = EMLRT_MORE_STEPS;
  for (k = 0; k < EMLRT_LANES; k++) {
    lane[k] = keys + emlrt_lane(row[k], stride);
    at[k] = slots[row[k]];
  }
  do {
    for (k = 0; k < EMLRT_LANES; k++)
      at[k] = EMLRT_KIND(step)(nodes, lane[k], at[k]);
  } while (--steps != 0);
}

/* Many rows through a tree whose leaves lie at very different depths: a few
 * steps at a time, each time with those rows alone that are still on their
 * way. The last group is filled up with copies of a row, which may be listed
 * again with it: that does no harm, and makes no further group. */
static void EMLRT_KIND(walk_ragged)(const emlrt_forest_tree *tree,
                                    uint32_t leaf_column, const uint32_t *keys,
                                    size_t stride, size_t n, uint32_t *slots,
                                    uint32_t *rows) {
  const EMLRT_NODE *nodes = (const EMLRT_NODE *)tree->nodes;
  uint32_t at[EMLRT_LANES], row[EMLRT_LANES];
  size_t i, left, listed = 0;
  unsigned k;
  for (i = 0; i < n; i += EMLRT_LANES) {
    EMLRT_KIND(descend)(nodes, keys + i * stride, tree->first, at);
    for (k = 0; k < EMLRT_LANES; k++) row[k] = (uint32_t)i + k;
    listed = EMLRT_KIND(note)(nodes, leaf_column, at, row, slots, rows, listed);
  }
  while (listed != 0) {
    left = listed;
    listed = 0;
    for (i = 0; i < left; i += EMLRT_LANES) {
      for (k = 0; k < EMLRT_LANES; k++)
        row[k] = rows[i + k < left ? i + k : left - 1];
      EMLRT_KIND(walk_on)(nodes, keys, stride, row, slots, at);
      listed =
          EMLRT_KIND(note)(nodes, leaf_column, at, row, slots, rows, listed);
    }
  }
  for (i = 0; i < n; i++) slots[i] = nodes[slots[i]].key;
}

/* The step of a row whose keys stand side by side. */
EMLRT_INLINE uint32_t EMLRT_KIND(next_alone)(const EMLRT_NODE *node,
                                             const uint32_t *row) {
  size_t column = (size_t)node->column / EMLRT_LANES;
  return node->child + (uint32_t)(node->key < row[column]);
}

/* One row through a group of trees. */
static void EMLRT_KIND(walk_trees)(const emlrt_forest_tree *trees,
                                   const uint32_t *row, uint32_t leaf_column,
                                   uint32_t *payloads) {
  const EMLRT_NODE *nodes[EMLRT_TREES], *at[EMLRT_TREES];
  uint32_t steps = 0, left = 0; /* of the deepest */
  unsigned k, on_way;
  for (k = 0; k < EMLRT_TREES; k++) {
    at[k] = nodes[k] = (const EMLRT_NODE *)trees[k].nodes;
    if (trees[k].depth <= left) continue;
    left = trees[k].depth;
    steps = trees[k].first;
  }
  for (;;) {
    left -= steps;
    do {
      for (k = 0; k < EMLRT_TREES; k++)
        at[k] = nodes[k] + EMLRT_KIND(next_alone)(at[k], row);
    } while (--steps != 0);
    if (left == 0) break;
    for (k = on_way = 0; k < EMLRT_TREES; k++)
      on_way |= at[k]->column != leaf_column;
    if (!on_way) break;
    steps = left < EMLRT_MORE_STEPS ? left : EMLRT_MORE_STEPS;
  }
  for (k = 0; k < EMLRT_TREES; k++) payloads[k] = at[k]->key;
}

/* One row through one tree. */
static uint32_t EMLRT_KIND(walk_tree)(const emlrt_forest_tree *tree,
                                      const uint32_t *row,
                                      uint32_t leaf_column) {
  const EMLRT_NODE *nodes = (const EMLRT_NODE *)tree->nodes;
  uint32_t at = 0;
  while (nodes[at].column != leaf_column)
    at = EMLRT_KIND(next_alone)(nodes + at, row);
  return nodes[at].key;
}
