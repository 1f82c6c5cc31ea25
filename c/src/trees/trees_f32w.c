/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles on float32 inputs, of any size: 12-byte records.
 */
#include "trees_template.h"

#define EMLRT_NAME f32w
#define EMLRT_SUFFIX F32W
#define EMLRT_RECORD 12
#define EMLRT_INPUT EMLRT_F32
#include "trees_ops.h"
