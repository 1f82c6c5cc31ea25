/* SPDX-License-Identifier: MIT
 *
 * The one place where this folder takes memory. Tests put their own in its
 * place, which counts and fails on demand.
 */
#include "memory.h"

#include <stdint.h>
#include <stdlib.h>

void *emlrt_alloc(size_t n, size_t size) {
  if (n > SIZE_MAX / 2 / size) return NULL;
  return calloc(n != 0 ? n : 1, size);
}
