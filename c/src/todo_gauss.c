/* SPDX-License-Identifier: MIT
 *
 * Ops to come: none of them opens yet.
 */
#include "numeric.h"

static emlrt_status emlrt_check_todo_gauss(emlrt_call *call) {
  (void)call;
  return EMLRT_ERR_PAYLOAD;
}

static void emlrt_run_todo_gauss(const emlrt_call *call) { (void)call; }

const emlrt_op emlrt_op_gauss_diag EMLRT_PROGMEM = {
    EMLRT_OP_GAUSS_DIAG, emlrt_check_todo_gauss, emlrt_run_todo_gauss};
const emlrt_op emlrt_op_gauss_full EMLRT_PROGMEM = {
    EMLRT_OP_GAUSS_FULL, emlrt_check_todo_gauss, emlrt_run_todo_gauss};
