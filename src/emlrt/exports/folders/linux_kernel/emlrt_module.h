/* SPDX-License-Identifier: MIT */
#ifndef EMLRT_MODULE_H
#define EMLRT_MODULE_H
#include <emlrt/stream.h>

/* Every op that computes in integers, NULL behind the last. */
extern const emlrt_op *const emlrt_integer_ops[];

#endif
