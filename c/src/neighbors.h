/* SPDX-License-Identifier: MIT
 *
 * What ops share that make answers of neighbours.
 */
#ifndef EMLRT_NEIGHBORS_H
#define EMLRT_NEIGHBORS_H

#include "numeric.h"


#define EMLRT_NEIGHBORS16(call, field) \
  emlrt_r16((call)->payload, EMLRT_AT(emlrt_neighbors, field))
#define EMLRT_NEIGHBORS_ITEMS(call) \
  emlrt_r32((call)->payload, EMLRT_AT(emlrt_neighbors, n_items))
#define EMLRT_NEIGHBORS_TABLE(call) \
  emlrt_rom_at((call)->payload, EMLRT_OCTETS(emlrt_neighbors))

/* Checks a payload of labels, whose flags are among `flags`. */
emlrt_status emlrt_check_labels(const emlrt_call *call, unsigned flags);

/* The j-th score that an item votes for. */
uint32_t emlrt_label_of(const emlrt_call *call, uint32_t item, unsigned j);

#endif
