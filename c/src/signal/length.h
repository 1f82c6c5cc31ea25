/* SPDX-License-Identifier: MIT
 *
 * The length of a vector.
 */
#ifndef EMLRT_LENGTH_H
#define EMLRT_LENGTH_H

#include "samples.h"

/* The root of the sum of squares of n numbers, from the first on. Where these are
 * very large or very small, of numbers times a power of 2, so that no square is out
 * of range. */
float emlrt_length_of(const float *x, emlrt_count n);

#endif
