/* SPDX-License-Identifier: MIT
 *
 * Ops of the functions in maths_cos.c.
 */
#include "maps.h"

EMLRT_MAP(cos, EMLRT_OP_COS, emlrt_cos)
