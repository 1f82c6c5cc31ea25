/* SPDX-License-Identifier: MIT
 *
 * Distances of two rows, and the list of the nearest.
 */
#ifndef EMLRT_DISTANCE_H
#define EMLRT_DISTANCE_H

#include "numeric.h"

/* The distance of n numbers x and an item, as bits, which are ordered as the
 * distances are: NaN is the largest. It may be any number of at least `limit`
 * where it is not below limit. */
uint32_t emlrt_distance(const float *x, emlrt_count n, emlrt_rom item,
                        unsigned metric, uint32_t limit);

/* Empties a list of the k nearest: k distances, then k indices. */
void emlrt_nearest_clear(emlrt_alias32 *list, emlrt_count k);

/* Puts an item where it belongs. distance must be below that of the last. */
void emlrt_nearest_put(emlrt_alias32 *list, emlrt_count k, uint32_t distance,
                       uint32_t index);

#endif
