/* SPDX-License-Identifier: MIT
 *
 * Ops to come: none of them opens yet.
 */
#include "numeric.h"

static emlrt_status emlrt_check_todo_rows(emlrt_call *call) {
  (void)call;
  return EMLRT_ERR_PAYLOAD;
}

static void emlrt_run_todo_rows(const emlrt_call *call) { (void)call; }

const emlrt_op emlrt_op_softmax EMLRT_PROGMEM = {
    EMLRT_OP_SOFTMAX, emlrt_check_todo_rows, emlrt_run_todo_rows};
const emlrt_op emlrt_op_logsumexp EMLRT_PROGMEM = {
    EMLRT_OP_LOGSUMEXP, emlrt_check_todo_rows, emlrt_run_todo_rows};
const emlrt_op emlrt_op_normalize EMLRT_PROGMEM = {
    EMLRT_OP_NORMALIZE, emlrt_check_todo_rows, emlrt_run_todo_rows};
const emlrt_op emlrt_op_winner EMLRT_PROGMEM = {
    EMLRT_OP_WINNER, emlrt_check_todo_rows, emlrt_run_todo_rows};
const emlrt_op emlrt_op_both EMLRT_PROGMEM = {
    EMLRT_OP_BOTH, emlrt_check_todo_rows, emlrt_run_todo_rows};
