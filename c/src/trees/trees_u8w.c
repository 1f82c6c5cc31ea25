/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles on uint8 inputs, of any size: 12-byte records.
 */
#include "trees_template.h"

#define EMLRT_NAME u8w
#define EMLRT_SUFFIX U8W
#define EMLRT_RECORD 12
#define EMLRT_INPUT EMLRT_U8
#include "trees_ops.h"
