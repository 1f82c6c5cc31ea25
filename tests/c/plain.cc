// SPDX-License-Identifier: MIT
// The public headers from C++: what a C++ firmware would write.
#include <emlrt/emlrt.h>
#include <emlrt/op.h>

static const emlrt_op *const ops[] = {&emlrt_op_trees_vote_f32, NULL};

uint32_t classify(emlrt_rom blob, uint32_t size, const float *x, size_t n);
uint32_t classify(emlrt_rom blob, uint32_t size, const float *x, size_t n) {
  EMLRT_SCRATCH(scratch, 64);
  emlrt_model model;
  uint32_t predicted;
  if (emlrt_open(&model, blob, size, ops) != EMLRT_OK) return UINT32_MAX;
  if (emlrt_classify_f32(&model, x, n, &predicted, 1, scratch, sizeof scratch))
    return UINT32_MAX;
  return predicted;
}
