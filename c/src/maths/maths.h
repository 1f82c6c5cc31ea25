/* SPDX-License-Identifier: MIT
 *
 * Functions of one float32, in integer arithmetic alone: the same bits on every
 * target, whatever its floating point. Bits in, bits out. A NaN gives 7FC00000.
 */
#ifndef EMLRT_MATHS_H
#define EMLRT_MATHS_H

#include "numeric.h"

uint32_t emlrt_exp(uint32_t x);
uint32_t emlrt_expm1(uint32_t x);
uint32_t emlrt_log(uint32_t x);
uint32_t emlrt_log1p(uint32_t x);
uint32_t emlrt_logistic(uint32_t x);
uint32_t emlrt_tanh(uint32_t x);
uint32_t emlrt_sqrt(uint32_t x);
uint32_t emlrt_erf(uint32_t x);
uint32_t emlrt_ndtri(uint32_t x);
uint32_t emlrt_cos(uint32_t x);
uint32_t emlrt_atan2(uint32_t y, uint32_t x);

#endif
