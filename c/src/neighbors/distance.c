/* SPDX-License-Identifier: MIT
 *
 * Distances to every item: clusters and centroids.
 */
#include "distance.h"

/* The distance of anything and a row of zeros, where angles count. */
#define EMLRT_NO_ANGLE UINT32_C(0x40000000)

/* Sums never fall as they grow, so one that reaches the limit is done. */
uint32_t emlrt_distance(const float *x, emlrt_count n, emlrt_rom item,
                        unsigned metric, uint32_t limit) {
  uint32_t sum = 0, any_x = 0, any_item = 0;
  for (; n != 0; n--, x++, item = emlrt_rom_at(item, 4)) {
    if (metric == EMLRT_METRIC_COSINE) {
      any_x |= emlrt_bits_at(x, 0);
      any_item |= emlrt_r32(item, 0);
    }
    sum = emlrt_distance_add(sum, *x, emlrt_rf32(item, 0), metric);
    if (sum >= limit) return sum;
  }
  if (metric == EMLRT_METRIC_COSINE &&
      ((any_x & ~EMLRT_SIGN_BIT) == 0 || (any_item & ~EMLRT_SIGN_BIT) == 0))
    sum = EMLRT_NO_ANGLE;
  return sum;
}

static emlrt_status emlrt_check_distances(emlrt_call *call) {
  uint32_t left = call->size;
  if (left < EMLRT_OCTETS(emlrt_distances)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_distances);
  if (emlrt_r16(call->payload, EMLRT_AT(emlrt_distances, metric)) >
          EMLRT_METRIC_LARGEST ||
      emlrt_r16(call->payload, EMLRT_AT(emlrt_distances, flags)) >
          EMLRT_DISTANCES_NEGATE ||
      !emlrt_take_floats(&left, call->n_out, call->n_in) || left != 0 ||
      !emlrt_finite(emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_distances)),
                    call->size / 4 - 1))
    return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

void emlrt_run_distances(const emlrt_call *call) {
  unsigned metric = emlrt_r16(call->payload, EMLRT_AT(emlrt_distances, metric));
  unsigned flags = emlrt_r16(call->payload, EMLRT_AT(emlrt_distances, flags));
  emlrt_rom item = emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_distances));
  emlrt_alias32 *y = (emlrt_alias32 *)call->out;
  emlrt_count i;
  for (i = 0; i < call->n_out; i++) {
    uint32_t bits = emlrt_distance((const float *)call->in, call->n_in, item,
                                   metric, UINT32_MAX);
    if (flags != 0 && bits != EMLRT_NAN_BITS) bits |= EMLRT_SIGN_BIT;
    y[i] = bits;
    item = emlrt_rom_at(item, (emlrt_off)call->n_in * 4u);
  }
}

const emlrt_op emlrt_op_distances EMLRT_OP_PLACE = {
    EMLRT_OP_DISTANCES, emlrt_check_distances, emlrt_run_distances};
