/* SPDX-License-Identifier: MIT
 *
 * The name that programs include; the declarations are in one file. */
#include "../emlrt_amalgamated.h"
