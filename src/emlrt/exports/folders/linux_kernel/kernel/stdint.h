/* SPDX-License-Identifier: MIT
 *
 * <stdint.h> of the kernel, which has none. */
#ifndef EMLRT_KERNEL_STDINT_H
#define EMLRT_KERNEL_STDINT_H
#include <linux/limits.h>
#include <linux/types.h>

typedef u8 uint_least8_t;
typedef u8 uint_fast8_t;
#define INT8_C(x) x
#define UINT8_C(x) x
#define INT16_C(x) x
#define UINT16_C(x) x
#define INT32_C(x) x
#define UINT32_C(x) x##U
#define INT64_C(x) x##LL
#define UINT64_C(x) x##ULL
/* The kernel's own have casts in them, which #if does not read. */
#define INT16_MAX 32767
#define INT16_MIN (-INT16_MAX - 1)
#define INT32_MAX 2147483647
#define INT32_MIN (-INT32_MAX - 1)
#define INT64_MAX 9223372036854775807LL
#define INT64_MIN (-INT64_MAX - 1)
#define UINT8_MAX 255
#define UINT16_MAX 65535
#define UINT32_MAX 4294967295U
#define UINT64_MAX 18446744073709551615ULL
#endif
