/* SPDX-License-Identifier: MIT
 *
 * Local outlier factors: how dense the neighbours lie, against x among them.
 */
#include "../maths/maths.h"

#define EMLRT_DENSITY32(call, field) \
  emlrt_r32((call)->payload, EMLRT_AT(emlrt_density, field))

static emlrt_status emlrt_check_neighbor_density(emlrt_call *call) {
  uint32_t left = call->size;
  uint32_t flags;
  if (left < EMLRT_OCTETS(emlrt_density)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_density);
  flags = EMLRT_DENSITY32(call, flags);
  if ((flags & ~(uint32_t)EMLRT_NEIGHBORS_ROOT) != 0 || call->n_out != 1 ||
      (call->n_in & 1u) != 0 || left == 0 ||
      !emlrt_take_floats(&left, EMLRT_DENSITY32(call, n_items), 2) ||
      left != 0 ||
      !emlrt_finite(
          emlrt_rom_at(call->payload, EMLRT_AT(emlrt_density, offset)),
          call->size / 4 - 2))
    return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

void emlrt_run_neighbor_density(const emlrt_call *call) {
  const emlrt_alias32 *list = (const emlrt_alias32 *)call->in;
  emlrt_count k = call->n_in / 2, i;
  uint32_t n = EMLRT_DENSITY32(call, n_items);
  emlrt_rom table = emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_density));
  float reach = 0.0f, density = 0.0f;
  emlrt_rounded count = (float)k;
  for (i = 0; i < k; i++) {
    uint32_t distance = list[i], least;
    emlrt_rom at;
    if (list[k + i] >= n) continue; /* only from a stage made to harm */
    at = emlrt_rom_at(table, (emlrt_off)list[k + i] * 4u);
    if (EMLRT_DENSITY32(call, flags) != 0) distance = emlrt_sqrt(distance);
    least = emlrt_r32(at, 0);
    if (distance < least) distance = least;
    reach = emlrt_add(reach, emlrt_float(distance));
    at = emlrt_rom_at(at, (emlrt_off)n * 4u);
    density = emlrt_add(density, emlrt_rf32(at, 0));
  }
  reach = emlrt_div(reach, count);
  reach = emlrt_add(reach, emlrt_float(EMLRT_DENSITY32(call, floor)));
  density = emlrt_mul(emlrt_div(density, count), reach);
  emlrt_put((float *)call->out,
            emlrt_sub(emlrt_float(EMLRT_DENSITY32(call, offset)), density));
}

const emlrt_op emlrt_op_neighbor_density EMLRT_OP_PLACE = {
    EMLRT_OP_NEIGHBOR_DENSITY, emlrt_check_neighbor_density,
    emlrt_run_neighbor_density};
