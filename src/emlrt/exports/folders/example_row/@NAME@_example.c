/* SPDX-License-Identifier: MIT
 *
 * Made by `emlrt export`: see @NAME@_example.h. */
#include "@NAME@_example.h"

static const emlrt_op *const ops[] = @MACRO@_EML_OPS;
static emlrt_model model;
static EMLRT_SCRATCH(scratch, @SCRATCH@);

@DATA@

@HELPERS@

static emlrt_status run(void (*print)(const char *text)) {
  static union {
    uint32_t bits[@MACRO@_EML_SCORES];
    float values[@MACRO@_EML_SCORES];
  } scores;
  emlrt_status status = emlrt_run(&model, row, @MACRO@_EML_INPUTS, &scores,
                                  @MACRO@_EML_SCORES, scratch, sizeof scratch);
  if (status != EMLRT_OK) return status;
  (void)print;
@CLASS@
  return same(scores.bits) ? EMLRT_OK : EMLRT_ERR_SELFTEST;
}

int @NAME@_example(void (*print)(const char *text), emlrt_rom blob, uint32_t size) {
  if (!report(print, "open", emlrt_open(&model, blob, size, ops)))
    return 1;
@SELFTEST@
  return !report(print, "one row", run(print));
}
