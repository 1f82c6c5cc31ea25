/* SPDX-License-Identifier: MIT
 *
 * Polynomial kernels: (factor + row . x)^degree.
 */
#include "kernel.h"

static float emlrt_likeness_dot(const emlrt_call *call, emlrt_rom row,
                                float factor, uint32_t degree) {
  float base = emlrt_kernel_product(call, row, factor), power = 1.0f;
  for (;;) {
    if ((degree & 1u) != 0) power = emlrt_mul(power, base);
    degree >>= 1;
    if (degree == 0) return power;
    base = emlrt_mul(base, base);
  }
}

static emlrt_status emlrt_check_kernel_dot(emlrt_call *call) {
  return emlrt_check_kernel(call, 1, EMLRT_KERNEL_DEGREE_MAX);
}

void emlrt_run_kernel_dot(const emlrt_call *call) {
  emlrt_run_kernel(call, emlrt_likeness_dot);
}

const emlrt_op emlrt_op_kernel_dot EMLRT_OP_PLACE = {
    EMLRT_OP_KERNEL_DOT, emlrt_check_kernel_dot, emlrt_run_kernel_dot};
