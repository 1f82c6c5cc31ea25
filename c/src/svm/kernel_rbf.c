/* SPDX-License-Identifier: MIT
 *
 * Kernels of distances: exp(factor * sum |x - row|^degree), degree 1 or 2.
 */
#include "kernel.h"

static float emlrt_likeness_rbf(const emlrt_call *call, emlrt_rom row,
                                float factor, uint32_t degree) {
  float sum = emlrt_kernel_distance(call, row, degree);
  return emlrt_float(emlrt_exp(emlrt_bits(emlrt_mul(factor, sum))));
}

static emlrt_status emlrt_check_kernel_rbf(emlrt_call *call) {
  return emlrt_check_kernel(call, 1, 2);
}

void emlrt_run_kernel_rbf(const emlrt_call *call) {
  emlrt_run_kernel(call, emlrt_likeness_rbf);
}

const emlrt_op emlrt_op_kernel_rbf EMLRT_OP_PLACE = {
    EMLRT_OP_KERNEL_RBF, emlrt_check_kernel_rbf, emlrt_run_kernel_rbf};
