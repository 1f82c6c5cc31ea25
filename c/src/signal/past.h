/* SPDX-License-Identifier: MIT
 *
 * Samples of several channels, and those that came before: what filters share.
 */
#ifndef EMLRT_SIGNAL_PAST_H
#define EMLRT_SIGNAL_PAST_H

#include "state.h"

/* Whether a stage reads whole times of so many channels. */
int emlrt_channels_ok(const emlrt_call *call, uint32_t channels);
/* Whether the state has rows * columns numbers at an offset, columns not 0, or none is
 * asked for. */
int emlrt_room_ok(const emlrt_call *call, uint32_t at, uint32_t rows,
                  uint32_t columns);
/* The same of a number, and then rows * columns. */
int emlrt_past_ok(const emlrt_call *call, uint32_t at, uint32_t rows,
                  uint32_t columns);

/* Makes every NaN of n numbers 7FC00000. */
void emlrt_one_nans(float *y, emlrt_count n);

/* What filters look back to: the samples of a run, and those before its first. */
typedef struct emlrt_past {
  const float *x;
  emlrt_alias32 *mark; /* in the state, 0 before the first run; NULL: at rest */
  emlrt_aliasf *held;  /* the last times before the run's, the oldest first */
  emlrt_count times;   /* that are held */
  emlrt_count channels;
  int first; /* before the first sample is that sample, else 0 */
} emlrt_past;

/* Bit of the mark: samples are held. The others are the op's. */
#define EMLRT_PAST_HELD UINT32_C(0x80000000)

/* Fills a past but for `first`, which is given. at: offset in the state. */
void emlrt_past_start(emlrt_past *past, const emlrt_call *call, uint32_t at,
                      emlrt_count times);
/* The sample of a channel so many times, at least 1, before the run's first. */
float emlrt_past_at(const emlrt_past *past, uint32_t back, emlrt_count channel);
/* Keeps the last times of a run of n samples for the next one. */
void emlrt_past_keep(const emlrt_past *past, emlrt_count n);

#endif
