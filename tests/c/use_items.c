/* SPDX-License-Identifier: MIT */
#include "use_items.h"

#include <stdlib.h>
#include <string.h>

#include <emlrt/op.h>

/* Most items that are added. */
#define MOST_ITEMS 5u

/* Items with room for so many; each buffer is a heap block of just that size. */
static emlrt_items new_items(const emlrt_info *info, uint32_t capacity) {
  emlrt_items items;
  size_t width = (size_t)1 << (info->input_dtype & 3u);
  items.x = must_malloc(capacity * info->n_inputs * width);
  items.classes = must_malloc(capacity * sizeof *items.classes);
  items.count = 0;
  items.capacity = capacity;
  return items;
}

static void free_items(emlrt_items *items) {
  free(items->x);
  free(items->classes);
}

/* The class among blob and items, the same whatever scratch held before. */
static void use_classify(const emlrt_model *model, const emlrt_info *info,
                         const emlrt_items *items, const void *x) {
  void *scratch = must_malloc(info->scratch_bytes);
  uint32_t index, again;
  memset(scratch, 0xFF, info->scratch_bytes);
  PROMISE(emlrt_items_classify(model, items, x, info->n_inputs, &index, scratch,
                               info->scratch_bytes) == EMLRT_OK);
  PROMISE(index < info->n_scores);
  memset(scratch, 0x00, info->scratch_bytes);
  PROMISE(emlrt_items_classify(model, items, x, info->n_inputs, &again, scratch,
                               info->scratch_bytes) == EMLRT_OK);
  PROMISE(index == again);
  PROMISE(emlrt_items_classify(model, items, x, info->n_inputs, &again, scratch,
                               info->scratch_bytes - 1) == EMLRT_ERR_SCRATCH);
  PROMISE(emlrt_items_classify(model, items, x, info->n_inputs + 1, &again,
                               scratch,
                               info->scratch_bytes) == EMLRT_ERR_COUNT);
  free(scratch);
}

/* Adds until there is no room, asking in between; then forgets half. */
static void fill(const emlrt_model *model, const emlrt_info *info,
                 uint32_t capacity, const void *x) {
  emlrt_items items = new_items(info, capacity);
  size_t octets = (size_t)info->n_inputs << (info->input_dtype & 3u);
  uint32_t i;
  use_classify(model, info, &items, x);
  for (i = 0; i < capacity; i++) {
    PROMISE(emlrt_items_add(model, &items, x, info->n_inputs, info->n_scores) ==
            EMLRT_ERR_COUNT);
    PROMISE(emlrt_items_add(model, &items, x, info->n_inputs + 1, 0) ==
            EMLRT_ERR_COUNT);
    PROMISE(emlrt_items_add(model, &items, x, info->n_inputs,
                            i % info->n_scores) == EMLRT_OK);
    PROMISE(items.count == i + 1 && items.classes[i] == i % info->n_scores);
    PROMISE(memcmp((char *)items.x + octets * i, x, octets) == 0);
    if (i % 2 == 0) use_classify(model, info, &items, x);
  }
  PROMISE(emlrt_items_add(model, &items, x, info->n_inputs, 0) ==
          EMLRT_ERR_BUFFER);
  if (capacity != 0) items.classes[0] = info->n_scores; /* there is none such */
  use_classify(model, info, &items, x);
  items.count /= 2;
  use_classify(model, info, &items, x);
  free_items(&items);
}

/* One item, to see whether this is a model that takes any. */
static emlrt_status first_item(const emlrt_model *model, const emlrt_info *info,
                               const void *x) {
  emlrt_items items = new_items(info, 1);
  emlrt_status status = emlrt_items_add(model, &items, x, info->n_inputs, 0);
  free_items(&items);
  return status;
}

/* Whether an open blob takes items, as emlrt.h and format.h have it: two stages,
 * the second of which takes the whole list of the first for votes of one output. */
static int takes_items(const uint8_t *blob) {
  const uint8_t *first = blob + 52, *second = first + 28;
  const uint8_t *items = second + 28, *labels;
  uint32_t k, before, x = get32(blob + 20) >> (get32(blob + 44) & 3u);
  if (get32(blob + 40) != 0x00020001u) return 0; /* n_outputs, n_stages */
  if (get32(second + 4) != EMLRT_OP_NEIGHBOR_VOTES) return 0;
  if (get32(first + 4) != EMLRT_OP_NEAREST &&
      get32(first + 4) != EMLRT_OP_NEAREST_I16)
    return 0;
  labels = items + get32(first);
  k = get32(items + 4) & 0xFFFFu;
  before = get32(first + 4) == EMLRT_OP_NEAREST ? k : 2 * k;
  return get32(items + 4) >> 16 != EMLRT_METRIC_COSINE &&
         get32(first + 24) == 0x00010000u &&  /* from x to the arena */
         get32(second + 24) == 0x00020001u && /* from there to y */
         get32(first + 12) == x && get32(second + 12) == k &&
         get32(second + 8) == get32(first + 16) + 4 * before &&
         get32(labels) == get32(items) && (get32(labels + 4) & 0xFFFFu) == 1 &&
         get32(blob + 48) == get32(second + 20); /* a class for each score */
}

void use_items(const emlrt_model *model, const emlrt_info *info,
               const uint8_t *blob, const void *x) {
  emlrt_status status = first_item(model, info, x);
  uint32_t capacity;
  PROMISE((status == EMLRT_OK) == takes_items(blob));
  if (status == EMLRT_ERR_KIND) {
    emlrt_items none = {NULL, NULL, 0, 0};
    uint32_t index;
    PROMISE(emlrt_items_classify(model, &none, x, info->n_inputs, &index, NULL,
                                 0) == EMLRT_ERR_KIND);
    return;
  }
  PROMISE(status == EMLRT_OK);
  for (capacity = 0; capacity <= MOST_ITEMS; capacity += capacity + 1)
    fill(model, info, capacity, x);
}
