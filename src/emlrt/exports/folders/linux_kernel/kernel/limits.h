/* SPDX-License-Identifier: MIT
 *
 * <limits.h> of the kernel, which has none. */
#include <linux/kernel.h>
#ifndef CHAR_BIT
#define CHAR_BIT 8
#endif
