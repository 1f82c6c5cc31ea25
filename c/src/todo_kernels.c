/* SPDX-License-Identifier: MIT
 *
 * Ops to come: none of them opens yet.
 */
#include "numeric.h"

static emlrt_status emlrt_check_todo_kernels(emlrt_call *call) {
  (void)call;
  return EMLRT_ERR_PAYLOAD;
}

static void emlrt_run_todo_kernels(const emlrt_call *call) { (void)call; }

const emlrt_op emlrt_op_kernel_dot EMLRT_PROGMEM = {
    EMLRT_OP_KERNEL_DOT, emlrt_check_todo_kernels, emlrt_run_todo_kernels};
const emlrt_op emlrt_op_kernel_rbf EMLRT_PROGMEM = {
    EMLRT_OP_KERNEL_RBF, emlrt_check_todo_kernels, emlrt_run_todo_kernels};
const emlrt_op emlrt_op_kernel_tanh EMLRT_PROGMEM = {
    EMLRT_OP_KERNEL_TANH, emlrt_check_todo_kernels, emlrt_run_todo_kernels};
const emlrt_op emlrt_op_ovo EMLRT_PROGMEM = {
    EMLRT_OP_OVO, emlrt_check_todo_kernels, emlrt_run_todo_kernels};
