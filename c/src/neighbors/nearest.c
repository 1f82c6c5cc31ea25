/* SPDX-License-Identifier: MIT
 *
 * The k nearest items, in memory for k.
 */
#include "distance.h"

#define EMLRT_NEAREST16(call, field) \
  emlrt_r16((call)->payload, EMLRT_AT(emlrt_nearest, field))

void emlrt_nearest_clear(emlrt_alias32 *list, emlrt_count k) {
  for (; k != 0; k--) {
    *list++ = UINT32_MAX;
    EMLRT_KEEP_LOOP();
  }
}

void emlrt_nearest_put(emlrt_alias32 *list, emlrt_count k, uint32_t distance,
                       uint32_t index) {
  emlrt_alias32 *at = list + k;
  while (--at != list && at[-1] > distance) {
    at[0] = at[-1];
    at[k] = at[(ptrdiff_t)k - 1];
  }
  at[0] = distance;
  at[k] = index;
}

static emlrt_status emlrt_check_nearest(emlrt_call *call) {
  uint32_t left = call->size, n_items;
  emlrt_count k;
  if (left < EMLRT_OCTETS(emlrt_nearest)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_nearest);
  n_items = emlrt_r32(call->payload, EMLRT_AT(emlrt_nearest, n_items));
  k = EMLRT_NEAREST16(call, k);
  if (k == 0 || k > EMLRT_NEIGHBORS_MAX || k > n_items ||
      call->n_out != 2 * k ||
      EMLRT_NEAREST16(call, metric) > EMLRT_METRIC_COSINE ||
      !emlrt_take_floats(&left, n_items, call->n_in) || left != 0 ||
      !emlrt_finite(emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_nearest)),
                    (call->size - (uint32_t)EMLRT_OCTETS(emlrt_nearest)) / 4))
    return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

void emlrt_run_nearest(const emlrt_call *call) {
  emlrt_alias32 *list = (emlrt_alias32 *)call->out;
  emlrt_count k = call->n_out / 2;
  unsigned metric = EMLRT_NEAREST16(call, metric);
  uint32_t i, n = emlrt_r32(call->payload, EMLRT_AT(emlrt_nearest, n_items));
  emlrt_rom item = emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_nearest));
  emlrt_nearest_clear(list, k);
  for (i = 0; i < n; i++) {
    uint32_t limit = list[k - 1];
    uint32_t bits = emlrt_distance((const float *)call->in, call->n_in, item,
                                   metric, limit);
    if (bits < limit) emlrt_nearest_put(list, k, bits, i);
    item = emlrt_rom_at(item, (emlrt_off)call->n_in * 4u);
  }
}

const emlrt_op emlrt_op_nearest EMLRT_OP_PLACE = {
    EMLRT_OP_NEAREST, emlrt_check_nearest, emlrt_run_nearest};
