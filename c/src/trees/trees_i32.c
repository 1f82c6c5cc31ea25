/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles on int32 inputs: 8-byte records.
 */
#include "trees_template.h"

#define EMLRT_NAME i32
#define EMLRT_SUFFIX I32
#define EMLRT_RECORD 8
#define EMLRT_INPUT EMLRT_I32
#include "trees_ops.h"
