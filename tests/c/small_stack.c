/* SPDX-License-Identifier: MIT
 *
<<<<<<<< HEAD:tests/c/stack.c
 * stack FILE ROWS: lays out a blob, runs it and asks for classes, on a thread with
 * a painted stack. Prints the octets of stack that this took, beyond those of a
 * thread that does nothing.
========
 * small_stack PACK: calls every function of the API on a thread with 16 KB of stack,
 * for each blob of a pack (see answers.c), and prints the most octets of stack
 * that each function had: its name and the number, a line each.
 *
 * The thread paints what is left of its stack before the call; what is no longer
 * paint afterwards was used. A call that takes less than the painting is said to
 * take as much.
>>>>>>>> 7fd3e4d (Keep the host's dense layers off x87, and call every function with each wrong argument):tests/c/small_stack.c
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emlrt_host.h"

#define STACK 262144u
#define PAINT 0xA5

typedef struct task {
  const void *blob;
  uint32_t size;
  size_t rows;
  emlrt_status status;
} task;

static void *take(size_t octets) {
  void *memory = calloc(octets + 1, 1);
  if (memory == NULL) abort();
  return memory;
}

static void *work(void *argument) {
  task *t = (task *)argument;
  emlrt_model model;
  emlrt_info info;
  emlrt_host *host;
  void *x, *y;
  int64_t *classes;
  if (t->blob == NULL) return NULL;
  t->status = emlrt_peek(&info, t->blob, t->size);
  if (t->status == EMLRT_OK)
    t->status = emlrt_open(&model, t->blob, t->size, emlrt_all_ops);
  if (t->status != EMLRT_OK) return NULL;
  host = emlrt_host_new(&model);
  x = take(t->rows * info.n_inputs * 4);
  y = take(t->rows * info.n_scores * 4);
  classes = (int64_t *)take(t->rows * info.n_outputs * sizeof *classes);
  t->status = emlrt_host_run(&model, host, x, t->rows, y);
  if (t->status == EMLRT_OK && info.output != EMLRT_OUTPUT_VALUES)
    t->status = emlrt_host_classify(&model, host, x, t->rows, classes);
  emlrt_host_free(host);
  free(x);
  free(y);
  free(classes);
  return NULL;
}

/* Octets of stack that a task touches. */
static size_t measure(task *t) {
  pthread_attr_t attributes;
  pthread_t thread;
  size_t i = 0;
  void *memory = NULL;
  unsigned char *stack;
  if (posix_memalign(&memory, 4096, STACK) != 0) abort();
  stack = (unsigned char *)memory;
  memset(stack, PAINT, STACK);
  if (pthread_attr_init(&attributes) != 0 ||
      pthread_attr_setstack(&attributes, stack, STACK) != 0 ||
      pthread_create(&thread, &attributes, work, t) != 0 ||
      pthread_join(thread, NULL) != 0)
    abort();
  while (i < STACK && stack[i] == PAINT) i++;
  pthread_attr_destroy(&attributes);
  free(stack);
  return STACK - i;
}

int main(int argc, char **argv) {
  static uint32_t blob[1 << 20];
  task none = {NULL, 0, 0, EMLRT_OK}, t = {blob, 0, 0, EMLRT_OK};
  size_t base, used;
  FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
  if (file == NULL) return 2;
  t.size = (uint32_t)fread(blob, 1, sizeof blob, file);
  t.rows = (size_t)strtoul(argv[2], NULL, 10);
  fclose(file);
  base = measure(&none);
  used = measure(&t);
  printf("%d %lu\n", (int)t.status, (unsigned long)(used - base));
  return 0;
}
