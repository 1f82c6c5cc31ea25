/* SPDX-License-Identifier: MIT
 *
 * The two ops, sum and add, of a walk with categories. Included as trees_ops.h
 * is, with the same parameters.
 */
#define EMLRT_CODED
#include "trees_walk.h"
#undef EMLRT_CODED

#define EMLRT_CAT2(a, b) a##b
#define EMLRT_CAT(a, b) EMLRT_CAT2(a, b)
#define EMLRT_WALKER EMLRT_CAT(emlrt_walk_, EMLRT_NAME)
#define EMLRT_FEATURES EMLRT_CAT(emlrt_feature_, EMLRT_NAME)
#define EMLRT_RECORDS EMLRT_CAT(emlrt_records_, EMLRT_NAME)
#define EMLRT_PLACE EMLRT_CAT(emlrt_set_, EMLRT_NAME)

void EMLRT_CAT(emlrt_run_trees_sum_, EMLRT_NAME)(const emlrt_call *call) {
  emlrt_coded coded;
  emlrt_trees_coded(&coded, call);
  emlrt_trees_sum(call, &coded, EMLRT_WALKER, EMLRT_RECORD);
}

#if !defined(EMLRT_NO_FLOAT)
void EMLRT_CAT(emlrt_run_trees_add_, EMLRT_NAME)(const emlrt_call *call) {
  emlrt_coded coded;
  emlrt_trees_coded(&coded, call);
  emlrt_trees_add(call, &coded, EMLRT_WALKER, EMLRT_RECORD);
}
#endif

static emlrt_status EMLRT_CAT(emlrt_check_sum_, EMLRT_NAME)(emlrt_call *call) {
  emlrt_status status =
      emlrt_trees_check(call, emlrt_trees_sum_leaves_sets(call), call->n_out,
                        call->n_out, EMLRT_RECORDS, EMLRT_RECORD);
  if (status != EMLRT_OK) return status;
  return emlrt_trees_sets_ok(call, call->n_out, EMLRT_FEATURES, EMLRT_PLACE,
                             EMLRT_RECORD);
}

#if !defined(EMLRT_NO_FLOAT)
static emlrt_status EMLRT_CAT(emlrt_check_add_, EMLRT_NAME)(emlrt_call *call) {
  emlrt_status status =
      emlrt_trees_check(call, emlrt_trees_add_leaves_sets(call), 0, call->n_out,
                        EMLRT_RECORDS, EMLRT_RECORD);
  if (status == EMLRT_OK)
    status =
        emlrt_trees_sets_ok(call, 0, EMLRT_FEATURES, EMLRT_PLACE, EMLRT_RECORD);
  return status == EMLRT_OK ? emlrt_float_status() : status;
}
#endif

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
#undef EMLRT_WALKER
#undef EMLRT_FEATURES
#undef EMLRT_RECORDS
#undef EMLRT_PLACE
#undef EMLRT_NAME
#undef EMLRT_SUFFIX
#undef EMLRT_RECORD
#undef EMLRT_INPUT
