/* SPDX-License-Identifier: MIT
 *
 * Ops to come: none of them opens yet.
 */
#include "numeric.h"

static emlrt_status emlrt_check_todo_maps(emlrt_call *call) {
  (void)call;
  return EMLRT_ERR_PAYLOAD;
}

static void emlrt_run_todo_maps(const emlrt_call *call) { (void)call; }

const emlrt_op emlrt_op_logistic EMLRT_PROGMEM = {
    EMLRT_OP_LOGISTIC, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_tanh EMLRT_PROGMEM = {
    EMLRT_OP_TANH, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_exp EMLRT_PROGMEM = {
    EMLRT_OP_EXP, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_expm1 EMLRT_PROGMEM = {
    EMLRT_OP_EXPM1, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_log EMLRT_PROGMEM = {
    EMLRT_OP_LOG, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_log1p EMLRT_PROGMEM = {
    EMLRT_OP_LOG1P, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_sqrt EMLRT_PROGMEM = {
    EMLRT_OP_SQRT, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_erf EMLRT_PROGMEM = {
    EMLRT_OP_ERF, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_ndtri EMLRT_PROGMEM = {
    EMLRT_OP_NDTRI, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_cos EMLRT_PROGMEM = {
    EMLRT_OP_COS, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_abs EMLRT_PROGMEM = {
    EMLRT_OP_ABS, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_square EMLRT_PROGMEM = {
    EMLRT_OP_SQUARE, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_reciprocal EMLRT_PROGMEM = {
    EMLRT_OP_RECIPROCAL, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_softplus EMLRT_PROGMEM = {
    EMLRT_OP_SOFTPLUS, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_softsign EMLRT_PROGMEM = {
    EMLRT_OP_SOFTSIGN, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_silu EMLRT_PROGMEM = {
    EMLRT_OP_SILU, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_gelu EMLRT_PROGMEM = {
    EMLRT_OP_GELU, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_gelu_tanh EMLRT_PROGMEM = {
    EMLRT_OP_GELU_TANH, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_relu EMLRT_PROGMEM = {
    EMLRT_OP_RELU, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_elu EMLRT_PROGMEM = {
    EMLRT_OP_ELU, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_clip EMLRT_PROGMEM = {
    EMLRT_OP_CLIP, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_step EMLRT_PROGMEM = {
    EMLRT_OP_STEP, emlrt_check_todo_maps, emlrt_run_todo_maps};
const emlrt_op emlrt_op_power EMLRT_PROGMEM = {
    EMLRT_OP_POWER, emlrt_check_todo_maps, emlrt_run_todo_maps};
