/* SPDX-License-Identifier: MIT
 *
 * Where this folder's memory comes from.
 */
#ifndef EMLRT_MEMORY_H
#define EMLRT_MEMORY_H

#include <stddef.h>

/* Memory for n elements, zeroed, to be freed by free; NULL if there is not enough.
 * All memory of this folder comes from here. */
void *emlrt_alloc(size_t n, size_t size);

#endif
