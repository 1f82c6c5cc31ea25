/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles with categories on int16 inputs: 12-byte records.
 */
#include "trees_template.h"

#define EMLRT_NAME i16c
#define EMLRT_SUFFIX I16C
#define EMLRT_RECORD 12
#define EMLRT_INPUT EMLRT_I16
#include "trees_coded.h"
