/* SPDX-License-Identifier: MIT
 *
 * emlrt_stream: samples into windows, and a run for each of them.
 */
#include <emlrt/stream.h>

#include "stage_run.h"

/* Chars of so many elements. */
EMLRT_INLINE size_t emlrt_chars(size_t n, unsigned dtype) {
  return EMLRT_CHARS_AT(n << (dtype & 3u), dtype);
}

static int emlrt_is_stream(const emlrt_stream *stream) {
  return stream != NULL && emlrt_is_checked(&stream->model) &&
         stream->x != NULL;
}

/* Samples from run to run that the blob states; its inputs if it does not. */
static uint32_t emlrt_own_hop(const emlrt_model *model) {
  emlrt_section window;
  uint32_t hop;
  if (model->opened == EMLRT_OPENED_STATE ||
      emlrt_meta_find(model, EMLRT_META_WINDOW, &window) != EMLRT_OK ||
      window.size != EMLRT_OCTETS(emlrt_window))
    return emlrt_n_inputs(model->blob);
  hop = emlrt_r32(window.at, EMLRT_AT(emlrt_window, hop));
  return emlrt_counts(hop) ? hop : emlrt_n_inputs(model->blob);
}

emlrt_status emlrt_stream_open(emlrt_stream *stream, emlrt_rom blob,
                               uint32_t size, const emlrt_op *const *ops,
                               uint32_t hop, void *memory, size_t memory_size) {
  emlrt_status status;
  if (stream == NULL || memory == NULL) return EMLRT_ERR_ARGUMENT;
  stream->x = NULL;
  if (!emlrt_aligned(memory)) return EMLRT_ERR_ALIGN;
  status = emlrt_open_any(&stream->model, blob, size, ops);
  if (status != EMLRT_OK) return status;
  if (hop != 0 &&
      (stream->model.opened == EMLRT_OPENED_STATE || !emlrt_counts(hop)))
    return EMLRT_ERR_COUNT;
  if (memory_size < emlrt_stream_bytes(blob)) return EMLRT_ERR_SCRATCH;
  emlrt_stream_bind(stream, hop != 0 ? hop : emlrt_own_hop(&stream->model),
                    memory);
  return EMLRT_OK;
}

emlrt_status emlrt_stream_reset(emlrt_stream *stream) {
  if (!emlrt_is_stream(stream)) return EMLRT_ERR_ARGUMENT;
  stream->filled = 0;
  stream->skip = stream->ready = 0;
  emlrt_clear(stream->state, emlrt_state_bytes(stream->model.blob));
  return EMLRT_OK;
}

void emlrt_stream_bind(emlrt_stream *stream, uint32_t hop, void *memory) {
  emlrt_rom blob = stream->model.blob;
  uint32_t state = emlrt_state_bytes(blob);
  stream->hop = hop;
  stream->filled = 0;
  stream->skip = stream->ready = 0;
  stream->state = (char *)memory;
  stream->scratch = stream->state + EMLRT_RAM(state);
  stream->x = stream->scratch + EMLRT_RAM(emlrt_scratch_bytes(blob));
  emlrt_clear(stream->state, state);
}

/* Where the scores are. */
static char *emlrt_stream_y(const emlrt_stream *stream) {
  return stream->scratch +
         EMLRT_RAM(EMLRT_HEADER32(stream->model.blob, arena_size));
}

/* Runs the stages of a program with state, to the end or until it is held. */
static int emlrt_stream_stages(const emlrt_stream *stream) {
  emlrt_rom blob = stream->model.blob, stage = emlrt_stages(blob);
  unsigned n = EMLRT_HEADER16(blob, n_stages);
  emlrt_alias32 *held = (emlrt_alias32 *)(void *)stream->state;
  emlrt_spaces spaces;
  emlrt_call call;
  emlrt_clear(stream->scratch, EMLRT_HEADER32(blob, arena_size));
  spaces.at[EMLRT_SPACE_INPUT] = stream->x;
  spaces.at[EMLRT_SPACE_ARENA] = stream->scratch;
  spaces.at[EMLRT_SPACE_OUTPUT] = emlrt_stream_y(stream);
  spaces.at[EMLRT_SPACE_STATE] = stream->state;
  call.payload =
      emlrt_rom_at(stage, (emlrt_off)n * (emlrt_off)EMLRT_OCTETS(emlrt_stage) +
                              (emlrt_off)EMLRT_OCTETS(emlrt_state));
  call.u.majority = UINT32_MAX;
  call.v.state = stream->state;
  *held = 0;
  for (; n != 0 && *held == 0; n--) {
    emlrt_stage_run(&call, stage, &spaces, stream->model.ops);
    stage = emlrt_rom_at(stage, EMLRT_OCTETS(emlrt_stage));
    call.payload = emlrt_rom_at(call.payload, (emlrt_off)call.size);
  }
  return *held == 0;
}

/* Keeps what the next window has of this one; notes what lies between them. */
static void emlrt_stream_advance(emlrt_stream *stream, size_t n,
                                 unsigned dtype) {
  size_t kept = stream->hop < n ? n - (size_t)stream->hop : 0;
  size_t i, from = emlrt_chars(n - kept, dtype);
  size_t chars = emlrt_chars(kept, dtype);
  for (i = 0; i < chars; i++) stream->x[i] = stream->x[from + i];
  stream->filled = kept;
  stream->skip = stream->hop - (uint32_t)(n - kept);
}

static void emlrt_stream_run(emlrt_stream *stream, size_t n, unsigned dtype) {
  if (stream->model.opened == EMLRT_OPENED_STATE) {
    stream->ready = (uint32_t)emlrt_stream_stages(stream);
  } else {
    emlrt_execute(&stream->model, stream->x, emlrt_stream_y(stream),
                  stream->scratch, UINT32_MAX);
    stream->ready = 1;
  }
  emlrt_stream_advance(stream, n, dtype);
}

/* Passes over samples between windows; how many. */
static size_t emlrt_stream_skip(emlrt_stream *stream, size_t n) {
  if (n > stream->skip) n = (size_t)stream->skip;
  stream->skip -= (uint32_t)n;
  return n;
}

emlrt_status emlrt_stream_push_as(emlrt_stream *stream, uint32_t dtype,
                                  const void *samples, size_t n, size_t *used) {
  const char *at = (const char *)samples;
  unsigned own;
  size_t wanted, taken, i, to;
  if (!emlrt_is_stream(stream) || used == NULL || (at == NULL && n != 0))
    return EMLRT_ERR_ARGUMENT;
  own = EMLRT_HEADER16(stream->model.blob, input);
  if (dtype != 0 && dtype != own) return EMLRT_ERR_DTYPE;
  wanted = (size_t)emlrt_n_inputs(stream->model.blob);
  stream->ready = 0;
  *used = emlrt_stream_skip(stream, n);
  while (*used != n && !stream->ready) {
    taken = n - *used;
    if (taken > wanted - stream->filled) taken = wanted - stream->filled;
    to = emlrt_chars(stream->filled, own);
    for (i = 0; i < emlrt_chars(taken, own); i++)
      stream->x[to + i] = at[emlrt_chars(*used, own) + i];
    *used += taken;
    stream->filled += taken;
    if (stream->filled != wanted) break;
    emlrt_stream_run(stream, wanted, own);
    if (!stream->ready) *used += emlrt_stream_skip(stream, n - *used);
  }
  return EMLRT_OK;
}

int emlrt_stream_ready(const emlrt_stream *stream) {
  return emlrt_is_stream(stream) && stream->ready != 0;
}

const void *emlrt_stream_scores(const emlrt_stream *stream) {
  return emlrt_stream_ready(stream) ? emlrt_stream_y(stream) : NULL;
}
