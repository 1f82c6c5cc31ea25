/* SPDX-License-Identifier: MIT
 *
 * Ops of the functions in maths_ndtri.c.
 */
#include "elementwise.h"

EMLRT_ELEMENTWISE(ndtri, EMLRT_OP_NDTRI, emlrt_ndtri)
