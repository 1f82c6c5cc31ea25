/* SPDX-License-Identifier: MIT
 *
 * Spectra of frames: short-time Fourier transforms of interleaved samples.
 */
#include "fft.h"
#include "length.h"

#define EMLRT_STFT32(at, field) emlrt_r32(at, EMLRT_AT(emlrt_stft, field))
#define EMLRT_STFT16(at, field) emlrt_r16(at, EMLRT_AT(emlrt_stft, field))

/* Numbers of a frame's results. */
static uint32_t emlrt_stft_row(emlrt_rom at) {
  uint32_t bins = EMLRT_STFT16(at, n_fft) / 2u + 1u;
  return EMLRT_STFT16(at, kind) == EMLRT_STFT_COMPLEX ? bins * 2u : bins;
}

/* Whether out_count is what rows of all frames take, with the last one's work. */
static int emlrt_stft_fits(const emlrt_call *call, uint32_t frames) {
  uint32_t n_fft = EMLRT_STFT16(call->payload, n_fft);
  uint32_t row = emlrt_stft_row(call->payload), left = call->n_out;
  uint32_t work = EMLRT_RFFT_FLOATS(n_fft);
  uint32_t channels = EMLRT_STFT16(call->payload, n_channels);
  if (left < work || channels == 0) return 0;
  left -= work;
  if (left % row != 0) return 0;
  left = left / row + 1u;
  return left % channels == 0 && left / channels == frames;
}

static int emlrt_stft_is_cut(const emlrt_call *call) {
  emlrt_rom at = call->payload;
  uint32_t channels = EMLRT_STFT16(at, channels);
  uint32_t first = EMLRT_STFT16(at, first), hop = EMLRT_STFT32(at, hop);
  uint32_t before = EMLRT_STFT32(at, before), frames, times;
  frames = EMLRT_STFT32(at, n_frames);
  if (first >= channels || call->n_in % channels != 0 ||
      EMLRT_STFT16(at, n_channels) > channels - first || hop == 0 ||
      before > EMLRT_COUNT_MAX || frames == 0)
    return 0;
  times = call->n_in / channels + before;
  return frames - 1u <= times / hop && emlrt_stft_fits(call, frames);
}

static emlrt_status emlrt_check_stft(emlrt_call *call) {
  uint32_t left = call->size, n_fft, length, floats, radices, times = 4;
  emlrt_rom at = call->payload;
  emlrt_fft_plan plan;
  if (left < EMLRT_OCTETS(emlrt_stft)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_stft);
  n_fft = EMLRT_STFT16(at, n_fft);
  length = EMLRT_STFT16(at, length);
  if (!emlrt_rfft_planned(&plan, n_fft) || length == 0 || length > n_fft ||
      EMLRT_STFT16(at, lead) > n_fft - length ||
      EMLRT_STFT16(at, kind) > EMLRT_STFT_MAGNITUDE ||
      EMLRT_STFT16(at, flags) > (EMLRT_STFT_TAPER | EMLRT_STFT_DETREND) ||
      !emlrt_stft_is_cut(call))
    return EMLRT_ERR_PAYLOAD;
  floats = emlrt_rfft_table(&plan, n_fft);
  if ((EMLRT_STFT16(at, flags) & EMLRT_STFT_TAPER) != 0) floats += length;
  if (left != floats * 4u ||
      !emlrt_finite(emlrt_rom_at(at, EMLRT_OCTETS(emlrt_stft)), floats))
    return EMLRT_ERR_PAYLOAD;
  for (radices = plan.radices; radices != 0; radices >>= 3) times++;
  emlrt_charge(call, (n_fft & 1u) != 0 ? times * 4u : times * 2u, call->n_out);
  return emlrt_float_status();
}

/* What a frame has: samples from x on for its numbers first to last, less their mean
 * where that is asked for, times a taper if there is one. All others are 0. */
typedef struct emlrt_stft_frame {
  const float *x;
  emlrt_rom taper;
  emlrt_count first, last;
  emlrt_count inner; /* up to here, samples and a taper are all there is */
  emlrt_count channels;
  unsigned flags;
  float mean, rest; /* of the samples, and of what they are without the mean */
} emlrt_stft_frame;

/* Number i of the frame. */
static EMLRT_NOINLINE float emlrt_stft_sample(const emlrt_stft_frame *frame,
                                              emlrt_count i) {
  float value;
  if (i < frame->first || i >= frame->last) return 0.0f;
  i = (emlrt_count)(i - frame->first);
  value = frame->x[(size_t)i * frame->channels];
  if ((frame->flags & EMLRT_STFT_DETREND) != 0)
    value = emlrt_sub(emlrt_sub(value, frame->mean), frame->rest);
  if ((frame->flags & EMLRT_STFT_TAPER) != 0)
    value = emlrt_mul(
        value, emlrt_rf32(emlrt_rom_at(frame->taper, (emlrt_off)i * 4u), 0));
  return value;
}

/* Finds what a frame has that starts at sample `start`, `before` zeros counted. */
static void emlrt_stft_cut(emlrt_stft_frame *frame, const emlrt_call *call,
                           uint32_t start) {
  emlrt_rom at = call->payload;
  uint32_t before = EMLRT_STFT32(at, before), skip = 0, room;
  uint32_t end = call->n_in / frame->channels + before;
  uint32_t lead = EMLRT_STFT16(at, lead), length = EMLRT_STFT16(at, length);
  start += lead;
  room = start < end ? end - start : 0;
  if (room < length) length = room;
  if (start < before) skip = before - start;
  if (skip > length) skip = length;
  frame->first = (emlrt_count)(lead + skip);
  frame->last = (emlrt_count)(lead + length);
  frame->inner = frame->last;
  if (frame->flags != EMLRT_STFT_TAPER || frame->last == 0) frame->inner = 1;
  frame->inner = (emlrt_count)(frame->inner - 1u);
  frame->taper = at; /* which nobody reads without its flag */
  if ((EMLRT_STFT16(at, flags) & EMLRT_STFT_TAPER) != 0)
    frame->taper = emlrt_rom_at(
        at, (emlrt_off)EMLRT_OCTETS(emlrt_stft) + (emlrt_off)skip * 4u);
  if (skip != length)
    frame->x += (size_t)(start + skip - before) * frame->channels;
}

/* The mean of the samples less a number: a sum in their order, over how many there
 * are. */
static float emlrt_stft_mean(const emlrt_stft_frame *frame, float less) {
  const float *x = frame->x;
  emlrt_count n = (emlrt_count)(frame->last - frame->first), left;
  float sum = 0.0f;
  for (left = n; left != 0; left--, x += frame->channels)
    sum = emlrt_add(sum, emlrt_sub(*x, less));
  return n != 0 ? emlrt_div(sum, emlrt_rounded_to(n)) : (float)0;
}

/* The second mean is what rounding left of the first. */
static void emlrt_stft_center(emlrt_stft_frame *frame) {
  frame->mean = frame->rest = 0.0f;
  if ((frame->flags & EMLRT_STFT_DETREND) == 0) return;
  frame->mean = emlrt_stft_mean(frame, 0.0f);
  frame->rest = emlrt_stft_mean(frame, frame->mean);
}

EMLRT_INLINE void emlrt_stft_pair(const void *source, emlrt_count from,
                                  float *to) {
  const emlrt_stft_frame *frame = (const emlrt_stft_frame *)source;
  from = (emlrt_count)(from * 2u);
#if !EMLRT_SMALL
  if (from >= frame->first && from < frame->inner) { /* as most are */
    emlrt_count i = (emlrt_count)(from - frame->first);
    const float *x = frame->x + (size_t)i * frame->channels;
    emlrt_rom taper = emlrt_rom_at(frame->taper, (emlrt_off)i * 4u);
    to[0] = emlrt_mul(x[0], emlrt_rf32(taper, 0));
    to[1] = emlrt_mul(x[frame->channels], emlrt_rf32(taper, 4));
    return;
  }
#endif
  to[0] = emlrt_stft_sample(frame, from);
  to[1] = emlrt_stft_sample(frame, (emlrt_count)(from + 1u));
}

EMLRT_INLINE void emlrt_stft_one(const void *source, emlrt_count from,
                                 float *to) {
  to[0] = emlrt_stft_sample((const emlrt_stft_frame *)source, from);
  to[1] = 0.0f;
}

/* Apart from what else a frame takes, or registers do not suffice. */
static EMLRT_NOINLINE void emlrt_stft_fill(const emlrt_fft_plan *plan, int odd,
                                           float *y,
                                           const emlrt_stft_frame *frame) {
#if !EMLRT_SMALL
  if (!odd) {
    emlrt_stft_frame own = *frame;
    emlrt_fft_fill(plan, y, emlrt_stft_pair, &own);
    return;
  }
#endif
  emlrt_fft_fill_by(plan, y, odd ? emlrt_stft_one : emlrt_stft_pair, frame);
}

/* Results of a frame to squared magnitudes, in place. */
static void emlrt_stft_square(float *y, emlrt_count row) {
  const float *at = y;
  for (; row != 0; row--, y++, at += 2) {
    float re = emlrt_mul(at[0], at[0]), im = emlrt_mul(at[1], at[1]);
    uint32_t bits = emlrt_bits(emlrt_add(re, im)); /* never below 0 */
    if (bits > EMLRT_INFINITY_BITS) bits = EMLRT_NAN_BITS;
    *(emlrt_alias32 *)(void *)y = bits;
  }
}

/* Results of a frame to magnitudes, in place. */
static void emlrt_stft_root(float *y, emlrt_count row) {
  const float *at = y;
  for (; row != 0; row--, y++, at += 2) emlrt_put(y, emlrt_length_of(at, 2));
}

static void emlrt_stft_finish(float *y, unsigned kind, emlrt_count row) {
  if (kind == EMLRT_STFT_POWER)
    emlrt_stft_square(y, row);
  else if (kind == EMLRT_STFT_MAGNITUDE)
    emlrt_stft_root(y, row);
  else
    for (; row != 0; row--, y++) emlrt_put(y, *y);
}

/* The rows of a channel. Gives what is behind them. */
static float *emlrt_stft_rows(const emlrt_call *call, const float *x,
                              float *y) {
  emlrt_rom at = call->payload, table;
  uint32_t frames = EMLRT_STFT32(at, n_frames), start = 0;
  uint32_t n_fft = EMLRT_STFT16(at, n_fft);
  emlrt_count row = (emlrt_count)emlrt_stft_row(at);
  int odd = (n_fft & 1u) != 0;
  emlrt_stft_frame frame;
  emlrt_fft_plan plan;
  emlrt_rfft_planned(&plan, n_fft);
  frame.channels = (emlrt_count)EMLRT_STFT16(at, channels);
  frame.flags = (unsigned)EMLRT_STFT16(at, flags);
  table = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_stft));
  if ((frame.flags & EMLRT_STFT_TAPER) != 0)
    table = emlrt_rom_at(table, (emlrt_off)EMLRT_STFT16(at, length) * 4u);
  for (; frames != 0; frames--, start += EMLRT_STFT32(at, hop), y += row) {
    frame.x = x;
    emlrt_stft_cut(&frame, call, start);
    emlrt_stft_center(&frame);
    emlrt_stft_fill(&plan, odd, y, &frame);
    emlrt_rfft_passes(&plan, odd, y, table);
    emlrt_stft_finish(y, (unsigned)EMLRT_STFT16(at, kind), row);
  }
  return y;
}

void emlrt_run_stft(const emlrt_call *call) {
  unsigned n = (unsigned)EMLRT_STFT16(call->payload, n_channels);
  const float *x = (const float *)call->in;
  float *y = (float *)call->out;
  x += EMLRT_STFT16(call->payload, first);
  for (; n != 0; n--, x++) y = emlrt_stft_rows(call, x, y);
}

const emlrt_op emlrt_op_stft EMLRT_OP_PLACE = {EMLRT_OP_STFT, emlrt_check_stft,
                                               emlrt_run_stft};
