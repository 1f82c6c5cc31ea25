/* SPDX-License-Identifier: MIT
 *
 * ESBMC has a macro in place of its compiler's offsetof, which is no constant
 * expression.
 */
#undef __builtin_offsetof
#include_next <stddef.h>
#undef offsetof
#define offsetof(type, field) __builtin_offsetof(type, field)
