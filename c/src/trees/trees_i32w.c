/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles on int32 inputs, of any size: 12-byte records.
 */
#include "trees_template.h"

#define EMLRT_NAME i32w
#define EMLRT_SUFFIX I32W
#define EMLRT_RECORD 12
#define EMLRT_INPUT EMLRT_I32
#include "trees_ops.h"
