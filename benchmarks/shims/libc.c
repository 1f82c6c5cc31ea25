/* SPDX-License-Identifier: MIT
 *
 * What compilers ask of a libc, for programs that link none: loops over words where
 * addresses allow it, as newlib has them. Weak, so that a libc's own come first.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SHIM \
  __attribute__((weak, noinline, optimize("no-tree-loop-distribute-patterns")))
typedef uint32_t __attribute__((may_alias)) word;

SHIM void *memset(void *to, int value, size_t n) {
  unsigned char *at = (unsigned char *)to;
  uint32_t four = (unsigned char)value * UINT32_C(0x01010101);
  for (; n != 0 && ((uintptr_t)at & 3u) != 0; n--) *at++ = (unsigned char)value;
  for (; n >= 4; n -= 4, at += 4) *(word *)(void *)at = four;
  for (; n != 0; n--) *at++ = (unsigned char)value;
  return to;
}

SHIM void *memcpy(void *to, const void *from, size_t n) {
  unsigned char *at = (unsigned char *)to;
  const unsigned char *next = (const unsigned char *)from;
  if ((((uintptr_t)at | (uintptr_t)next) & 3u) == 0)
    for (; n >= 4; n -= 4, at += 4, next += 4)
      *(word *)(void *)at = *(const word *)(const void *)next;
  for (; n != 0; n--) *at++ = *next++;
  return to;
}
