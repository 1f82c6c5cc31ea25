/* SPDX-License-Identifier: MIT
 *
 * Made by `emlrt export`: see @NAME@_example.h. */
#include "@NAME@_example.h"

#include <emlrt/stream.h>

static const emlrt_op *const ops[] = @MACRO@_EML_OPS;
static emlrt_stream stream;
static EMLRT_SCRATCH(memory, @MACRO@_EML_STREAM);

/* Samples of silence until the first answer. */
#define SAMPLES @SAMPLES@u

@DATA@

@HELPERS@

static emlrt_status run(void (*print)(const char *text)) {
  static const @KIND@ silence[@CHANNELS@];
  emlrt_status status = EMLRT_OK;
  uint32_t t;
  for (t = 0; t < SAMPLES; t += @CHANNELS@) {
    size_t used;
    status = emlrt_stream_push_@SUFFIX@(&stream, silence, @CHANNELS@, &used);
    if (status != EMLRT_OK) return status;
  }
  if (!emlrt_stream_ready(&stream)) return EMLRT_ERR_ABSENT;
  (void)print;
@CLASS@
  return same((const uint32_t *)emlrt_stream_scores(&stream)) ? EMLRT_OK
                                                              : EMLRT_ERR_SELFTEST;
}

int @NAME@_example(void (*print)(const char *text), emlrt_rom blob, uint32_t size) {
  if (!report(print, "open",
              emlrt_stream_open(&stream, blob, size, ops, 0, memory, sizeof memory)))
    return 1;
  return !report(print, "a window of silence", run(print));
}
