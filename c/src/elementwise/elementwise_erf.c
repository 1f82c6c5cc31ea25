/* SPDX-License-Identifier: MIT
 *
 * Ops of the functions in maths_erf.c.
 */
#include "elementwise.h"

EMLRT_ELEMENTWISE(erf, EMLRT_OP_ERF, emlrt_erf)
