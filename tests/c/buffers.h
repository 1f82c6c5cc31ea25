/* SPDX-License-Identifier: MIT
 *
 * Buffers that notice what is done beyond them or before they are written, in
 * builds that have no AddressSanitizer:
 *
 *   BUFFERS_GUARDED  each ends where a page begins that nobody may touch, or, if
 *                    buffers_behind is set, begins where such a page ends
 *   MemorySanitizer  each is poisoned until it is written
 *
 * Else they are heap blocks of exactly the size asked for.
 */
#ifndef BUFFERS_H
#define BUFFERS_H

#if defined(BUFFERS_GUARDED) && !defined(_DEFAULT_SOURCE)
#error "define _DEFAULT_SOURCE for MAP_ANONYMOUS"
#endif

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What fills a buffer at first: no answer may depend on it. */
static uint8_t buffers_fill = 0xA5;

#if defined(BUFFERS_GUARDED)
#include <sys/mman.h>

#define BUFFERS_PAGE 4096u
static int buffers_behind;

typedef struct buffers_head {
  size_t octets, slack, mapped; /* slack: octets between the end and the page */
  uint8_t *start;
} buffers_head;

/* The head lies a whole page below the pages that surround the buffer. */
static void *take(size_t octets, size_t align) {
  size_t room = (octets + align - 1) / align * align;
  size_t pages = (room + BUFFERS_PAGE - 1) / BUFFERS_PAGE * BUFFERS_PAGE;
  size_t mapped = pages + 3 * BUFFERS_PAGE;
  void *map = mmap(NULL, mapped, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  uint8_t *base = (uint8_t *)map, *start = base + 2 * BUFFERS_PAGE;
  buffers_head *head = (buffers_head *)map;
  if (map == MAP_FAILED) abort();
  if (!buffers_behind) start += pages - room;
  memset(base + 2 * BUFFERS_PAGE, buffers_fill, pages);
  memset(start + octets, 0xC3, room - octets);
  head->octets = octets;
  head->slack = room - octets;
  head->mapped = mapped;
  head->start = start;
  if (mprotect(base + BUFFERS_PAGE, BUFFERS_PAGE, PROT_NONE) ||
      mprotect(base + 2 * BUFFERS_PAGE + pages, BUFFERS_PAGE, PROT_NONE))
    abort();
  return start;
}

static void give(void *buffer) {
  uint8_t *base = (uint8_t *)buffer - (uintptr_t)buffer % BUFFERS_PAGE;
  buffers_head *head;
  size_t i;
  /* The start lies in the first page of the buffer, or at the page behind it. */
  head = (buffers_head *)(void *)(base - 2 * BUFFERS_PAGE);
  for (i = 0; i < head->slack; i++)
    if (head->start[head->octets + i] != 0xC3) {
      fprintf(stderr, "WRITTEN BEYOND a buffer of %lu octets\n",
              (unsigned long)head->octets);
      abort();
    }
  if (munmap(head, head->mapped)) abort();
}

#else

static void *take(size_t octets, size_t align) {
  void *buffer = malloc(octets ? octets : 1);
  if (buffer == NULL || (uintptr_t)buffer % align != 0) abort();
#if !defined(BUFFERS_POISONED)
  memset(buffer, buffers_fill, octets);
#endif
  return buffer;
}

static void give(void *buffer) { free(buffer); }
#endif

#if defined(BUFFERS_POISONED)
#include <sanitizer/msan_interface.h>
static void seen(const void *octets, size_t n) {
  __msan_check_mem_is_initialized(octets, n);
}
#else
static void seen(const void *octets, size_t n) {
  (void)octets;
  (void)n;
}
#endif

#endif
