/* SPDX-License-Identifier: MIT
 *
 * <float.h> of the kernel, which has none: what the runtime asks of floats it only
 * names here. */
#define FLT_EVAL_METHOD 0
