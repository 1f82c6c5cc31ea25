/* SPDX-License-Identifier: MIT
 *
 * <stddef.h> of the kernel, which has none. */
#include <linux/stddef.h>
#include <linux/types.h>
