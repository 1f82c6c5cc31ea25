/* SPDX-License-Identifier: MIT
 *
 * Rows of a model that keeps state, by the calls of firmware.
 */
#include "stream_rows.h"

#include <string.h>

#include "../src/core/core.h"

uint32_t emlrt_row_elements(const emlrt_model *model) {
  emlrt_section window;
  uint32_t length = 0;
  if (model->opened == EMLRT_OPENED_STATE &&
      emlrt_meta_find(model, EMLRT_META_WINDOW, &window) == EMLRT_OK &&
      window.size == EMLRT_OCTETS(emlrt_window))
    length = emlrt_r32(window.at, EMLRT_AT(emlrt_window, length));
  return emlrt_counts(length) ? length : emlrt_n_inputs(model->blob);
}

size_t emlrt_row_memory(const emlrt_model *model) {
  if (model->opened != EMLRT_OPENED_STATE)
    return EMLRT_HEADER32(model->blob, arena_size);
  return (emlrt_stream_bytes(model->blob) + 7u) & ~(size_t)7;
}

emlrt_status emlrt_stream_row(const emlrt_model *model, const void *x, void *y,
                              void *memory) {
  const char *at = (const char *)x;
  unsigned shift = EMLRT_HEADER16(model->blob, input) & 3u;
  size_t left = emlrt_row_elements(model), used;
  emlrt_status found = EMLRT_ERR_COUNT, status;
  emlrt_stream stream;
  stream.model = *model;
  emlrt_stream_bind(&stream, emlrt_n_inputs(model->blob), memory);
  for (; left != 0; left -= used, at += used << shift) {
    status = emlrt_stream_push_as(&stream, 0, at, left, &used);
    if (status != EMLRT_OK) return status;
    if (!emlrt_stream_ready(&stream)) continue;
    memcpy(y, emlrt_stream_scores(&stream),
           EMLRT_HEADER32(model->blob, score_size));
    found = EMLRT_OK;
  }
  return found;
}
