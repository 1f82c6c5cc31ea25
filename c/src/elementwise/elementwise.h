/* SPDX-License-Identifier: MIT
 *
 * Ops that apply a function to each element by itself.
 */
#ifndef EMLRT_ELEMENTWISE_H
#define EMLRT_ELEMENTWISE_H

#include "../maths/maths.h"

/* A function of a float's bits. */
typedef uint32_t emlrt_function(uint32_t x);

/* Ops without a payload that write as many elements as they read. */
emlrt_status emlrt_check_elementwise(emlrt_call *call);
void emlrt_elementwise_run(const emlrt_call *call, emlrt_function *f);

/* The op emlrt_op_<name>, whose function is emlrt_<function>. */
#define EMLRT_ELEMENTWISE(name, code, function)     \
  void emlrt_run_##name(const emlrt_call *call) {   \
    emlrt_elementwise_run(call, function);          \
  }                                                 \
  const emlrt_op emlrt_op_##name EMLRT_OP_PLACE = { \
      code, emlrt_check_elementwise, emlrt_run_##name};

/* Writes bits of a result. */
EMLRT_INLINE void emlrt_put_bits(float *at, uint32_t bits) {
  *(emlrt_alias32 *)(void *)at = emlrt_one_nan(bits);
}

#define EMLRT_ONE_BITS UINT32_C(0x3F800000) /* 1.0f */

#endif
