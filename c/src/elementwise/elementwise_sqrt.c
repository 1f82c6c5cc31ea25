/* SPDX-License-Identifier: MIT
 *
 * Ops of the functions in maths_sqrt.c.
 */
#include "elementwise.h"

EMLRT_ELEMENTWISE(sqrt, EMLRT_OP_SQRT, emlrt_sqrt)
