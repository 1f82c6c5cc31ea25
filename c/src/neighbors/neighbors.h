/* SPDX-License-Identifier: MIT
 *
 * What ops share that make answers of neighbours.
 */
#ifndef EMLRT_NEIGHBORS_H
#define EMLRT_NEIGHBORS_H

#include "../maths/numeric.h"

#define EMLRT_NEIGHBORS16(call, field) \
  emlrt_r16((call)->payload, EMLRT_AT(emlrt_neighbors, field))
#define EMLRT_NEIGHBORS_ITEMS(call) \
  emlrt_r32((call)->payload, EMLRT_AT(emlrt_neighbors, n_items))
#define EMLRT_NEIGHBORS_TABLE(call) \
  emlrt_rom_at((call)->payload, EMLRT_OCTETS(emlrt_neighbors))

/* Checks a payload of labels, whose flags are among `flags`, for lists of k
 * neighbours: more than there are items would be work that no item pays for. */
emlrt_status emlrt_check_labels(const emlrt_call *call, unsigned flags,
                                emlrt_count k);

/* The i-th number of the table of scores. */
uint32_t emlrt_label_at(const emlrt_call *call, uint32_t i);

/* Whether a payload is a head, rows of so many bytes, at least 1, and zeros up to
 * a multiple of 4. It must be no shorter than the head. */
int emlrt_rows_fit(const emlrt_call *call, uint32_t head, uint32_t rows,
                   uint32_t bytes);

#endif
