/* SPDX-License-Identifier: MIT
 *
 * Ops of the functions in maths_logistic.c.
 */
#include "elementwise.h"

EMLRT_ELEMENTWISE(logistic, EMLRT_OP_LOGISTIC, emlrt_logistic)
EMLRT_ELEMENTWISE(tanh, EMLRT_OP_TANH, emlrt_tanh)
