/* SPDX-License-Identifier: MIT
 *
 * Ops of the functions in maths_logistic.c.
 */
#include "elementwise.h"

EMLRT_MAP(logistic, EMLRT_OP_LOGISTIC, emlrt_logistic)
EMLRT_MAP(tanh, EMLRT_OP_TANH, emlrt_tanh)
