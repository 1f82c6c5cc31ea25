/* SPDX-License-Identifier: MIT
 *
 * Runs a function of the runtime on rows that the simulator hands in, with
 * marks around each call (see avr_sim.c). The compiler's command line gives:
 *
 *   BLOB_ADDRESS, BLOB_SIZE              where the blob is in flash
 *   X_BYTES, Y_BYTES, SCRATCH_BYTES      memory for one input and its answer
 *   CALL                                 the call to measure
 *   STAGES                               of a prepared call: its stages
 */
#include <emlrt/prepared.h>

#include "avr_marks.h"

extern const emlrt_op *const emulate_ops[];
extern emlrt_model emulate_model;
#if defined(STAGES)
extern emlrt_prepared_stage emulate_stages[];
extern emlrt_prepared emulate_prepared;
#endif
EMLRT_SCRATCH(measure_x, X_BYTES);
EMLRT_SCRATCH(measure_y, Y_BYTES);
static EMLRT_SCRATCH(scratch, SCRATCH_BYTES);

int main(void) {
  emlrt_status status;
  (void)scratch;
  MARK(2);
  status = emlrt_open(&emulate_model, (emlrt_rom)BLOB_ADDRESS, BLOB_SIZE,
                      emulate_ops);
  MARK(3);
#if defined(STAGES)
  if (status == EMLRT_OK)
    status = emlrt_prepare(&emulate_prepared, &emulate_model, emulate_stages,
                           STAGES);
#endif
  if (status != EMLRT_OK) leave((uint8_t)-status);
  for (;;) {
    MARK(1);
    MARK(2);
    status = CALL;
    MARK(3);
    if (status != EMLRT_OK) leave((uint8_t)-status);
  }
}
