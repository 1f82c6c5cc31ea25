/* SPDX-License-Identifier: MIT
 *
 * Nearest neighbours that learn on the device: items in RAM behind those in the
 * blob. Firmware that does not call this links none of it.
 */
#include "../answers/scores.h"
#include "distance.h"
#include "neighbors.h"

/* What a program of two stages has: the nearest items, and a vote of each. */
typedef struct emlrt_voters {
  unsigned metric;
  int integers;
  emlrt_count k;
  uint32_t n_items;
  emlrt_count list; /* where the list starts in the arena */
  emlrt_call votes; /* the second stage, for its table */
} emlrt_voters;

/* Whether both ends of the program are plain: x whole in, votes out. */
static int emlrt_plain(emlrt_rom blob, emlrt_rom nearest, emlrt_rom votes) {
  return EMLRT_HEADER16(blob, n_stages) == 2 &&
         EMLRT_HEADER16(blob, n_outputs) == 1 &&
         EMLRT_STAGE32(votes, op) == EMLRT_OP_NEIGHBOR_VOTES &&
         EMLRT_STAGE16(nearest, in_space) == EMLRT_SPACE_INPUT &&
         EMLRT_STAGE32(nearest, in_count) == emlrt_n_inputs(blob) &&
         EMLRT_STAGE16(nearest, out_space) == EMLRT_SPACE_ARENA &&
         EMLRT_STAGE16(votes, out_space) == EMLRT_SPACE_OUTPUT;
}

/* Whether the second stage reads just the indices that the first one writes. */
static int emlrt_linked(emlrt_rom nearest, emlrt_rom votes,
                        const emlrt_voters *to) {
  uint32_t k = to->k;
  uint32_t before = to->integers ? 2 * k : k;
  return EMLRT_STAGE16(votes, in_space) == EMLRT_SPACE_ARENA &&
         EMLRT_STAGE32(votes, in_count) == k &&
         EMLRT_STAGE32(votes, in_offset) ==
             EMLRT_STAGE32(nearest, out_offset) + before * 4;
}

static emlrt_status emlrt_find_voters(const emlrt_model *model,
                                      emlrt_voters *to) {
  emlrt_rom blob, nearest, votes, payload;
  if (!emlrt_is_open(model)) return EMLRT_ERR_ARGUMENT;
  blob = model->blob;
  nearest = emlrt_stages(blob);
  votes = emlrt_rom_at(nearest, EMLRT_OCTETS(emlrt_stage));
  if (!emlrt_plain(blob, nearest, votes)) return EMLRT_ERR_KIND;
  to->integers = EMLRT_STAGE32(nearest, op) == EMLRT_OP_NEAREST_I16;
  if (!to->integers && EMLRT_STAGE32(nearest, op) != EMLRT_OP_NEAREST)
    return EMLRT_ERR_KIND;
  /* Both payloads start with n_items, k and metric. */
  payload = emlrt_rom_at(votes, EMLRT_OCTETS(emlrt_stage));
  to->n_items = emlrt_r32(payload, EMLRT_AT(emlrt_nearest, n_items));
  to->k = emlrt_r16(payload, EMLRT_AT(emlrt_nearest, k));
  to->metric = emlrt_r16(payload, EMLRT_AT(emlrt_nearest, metric));
  to->list = EMLRT_STAGE_SIZE(nearest, out_offset);
  to->votes.n_out = EMLRT_STAGE_SIZE(votes, out_count);
  to->votes.payload =
      emlrt_rom_at(payload, (emlrt_off)EMLRT_STAGE32(nearest, size));
  /* Each check has seen its own payload alone: here one counts the items, and
   * the other has their labels, all of the scores being classes. */
  if (to->metric == EMLRT_METRIC_COSINE || !emlrt_linked(nearest, votes, to) ||
      EMLRT_NEIGHBORS_ITEMS(&to->votes) != to->n_items ||
      emlrt_r32(blob, EMLRT_OCTETS(emlrt_header)) != to->votes.n_out ||
      EMLRT_NEIGHBORS16(&to->votes, n_values) != 1)
    return EMLRT_ERR_KIND;
  return EMLRT_OK;
}

emlrt_status emlrt_items_add(const emlrt_model *model, emlrt_items *items,
                             const void *x, size_t nx, uint32_t class_index) {
  emlrt_voters to;
  emlrt_status status;
  size_t chars, i;
  char *at;
  if (items == NULL || x == NULL) return EMLRT_ERR_ARGUMENT;
  status = emlrt_find_voters(model, &to);
  if (status != EMLRT_OK) return status;
  if (emlrt_n_inputs(model->blob) != nx || class_index >= to.votes.n_out)
    return EMLRT_ERR_COUNT;
  if (items->count >= items->capacity) return EMLRT_ERR_BUFFER;
  chars = nx * EMLRT_CHARS(EMLRT_HEADER16(model->blob, input));
  at = (char *)items->x + chars * (size_t)items->count;
  for (i = 0; i < chars; i++) {
    at[i] = ((const char *)x)[i];
    EMLRT_KEEP_LOOP();
  }
  items->classes[items->count++] = class_index;
  return EMLRT_OK;
}

static void emlrt_add_float(const emlrt_voters *to, emlrt_alias32 *list,
                            const float *x, const float *item, size_t n,
                            uint32_t index) {
  uint32_t sum = 0;
  for (; n != 0; n--) sum = emlrt_distance_add(sum, *x++, *item++, to->metric);
  if (sum < list[to->k - 1]) emlrt_nearest_put(list, to->k, sum, index);
}

static void emlrt_add_integers(const emlrt_voters *to, emlrt_alias32 *list,
                               const int16_t *x, const int16_t *item, size_t n,
                               uint32_t index) {
  uint64_t sum = 0;
  for (; n != 0; n--)
    sum = emlrt_distance_add_i16(sum, (int32_t)*x++ - *item++, to->metric);
  emlrt_nearest_offer_i16(list, to->k, sum, index);
}

/* The list that the first stage has written, with the items in RAM, too. */
static void emlrt_add_items(const emlrt_voters *to, const emlrt_items *items,
                            const void *x, size_t nx, emlrt_alias32 *list) {
  uint32_t i;
  for (i = 0; i < items->count; i++) {
    size_t first = nx * (size_t)i;
    if (to->integers)
      emlrt_add_integers(to, list, (const int16_t *)x,
                         (const int16_t *)items->x + first, nx,
                         to->n_items + i);
    else
      emlrt_add_float(to, list, (const float *)x,
                      (const float *)items->x + first, nx, to->n_items + i);
  }
}

emlrt_status emlrt_items_classify(const emlrt_model *model,
                                  const emlrt_items *items, const void *x,
                                  size_t nx, uint32_t *index, void *scratch,
                                  size_t scratch_size) {
  emlrt_voters to;
  emlrt_status status;
  emlrt_alias32 *list;
  uint32_t *votes;
  emlrt_count i;
  if (items == NULL) return EMLRT_ERR_ARGUMENT;
  status = emlrt_find_voters(model, &to);
  if (status != EMLRT_OK) return status;
  votes = (uint32_t *)(uintptr_t)emlrt_scores(model, 0, x, nx, index, scratch,
                                              scratch_size, NULL, &status);
  if (status != EMLRT_OK) return status;
  list = (emlrt_alias32 *)(void *)((char *)scratch + EMLRT_RAM(to.list));
  emlrt_add_items(&to, items, x, nx, list);
  for (i = 0; i < to.votes.n_out; i++) {
    votes[i] = 0;
    EMLRT_KEEP_LOOP();
  }
  list += (size_t)to.k * (to.integers ? 2u : 1u);
  for (i = 0; i < to.k; i++) {
    uint32_t item = list[i], item_class;
    if (item < to.n_items)
      item_class = emlrt_label_at(&to.votes, item);
    else
      item_class = items->classes[item - to.n_items];
    if (item_class < to.votes.n_out) votes[item_class]++;
  }
  for (*index = 0, i = 1; i < to.votes.n_out; i++)
    if (votes[i] > votes[*index]) *index = i;
  return EMLRT_OK;
}
