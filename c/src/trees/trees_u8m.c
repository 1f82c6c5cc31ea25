/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles on uint8 inputs, with more features or larger trees than trees_u8: 6-byte records.
 */
#include "trees_template.h"

#define EMLRT_NAME u8m
#define EMLRT_SUFFIX U8M
#define EMLRT_RECORD 6
#define EMLRT_INPUT EMLRT_U8
#include "trees_ops.h"
