/* SPDX-License-Identifier: MIT
 *
 * Matern kernels of t = sqrt(factor * sum (x - row)^2): exp(-t), times 1 + t for
 * degree 2, or 1 + t + t^2 / 3 for degree 3.
 */
#include "kernel.h"

static float emlrt_likeness_matern(const emlrt_call *call, emlrt_rom row,
                                   float factor, uint32_t degree) {
  float t = emlrt_mul(factor, emlrt_kernel_distance(call, row, 2)), value;
  uint32_t bits = emlrt_sqrt(emlrt_bits(t));
  t = emlrt_float(bits);
  value = emlrt_float(emlrt_exp(bits ^ EMLRT_SIGN_BIT));
  /* Where it is 0, t may be infinite. */
  if (degree == 1 || emlrt_bits(value) == 0) return value;
  factor = 0;
  if (degree != 2) factor = emlrt_div(emlrt_mul(t, t), 3.0f);
  return emlrt_mul(emlrt_add(emlrt_add(factor, t), 1.0f), value);
}

static emlrt_status emlrt_check_kernel_matern(emlrt_call *call) {
  return emlrt_check_kernel(call, 1, 3);
}

void emlrt_run_kernel_matern(const emlrt_call *call) {
  emlrt_run_kernel(call, emlrt_likeness_matern);
}

const emlrt_op emlrt_op_kernel_matern EMLRT_OP_PLACE = {
    EMLRT_OP_KERNEL_MATERN, emlrt_check_kernel_matern, emlrt_run_kernel_matern};
