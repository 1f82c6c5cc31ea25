/* SPDX-License-Identifier: MIT
 *
 * Down a tree of pairs of items, always to the nearer one.
 */
#include "distance.h"

#define EMLRT_FORKS(call) \
  emlrt_r32((call)->payload, EMLRT_AT(emlrt_bisecting_kmeans, n_forks))

/* Address of a fork. */
static emlrt_rom emlrt_fork_at(const emlrt_call *call, uint32_t fork) {
  emlrt_rom forks =
      emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_bisecting_kmeans));
  return emlrt_rom_at(forks, (emlrt_off)(fork * EMLRT_OCTETS(emlrt_fork)));
}

/* A later fork, or an output. */
static int emlrt_leads_on(const emlrt_call *call, uint32_t fork, uint32_t to) {
  uint32_t n = EMLRT_FORKS(call);
  return to < n ? to > fork : to - n < call->n_out;
}

static emlrt_status emlrt_check_bisecting_kmeans(emlrt_call *call) {
  uint32_t left = call->size, n, i;
  if (left < EMLRT_OCTETS(emlrt_bisecting_kmeans)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_bisecting_kmeans);
  n = EMLRT_FORKS(call);
  if (n == 0 || !emlrt_take_floats(&left, n, 2) ||
      !emlrt_take_floats(&left, n, call->n_in) ||
      !emlrt_take_floats(&left, n, call->n_in) || left != 0 ||
      !emlrt_finite(emlrt_fork_at(call, n), call->size / 4 - 1 - 2 * n))
    return EMLRT_ERR_PAYLOAD;
  for (i = 0; i < n; i++) {
    emlrt_rom fork = emlrt_fork_at(call, i);
    if (!emlrt_leads_on(call, i,
                        emlrt_r32(fork, EMLRT_AT(emlrt_fork, first))) ||
        !emlrt_leads_on(call, i, emlrt_r32(fork, EMLRT_AT(emlrt_fork, second))))
      return EMLRT_ERR_PAYLOAD;
  }
  return emlrt_float_status();
}

void emlrt_run_bisecting_kmeans(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  uint32_t fork = 0, n = EMLRT_FORKS(call);
  emlrt_off step = (emlrt_off)call->n_in * 4u;
  emlrt_rom items = emlrt_fork_at(call, n);
  float *y = (float *)call->out;
  emlrt_count i;
  while (fork < n) {
    emlrt_rom at = emlrt_rom_at(items, (emlrt_off)fork * 2u * step);
    uint32_t first =
        emlrt_distance(x, call->n_in, at, EMLRT_METRIC_SQUARES, UINT32_MAX);
    uint32_t second = emlrt_distance(x, call->n_in, emlrt_rom_at(at, step),
                                     EMLRT_METRIC_SQUARES, UINT32_MAX);
    at = emlrt_fork_at(call, fork);
    fork = second < first ? emlrt_r32(at, EMLRT_AT(emlrt_fork, second))
                          : emlrt_r32(at, EMLRT_AT(emlrt_fork, first));
  }
  for (i = 0; i < call->n_out; i++) {
    y[i] = 0.0f;
    EMLRT_KEEP_LOOP();
  }
  y[fork - n] = 1.0f;
}

const emlrt_op emlrt_op_bisecting_kmeans EMLRT_OP_PLACE = {
    EMLRT_OP_BISECTING_KMEANS, emlrt_check_bisecting_kmeans,
    emlrt_run_bisecting_kmeans};
