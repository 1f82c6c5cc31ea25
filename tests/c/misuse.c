/* SPDX-License-Identifier: MIT */
#include "misuse.h"

#include <emlrt/op.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_OCTETS 65536u
#define MOST_OPS 256u

#define ENDS(call, want) ends((call), (want), #call, __LINE__)

static void ends(emlrt_status status, emlrt_status want, const char *call,
                 int line) {
  if (status == want) return;
  fprintf(stderr, "MISUSE: %d, not %d: %s (line %d)\n", (int)status, (int)want,
          call, line);
  abort();
}

/* A model and buffers of exactly the sizes that it asks for. */
typedef struct bench {
  emlrt_model model;
  emlrt_info info;
  void *x, *y, *scratch;
  uint32_t *classes;
  float *p;
  size_t arena, all;
} bench;

static void make_bench(bench *b, const emlrt_info *info) {
  b->info = *info;
  b->arena = info->arena_bytes;
  b->all = info->scratch_bytes;
  b->x = must_malloc((size_t)info->n_inputs << (info->input_dtype & 3u));
  b->y = must_malloc(info->n_scores * (size_t)4);
  b->classes = must_malloc(info->n_outputs * sizeof *b->classes);
  b->p = must_malloc(info->n_classes * sizeof *b->p);
  b->scratch = must_malloc(b->all + 8);
  memset(b->x, 0, (size_t)info->n_inputs << (info->input_dtype & 3u));
}

static void free_bench(bench *b) {
  free(b->x);
  free(b->y);
  free(b->classes);
  free(b->p);
  free(b->scratch);
}

static emlrt_status run(const bench *b, uint32_t dtype, const void *x,
                        size_t nx, void *y, size_t ny, void *scratch,
                        size_t size) {
  return emlrt_run_as(&b->model, dtype, x, nx, y, ny, scratch, size);
}

static void misuse_run(const bench *b) {
  size_t nx = b->info.n_inputs, ny = b->info.n_scores;
  unsigned input = b->info.input_dtype, score = b->info.score_dtype;
  char *odd = (char *)b->scratch + 4;
  ENDS(run(b, 0, NULL, nx, b->y, ny, b->scratch, b->arena), EMLRT_ERR_ARGUMENT);
  ENDS(run(b, 0, b->x, nx, NULL, ny, b->scratch, b->arena), EMLRT_ERR_ARGUMENT);
  ENDS(run(b, 0, b->x, nx + 1, b->y, ny, b->scratch, b->arena),
       EMLRT_ERR_COUNT);
  ENDS(run(b, 0, b->x, nx - 1, b->y, ny, b->scratch, b->arena),
       EMLRT_ERR_COUNT);
  ENDS(run(b, 0, b->x, nx, b->y, ny + 1, b->scratch, b->arena),
       EMLRT_ERR_COUNT);
  ENDS(run(b, 0, b->x, nx, b->y, ny - 1, b->scratch, b->arena),
       EMLRT_ERR_COUNT);
  ENDS(run(b, 0, b->x, nx, b->y, ny, odd, b->arena), EMLRT_ERR_ALIGN);
  ENDS(run(b, (input ^ 1u) | score << 8, b->x, nx, b->y, ny, b->scratch,
           b->arena),
       EMLRT_ERR_DTYPE);
  ENDS(run(b, input | (score ^ 8u) << 8, b->x, nx, b->y, ny, b->scratch,
           b->arena),
       EMLRT_ERR_DTYPE);
  ENDS(run(b, input | score << 8, b->x, nx, b->y, ny, b->scratch, b->arena),
       EMLRT_OK);
  if (b->arena == 0) return;
  ENDS(run(b, 0, b->x, nx, b->y, ny, NULL, b->arena), EMLRT_ERR_SCRATCH);
  ENDS(run(b, 0, b->x, nx, b->y, ny, b->scratch, b->arena - 1),
       EMLRT_ERR_SCRATCH);
}

static emlrt_status classify(const bench *b, size_t nx, size_t n, void *scratch,
                             size_t size) {
  return emlrt_classify_as(&b->model, 0, b->x, nx, b->classes, n, scratch,
                           size);
}

static emlrt_status proba(const bench *b, size_t nx, size_t n, void *scratch,
                          size_t size) {
  return emlrt_proba_as(&b->model, 0, b->x, nx, b->p, n, scratch, size);
}

/* Without a place for what is asked, or on the wrong inputs or scratch. */
static void misuse_classes(const bench *b, size_t nx, size_t n) {
  const emlrt_model *m = &b->model;
  uint32_t other = b->info.input_dtype ^ 1u;
  ENDS(emlrt_classify_as(m, 0, NULL, nx, b->classes, n, b->scratch, b->all),
       EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_classify_as(m, 0, b->x, nx, NULL, n, b->scratch, b->all),
       EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_classify_as(m, other, b->x, nx, b->classes, n, b->scratch, b->all),
       EMLRT_ERR_DTYPE);
  ENDS(classify(b, nx, n, (char *)b->scratch + 4, b->all), EMLRT_ERR_ALIGN);
}

static void misuse_shares(const bench *b, size_t nx, size_t n) {
  const emlrt_model *m = &b->model;
  uint32_t other = b->info.input_dtype ^ 1u;
  ENDS(emlrt_proba_as(m, 0, NULL, nx, b->p, n, b->scratch, b->all),
       EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_proba_as(m, 0, b->x, nx, NULL, n, b->scratch, b->all),
       EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_proba_as(m, other, b->x, nx, b->p, n, b->scratch, b->all),
       EMLRT_ERR_DTYPE);
  ENDS(proba(b, nx, n, (char *)b->scratch + 4, b->all), EMLRT_ERR_ALIGN);
}

/* Of a model that has classes, and of one that has not. */
static void misuse_answers(const bench *b, int shares) {
  size_t nx = b->info.n_inputs, n = b->info.n_outputs, np = b->info.n_classes;
  if (b->info.output == EMLRT_OUTPUT_VALUES) {
    ENDS(classify(b, nx, n, b->scratch, b->all), EMLRT_ERR_KIND);
    ENDS(proba(b, nx, np, b->scratch, b->all), EMLRT_ERR_KIND);
    return;
  }
  ENDS(classify(b, nx + 1, n, b->scratch, b->all), EMLRT_ERR_COUNT);
  ENDS(classify(b, nx, n + 1, b->scratch, b->all), EMLRT_ERR_COUNT);
  ENDS(classify(b, nx, n - 1, b->scratch, b->all), EMLRT_ERR_COUNT);
  ENDS(classify(b, nx, n, b->scratch, b->all - 1), EMLRT_ERR_SCRATCH);
  ENDS(classify(b, nx, n, NULL, b->all), EMLRT_ERR_SCRATCH);
  ENDS(proba(b, nx, np + 1, b->scratch, b->all), EMLRT_ERR_COUNT);
  ENDS(proba(b, nx, np, b->scratch, b->all - 1), EMLRT_ERR_SCRATCH);
  if (shares) ENDS(proba(b, nx, np - 1, b->scratch, b->all), EMLRT_ERR_COUNT);
  ENDS(classify(b, nx, n, b->scratch, b->all), EMLRT_OK);
  misuse_classes(b, nx, n);
  if (proba(b, nx, np, b->scratch, b->all) == EMLRT_OK)
    misuse_shares(b, nx, np);
}

#define TEXT 64u

/* The length of a text that was copied over "xxx...". It may hold NUL: its end is
 * the last one that was written. */
static size_t length_of(const char *text) {
  size_t length = TEXT;
  while (text[--length] != '\0') continue;
  return length;
}

/* The last of n texts needs room for its end, too; there is none behind it. */
static void misuse_names(const bench *b, uint32_t kind, uint32_t n) {
  char text[TEXT];
  emlrt_status status;
  size_t length;
  memset(text, 'x', sizeof text);
  status = emlrt_name(&b->model, kind, n - 1, text, sizeof text);
  if (status != EMLRT_OK && status != EMLRT_ERR_BUFFER) return;
  length = status == EMLRT_OK ? length_of(text) : 0;
  ENDS(emlrt_name(&b->model, kind, n, text, sizeof text), EMLRT_ERR_COUNT);
  ENDS(emlrt_name(&b->model, kind, n - 1, text, 0), EMLRT_ERR_BUFFER);
  if (status != EMLRT_OK) return;
  ENDS(emlrt_name(&b->model, kind, n - 1, text, length), EMLRT_ERR_BUFFER);
  ENDS(emlrt_name(&b->model, kind, n - 1, text, length + 1), EMLRT_OK);
}

/* Of the last output, and of the first: there is no label behind the last. */
static void misuse_labels(const bench *b, const uint8_t *octets) {
  unsigned kind = b->info.output;
  int pairs = kind == EMLRT_OUTPUT_LOGISTIC || kind >= EMLRT_OUTPUT_BINARY;
  uint32_t k, n = b->info.n_outputs;
  char text[TEXT];
  if (kind == EMLRT_OUTPUT_VALUES) return;
  for (k = 0; k < n; k += n > 1 ? n - 1 : 1) {
    uint32_t count = pairs ? 2 : get32(octets + 48 + 4 * k);
    emlrt_status status;
    size_t length;
    memset(text, 'x', sizeof text);
    status = emlrt_label(&b->model, k, count - 1, text, sizeof text);
    length = status == EMLRT_OK ? length_of(text) : 0;
    ENDS(emlrt_label(&b->model, k, count, text, sizeof text), EMLRT_ERR_COUNT);
    ENDS(emlrt_label(&b->model, k, 0, NULL, 64), EMLRT_ERR_ARGUMENT);
    if (status == EMLRT_ERR_ABSENT || status == EMLRT_ERR_BUFFER) continue;
    ENDS(status, EMLRT_OK);
    ENDS(emlrt_label(&b->model, k, count - 1, text, length), EMLRT_ERR_BUFFER);
    ENDS(emlrt_label(&b->model, k, count - 1, text, length + 1), EMLRT_OK);
  }
}

static void misuse_texts(const bench *b) {
  char text[4];
  misuse_names(b, EMLRT_META_FEATURES, b->info.n_inputs);
  misuse_names(b, EMLRT_META_OUTPUTS, b->info.n_outputs);
  misuse_names(b, EMLRT_META_NOTE, 1);
  ENDS(
      emlrt_label(&b->model, b->info.n_outputs, 0, text, sizeof text),
      b->info.output == EMLRT_OUTPUT_VALUES ? EMLRT_ERR_KIND : EMLRT_ERR_COUNT);
  ENDS(emlrt_name(&b->model, EMLRT_META_NOTE, 0, NULL, 4), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_name(&b->model, EMLRT_META_CLASSES, 0, text, 4),
       EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_name(&b->model, EMLRT_META_GOLDEN, 0, text, 4),
       EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_name(&b->model, 0, 0, text, 4), EMLRT_ERR_ARGUMENT);
}

static void misuse_rule(const bench *b) {
  int64_t offset;
  float scale;
  ENDS(emlrt_offset(&b->model, b->info.n_inputs, &offset), EMLRT_ERR_COUNT);
  ENDS(emlrt_scale(&b->model, b->info.n_inputs, &scale), EMLRT_ERR_COUNT);
  ENDS(emlrt_offset(&b->model, 0, NULL), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_scale(&b->model, 0, NULL), EMLRT_ERR_ARGUMENT);
}

static void misuse_selftest(const bench *b) {
  char *odd = (char *)b->scratch + 4;
  ENDS(emlrt_selftest(&b->model, NULL, 0), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_selftest(&b->model, odd, 0), EMLRT_ERR_ALIGN);
}

static emlrt_status among(const bench *b, const emlrt_items *items, size_t nx,
                          uint32_t *index, size_t size) {
  return emlrt_items_classify(&b->model, items, b->x, nx, index, b->scratch,
                              size);
}

/* Among no items more than the blob's, the class is that of emlrt_classify. */
static void misuse_items(bench *b) {
  emlrt_items none = {NULL, NULL, 0, 0};
  uint32_t index = 0, n = b->info.n_scores;
  size_t nx = b->info.n_inputs;
  emlrt_status status = among(b, &none, nx, &index, b->all);
  ENDS(among(b, NULL, nx, &index, b->all), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_items_add(&b->model, &none, NULL, nx, 0), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_items_add(&b->model, NULL, b->x, nx, 0), EMLRT_ERR_ARGUMENT);
  if (status == EMLRT_ERR_KIND) return;
  ENDS(status, EMLRT_OK);
  ENDS(classify(b, nx, 1, b->scratch, b->all), EMLRT_OK);
  ENDS(index == b->classes[0] ? EMLRT_OK : EMLRT_ERR_SELFTEST, EMLRT_OK);
  ENDS(among(b, &none, nx + 1, &index, b->all), EMLRT_ERR_COUNT);
  ENDS(among(b, &none, nx, NULL, b->all), EMLRT_ERR_ARGUMENT);
  ENDS(among(b, &none, nx, &index, b->all - 1), EMLRT_ERR_SCRATCH);
  ENDS(emlrt_items_add(&b->model, &none, b->x, nx + 1, 0), EMLRT_ERR_COUNT);
  ENDS(emlrt_items_add(&b->model, &none, b->x, nx - 1, 0), EMLRT_ERR_COUNT);
  ENDS(emlrt_items_add(&b->model, &none, b->x, nx, n), EMLRT_ERR_COUNT);
  ENDS(emlrt_items_add(&b->model, &none, b->x, nx, n + 1), EMLRT_ERR_COUNT);
  ENDS(emlrt_items_add(&b->model, &none, b->x, nx, 0), EMLRT_ERR_BUFFER);
  none.count = 1;
  ENDS(emlrt_items_add(&b->model, &none, b->x, nx, 0), EMLRT_ERR_BUFFER);
}

/* A model that is not open, with all else right. */
static void misuse_closed(bench *b) {
  emlrt_items none = {NULL, NULL, 0, 0};
  uint32_t index;
  char text[4];
  int64_t offset;
  float scale;
  b->model.opened = 0;
  ENDS(run(b, 0, b->x, b->info.n_inputs, b->y, b->info.n_scores, b->scratch,
           b->arena),
       EMLRT_ERR_ARGUMENT);
  ENDS(classify(b, b->info.n_inputs, b->info.n_outputs, b->scratch, b->all),
       EMLRT_ERR_ARGUMENT);
  ENDS(proba(b, b->info.n_inputs, b->info.n_classes, b->scratch, b->all),
       EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_selftest(&b->model, b->scratch, b->all), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_label(&b->model, 0, 0, text, sizeof text), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_name(&b->model, EMLRT_META_NOTE, 0, text, sizeof text),
       EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_offset(&b->model, 0, &offset), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_scale(&b->model, 0, &scale), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_verify(&b->model), EMLRT_ERR_ARGUMENT);
  ENDS(among(b, &none, b->info.n_inputs, &index, b->all), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_items_add(&b->model, &none, b->x, b->info.n_inputs, 0),
       EMLRT_ERR_ARGUMENT);
}

/* Without a model, a blob, a list or a place for what is asked; or a blob that is
 * not aligned. */
static void misuse_null(const bench *b, const blob_place *place) {
  emlrt_model model, *none = NULL;
  emlrt_info info;
  const emlrt_op *no_op = NULL;
  emlrt_items empty = {NULL, NULL, 0, 0};
  emlrt_rom odd = emlrt_rom_at(place->rom, 2), nil = EMLRT_ROM_NULL;
  uint32_t index;
  char text[4];
  int64_t offset;
  float scale;
  ENDS(emlrt_peek(NULL, place->rom, place->size), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_peek(&info, nil, place->size), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_peek(&info, odd, place->size - 2), EMLRT_ERR_ALIGN);
  ENDS(emlrt_peek(&info, place->rom, place->size - 4), EMLRT_ERR_SIZE);
  ENDS(emlrt_open(NULL, place->rom, place->size, emlrt_all_ops),
       EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_open(&model, place->rom, place->size, NULL), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_open(&model, nil, place->size, emlrt_all_ops), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_open(&model, odd, place->size - 2, emlrt_all_ops),
       EMLRT_ERR_ALIGN);
  ENDS(emlrt_open(&model, place->rom, place->size + 4, emlrt_all_ops),
       EMLRT_ERR_SIZE);
  ENDS(emlrt_open(&model, place->rom, place->size, &no_op), EMLRT_ERR_OP);
  ENDS(emlrt_verify(&model), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_verify(NULL), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_run_as(none, 0, b->x, 1, b->y, 1, b->scratch, b->all),
       EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_selftest(none, b->scratch, b->all), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_label(none, 0, 0, text, sizeof text), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_name(none, EMLRT_META_NOTE, 0, text, sizeof text),
       EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_offset(none, 0, &offset), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_scale(none, 0, &scale), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_items_add(none, &empty, b->x, 1, 0), EMLRT_ERR_ARGUMENT);
  ENDS(emlrt_items_classify(none, &empty, b->x, 1, &index, b->scratch, b->all),
       EMLRT_ERR_ARGUMENT);
}

/* Where the content of the golden vectors ends; 0 if there are none. */
static size_t golden_end(const uint8_t *octets, size_t size) {
  size_t at = get32(octets + 16);
  while (at + 8 <= size) {
    size_t end = at + 8 + get32(octets + at + 4);
    if (get32(octets + at) == EMLRT_META_GOLDEN) return end;
    at = (end + 3) / 4 * 4;
  }
  return 0;
}

/* With one bit of the last golden score wrong, the self-test must fail. */
static void misuse_golden(const uint8_t *octets, size_t size,
                          const emlrt_info *info) {
  size_t end = golden_end(octets, size), most = info->golden_bytes;
  uint8_t *wrong;
  void *scratch;
  blob_place place;
  emlrt_model model;
  if (end == 0 || most > MOST_OCTETS) return;
  wrong = must_malloc(size);
  scratch = must_malloc(most);
  memcpy(wrong, octets, size);
  place = place_blob(wrong, size);
  ENDS(emlrt_open(&model, place.rom, place.size, emlrt_all_ops), EMLRT_OK);
  if (emlrt_selftest(&model, scratch, most) == EMLRT_OK) {
    ENDS(emlrt_selftest(&model, scratch, most - 1), EMLRT_ERR_SCRATCH);
    free_blob(&place);
    wrong[end - 1] ^= 0x40;
    patch_crc(wrong, size);
    place = place_blob(wrong, size);
    ENDS(emlrt_open(&model, place.rom, place.size, emlrt_all_ops), EMLRT_OK);
    ENDS(emlrt_selftest(&model, scratch, most), EMLRT_ERR_SELFTEST);
  }
  free_blob(&place);
  free(wrong);
  free(scratch);
}

static int is_of_answers(uint32_t code) {
  return code == EMLRT_OP_ARGMAX || code == EMLRT_OP_SOFTMAX ||
         code == EMLRT_OP_LOGISTIC;
}

/* Opens it with a list without the ops that answers take, if that can be. */
static void misuse_list(bench *b, const blob_place *place) {
  const emlrt_op *ops[MOST_OPS], *const *op = emlrt_all_ops;
  size_t n = 0;
  unsigned output = b->info.output;
  for (; *op != NULL && n + 1 < MOST_OPS; op++)
    if (!is_of_answers((*op)->code)) ops[n++] = *op;
  ops[n] = NULL;
  if (emlrt_open(&b->model, place->rom, place->size, ops) != EMLRT_OK) return;
  if (output == EMLRT_OUTPUT_VALUES || output == EMLRT_OUTPUT_VOTES) return;
  ENDS(classify(b, b->info.n_inputs, b->info.n_outputs, b->scratch, b->all),
       EMLRT_ERR_OP);
  if (output == EMLRT_OUTPUT_LOGITS || output == EMLRT_OUTPUT_LOGISTIC)
    ENDS(proba(b, b->info.n_inputs, b->info.n_classes, b->scratch, b->all),
         EMLRT_ERR_OP);
}

void misuse_blob(const uint8_t *octets, size_t size) {
  blob_place place = place_blob(octets, size);
  emlrt_info info;
  bench b;
  if (open_and_verify(&place) == EMLRT_OK &&
      emlrt_peek(&info, place.rom, place.size) == EMLRT_OK &&
      info.scratch_bytes < MOST_OCTETS && info.n_inputs < MOST_OCTETS &&
      emlrt_open(&b.model, place.rom, place.size, emlrt_all_ops) == EMLRT_OK) {
    make_bench(&b, &info);
    misuse_run(&b);
    misuse_answers(&b, info.n_classes > 1);
    misuse_texts(&b);
    misuse_rule(&b);
    misuse_labels(&b, octets);
    misuse_selftest(&b);
    misuse_items(&b);
    misuse_null(&b, &place);
    misuse_closed(&b);
    misuse_list(&b, &place);
    free_bench(&b);
    free_blob(&place);
    misuse_golden(octets, size, &info);
    return;
  }
  free_blob(&place);
}
