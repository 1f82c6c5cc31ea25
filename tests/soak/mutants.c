/* SPDX-License-Identifier: MIT
 *
 * mutants FILE FLIPS: judges the mutants on standard input by the cases in
 * FILE and prints a line for each: its number, what noticed it ("status",
 * "harm", "time" or "-" for nothing), and the number of the case, or of the
 * cases that come to its place.
 *
 * FILE holds, for each case, 4 words (kind, status, octets, 0) and the octets.
 * Each mutant has a process of its own, which stops at the first difference, and
 * where a case takes far longer than all should together. FLIPS is how many blobs
 * are flipped for one mutant; if it is not 0, nothing else is done with it. With
 * MUTANTS_HOST, the mutants are those of c/host.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "misuse.h"
#include "mutants.h"
#if defined(MUTANTS_HOST)
#include "use_host.h"
#endif
#define main flips_main
#include "flips.c"
#undef main

unsigned mutant_on = MUTANTS_MOST;
unsigned char mutant_reached[MUTANTS_MOST];

#define REACHED_OCTETS (MUTANTS_MOST / 8)
enum { HOSTILE, VALID, FLIPS, EDGE, HOST };

typedef struct test_case {
  uint32_t kind, size;
  emlrt_status status;
  uint32_t
      answers; /* a sum of all that it gives if it opens, or of the host's */
  uint8_t *octets;
  unsigned char *reached;
} test_case;

static int learning; /* answers are not known yet */
static test_case *cases;
static uint32_t n_cases;
static uint32_t *at_case; /* the one that runs, shared with the children */

static void read_cases(const char *path) {
  FILE *file = fopen(path, "rb");
  uint32_t head[4];
  if (file == NULL) exit(2);
  while (fread(head, sizeof head, 1, file) == 1) {
    test_case *c;
    cases = realloc(cases, (n_cases + 1) * sizeof *cases);
    c = &cases[n_cases++];
    c->kind = head[0];
    c->status = -(int)head[1];
    c->size = head[2];
    c->octets = must_malloc(c->size);
    c->reached = must_malloc(REACHED_OCTETS);
    if (fread(c->octets, 1, c->size, file) != c->size) exit(2);
  }
  fclose(file);
}

static uint32_t mixed(uint32_t sum, uint32_t word) {
  return sum % 0x1000000u * 31u ^ word;
}

/* Texts, of any number that is there and of some that are not. */
static uint32_t texts_of(const emlrt_model *model) {
  uint32_t sum = 1, i, kind;
  char text[64];
  for (kind = 0; kind < 4 * 8; kind++) {
    memset(text, 0, sizeof text);
    sum =
        mixed(sum, (uint32_t)-emlrt_label(model, kind / 8, kind % 8, text, 64));
    for (i = 0; i < sizeof text; i++) sum = mixed(sum, (uint8_t)text[i]);
    memset(text, 0, sizeof text);
    sum =
        mixed(sum, (uint32_t)-emlrt_name(model, EMLRT_META_FEATURES + kind / 8,
                                         kind % 8, text, 64));
    for (i = 0; i < sizeof text; i++) sum = mixed(sum, (uint8_t)text[i]);
  }
  for (i = 0; i < 4; i++) {
    int64_t offset = 0;
    float scale = 0;
    uint32_t bits;
    sum = mixed(sum, (uint32_t)-emlrt_offset(model, i, &offset));
    sum = mixed(sum, (uint32_t)offset ^ (uint32_t)((uint64_t)offset >> 32));
    sum = mixed(sum, (uint32_t)-emlrt_scale(model, i, &scale));
    memcpy(&bits, &scale, sizeof bits);
    sum = mixed(sum, bits);
  }
  return sum;
}

/* Classes with two more items, where the model can have any. */
static uint32_t items_of(const emlrt_model *model, const emlrt_info *info,
                         const void *x, void *scratch, size_t most) {
  uint32_t classes[2] = {0, 0}, sum = 1, index = 0, k;
  emlrt_items items;
  items.x = must_malloc(2 * info->n_inputs * 4u);
  items.classes = classes;
  items.count = 0;
  items.capacity = 2;
  for (k = 0; k < 3; k++) {
    sum = mixed(
        sum, (uint32_t)-emlrt_items_classify(model, &items, x, info->n_inputs,
                                             &index, scratch, most));
    sum = mixed(sum, index);
    sum = mixed(sum, (uint32_t)-emlrt_items_add(model, &items, x,
                                                info->n_inputs, k % 2));
  }
  free(items.x);
  return mixed(sum, classes[1]);
}

/* A sum of all that a model says that opens, verified or not, of three inputs. */
static uint32_t answers_of(const test_case *c) {
  blob_place place = place_blob(c->octets, c->size);
  emlrt_model model;
  emlrt_info info;
  uint32_t sum = 1, n, i, k;
  if (emlrt_peek(&info, place.rom, place.size) ||
      emlrt_open(&model, place.rom, place.size, emlrt_all_ops))
    return 0;
  n = info.n_scores + info.n_outputs + info.n_classes;
  for (k = 0; k < 3; k++) {
    uint8_t *x = must_malloc(info.n_inputs * 4u);
    uint32_t *y = must_malloc(n * 4u);
    size_t most = info.golden_bytes + info.scratch_bytes;
    void *scratch = must_malloc(most);
    for (i = 0; i < info.n_inputs * 4u; i++)
      x[i] = (uint8_t)(i * 37u * (k + 1) % (60u + 95u * k));
    memset(y, 0, n * 4u);
    emlrt_run(&model, (void *)x, info.n_inputs, y, info.n_scores, scratch,
              most);
    emlrt_classify(&model, (void *)x, info.n_inputs, y + info.n_scores,
                   info.n_outputs, scratch, most);
    emlrt_proba(&model, (void *)x, info.n_inputs,
                (float *)(void *)(y + info.n_scores + info.n_outputs),
                info.n_classes, scratch, most);
    for (i = 0; i < n; i++) sum = mixed(sum, y[i]);
    sum = mixed(sum, items_of(&model, &info, x, scratch, most));
    sum = mixed(sum, (uint32_t)-emlrt_selftest(&model, scratch, most));
    free(x);
    free(y);
    free(scratch);
  }
  sum = mixed(sum, texts_of(&model));
  sum = mixed(sum, info.work ^ info.version ^ (uint32_t)info.score_dtype << 8);
  free_blob(&place);
  return sum | 1u;
}

/* What the host makes of a blob; it aborts where an answer is wrong. */
static uint32_t host_of(const test_case *c) {
  uint32_t sum = 1;
#if defined(MUTANTS_HOST)
  host_use use = use_host(c->octets, c->size);
  sum = mixed(mixed(sum, use.stages), use.through);
  sum = mixed(mixed(sum, use.left_out), (uint32_t)use.taken);
#endif
  return mixed(sum, c->size);
}

/* Whether a case ends as it should. flips: how many blobs may still be flipped. */
static int ends_well(const test_case *c, int *flips) {
  blob_place place;
  emlrt_status status;
  if (c->kind == HOST) return host_of(c) == c->answers;
  if (c->kind == FLIPS) {
    if (--*flips < 0) return 1;
    return drive("", c->octets, c->size, 0);
  }
  place = place_blob(c->octets, c->size);
  status = open_and_verify(&place);
  if (c->kind == VALID && !golden_holds(&place)) return 0;
  free_blob(&place);
  if (status != c->status) return 0;
  if (c->kind == EDGE) return 1;
  if (status != EMLRT_ERR_CRC && use_blob(c->octets, c->size) != status)
    return status != EMLRT_OK; /* as the drivers do: harm is what counts */
  if (status == EMLRT_OK) misuse_blob(c->octets, c->size);
  return learning || answers_of(c) == c->answers;
}

static void keep_reached(test_case *c) {
  size_t i;
  memset(c->reached, 0, REACHED_OCTETS);
  for (i = 0; i < MUTANTS_MOST; i++)
    if (mutant_reached[i])
      c->reached[i / 8] = (unsigned char)(c->reached[i / 8] | 1u << i % 8);
}

static int reaches(const test_case *c, unsigned site) {
  return c->reached[site / 8] >> site % 8 & 1;
}

/* Runs every case as it is, to know where it comes; flips as a valid blob. */
static int learn(void) {
  uint32_t i;
  learning = 1;
  for (i = 0; i < n_cases; i++) {
    test_case *c = &cases[i], plain = *c;
    int flips = 0;
    memset(mutant_reached, 0, MUTANTS_MOST);
    if (c->kind == HOST) plain.answers = c->answers = host_of(c);
    if (c->kind != EDGE && c->kind != HOST) plain.kind = HOSTILE;
    if (!ends_well(&plain, &flips)) {
      fprintf(stderr, "case %lu does not end as it should\n", (unsigned long)i);
      return 0;
    }
    if (c->kind == HOSTILE || c->kind == VALID) c->answers = answers_of(c);
    keep_reached(c);
  }
  learning = 0;
  return 1;
}

/* SIGPROF comes after so many seconds of CPU. */
static void allow(long seconds) {
  struct itimerval timer;
  memset(&timer, 0, sizeof timer);
  timer.it_value.tv_sec = seconds;
  setitimer(ITIMER_PROF, &timer, NULL);
}

/* In a child: exits with 0 if nothing is noticed, with 1 for a status. */
static void try_all(unsigned site, int flips) {
  int flip = flips != 0;
  for (*at_case = 0; *at_case < n_cases; ++*at_case) {
    const test_case *c = &cases[*at_case];
    if (!reaches(c, site) || (c->kind == FLIPS) != flip) continue;
    allow(flip ? 20 : 1);
    if (!ends_well(c, &flips)) _exit(1);
  }
  _exit(0);
}

static const char *judge(unsigned mutant, unsigned site, int flips) {
  int status;
  pid_t child = fork();
  if (child < 0) exit(2);
  if (child == 0) {
    struct rlimit limit;
    limit.rlim_cur = limit.rlim_max = 0;
    setrlimit(RLIMIT_CORE, &limit);
    if (freopen("/dev/null", "w", stderr) == NULL ||
        freopen("/dev/null", "w", stdout) == NULL)
      _exit(2);
    mutant_on = mutant;
    try_all(site, flips);
  }
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return WTERMSIG(status) == SIGPROF ? "time" : "harm";
  if (WEXITSTATUS(status) == 0) return "-";
  return WEXITSTATUS(status) == 1 ? "status" : "harm";
}

static unsigned long coming(unsigned site) {
  unsigned long sum = 0;
  uint32_t i;
  for (i = 0; i < n_cases; i++) sum += (unsigned)reaches(&cases[i], site);
  return sum;
}

/* Standard input: for each mutant its site, the number of the first there. */
int main(int argc, char **argv) {
  unsigned mutant, site;
  if (argc != 3) return 2;
  read_cases(argv[1]);
  at_case = mmap(NULL, sizeof *at_case, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (!learn()) return 1;
  while (scanf("%u %u", &mutant, &site) == 2) {
    unsigned long n = coming(site);
    const char *how = "-";
    if (n != 0) how = judge(mutant, site, atoi(argv[2]));
    printf("%u %s %lu\n", mutant, how, *how == '-' ? n : *at_case);
    fflush(stdout);
  }
  return 0;
}
