/* SPDX-License-Identifier: MIT
 *
 * Tree ensembles with categories on uint8 inputs: 6-byte records.
 */
#include "trees_template.h"

#define EMLRT_NAME u8c
#define EMLRT_SUFFIX U8C
#define EMLRT_RECORD 6
#define EMLRT_INPUT EMLRT_U8
#include "trees_coded.h"
