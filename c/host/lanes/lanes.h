/* SPDX-License-Identifier: MIT
 *
 * Rows in lanes: what other ops than trees and dense layers compute of many rows.
 */
#ifndef EMLRT_LANES_H
#define EMLRT_LANES_H

#include "../forest/forest.h"

/* A stage on the first of n rows. call: in and out are not looked at. Returns of how
 * many: 0 if the op has no kernel, the rows are too few, or memory runs out; the
 * others go one by one. */
size_t emlrt_lanes_run(uint32_t op, const emlrt_call *call, emlrt_rows in,
                       emlrt_rows out, size_t n);

/* Probabilities of the first of n rows, as emlrt_probabilities; returns of how
 * many. */
size_t emlrt_lanes_proba(const emlrt_model *model, const uint32_t *scores,
                         size_t n, float *p);

#endif
