/* SPDX-License-Identifier: MIT
 *
 * The k nearest items of integers: exact, whatever the numbers.
 */
#include "distance.h"

#define EMLRT_NEAREST_I16(call, field) \
  emlrt_r16((call)->payload, EMLRT_AT(emlrt_nearest_i16, field))

static emlrt_status emlrt_check_nearest_i16(emlrt_call *call) {
  uint32_t left = call->size, n;
  emlrt_rom end;
  emlrt_count k;
  unsigned width;
  if (left < EMLRT_OCTETS(emlrt_nearest_i16)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_nearest_i16);
  n = emlrt_r32(call->payload, EMLRT_AT(emlrt_nearest_i16, n_items));
  k = EMLRT_NEAREST_I16(call, k);
  width = EMLRT_NEAREST_I16(call, width);
  if (width - 1u > 1 || (width == 2 && EMLRT_NEAREST_I16(call, base) != 0) ||
      EMLRT_NEAREST_I16(call, metric) > EMLRT_METRIC_LARGEST || k == 0 ||
      k > EMLRT_NEIGHBORS_MAX || k > n || call->n_out != 3 * k)
    return EMLRT_ERR_PAYLOAD;
  /* n_in is below 2^28. */
  for (; n != 0; n--) {
    if (call->n_in * (uint32_t)width > left) return EMLRT_ERR_PAYLOAD;
    left -= call->n_in * (uint32_t)width;
  }
  if (left > 3) return EMLRT_ERR_PAYLOAD;
  for (end = emlrt_rom_at(call->payload, (emlrt_off)(call->size - left));
       left != 0; left--, end = emlrt_rom_at(end, 1))
    if (emlrt_r8(end, 0) != 0) return EMLRT_ERR_PAYLOAD;
  return EMLRT_OK;
}

/* The distance of x and an item; at least limit where it is not below it. */
static uint64_t emlrt_distance_i16(const emlrt_call *call, emlrt_rom item,
                                   uint64_t limit) {
  const int16_t *x = (const int16_t *)call->in;
  unsigned metric = EMLRT_NEAREST_I16(call, metric);
  int wide = EMLRT_NEAREST_I16(call, width) == 2;
  int32_t base = emlrt_ri16(call->payload, EMLRT_AT(emlrt_nearest_i16, base));
  uint64_t sum = 0;
  emlrt_count n;
  for (n = call->n_in; n != 0 && sum < limit; n--) {
    int32_t d = *x++ - base;
    d -= wide ? emlrt_ri16(item, 0) : (int32_t)emlrt_r8(item, 0);
    item = emlrt_rom_at(item, wide ? 2 : 1);
    sum = emlrt_distance_add_i16(sum, d, metric);
  }
  return sum;
}

void emlrt_nearest_put_i16(emlrt_alias32 *list, emlrt_count k,
                           uint64_t distance, uint32_t index) {
  emlrt_alias32 *at = list + k - 1;
  emlrt_count j;
  for (; at != list && emlrt_far(at - 1, k) > distance; at--)
    for (j = 0; j < 3; j++) at[j * k] = at[(ptrdiff_t)(j * k) - 1];
  at[0] = (uint32_t)distance;
  at[k] = (uint32_t)(distance >> 32);
  at[2 * k] = index;
}

static void emlrt_run_nearest_i16(const emlrt_call *call) {
  emlrt_count j, k = EMLRT_NEAREST_I16(call, k);
  emlrt_alias32 *list = (emlrt_alias32 *)call->out;
  emlrt_off step =
      (emlrt_off)call->n_in * (emlrt_off)EMLRT_NEAREST_I16(call, width);
  uint32_t i, n = emlrt_r32(call->payload, EMLRT_AT(emlrt_nearest_i16, n_items));
  emlrt_rom item =
      emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_nearest_i16));
  for (j = 0; j < 3 * k; j++) {
    list[j] = UINT32_MAX;
    EMLRT_KEEP_LOOP();
  }
  for (i = 0; i < n; i++, item = emlrt_rom_at(item, step)) {
    uint64_t far = emlrt_far(list + k - 1, k);
    uint64_t sum = emlrt_distance_i16(call, item, far);
    if (sum < far) emlrt_nearest_put_i16(list, k, sum, i);
  }
}

const emlrt_op emlrt_op_nearest_i16 EMLRT_PROGMEM = {
    EMLRT_OP_NEAREST_I16, emlrt_check_nearest_i16, emlrt_run_nearest_i16};
