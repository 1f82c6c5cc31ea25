/* SPDX-License-Identifier: MIT
 *
 * small_stack PACK: calls every function of the API on a thread with 16 KB of stack,
 * for each blob of a pack (see answers.c), and prints the most octets of stack
 * that each function had: its name and the number, a line each.
 *
 * The thread paints what is left of its stack before the call; what is no longer
 * paint afterwards was used. A call that takes less than the painting is said to
 * take as much.
 */
#include <emlrt/emlrt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(ANSWERS_HOST)
#include "emlrt_host.h"
#endif

#define STACK 16384u
#define PAGE 4096u
#define PAINT 0xD7
#define MOST_ELEMENTS 4096u
#define MOST_ARENA 65536u
#define ROWS 20u

static uint8_t *stack; /* STACK octets behind a page that nobody may touch */
static uint8_t *octets;
static uint32_t size;
static emlrt_model model;
static emlrt_info info;
static void *x, *y, *scratch;
static uint32_t *classes;
static float *p;
static char text[40];
static emlrt_items items;
/* What the call that is measured returned: not looked at, but kept. */
static volatile int ended;
#if defined(ANSWERS_HOST)
static emlrt_host *host;
static int64_t *wide;
#endif

static void *must_take(size_t n) {
  void *memory = calloc(n + 8, 1);
  if (memory == NULL) abort();
  return memory;
}

static void nothing(void) { ended = 0; }
static void peek(void) { ended = emlrt_peek(&info, octets, size); }
static void open(void) {
  ended = emlrt_open(&model, octets, size, emlrt_all_ops);
}
static void verify(void) { ended = emlrt_verify(&model); }
static void run(void) {
  ended = emlrt_run(&model, x, info.n_inputs, y, info.n_scores, scratch,
                    info.arena_bytes);
}
static void classify(void) {
  ended = emlrt_classify(&model, x, info.n_inputs, classes, info.n_outputs,
                         scratch, info.scratch_bytes);
}
static void proba(void) {
  ended = emlrt_proba(&model, x, info.n_inputs, p, info.n_classes, scratch,
                      info.scratch_bytes);
}
static void label(void) {
  ended = emlrt_label(&model, 0, 0, text, sizeof text);
}
static void name(void) {
  ended = emlrt_name(&model, EMLRT_META_FEATURES, 0, text, sizeof text);
}
static void offset(void) {
  int64_t found;
  ended = emlrt_offset(&model, 0, &found);
}
static void scale(void) {
  float found;
  ended = emlrt_scale(&model, 0, &found);
}
static void selftest(void) {
  ended = emlrt_selftest(&model, scratch, info.golden_bytes);
}
static void items_add(void) {
  ended = emlrt_items_add(&model, &items, x, info.n_inputs, 0);
}
static void items_classify(void) {
  ended = emlrt_items_classify(&model, &items, x, info.n_inputs, classes,
                               scratch, info.scratch_bytes);
}
#if defined(ANSWERS_HOST)
static void host_new(void) { host = emlrt_host_new(&model); }
static void host_run(void) { ended = emlrt_host_run(&model, host, x, ROWS, y); }
static void host_run_plain(void) {
  ended = emlrt_host_run(&model, NULL, x, ROWS, y);
}
static void host_classify(void) {
  ended = emlrt_host_classify(&model, host, x, ROWS, wide);
}
static void host_proba(void) { ended = emlrt_host_proba(&model, y, ROWS, p); }
static void host_free(void) {
  emlrt_host_free(host);
  host = NULL;
}
#endif

/* In this order; from `run` on only if the blob opens and is not large. */
static const struct call {
  const char *name;
  void (*call)(void);
} calls[] = {
    {"nothing", nothing}, /* what a measurement takes by itself */
    {"emlrt_peek", peek},
    {"emlrt_open", open},
    {"emlrt_verify", verify},
    {"emlrt_label", label},
    {"emlrt_name", name},
    {"emlrt_offset", offset},
    {"emlrt_scale", scale},
    {"emlrt_run", run},
    {"emlrt_classify", classify},
    {"emlrt_proba", proba},
    {"emlrt_selftest", selftest},
    {"emlrt_items_add", items_add},
    {"emlrt_items_classify", items_classify},
#if defined(ANSWERS_HOST)
    {"emlrt_host_new", host_new},
    {"emlrt_host_run", host_run},
    {"emlrt_host_run without a layout", host_run_plain},
    {"emlrt_host_classify", host_classify},
    {"emlrt_host_proba", host_proba},
    {"emlrt_host_free", host_free},
#endif
};
#define CALLS (sizeof calls / sizeof *calls)
#define ALWAYS 6u
static size_t most[CALLS];

/* The address of a frame below the caller's; all that is below is paint now. */
static __attribute__((noinline)) uint8_t *paint(void) {
  uint8_t *frame = (uint8_t *)__builtin_frame_address(0);
  volatile uint8_t *at;
  for (at = stack; at < frame - 32; at++) *at = PAINT;
  return frame;
}

/* Octets from that frame down to the last that is not paint. */
static __attribute__((noinline)) size_t unpainted(const uint8_t *frame) {
  const volatile uint8_t *at = stack;
  while (*at == PAINT) at++;
  return (size_t)(frame - at);
}

static size_t measured;

static void *start(void *call) {
  uint8_t *frame = paint();
  ((const struct call *)call)->call();
  measured = unpainted(frame);
  return NULL;
}

/* Octets of stack that a call took on a thread of its own. */
static size_t measure(const struct call *call) {
  pthread_attr_t attributes;
  pthread_t thread;
  if (pthread_attr_init(&attributes) ||
      pthread_attr_setstack(&attributes, stack, STACK) ||
      pthread_create(&thread, &attributes, start, (void *)(size_t)call) ||
      pthread_join(thread, NULL))
    abort();
  pthread_attr_destroy(&attributes);
  return measured;
}

static void make_buffers(void) {
  size_t i, in = (size_t)info.n_inputs * 4 * ROWS;
  x = must_take(in);
  for (i = 0; i < in; i++) ((uint8_t *)x)[i] = (uint8_t)(i * 37 % 120);
  y = must_take((size_t)info.n_scores * 4 * ROWS);
  p = (float *)must_take((size_t)info.n_classes * 4 * ROWS);
  classes = (uint32_t *)must_take((size_t)info.n_outputs * 4 * ROWS);
  scratch = must_take((size_t)info.golden_bytes + info.scratch_bytes);
  items.x = must_take(in);
  items.classes = (uint32_t *)must_take(ROWS * 4);
  items.count = 0;
  items.capacity = 2;
#if defined(ANSWERS_HOST)
  wide = (int64_t *)must_take((size_t)info.n_outputs * 8 * ROWS);
#endif
}

static void free_buffers(void) {
  free(x);
  free(y);
  free(p);
  free(classes);
  free(scratch);
  free(items.x);
  free(items.classes);
#if defined(ANSWERS_HOST)
  free(wide);
#endif
}

static void use(void) {
  size_t k, n = ALWAYS;
  if (emlrt_peek(&info, octets, size) == EMLRT_OK &&
      emlrt_open(&model, octets, size, emlrt_all_ops) == EMLRT_OK &&
      emlrt_verify(&model) == EMLRT_OK && info.n_inputs <= MOST_ELEMENTS &&
      info.n_scores <= MOST_ELEMENTS && info.arena_bytes <= MOST_ARENA)
    n = CALLS;
  if (n == CALLS) make_buffers();
  for (k = 0; k < n; k++) {
    size_t octets_used = measure(&calls[k]);
    if (octets_used > most[k]) most[k] = octets_used;
  }
  if (n == CALLS) free_buffers();
}

int main(int argc, char **argv) {
  FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
  uint8_t *map = (uint8_t *)mmap(NULL, PAGE + STACK, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  size_t k;
  if (file == NULL || map == (uint8_t *)MAP_FAILED ||
      mprotect(map, PAGE, PROT_NONE))
    return 2;
  stack = map + PAGE;
  while (fread(&size, 4, 1, file) == 1) {
    octets = (uint8_t *)must_take(size);
    if (fread(octets, 1, size, file) != size) return 2;
    use();
    free(octets);
  }
  for (k = 0; k < CALLS; k++)
    printf("%s\t%lu\n", calls[k].name, (unsigned long)most[k]);
  return 0;
}
