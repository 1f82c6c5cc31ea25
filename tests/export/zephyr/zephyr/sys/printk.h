/* SPDX-License-Identifier: MIT
 *
 * Stands in for Zephyr's header: what the sample uses of it. */
void printk(const char *format, ...);
