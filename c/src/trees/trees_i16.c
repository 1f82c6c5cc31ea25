/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles on int16 inputs: 6-byte records.
 */
#include "trees_template.h"

#define EMLRT_NAME i16
#define EMLRT_SUFFIX I16
#define EMLRT_RECORD 6
#define EMLRT_INPUT EMLRT_I16
#include "trees_ops.h"
