/* SPDX-License-Identifier: MIT
 *
 * Numbers by tables: bins, and codes of categories.
 */
#include "../maths/keys.h"

/* Whether `count` numbers are finite or the one NaN. */
static int emlrt_map_values_numbers(emlrt_rom at, uint32_t count) {
  for (; count != 0; count--, at = emlrt_rom_at(at, 4))
    if (!emlrt_is_number(emlrt_r32(at, 0))) return 0;
  return 1;
}

static emlrt_status emlrt_check_map_values(emlrt_call *call) {
  uint32_t left = call->size;
  emlrt_rom at = call->payload;
  emlrt_count i;
  if (left < EMLRT_OCTETS(emlrt_map_values) || call->n_in != call->n_out ||
      emlrt_r32(at, EMLRT_AT(emlrt_map_values, flags)) > EMLRT_MAP_VALUES_EXACT)
    return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_map_values);
  at = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_map_values));
  for (i = 0; i < call->n_in; i++) {
    uint32_t n;
    if (left < EMLRT_OCTETS(emlrt_value_map)) return EMLRT_ERR_PAYLOAD;
    left -= (uint32_t)EMLRT_OCTETS(emlrt_value_map);
    n = emlrt_r32(at, EMLRT_AT(emlrt_value_map, n));
    if (!emlrt_map_values_numbers(
            emlrt_rom_at(at, EMLRT_AT(emlrt_value_map, other)), 1) ||
        (n != 0 && !emlrt_take_floats(&left, n, 2)))
      return EMLRT_ERR_PAYLOAD;
    at = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_value_map));
    if (!emlrt_keys_rise(at, n)) return EMLRT_ERR_PAYLOAD;
    at = emlrt_float_at(at, n);
    if (!emlrt_map_values_numbers(at, n)) return EMLRT_ERR_PAYLOAD;
    at = emlrt_float_at(at, n);
  }
  return left == 0 ? EMLRT_OK : EMLRT_ERR_PAYLOAD;
}

void emlrt_run_map_values(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  emlrt_alias32 *y = (emlrt_alias32 *)call->out;
  emlrt_rom at = call->payload;
  uint32_t exact = emlrt_r32(at, EMLRT_AT(emlrt_map_values, flags));
  emlrt_count i;
  at = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_map_values));
  for (i = 0; i < call->n_in; i++) {
    uint32_t order = emlrt_sort_key_u32(emlrt_bits_at(x, i));
    uint32_t n = emlrt_r32(at, EMLRT_AT(emlrt_value_map, n));
    uint32_t found = emlrt_r32(at, EMLRT_AT(emlrt_value_map, other));
    uint32_t up_to;
    at = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_value_map));
    up_to = emlrt_keys_up_to(at, n, order);
    if (up_to != 0 &&
        (exact == 0 || emlrt_sort_key_u32(emlrt_r32(
                           emlrt_float_at(at, up_to - 1u), 0)) == order))
      found = emlrt_r32(emlrt_float_at(at, n + up_to - 1u), 0);
    y[i] = found;
    at = emlrt_float_at(at, n + n);
  }
}

const emlrt_op emlrt_op_map_values EMLRT_OP_PLACE = {
    EMLRT_OP_MAP_VALUES, emlrt_check_map_values, emlrt_run_map_values};
