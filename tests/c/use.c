/* SPDX-License-Identifier: MIT */
#include "use.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bounds.h"
#include "use_items.h"
#include "use_prepared.h"
#include "use_stream.h"

/* What this "firmware" is ready to give a model. */
#define MOST_ELEMENTS 2048u
#define MOST_ARENA 16384u

unsigned long blobs_opened;
int use_fewer_inputs;

void broken_promise(const char *what, const char *where, int line) {
  fprintf(stderr, "PROMISE BROKEN: %s (%s, line %d)\n", what, where, line);
  abort();
}

#ifdef WORD_PORT_H
const uint16_t *word_rom;
#ifdef WORD_PORT_NARROW
uint32_t word_rom_base = 4; /* the last octets have the last addresses */
#else
uint32_t word_rom_base = 64;
#endif
uint32_t word_rom_octets;
unsigned long word_rom_reads;

static void fault(const char *what, uint32_t at) {
  fprintf(stderr, "PORT FAULT: %s at %u\n", what, at);
  abort();
}

uint32_t word_rom_at(uint32_t at, uint32_t octets) {
  if (octets > word_rom_base + word_rom_octets - at)
    fault("an address beyond the blob", at);
  return at + octets;
}

uint32_t word_rom_index(uint32_t at, uint32_t o, unsigned size) {
  uint32_t offset = at + o - word_rom_base;
  word_rom_reads++;
  if (offset > word_rom_octets || word_rom_octets - offset < size)
    fault("a read outside the blob", at + o);
  if (offset % size != 0) fault("a misaligned read", at + o);
  return offset / 2;
}

blob_place place_blob(const uint8_t *octets, size_t size) {
  blob_place place;
  uint16_t *words = must_malloc((size + 1) / 2 * 2);
  size_t i;
  for (i = 0; i < size; i += 2)
    words[i / 2] =
        (uint16_t)(octets[i] | (i + 1 < size ? octets[i + 1] << 8 : 0));
  word_rom = words;
  word_rom_octets = (uint32_t)size;
  place.octets = (uint8_t *)words;
  place.rom = word_rom_base;
  place.size = (uint32_t)size;
  return place;
}

/* Reads that one run takes, for the octets that it is given. */
static void check_reads(const uint8_t *blob) {
  uint64_t octets = get32(blob + 16) + (uint64_t)get32(blob + 20) +
                    get32(blob + 24) + get32(blob + 28);
  PROMISE(word_rom_reads <= BOUND_CALL + BOUND_READS * octets);
}
#define COUNT_READS(blob, statement) \
  do {                               \
    word_rom_reads = 0;              \
    statement;                       \
    check_reads(blob);               \
  } while (0)
#else
blob_place place_blob(const uint8_t *octets, size_t size) {
  blob_place place;
  place.octets = must_malloc(size);
  memcpy(place.octets, octets, size);
  place.rom = place.octets;
  place.size = (uint32_t)size;
  return place;
}
#define COUNT_READS(blob, statement) \
  do {                               \
    (void)(blob);                    \
    statement;                       \
  } while (0)
#endif

void free_blob(blob_place *place) { free(place->octets); }

emlrt_status open_and_verify(const blob_place *place) {
  emlrt_model model;
  emlrt_status status =
      emlrt_open(&model, place->rom, place->size, emlrt_all_ops);
  if (status != EMLRT_ERR_STATE) return status ? status : emlrt_verify(&model);
  status = use_stream(place);
  return status ? status : EMLRT_ERR_STATE;
}

/* Input number `kind` of a dtype: each has values that kernels may trip on. */
#define KINDS 6
static void *make_input(unsigned dtype, uint32_t n, unsigned kind) {
  static const uint32_t floats[] = {0x00000000, 0x7FC00000, 0xFF800000,
                                    0x3F000000, 0x80000000, 0xFFFFFFFF,
                                    0x7F800000, 0xBF99999A, 0x00000001};
  static const int32_t longs[] = {0,  INT32_MIN,   INT32_MAX, 1700000003,
                                  -1, -1700000003, 7};
  static const int shorts[] = {0, -32768, 32767, 100, -1, -200, 7};
  size_t width = (size_t)1 << (dtype & 3u);
  uint8_t *x = must_malloc(n * width);
  uint32_t i;
  for (i = 0; i < n; i++) {
    uint32_t pick = kind == KINDS - 1 ? i * 5 + 2 : kind == 4 ? i : kind;
    if (dtype == EMLRT_F32) {
      memcpy(x + i * width, &floats[pick % 9], width);
    } else if (dtype == EMLRT_I32) {
      memcpy(x + i * width, &longs[pick % 7], width);
    } else {
      int16_t value = (int16_t)shorts[pick % 7];
      if (dtype == EMLRT_I16)
        memcpy(x + i * width, &value, width);
      else
        x[i] = (uint8_t)((unsigned)value & 0xFFu);
    }
  }
  return x;
}

/* Scores must be the same whatever the buffers held before: so all of them are
 * written, and nothing is read that was not. */
static void use_run(const emlrt_model *model, const emlrt_info *info,
                    const uint8_t *blob, const void *x) {
  size_t octets = info->n_scores * 4u;
  uint8_t *y = must_malloc(octets), *again = must_malloc(octets);
  uint8_t *arena = must_malloc(info->arena_bytes);
  memset(y, 0xA5, octets);
  memset(arena, 0xFF, info->arena_bytes);
  COUNT_READS(blob,
              PROMISE(emlrt_run(model, x, info->n_inputs, y, info->n_scores,
                                arena, info->arena_bytes) == EMLRT_OK));
  memset(again, 0x5A, octets);
  memset(arena, 0x00, info->arena_bytes);
  PROMISE(emlrt_run(model, x, info->n_inputs, again, info->n_scores, arena,
                    info->arena_bytes) == EMLRT_OK);
  PROMISE(memcmp(y, again, octets) == 0);
  free(y);
  free(again);
  free(arena);
}

/* Whether classes or probabilities may end so, of a kind that has them or not.
 * Groups are looked at by verify, and again where they are used. */
static int answered(emlrt_status status, int has, int verified) {
  if (!has) return status == EMLRT_ERR_KIND;
  return status == EMLRT_OK || (!verified && (status == EMLRT_ERR_COUNT ||
                                              status == EMLRT_ERR_HEADER));
}

/* Whether there are as many scores as the groups say, or more. */
static int groups_fit(const emlrt_info *info, const uint8_t *blob) {
  uint64_t sum = 0;
  uint32_t k;
  for (k = 0; k < info->n_outputs; k++) sum += get32(blob + 48 + 4 * k);
  return sum <= info->n_scores;
}

static void use_answers(const emlrt_model *model, const emlrt_info *info,
                        const uint8_t *blob, const void *x, int verified) {
  unsigned output = info->output;
  int values = output == EMLRT_OUTPUT_VALUES;
  int shares = output == EMLRT_OUTPUT_VOTES || output == EMLRT_OUTPUT_SHARES ||
               output == EMLRT_OUTPUT_LOGITS || output == EMLRT_OUTPUT_LOGISTIC;
  emlrt_status status;
  uint32_t *classes = must_malloc(info->n_outputs * sizeof *classes), k;
  float *p = must_malloc(info->n_classes * sizeof *p);
  void *scratch = must_malloc(info->scratch_bytes);
  COUNT_READS(blob, status = emlrt_classify(model, x, info->n_inputs, classes,
                                            info->n_outputs, scratch,
                                            info->scratch_bytes));
  PROMISE(answered(status, !values, verified));
  if (output == EMLRT_OUTPUT_VOTES && !groups_fit(info, blob))
    PROMISE(status == EMLRT_ERR_COUNT);
  for (k = 0; status == EMLRT_OK && verified && k < info->n_outputs; k++)
    PROMISE(classes[k] < info->n_classes);
  COUNT_READS(blob,
              status = emlrt_proba(model, x, info->n_inputs, p, info->n_classes,
                                   scratch, info->scratch_bytes));
  PROMISE(answered(status, shares, verified));
  free(classes);
  free(p);
  free(scratch);
}

static void check_text(emlrt_status status, const char *text, size_t size,
                       int verified) {
  if (status == EMLRT_OK)
    PROMISE(memchr(text, 0, size) != NULL);
  else if (status == EMLRT_ERR_METADATA)
    PROMISE(!verified);
  else
    PROMISE(status == EMLRT_ERR_COUNT || status == EMLRT_ERR_BUFFER ||
            status == EMLRT_ERR_ABSENT || status == EMLRT_ERR_KIND);
}

static void use_texts(const emlrt_model *model, int verified) {
  static const size_t sizes[] = {0, 1, 4, 40};
  size_t s;
  uint32_t kind, i;
  for (s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    char *text = must_malloc(sizes[s]);
    for (i = 0; i < 8; i++) {
      check_text(emlrt_label(model, i / 4, i % 4, text, sizes[s]), text,
                 sizes[s], verified);
      for (kind = EMLRT_META_FEATURES; kind <= EMLRT_META_NOTE; kind++)
        check_text(emlrt_name(model, kind, i, text, sizes[s]), text, sizes[s],
                   verified);
    }
    PROMISE(emlrt_label(model, UINT32_MAX, UINT32_MAX, text, sizes[s]) !=
            EMLRT_OK);
    PROMISE(emlrt_label(model, 0, UINT32_MAX, text, sizes[s]) != EMLRT_OK);
    PROMISE(emlrt_name(model, EMLRT_META_NOTE, UINT32_MAX, text, sizes[s]) !=
            EMLRT_OK);
    free(text);
  }
}

/* Both say the same of an input, but of an offset or a scale that is none. */
static void use_rule(const emlrt_model *model, const emlrt_info *info,
                     int verified) {
  uint32_t i, n = info->n_inputs;
  for (i = 0; i < 3; i++) {
    uint32_t input = i < 2 ? i : n - 1;
    int64_t offset = 1;
    float scale = 0;
    emlrt_status status = emlrt_offset(model, input, &offset);
    emlrt_status other = emlrt_scale(model, input, &scale);
    PROMISE(status == (input < n ? other : EMLRT_ERR_COUNT) ||
            (status == EMLRT_OK && other == EMLRT_ERR_METADATA) ||
            (status == EMLRT_ERR_METADATA && other == EMLRT_OK));
    PROMISE(status == EMLRT_OK
                ? offset >= -(INT64_C(1) << 53) && offset < INT64_C(1) << 53
                : input >= n || !verified);
    PROMISE(other == EMLRT_OK ? scale > 0 && scale - scale == 0
                              : input >= n || !verified);
  }
  PROMISE(emlrt_offset(model, n, NULL) == EMLRT_ERR_ARGUMENT);
}

static emlrt_status selftest_in(const emlrt_model *model, size_t size) {
  void *scratch = must_malloc(size);
  emlrt_status status = emlrt_selftest(model, scratch, size);
  free(scratch);
  return status;
}

/* With too little scratch, however little, it must say so and not begin. */
static emlrt_status use_selftest(const emlrt_model *model,
                                 const emlrt_info *info) {
  size_t size = info->golden_bytes, less;
  for (less = size; less != 0;) {
    emlrt_status status;
    less = less == size ? size - 1 : less / 2;
    status = selftest_in(model, less);
    PROMISE(status != EMLRT_OK && status != EMLRT_ERR_SELFTEST);
  }
  return selftest_in(model, size);
}

int golden_holds(const blob_place *place) {
  emlrt_model model;
  emlrt_info info;
  emlrt_status status;
  if (emlrt_peek(&info, place->rom, place->size) ||
      emlrt_open(&model, place->rom, place->size, emlrt_all_ops))
    return 0;
  status = use_selftest(&model, &info);
  return status == EMLRT_OK || status == EMLRT_ERR_ABSENT;
}

static void use_model(const emlrt_model *model, const emlrt_info *info,
                      const uint8_t *blob, int verified) {
  emlrt_status status;
  unsigned kind;
  use_texts(model, verified);
  use_rule(model, info, verified);
  if (info->n_inputs > MOST_ELEMENTS || info->n_scores > MOST_ELEMENTS ||
      info->arena_bytes > MOST_ARENA)
    return;
  for (kind = 0; kind < KINDS; kind++) {
    void *x;
    if (use_fewer_inputs && (kind + blob[12]) % 3 != 0) continue;
    x = make_input(info->input_dtype, info->n_inputs, kind);
    use_run(model, info, blob, x);
    use_answers(model, info, blob, x, verified);
    if (kind >= 3) use_items(model, info, blob, x);
    if (kind >= 4) use_prepared(model, info, x);
    free(x);
  }
  status = use_selftest(model, info);
  PROMISE(status == EMLRT_OK || status == EMLRT_ERR_SELFTEST ||
          status == EMLRT_ERR_ABSENT ||
          (status == EMLRT_ERR_METADATA && !verified));
}

/* What peek says, as the header's octets have it. */
static void check_info(const emlrt_info *info, const uint8_t *blob) {
  uint32_t input = get32(blob + 44) & 0xFFFFu, output = get32(blob + 44) >> 16;
  uint32_t x = get32(blob + 20), arena = get32(blob + 24), y = get32(blob + 28);
  PROMISE(info->n_inputs == x >> (input & 3u) && info->input_dtype == input);
  PROMISE(info->n_scores == y / 4 && info->score_dtype == (output & 0xFu));
  PROMISE(info->output == output && info->version == get32(blob + 4) % 65536u);
  PROMISE(info->n_outputs == (get32(blob + 40) & 0xFFFFu));
  PROMISE(info->arena_bytes == arena && info->scratch_bytes == arena + y);
  PROMISE(info->golden_bytes == arena + (x + 3u) / 4 * 4 + y);
  PROMISE(info->work == get32(blob + 32));
  PROMISE(info->state_bytes == 0);
  PROMISE(info->stream_bytes == (x + 7u) / 8 * 8 + arena + y);
}

emlrt_status use_blob(const uint8_t *octets, size_t size) {
  blob_place place = place_blob(octets, size);
  emlrt_model model;
  emlrt_info info;
  emlrt_status peek = emlrt_peek(&info, place.rom, place.size);
  emlrt_status status =
      emlrt_open(&model, place.rom, place.size, emlrt_all_ops);
  PROMISE(model.fault <= size);
  if (status == EMLRT_OK) {
    blobs_opened++;
    PROMISE(peek == EMLRT_OK && info.total_size == size);
    check_info(&info, octets);
    status = emlrt_verify(&model);
    PROMISE(status == EMLRT_OK || status == EMLRT_ERR_HEADER ||
            status == EMLRT_ERR_METADATA);
    use_model(&model, &info, octets, status == EMLRT_OK);
    if (!use_fewer_inputs || octets[12] % 4 == 1) use_stream(&place);
  } else {
    float x = 0, y;
    PROMISE(emlrt_run(&model, &x, 1, &y, 1, NULL, 0) == EMLRT_ERR_ARGUMENT);
    PROMISE(emlrt_verify(&model) == EMLRT_ERR_ARGUMENT);
    use_unprepared(&model);
    if (status == EMLRT_ERR_STATE) {
      blobs_opened++;
      use_stream(&place);
    }
  }
  free_blob(&place);
  return status;
}
