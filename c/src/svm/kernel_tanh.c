/* SPDX-License-Identifier: MIT
 *
 * Sigmoid kernels: tanh(factor + row . x).
 */
#include "kernel.h"

static float emlrt_likeness_tanh(const emlrt_call *call, emlrt_rom row,
                                 float factor, uint32_t degree) {
  float sum = emlrt_kernel_product(call, row, factor);
  (void)degree;
  return emlrt_float(emlrt_tanh(emlrt_bits(sum)));
}

static emlrt_status emlrt_check_kernel_tanh(emlrt_call *call) {
  return emlrt_check_kernel(call, 1, 1);
}

void emlrt_run_kernel_tanh(const emlrt_call *call) {
  emlrt_run_kernel(call, emlrt_likeness_tanh);
}

const emlrt_op emlrt_op_kernel_tanh EMLRT_OP_PLACE = {
    EMLRT_OP_KERNEL_TANH, emlrt_check_kernel_tanh, emlrt_run_kernel_tanh};
