/* SPDX-License-Identifier: MIT
 *
 * The two libc functions that a compiler may call in freestanding code.
 * Compiled with -fno-builtin, so that they do not become calls of themselves.
 */
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memset(void *to, int value, size_t n);

void *memcpy(void *restrict to, const void *restrict from, size_t n) {
  unsigned char *t = (unsigned char *)to;
  const unsigned char *f = (const unsigned char *)from;
  while (n-- != 0) *t++ = *f++;
  return to;
}

void *memset(void *to, int value, size_t n) {
  unsigned char *t = (unsigned char *)to;
  while (n-- != 0) *t++ = (unsigned char)value;
  return to;
}
