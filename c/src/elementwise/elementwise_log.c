/* SPDX-License-Identifier: MIT
 *
 * Ops of the functions in maths_log.c.
 */
#include "elementwise.h"

EMLRT_ELEMENTWISE(log, EMLRT_OP_LOG, emlrt_log)
EMLRT_ELEMENTWISE(log1p, EMLRT_OP_LOG1P, emlrt_log1p)
