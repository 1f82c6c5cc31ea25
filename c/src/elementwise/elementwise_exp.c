/* SPDX-License-Identifier: MIT
 *
 * Ops of the functions in maths_exp.c.
 */
#include "elementwise.h"

EMLRT_ELEMENTWISE(exp, EMLRT_OP_EXP, emlrt_exp)
EMLRT_ELEMENTWISE(expm1, EMLRT_OP_EXPM1, emlrt_expm1)
