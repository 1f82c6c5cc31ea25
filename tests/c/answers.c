/* SPDX-License-Identifier: MIT
 *
 * answers PACK [behind]: for each blob of a pack prints the status that opening
 * and verifying it ends in, and a hash of everything that the API then says.
 * Builds of the same runtime must print the same, whatever their flags.
 *
 * A pack is, blob after blob, its size (uint32, little-endian) and its octets.
 * With ANSWERS_USE each blob goes through use.c as well; with ANSWERS_HOST
 * through c/host, whose answers must be the runtime's. This is C99 and C++.
 */
#include "buffers.h"

#include <emlrt/emlrt.h>

#if defined(ANSWERS_USE)
#include "use.h"
#endif
#if defined(ANSWERS_HOST)
#include "emlrt_host.h"
#endif

#define MOST_ELEMENTS 70000u
#define MOST_ARENA 300000u
#define ROWS 8u
#define ITEMS 3u

static uint64_t hash;
static unsigned blobs;

EMLRT_WRAPS static void see(const void *octets, size_t n) {
  const uint8_t *at = (const uint8_t *)octets;
  seen(octets, n);
  for (; n != 0; n--) hash = (hash ^ *at++) * UINT64_C(0x100000001B3);
}

static void see_number(uint32_t number) { see(&number, sizeof number); }
static void see_status(emlrt_status status) { see_number((uint32_t)status); }

static void must(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "blob %u: %s\n", blobs, what);
  abort();
}

/* Elements of row number `row`: small numbers, and some of any bits. */
EMLRT_WRAPS static void fill_row(void *x, unsigned dtype, size_t n,
                                 uint32_t row) {
  uint32_t state = row * 0x9E3779B9u + 1;
  size_t i;
  for (i = 0; i < n; i++) {
    float value;
    state = state * 1664525u + 1013904223u;
    value = (float)((int)(state >> 8 & 0xFFFFu) - 0x8000) / 8192.0f;
    if (dtype == EMLRT_F32)
      memcpy((char *)x + i * 4,
             state >> 27 == row ? (void *)&state : (void *)&value, 4);
    else if (dtype == EMLRT_I32)
      ((int32_t *)x)[i] =
          (int32_t)(state >> 31) * 1700000000 + (int32_t)(state >> 8 & 7u);
    else if (dtype == EMLRT_I16)
      ((int16_t *)x)[i] = (int16_t)((int)(state >> 16) % 600 - 300);
    else
      ((uint8_t *)x)[i] = (uint8_t)(state >> 24 & 0xFFu);
  }
}

static void *make_rows(const emlrt_info *info, size_t n, uint32_t first) {
  size_t width = (size_t)1 << (info->input_dtype & 3u), i;
  char *x = (char *)take(n * info->n_inputs * width, width);
  for (i = 0; i < n; i++)
    fill_row(x + i * info->n_inputs * width, info->input_dtype, info->n_inputs,
             first + (uint32_t)i);
  return x;
}

static void see_run(const emlrt_model *model, const emlrt_info *info,
                    const void *x) {
  uint32_t *y = (uint32_t *)take(info->n_scores * sizeof *y, 4);
  void *arena = take(info->arena_bytes, 8);
  emlrt_status status = emlrt_run(model, x, info->n_inputs, y, info->n_scores,
                                  arena, info->arena_bytes);
  must(status == EMLRT_OK, "a run failed");
  see(y, info->n_scores * sizeof *y);
  give(arena);
  give(y);
}

static void see_classes(const emlrt_model *model, const emlrt_info *info,
                        const void *x) {
  uint32_t *classes = (uint32_t *)take(info->n_outputs * sizeof *classes, 4);
  void *scratch = take(info->scratch_bytes, 8);
  emlrt_status status =
      emlrt_classify(model, x, info->n_inputs, classes, info->n_outputs,
                     scratch, info->scratch_bytes);
  see_status(status);
  if (status == EMLRT_OK) see(classes, info->n_outputs * sizeof *classes);
  give(scratch);
  give(classes);
}

static void see_proba(const emlrt_model *model, const emlrt_info *info,
                      const void *x) {
  float *p = (float *)take(info->n_classes * sizeof *p, 4);
  void *scratch = take(info->scratch_bytes, 8);
  emlrt_status status =
      emlrt_proba(model, x, info->n_inputs, p, info->n_classes, scratch,
                  info->scratch_bytes);
  see_status(status);
  if (status == EMLRT_OK) see(p, info->n_classes * sizeof *p);
  give(scratch);
  give(p);
}

/* The typed forms: one of them is the model's. */
static void see_typed(const emlrt_model *model, const emlrt_info *info,
                      const void *x) {
  uint32_t *classes = (uint32_t *)take(info->n_outputs * sizeof *classes, 4);
  void *scratch = take(info->scratch_bytes, 8);
  size_t n = info->n_inputs, size = info->scratch_bytes;
  see_status(emlrt_classify_f32(model, (const float *)x, n, classes,
                                info->n_outputs, scratch, size));
  see_status(emlrt_classify_i32(model, (const int32_t *)x, n, classes,
                                info->n_outputs, scratch, size));
  see_status(emlrt_classify_i16(model, (const int16_t *)x, n, classes,
                                info->n_outputs, scratch, size));
  see_status(emlrt_classify_u8(model, (const uint8_t *)x, n, classes,
                               info->n_outputs, scratch, size));
  give(scratch);
  give(classes);
}

static void see_text(emlrt_status status, const char *text) {
  see_status(status);
  if (status == EMLRT_OK) see(text, strlen(text) + 1);
}

static void see_texts(const emlrt_model *model) {
  static const size_t sizes[] = {1, 3, 24};
  uint32_t i, kind;
  size_t s;
  for (s = 0; s < sizeof sizes / sizeof *sizes; s++)
    for (i = 0; i < 6; i++) {
      char *text = (char *)take(sizes[s], 1);
      see_text(emlrt_label(model, i / 3, i % 3, text, sizes[s]), text);
      for (kind = EMLRT_META_FEATURES; kind <= EMLRT_META_NOTE; kind++)
        see_text(emlrt_name(model, kind, i, text, sizes[s]), text);
      give(text);
    }
}

static void see_inputs(const emlrt_model *model) {
  uint32_t i;
  for (i = 0; i < 3; i++) {
    int64_t offset = 0;
    float scale = 0;
    see_status(emlrt_offset(model, i, &offset));
    see_status(emlrt_scale(model, i, &scale));
    see(&offset, sizeof offset);
    see(&scale, sizeof scale);
  }
}

static void see_selftest(const emlrt_model *model, const emlrt_info *info) {
  size_t less;
  for (less = 0; less <= 8 && less <= info->golden_bytes; less += 8) {
    void *scratch = take(info->golden_bytes - less, 8);
    see_status(emlrt_selftest(model, scratch, info->golden_bytes - less));
    give(scratch);
  }
}

/* Learns until there is no more room, and asks after each item. */
static void see_items(const emlrt_model *model, const emlrt_info *info) {
  size_t width = (size_t)1 << (info->input_dtype & 3u);
  emlrt_items items;
  uint32_t k;
  items.x = take(ITEMS * info->n_inputs * width, width);
  items.classes = (uint32_t *)take(ITEMS * sizeof(uint32_t), 4);
  items.count = 0;
  items.capacity = ITEMS;
  for (k = 0; k <= ITEMS; k++) {
    void *x = make_rows(info, 1, k % 2),
         *scratch = take(info->scratch_bytes, 8);
    uint32_t *index = (uint32_t *)take(sizeof *index, 4);
    emlrt_status status = emlrt_items_classify(
        model, &items, x, info->n_inputs, index, scratch, info->scratch_bytes);
    see_status(status);
    if (status == EMLRT_OK) see_number(*index);
    see_status(emlrt_items_add(model, &items, x, info->n_inputs, k));
    give(index);
    give(scratch);
    give(x);
  }
  give(items.classes);
  give(items.x);
}

#if defined(ANSWERS_HOST)
/* Each row as firmware runs it. */
static uint32_t *firmware_rows(const emlrt_model *model, const emlrt_info *info,
                               const void *x, size_t n) {
  size_t width = (size_t)1 << (info->input_dtype & 3u), i;
  uint32_t *y = (uint32_t *)take(n * info->n_scores * sizeof *y, 4);
  void *arena = take(info->arena_bytes, 8);
  for (i = 0; i < n; i++)
    must(emlrt_run(model, (const char *)x + i * info->n_inputs * width,
                   info->n_inputs, y + i * info->n_scores, info->n_scores,
                   arena, info->arena_bytes) == EMLRT_OK,
         "a run failed");
  give(arena);
  return y;
}

static void host_rows(const emlrt_model *model, const emlrt_info *info,
                      const emlrt_host *host, size_t n) {
  void *x = make_rows(info, n, 1);
  size_t scores = n * info->n_scores, classes = n * info->n_outputs;
  uint32_t *want = firmware_rows(model, info, x, n);
  uint32_t *y = (uint32_t *)take(scores * sizeof *y, 4);
  int64_t *c = (int64_t *)take(classes * sizeof *c, 8);
  float *p = (float *)take(n * info->n_classes * sizeof *p, 4);
  emlrt_status status = emlrt_host_run(model, host, x, n, y);
  must(status == EMLRT_OK, "the host cannot run");
  seen(y, scores * sizeof *y);
  must(memcmp(y, want, scores * sizeof *y) == 0, "the host's scores differ");
  status = emlrt_host_classify(model, host, x, n, c);
  see_status(status);
  if (status == EMLRT_OK) see(c, classes * sizeof *c);
  status = emlrt_host_proba(model, y, n, p);
  see_status(status);
  if (status == EMLRT_OK) see(p, n * info->n_classes * sizeof *p);
  give(p);
  give(c);
  give(y);
  give(want);
  give(x);
}

static void see_host(const emlrt_model *model, const emlrt_info *info) {
  static const size_t counts[] = {1, 3, 17, 40};
  /* The longest lists of neighbors would take most of the time. */
  size_t k, n = info->n_scores > 1000 ? 2 : sizeof counts / sizeof *counts;
  emlrt_host *host = emlrt_host_new(model);
  must(host != NULL, "no layout");
  see_number(emlrt_host_stages(host));
  for (k = 0; k < n; k++) {
    host_rows(model, info, NULL, counts[k]);
    host_rows(model, info, host, counts[k]);
  }
  emlrt_host_free(host);
}
#endif

static void see_model(const emlrt_model *model, const emlrt_info *info) {
  uint32_t row;
  see_texts(model);
  see_inputs(model);
  if (info->n_inputs > MOST_ELEMENTS || info->n_scores > MOST_ELEMENTS ||
      info->arena_bytes > MOST_ARENA)
    return;
  for (row = 0; row < ROWS; row++) {
    void *x = make_rows(info, 1, row);
    buffers_fill = (uint8_t)(buffers_fill ^ 0xFFu);
    see_run(model, info, x);
    see_classes(model, info, x);
    see_proba(model, info, x);
    if (row == 0) see_typed(model, info, x);
    give(x);
  }
  see_selftest(model, info);
  see_items(model, info);
#if defined(ANSWERS_HOST)
  see_host(model, info);
#endif
}

static emlrt_status see_blob(emlrt_rom rom, uint32_t size) {
  emlrt_model *model = (emlrt_model *)take(sizeof *model, sizeof(void *));
  emlrt_info *info = (emlrt_info *)take(sizeof *info, 4);
  emlrt_status status, peek = emlrt_peek(info, rom, size);
  see_status(peek);
  if (peek == EMLRT_OK) see(info, sizeof *info);
  status = emlrt_open(model, rom, size, emlrt_all_ops);
  see_number(model->fault);
  if (status == EMLRT_OK) {
    status = emlrt_verify(model);
    see_model(model, info);
  }
  give(info);
  give(model);
  return status;
}

static emlrt_status see_octets(const uint8_t *octets, uint32_t size) {
  emlrt_status status;
#if defined(WORD_PORT_H)
  blob_place place = place_blob(octets, size);
  status = see_blob(place.rom, size);
  free_blob(&place);
#else
  uint8_t *blob = (uint8_t *)take(size, 4);
  memcpy(blob, octets, size);
  status = see_blob(blob, size);
  give(blob);
#endif
#if defined(ANSWERS_USE)
  if (status != EMLRT_ERR_CRC) must(use_blob(octets, size) == status, "use.c");
#endif
  return status;
}

static uint32_t size_of(const uint8_t *at) {
  return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
         (uint32_t)at[3] << 24;
}

static uint8_t *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  uint8_t *octets = NULL;
  long length;
  if (file == NULL || fseek(file, 0, SEEK_END) || (length = ftell(file)) < 0)
    abort();
  rewind(file);
  *size = (size_t)length;
  octets = (uint8_t *)malloc(*size + 1);
  if (octets == NULL || fread(octets, 1, *size, file) != *size) abort();
  fclose(file);
  return octets;
}

int main(int argc, char **argv) {
  size_t size, at;
  uint8_t *pack;
  if (argc < 2) return 2;
#if defined(BUFFERS_GUARDED)
  buffers_behind = argc > 2;
#endif
  pack = read_file(argv[1], &size);
  for (at = 0; at < size; at += 4 + size_of(pack + at), blobs++) {
    emlrt_status status;
    hash = UINT64_C(0xCBF29CE484222325);
    status = see_octets(pack + at + 4, size_of(pack + at));
    printf("%d %016llx\n", (int)status, (unsigned long long)hash);
    fflush(stdout);
  }
  free(pack);
  return 0;
}
