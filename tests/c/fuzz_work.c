/* SPDX-License-Identifier: MIT
 *
 * A fuzz target whose goal is work: it counts the steps that each function takes
 * for a blob, tells the fuzzer which ratio of steps to octets it has reached, so
 * that it climbs, and aborts above the bounds that SECURITY.md states. The worst
 * blob of each function goes to the folder EMLRT_WORST, if there is one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <emlrt/stream.h>

#include "bounds.h"
#include "emlrt_host.h"
#include "fuzz.h"
#include "use.h"

#define MOST_ELEMENTS 16384u
#define MOST_ARENA 65536u
#define MOST_WORST 65536u

/* The runtime is built so that each branch taken calls this (a name that libFuzzer
 * has too: the linker wraps it). */
void __wrap___sanitizer_cov_trace_pc(void);
static uint64_t steps;
void __wrap___sanitizer_cov_trace_pc(void) { steps++; }

/* RUN is also what runs before it answers; LISTS are runs of a program that looks
 * for nearest items, since in a list of them one more may move all others. */
enum { OPEN, VERIFY, TEXTS, RUN, LISTS, SELFTEST, LAYOUT, CALLS };
static const char *const names[CALLS] = {"open",  "verify",   "texts", "run",
                                         "lists", "selftest", "layout"};
static const unsigned bounds[CALLS] = {BOUND_OPEN,  BOUND_VERIFY, BOUND_TEXTS,
                                       BOUND_RUN,   BOUND_LISTS,  BOUND_LISTS,
                                       BOUND_LAYOUT};

/* What libFuzzer takes for coverage: for each function and family of the first
 * and last op the ratio, on a scale of four steps for each doubling. */
#define SCALE 64u
#define FAMILIES 11u
__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t
    reached[CALLS][FAMILIES][SCALE];

typedef struct worst {
  double ratio;
  size_t size;
  uint8_t blob[MOST_WORST];
} worst;
static worst worsts[CALLS];
static const uint8_t *blob_now;
static size_t size_now;

static unsigned place_on_scale(double ratio) {
  unsigned place = 0;
  for (; ratio > 1 && place < SCALE - 1; place++) ratio /= 1.1892;
  return place;
}

/* Of the blob: the family of the stage that has the largest payload, and whether
 * there is an op of lists of neighbours. */
typedef struct traits {
  unsigned family;
  int lists;
} traits;
static traits traits_now;

static traits traits_of(const uint8_t *octets, size_t size) {
  traits found = {0, 0};
  uint32_t most = 0;
  const uint8_t *at = octets + 48;
  unsigned n;
  if (size < 48) return found;
  at += (octets[40] | octets[41] * 256u) * 4u;
  n = octets[42] | octets[43] * 256u;
  for (; n != 0 && at + 28 <= octets + size; n--, at += 28) {
    uint32_t op = get32(at + 4);
    found.lists |= op == EMLRT_OP_NEAREST || op == EMLRT_OP_NEAREST_I16 ||
                   op == EMLRT_OP_NEAREST_POWER;
    if (get32(at) < most) continue;
    most = get32(at);
    found.family = at[7] < FAMILIES ? at[7] : 0;
  }
  return found;
}

static void keep_worst(unsigned call, double ratio) {
  if (ratio <= worsts[call].ratio || size_now > MOST_WORST) return;
  worsts[call].ratio = ratio;
  worsts[call].size = size_now;
  memcpy(worsts[call].blob, blob_now, size_now);
}

/* Judges the steps that a call has taken for so many octets. */
static void judge(unsigned call, uint64_t octets) {
  double ratio = (double)steps / (double)octets;
  reached[call][traits_now.family][place_on_scale(ratio)] = 1;
  keep_worst(call, ratio);
  if (steps > BOUND_CALL + octets * bounds[call]) {
    fprintf(stderr, "TOO MUCH WORK: %s: %lu steps for %lu octets\n",
            names[call], (unsigned long)steps, (unsigned long)octets);
    abort();
  }
}
#define COUNT(call, octets, statement) \
  do {                                 \
    steps = 0;                         \
    statement;                         \
    judge(call, octets);               \
  } while (0)

static void count_texts(const emlrt_model *model, uint64_t size) {
  char text[64];
  int64_t offset;
  float scale;
  uint32_t kind;
  COUNT(TEXTS, size, (void)!emlrt_label(model, 0, 0, text, sizeof text));
  for (kind = EMLRT_META_FEATURES; kind <= EMLRT_META_NOTE; kind++)
    COUNT(TEXTS, size, (void)!emlrt_name(model, kind, 0, text, sizeof text));
  COUNT(TEXTS, size, (void)!emlrt_offset(model, 0, &offset));
  COUNT(TEXTS, size, (void)!emlrt_scale(model, 0, &scale));
}

/* Buffers of every run: made once. */
static uint64_t x[MOST_ELEMENTS], scratch[MOST_ARENA / 8 + MOST_ELEMENTS];
static uint32_t y[MOST_ELEMENTS];
static float p[2 * MOST_ELEMENTS];

/* Inputs of three kinds: zeros, NaN, and a ramp of what is likely in range. */
static void fill_input(unsigned kind) {
  float *floats = (float *)(void *)x;
  size_t i;
  memset(x, kind == 1 ? 0xFF : 0, sizeof x);
  for (i = 0; kind == 2 && i < 64; i++) floats[i] = (float)i * 0.37f - 3.0f;
}

static void count_runs(const emlrt_model *model, const emlrt_info *info,
                       uint64_t size) {
  uint64_t octets = size + info->scratch_bytes;
  unsigned kind, call = traits_now.lists ? LISTS : RUN;
  octets += (uint64_t)info->n_inputs << (info->input_dtype & 3u);
  for (kind = 0; kind < 3; kind++) {
    fill_input(kind);
    COUNT(call, octets,
          (void)!emlrt_run(model, x, info->n_inputs, y, info->n_scores, scratch,
                           info->arena_bytes));
    COUNT(call, octets,
          (void)!emlrt_classify(model, x, info->n_inputs, y, info->n_outputs,
                                scratch, info->scratch_bytes));
    COUNT(call, octets,
          (void)!emlrt_proba(model, x, info->n_inputs, p, info->n_classes,
                             scratch, info->scratch_bytes));
  }
}

/* A stream of a blob that keeps state: open, and a run for each kind of inputs. */
static int count_stream(emlrt_rom rom, uint32_t size) {
  emlrt_stream stream;
  emlrt_info info;
  emlrt_status status;
  uint64_t octets = size;
  unsigned kind;
  size_t used;
  if (emlrt_peek(&info, rom, size) != EMLRT_OK) return 0;
  if (info.stream_bytes > sizeof scratch || info.n_inputs > MOST_ELEMENTS)
    return 0;
  octets += info.stream_bytes;
  COUNT(OPEN, octets + 48,
        status = emlrt_stream_open(&stream, rom, size, emlrt_all_ops, 0,
                                   scratch, sizeof scratch));
  if (status != EMLRT_OK) return 0;
  for (kind = 0; kind < 3; kind++) {
    fill_input(kind);
    COUNT(traits_now.lists ? LISTS : RUN, octets,
          status = emlrt_stream_push_as(&stream, 0, x, info.n_inputs, &used));
    if (status != EMLRT_OK) abort();
  }
  return 1;
}

/* Each golden vector is a run, and has octets of the blob. */
static void count_selftest(const emlrt_model *model, const emlrt_info *info,
                           uint64_t size) {
  uint64_t vectors = 1 + size / (4 * (uint64_t)info->n_scores);
  uint64_t one = size + info->golden_bytes;
  void *memory;
  if (info->golden_bytes > sizeof scratch) return;
  memory = scratch;
  COUNT(SELFTEST, vectors * one,
        (void)!emlrt_selftest(model, memory, info->golden_bytes));
}

/* Of the host's layout. */
static void count_layout(const emlrt_model *model, uint64_t size) {
  emlrt_host *host;
  COUNT(LAYOUT, size, host = emlrt_host_new(model));
  emlrt_host_free(host);
}

int fuzz_target(const uint8_t *octets, size_t size) {
  static uint32_t copy[MOST_WORST / 4];
  emlrt_rom rom = (emlrt_rom)copy;
  emlrt_model model;
  emlrt_info info;
  emlrt_status status;
  if (size > sizeof copy) return 0;
  memcpy(copy, octets, size);
  blob_now = octets;
  size_now = size;
  traits_now = traits_of(octets, size);
  COUNT(OPEN, size + 48,
        status = emlrt_open(&model, rom, (uint32_t)size, emlrt_all_ops));
  if (status == EMLRT_ERR_STATE) return count_stream(rom, (uint32_t)size);
  if (status != EMLRT_OK) return 0;
  COUNT(VERIFY, size, status = emlrt_verify(&model));
  count_texts(&model, size);
  count_layout(&model, size);
  if (emlrt_peek(&info, rom, (uint32_t)size) != EMLRT_OK) abort();
  if (info.n_inputs > MOST_ELEMENTS || info.n_scores > MOST_ELEMENTS ||
      info.arena_bytes > MOST_ARENA || info.n_classes > 2 * MOST_ELEMENTS ||
      info.n_outputs > MOST_ELEMENTS)
    return 1;
  count_runs(&model, &info, size);
  count_selftest(&model, &info, size);
  return 1;
}

void fuzz_begin(void) {}

static void write_worst(const char *folder, unsigned call) {
  char path[512];
  FILE *file;
  snprintf(path, sizeof path, "%s/worst-%s.eml", folder, names[call]);
  file = fopen(path, "wb");
  if (file == NULL) return;
  fwrite(worsts[call].blob, 1, worsts[call].size, file);
  fclose(file);
}

void fuzz_end(void) {
  const char *folder = getenv("EMLRT_WORST");
  unsigned call;
  for (call = 0; call < CALLS; call++) {
    fprintf(stderr, "worst %s: %.1f of %u steps an octet, blob of %lu\n",
            names[call], worsts[call].ratio, bounds[call],
            (unsigned long)worsts[call].size);
    if (folder != NULL && worsts[call].size != 0) write_worst(folder, call);
  }
}
