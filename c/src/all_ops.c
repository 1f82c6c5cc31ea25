/* SPDX-License-Identifier: MIT
 *
 * emlrt_all_ops: one line a family.
 */
#include <emlrt/op.h>

const emlrt_op *const emlrt_all_ops[] = {
    &emlrt_op_trees_vote_f32,
    &emlrt_op_trees_vote_f32w,
    &emlrt_op_trees_vote_i16,
    &emlrt_op_trees_vote_i16w,
    &emlrt_op_trees_vote_u8,
    &emlrt_op_trees_vote_u8m,
    &emlrt_op_trees_vote_u8w,
    &emlrt_op_trees_soft_f32,
    &emlrt_op_trees_soft_f32w,
    &emlrt_op_trees_soft_i16,
    &emlrt_op_trees_soft_i16w,
    &emlrt_op_trees_soft_u8,
    &emlrt_op_trees_soft_u8m,
    &emlrt_op_trees_soft_u8w,
    &emlrt_op_trees_sum_f32,
    &emlrt_op_trees_sum_f32w,
    &emlrt_op_trees_sum_i16,
    &emlrt_op_trees_sum_i16w,
    &emlrt_op_trees_sum_u8,
    &emlrt_op_trees_sum_u8m,
    &emlrt_op_trees_sum_u8w,
    NULL,
};
