/* SPDX-License-Identifier: MIT
 *
 * What the nearest items of a block of rows say.
 */
#include "lanes_kernel.h"

#if defined(EMLRT_LANES_ON)

#include <string.h>

/* Of a neighbour of each lane what the table has: a least distance, and a density.
 * Items that are not there, which only a blob made to harm names, have none. */
typedef struct found {
  lanes_i there;
  lanes_u least;
  lanes_u density;
} found;

static void find(const emlrt_call *call, const uint32_t *items, found *to) {
  uint32_t n = emlrt_r32(call->payload, EMLRT_AT(emlrt_density, n_items));
  emlrt_rom table = emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_density));
  uint32_t least[LANES], density[LANES];
  int32_t there[LANES];
  size_t r;
  for (r = 0; r < LANES; r++) {
    uint32_t item = items[r] < n ? items[r] : 0;
    there[r] = -(int32_t)(items[r] < n);
    least[r] = emlrt_r32(emlrt_rom_at(table, item * (size_t)4), 0);
    density[r] = emlrt_r32(emlrt_rom_at(table, (item + (size_t)n) * 4), 0);
  }
  memcpy(&to->there, there, sizeof there);
  memcpy(&to->least, least, sizeof least);
  memcpy(&to->density, density, sizeof density);
}

/* Sums over the neighbours: columns of the reach and of the density. */
CLONES static void add_up(const emlrt_call *call, const float *x,
                          const float *distances, float *sums) {
  size_t k = call->n_in / 2, i;
  lanes_f reach = lanes_same(0.0f), density = reach;
  for (i = 0; i < k; i++) {
    lanes_u distance = lanes_bits(lanes_at(distances, i));
    found one;
    find(call, (const uint32_t *)(const void *)(x + (k + i) * LANES), &one);
    distance = lanes_pick(distance < one.least, one.least, distance);
    reach = lanes_float(lanes_pick(one.there,
                                   lanes_bits(reach + lanes_float(distance)),
                                   lanes_bits(reach)));
    density = lanes_float(
        lanes_pick(one.there, lanes_bits(density + lanes_float(one.density)),
                   lanes_bits(density)));
  }
  lanes_put(sums, 0, reach);
  lanes_put(sums, 1, density);
}

CLONES static void finish(const emlrt_call *call, const float *sums, float *y) {
  emlrt_rom at = call->payload;
  float floor = emlrt_rf32(at, EMLRT_AT(emlrt_density, floor));
  float offset = emlrt_rf32(at, EMLRT_AT(emlrt_density, offset));
  lanes_f count = lanes_same(emlrt_rounded_to(call->n_in / 2));
  lanes_f reach = lanes_at(sums, 0) / count + floor;
  lanes_f density = lanes_at(sums, 1) / count * reach;
  lanes_put_one(y, 0, lanes_same(offset) - density);
}

void emlrt_lanes_neighbor_density(const emlrt_call *call, const float *x,
                                  float *y, float *work) {
  size_t n = (size_t)(call->n_in / 2) * LANES;
  float *sums = work + n;
  memcpy(work, x, n * sizeof *work);
  if (emlrt_r32(call->payload, EMLRT_AT(emlrt_density, flags)) != 0)
    emlrt_lanes_sqrt((uint32_t *)(void *)work, n);
  add_up(call, x, work, sums);
  finish(call, sums, y);
}

#endif
