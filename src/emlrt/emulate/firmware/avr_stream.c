/* SPDX-License-Identifier: MIT
 *
 * Pushes the pieces of a recording that the simulator hands in to a stream (see
 * avr_sim.c). Each push lies between marks, and so does nothing, with the scores, if it
 * has completed a window. The compiler's command line gives:
 *
 *   BLOB_ADDRESS, BLOB_SIZE              where the blob is in flash
 *   STREAM_BYTES, HOP                    of emlrt_stream_open
 *   X_BYTES, Y_BYTES                     the largest piece, and the scores
 *   SAMPLE_BYTES                         of a sample
 */
#include <emlrt/stream.h>
#include <string.h>

#include "avr_marks.h"

#define GUARD_BYTES 16
#define GUARD 0xA5
#define BROKEN_GUARD 99

extern const emlrt_op *const emulate_ops[];
static emlrt_stream stream;
static EMLRT_SCRATCH(memory, STREAM_BYTES + GUARD_BYTES);
/* The number of samples, and samples. */
EMLRT_SCRATCH(stream_x, 4 + X_BYTES);
/* Whether there are scores, and scores. */
EMLRT_SCRATCH(stream_y, 4 + Y_BYTES);

/* Ends the run if a call has failed, or has written behind the stream's memory. */
static void check(emlrt_status status) {
  const uint8_t *guard = (const uint8_t *)memory + STREAM_BYTES;
  uint8_t i;
  if (status != EMLRT_OK) leave((uint8_t)-status);
  for (i = 0; i < GUARD_BYTES; i++)
    if (guard[i] != GUARD) leave(BROKEN_GUARD);
}

static void show_scores(void) {
  uint8_t *y = (uint8_t *)stream_y;
  y[0] = 1;
  memcpy(y + 4, emlrt_stream_scores(&stream), Y_BYTES);
  MARK(2);
  MARK(3);
  y[0] = 0;
}

static void push_piece(const char *samples, size_t n) {
  emlrt_status status;
  size_t used;
  while (n != 0) {
    MARK(2);
    status = emlrt_stream_push_as(&stream, 0, samples, n, &used);
    MARK(3);
    check(status);
    if (emlrt_stream_ready(&stream)) show_scores();
    samples += used * SAMPLE_BYTES;
    n -= used;
  }
}

int main(void) {
  emlrt_status status;
  memset(memory, GUARD, sizeof memory);
  MARK(2);
  status = emlrt_stream_open(&stream, (emlrt_rom)BLOB_ADDRESS, BLOB_SIZE,
                             emulate_ops, HOP, memory, STREAM_BYTES);
  MARK(3);
  check(status);
  for (;;) {
    const uint8_t *x = (const uint8_t *)stream_x;
    MARK(1);
    push_piece((const char *)x + 4, (size_t)(x[0] | (unsigned)x[1] << 8));
  }
}
