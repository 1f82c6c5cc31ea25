/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles on float32 inputs: 8-byte records.
 */
#include "trees_template.h"

#define EMLRT_NAME f32
#define EMLRT_SUFFIX F32
#define EMLRT_RECORD 8
#define EMLRT_INPUT EMLRT_F32
#include "trees_ops.h"
