/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles on int16 inputs, of any size: 12-byte records.
 */
#include "trees_template.h"

#define EMLRT_NAME i16w
#define EMLRT_SUFFIX I16W
#define EMLRT_RECORD 12
#define EMLRT_INPUT EMLRT_I16
#include "trees_ops.h"
