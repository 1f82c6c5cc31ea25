/* SPDX-License-Identifier: MIT
 *
 * Ops of the functions in maths_cos.c.
 */
#include "elementwise.h"

EMLRT_ELEMENTWISE(cos, EMLRT_OP_COS, emlrt_cos)
