/* SPDX-License-Identifier: MIT
 *
 * Rows of a model that keeps state: each is the samples of a window, from rest.
 */
#ifndef EMLRT_STREAM_ROWS_H
#define EMLRT_STREAM_ROWS_H

#include "emlrt_host.h"

/* Bytes of memory that a row takes while it runs, a multiple of 8. */
size_t emlrt_row_memory(const emlrt_model *model);

/* The scores of a row of a model that keeps state, as emlrt_stream gives them from
 * rest. memory: emlrt_row_memory bytes, for 8-byte numbers. Returns COUNT if the row
 * completes no window. */
emlrt_status emlrt_stream_row(const emlrt_model *model, const void *x, void *y,
                              void *memory);

#endif
