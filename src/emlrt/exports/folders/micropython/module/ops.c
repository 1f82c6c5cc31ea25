/* SPDX-License-Identifier: MIT
 *
 * Made by `emlrt export micropython`: the ops of the models that it was exported with.
 */
#include "glue.h"

#if !defined(EMLRT_MP_ALL_OPS)
const emlrt_op *const emlrt_mp_ops[] = {
@OPS@
    NULL,
};
#endif
