/* SPDX-License-Identifier: MIT
 *
 * Runs an open model's stages one by one, and its calls, on rows that the
 * simulator hands in (see avr_sim.c and emlrt.emulate.trace). The compiler's
 * command line gives:
 *
 *   BLOB_ADDRESS, BLOB_SIZE    where the whole blob is in flash
 *   X_BYTES, ARENA_BYTES, SCORE_BYTES, ANSWER_BYTES    memory for them
 *   N_INPUTS, N_SCORES, N_OUTPUTS, N_CLASSES           counts of elements
 *   TRACE_CLASSIFY, TRACE_PROBA    defined if the model answers these calls
 *
 * A request says what to do and which program to run: the whole blob, or a
 * blob of one of its stages.
 */
#include <emlrt/emlrt.h>

#include "avr_marks.h"

enum { CLEAR = 0, STEP = 1, RUN = 2, CLASSIFY = 3, PROBA = 4 };
typedef struct request {
  uint32_t what, program;
  uint64_t x[X_BYTES / 8 + 1];
} request;

extern const emlrt_op *const emulate_ops[];
extern emlrt_model emulate_model;
request trace_request;
/* Arena, scores and the answer of a call, one behind the other. */
EMLRT_SCRATCH(trace_memory, ARENA_BYTES + SCORE_BYTES + ANSWER_BYTES);

static emlrt_status clear(void) {
  uint16_t i;
  for (i = 0; i < sizeof trace_memory / 8; i++) trace_memory[i] = 0;
  return EMLRT_OK;
}

static emlrt_status answer(void) {
  const void *x = trace_request.x;
  char *scores = (char *)trace_memory + ARENA_BYTES;
  void *out = scores + SCORE_BYTES;
  switch (trace_request.what) {
    case CLEAR: return clear();
    case STEP:
      return emlrt_run(&emulate_model, x, N_INPUTS, scores, N_SCORES,
                       trace_memory, 0);
    case RUN:
      return emlrt_run(&emulate_model, x, N_INPUTS, scores, N_SCORES,
                       trace_memory, ARENA_BYTES);
#if defined(TRACE_CLASSIFY)
    case CLASSIFY:
      return emlrt_classify(&emulate_model, x, N_INPUTS, out, N_OUTPUTS,
                            trace_memory, ARENA_BYTES + SCORE_BYTES);
#endif
#if defined(TRACE_PROBA)
    case PROBA:
      return emlrt_proba(&emulate_model, x, N_INPUTS, out, N_CLASSES,
                         trace_memory, ARENA_BYTES + SCORE_BYTES);
#endif
    default: (void)out; return EMLRT_ERR_ARGUMENT;
  }
}

static emlrt_rom program(void) {
#if defined(EMLRT_PORT_FAR)
  return trace_request.program;
#else
  return (emlrt_rom)(uintptr_t)trace_request.program;
#endif
}

int main(void) {
  emlrt_status status = emlrt_open(&emulate_model, (emlrt_rom)BLOB_ADDRESS,
                                   BLOB_SIZE, emulate_ops);
  for (;;) {
    if (status != EMLRT_OK) leave((uint8_t)-status);
    MARK(1);
    MARK(2);
    emulate_model.blob = program();
    status = answer();
    MARK(3);
  }
}
