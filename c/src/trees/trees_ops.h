/* SPDX-License-Identifier: MIT
 *
 * The four ops, vote, soft, sum and add, of one walk. Included once for each pair of
 * record size and input dtype, with these defined:
 *
 *   EMLRT_NAME    suffix of the ops' names
 *   EMLRT_SUFFIX  the same in capitals
 *   EMLRT_RECORD  bytes of a record: 4, 6, 8 or 12
 *   EMLRT_INPUT   input dtype: EMLRT_U8, EMLRT_I16, EMLRT_I32 or EMLRT_F32
 */
#include "trees_walk.h"

#define EMLRT_CAT2(a, b) a##b
#define EMLRT_CAT(a, b) EMLRT_CAT2(a, b)
#define EMLRT_WALKER EMLRT_CAT(emlrt_walk_, EMLRT_NAME)
#define EMLRT_RECORDS EMLRT_CAT(emlrt_records_, EMLRT_NAME)

/* The usual leaf_shift has a loop of its own, unless size comes first. */
#if defined(__OPTIMIZE_SIZE__)
#define EMLRT_TREES_BYTES(call) EMLRT_TREES16((call)->payload, leaf_shift)
#else
#define EMLRT_TREES_BYTES(call) 0
EMLRT_NOINLINE static void EMLRT_CAT(emlrt_vote_wide_,
                                     EMLRT_NAME)(const emlrt_call *call) {
  emlrt_trees_vote(call, EMLRT_WALKER, EMLRT_RECORD,
                   EMLRT_TREES16(call->payload, leaf_shift));
}
#endif

void EMLRT_CAT(emlrt_run_trees_vote_, EMLRT_NAME)(const emlrt_call *call) {
#if !defined(__OPTIMIZE_SIZE__)
  if (EMLRT_TREES16(call->payload, leaf_shift) != 0) {
    EMLRT_CAT(emlrt_vote_wide_, EMLRT_NAME)(call);
    return;
  }
#endif
  emlrt_trees_vote(call, EMLRT_WALKER, EMLRT_RECORD, EMLRT_TREES_BYTES(call));
}

void EMLRT_CAT(emlrt_run_trees_soft_, EMLRT_NAME)(const emlrt_call *call) {
  emlrt_trees_soft(call, EMLRT_WALKER, EMLRT_RECORD);
}

void EMLRT_CAT(emlrt_run_trees_sum_, EMLRT_NAME)(const emlrt_call *call) {
  emlrt_trees_sum(call, call->in, EMLRT_WALKER, EMLRT_RECORD);
}

#if !defined(EMLRT_NO_FLOAT)
void EMLRT_CAT(emlrt_run_trees_add_, EMLRT_NAME)(const emlrt_call *call) {
  emlrt_trees_add(call, call->in, EMLRT_WALKER, EMLRT_RECORD);
}
#endif

static emlrt_status EMLRT_CAT(emlrt_check_vote_, EMLRT_NAME)(emlrt_call *call) {
  return emlrt_trees_check(call, emlrt_trees_vote_leaves(call), 0, 0,
                           EMLRT_RECORDS, EMLRT_RECORD);
}

static emlrt_status EMLRT_CAT(emlrt_check_soft_, EMLRT_NAME)(emlrt_call *call) {
  return emlrt_trees_check(call, emlrt_trees_soft_leaves(call), 0, call->n_out,
                           EMLRT_RECORDS, EMLRT_RECORD);
}

static emlrt_status EMLRT_CAT(emlrt_check_sum_, EMLRT_NAME)(emlrt_call *call) {
  return emlrt_trees_check(call, emlrt_trees_sum_leaves(call), call->n_out,
                           call->n_out, EMLRT_RECORDS, EMLRT_RECORD);
}

#if !defined(EMLRT_NO_FLOAT)
static emlrt_status EMLRT_CAT(emlrt_check_add_, EMLRT_NAME)(emlrt_call *call) {
  emlrt_status status =
      emlrt_trees_check(call, emlrt_trees_add_leaves(call), 0, call->n_out,
                        EMLRT_RECORDS, EMLRT_RECORD);
  return status == EMLRT_OK ? emlrt_float_status() : status;
}
#endif

const emlrt_op EMLRT_CAT(emlrt_op_trees_vote_, EMLRT_NAME) EMLRT_OP_PLACE = {
    EMLRT_CAT(EMLRT_OP_TREES_VOTE_, EMLRT_SUFFIX),
    EMLRT_CAT(emlrt_check_vote_, EMLRT_NAME),
    EMLRT_CAT(emlrt_run_trees_vote_, EMLRT_NAME)};

const emlrt_op EMLRT_CAT(emlrt_op_trees_soft_, EMLRT_NAME) EMLRT_OP_PLACE = {
    EMLRT_CAT(EMLRT_OP_TREES_SOFT_, EMLRT_SUFFIX),
    EMLRT_CAT(emlrt_check_soft_, EMLRT_NAME),
    EMLRT_CAT(emlrt_run_trees_soft_, EMLRT_NAME)};

const emlrt_op EMLRT_CAT(emlrt_op_trees_sum_, EMLRT_NAME) EMLRT_OP_PLACE = {
    EMLRT_CAT(EMLRT_OP_TREES_SUM_, EMLRT_SUFFIX),
    EMLRT_CAT(emlrt_check_sum_, EMLRT_NAME),
    EMLRT_CAT(emlrt_run_trees_sum_, EMLRT_NAME)};

#if !defined(EMLRT_NO_FLOAT)
const emlrt_op EMLRT_CAT(emlrt_op_trees_add_, EMLRT_NAME) EMLRT_OP_PLACE = {
    EMLRT_CAT(EMLRT_OP_TREES_ADD_, EMLRT_SUFFIX),
    EMLRT_CAT(emlrt_check_add_, EMLRT_NAME),
    EMLRT_CAT(emlrt_run_trees_add_, EMLRT_NAME)};
#endif

#undef EMLRT_CAT
#undef EMLRT_CAT2
#undef EMLRT_TREES_BYTES
#undef EMLRT_WALKER
#undef EMLRT_RECORDS
#undef EMLRT_NAME
#undef EMLRT_SUFFIX
#undef EMLRT_RECORD
#undef EMLRT_INPUT
