/* SPDX-License-Identifier: MIT
 *
 * Ops to come: none of them opens yet.
 */
#include "numeric.h"

static emlrt_status emlrt_check_todo_neighbors(emlrt_call *call) {
  (void)call;
  return EMLRT_ERR_PAYLOAD;
}

static void emlrt_run_todo_neighbors(const emlrt_call *call) { (void)call; }

const emlrt_op emlrt_op_distances EMLRT_PROGMEM = {
    EMLRT_OP_DISTANCES, emlrt_check_todo_neighbors, emlrt_run_todo_neighbors};
const emlrt_op emlrt_op_nearest EMLRT_PROGMEM = {
    EMLRT_OP_NEAREST, emlrt_check_todo_neighbors, emlrt_run_todo_neighbors};
const emlrt_op emlrt_op_nearest_i16 EMLRT_PROGMEM = {
    EMLRT_OP_NEAREST_I16, emlrt_check_todo_neighbors, emlrt_run_todo_neighbors};
const emlrt_op emlrt_op_neighbor_shares EMLRT_PROGMEM = {
    EMLRT_OP_NEIGHBOR_SHARES, emlrt_check_todo_neighbors, emlrt_run_todo_neighbors};
const emlrt_op emlrt_op_neighbor_means EMLRT_PROGMEM = {
    EMLRT_OP_NEIGHBOR_MEANS, emlrt_check_todo_neighbors, emlrt_run_todo_neighbors};
