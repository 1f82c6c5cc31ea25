/* SPDX-License-Identifier: MIT
 *
 * Ops to come: none of them opens yet.
 */
#include "numeric.h"

static emlrt_status emlrt_check_todo_prep(emlrt_call *call) {
  (void)call;
  return EMLRT_ERR_PAYLOAD;
}

static void emlrt_run_todo_prep(const emlrt_call *call) { (void)call; }

const emlrt_op emlrt_op_impute EMLRT_PROGMEM = {
    EMLRT_OP_IMPUTE, emlrt_check_todo_prep, emlrt_run_todo_prep};
const emlrt_op emlrt_op_missing EMLRT_PROGMEM = {
    EMLRT_OP_MISSING, emlrt_check_todo_prep, emlrt_run_todo_prep};
const emlrt_op emlrt_op_bins EMLRT_PROGMEM = {
    EMLRT_OP_BINS, emlrt_check_todo_prep, emlrt_run_todo_prep};
const emlrt_op emlrt_op_encode EMLRT_PROGMEM = {
    EMLRT_OP_ENCODE, emlrt_check_todo_prep, emlrt_run_todo_prep};
const emlrt_op emlrt_op_equals EMLRT_PROGMEM = {
    EMLRT_OP_EQUALS, emlrt_check_todo_prep, emlrt_run_todo_prep};
const emlrt_op emlrt_op_products EMLRT_PROGMEM = {
    EMLRT_OP_PRODUCTS, emlrt_check_todo_prep, emlrt_run_todo_prep};
const emlrt_op emlrt_op_interpolate EMLRT_PROGMEM = {
    EMLRT_OP_INTERPOLATE, emlrt_check_todo_prep, emlrt_run_todo_prep};
