/* SPDX-License-Identifier: MIT
 *
 * Ops of the functions in maths_erf.c.
 */
#include "maps.h"

EMLRT_MAP(erf, EMLRT_OP_ERF, emlrt_erf)
