/* SPDX-License-Identifier: MIT
 *
 * The k nearest items of integers: exact, whatever the numbers.
 */
#include "distance.h"
#include "neighbors.h"

#define EMLRT_NEAREST_I16(call, field) \
  emlrt_r16((call)->payload, EMLRT_AT(emlrt_nearest_i16, field))

static emlrt_status emlrt_check_nearest_i16(emlrt_call *call) {
  unsigned k, width;
  uint32_t n;
  if (call->size < EMLRT_OCTETS(emlrt_nearest_i16)) return EMLRT_ERR_PAYLOAD;
  n = emlrt_r32(call->payload, EMLRT_AT(emlrt_nearest_i16, n_items));
  k = EMLRT_NEAREST_I16(call, k);
  width = EMLRT_NEAREST_I16(call, width);
  /* n_in is below 2^28. */
  if (width == 0 || width > 2 || k == 0 || k > EMLRT_NEIGHBORS_MAX || k > n ||
      EMLRT_NEAREST_I16(call, metric) > EMLRT_METRIC_SUMS ||
      emlrt_ri16(call->payload, EMLRT_AT(emlrt_nearest_i16, base)) >
          EMLRT_NEAREST_BASE_MAX ||
      call->n_out != 3 * k ||
      !emlrt_rows_fit(call, EMLRT_OCTETS(emlrt_nearest_i16), n,
                      call->n_in * (uint32_t)width))
    return EMLRT_ERR_PAYLOAD;
  return EMLRT_OK;
}

static uint64_t emlrt_distance_i16(const emlrt_call *call, emlrt_rom item) {
  const int16_t *x = (const int16_t *)call->in, *end = x + call->n_in;
  unsigned width = EMLRT_NEAREST_I16(call, width);
  uint64_t sum = 0;
  for (; x != end; x++, item = emlrt_rom_at(item, width)) {
    int32_t d = *x;
    if (width == 1)
      d -= (int32_t)emlrt_r8(item, 0) +
           emlrt_ri16(call->payload, EMLRT_AT(emlrt_nearest_i16, base));
    else
      d -= emlrt_ri16(item, 0);
    sum = emlrt_distance_add_i16(sum, d, EMLRT_NEAREST_I16(call, metric));
  }
  return sum;
}

void emlrt_nearest_offer_i16(emlrt_alias32 *list, emlrt_count k,
                             uint64_t distance, uint32_t index) {
  emlrt_alias32 *at = list + k, *last = at;
  while (at != list && ((uint64_t)at[k - 1] << 32 | at[-1]) > distance) {
    emlrt_alias32 *to = --at;
    emlrt_count i;
    for (i = 0; i < 3 && at + 1 != last; i++, to += k) to[1] = to[0];
    at[0] = (uint32_t)distance;
    at[k] = (uint32_t)(distance >> 32);
    at[2 * k] = index;
  }
}

void emlrt_run_nearest_i16(const emlrt_call *call) {
  emlrt_alias32 *list = (emlrt_alias32 *)call->out;
  uint32_t i,
      n = emlrt_r32(call->payload, EMLRT_AT(emlrt_nearest_i16, n_items));
  emlrt_rom item = emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_nearest_i16));
  for (i = 0; i < call->n_out; i++) {
    list[i] = UINT32_MAX;
    EMLRT_KEEP_LOOP();
  }
  for (i = 0; i < n; i++) {
    emlrt_nearest_offer_i16(list, EMLRT_NEAREST_I16(call, k),
                            emlrt_distance_i16(call, item), i);
    item = emlrt_rom_at(item, (emlrt_off)call->n_in *
                                  (emlrt_off)EMLRT_NEAREST_I16(call, width));
  }
}

const emlrt_op emlrt_op_nearest_i16 EMLRT_OP_PLACE = {
    EMLRT_OP_NEAREST_I16, emlrt_check_nearest_i16, emlrt_run_nearest_i16};
