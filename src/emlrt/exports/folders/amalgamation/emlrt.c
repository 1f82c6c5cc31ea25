/* SPDX-License-Identifier: MIT
 *
 * The code of emlrt @VERSION@: compile this file once, with any flags. */
#define EMLRT_IMPLEMENTATION
#include "emlrt_amalgamated.h"
