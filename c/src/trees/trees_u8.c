/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles on uint8 inputs: 4-byte records.
 */
#include "trees_template.h"

#define EMLRT_NAME u8
#define EMLRT_SUFFIX U8
#define EMLRT_RECORD 4
#define EMLRT_INPUT EMLRT_U8
#include "trees_ops.h"
