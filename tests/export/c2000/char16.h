/* SPDX-License-Identifier: MIT
 *
 * Included before a file of the runtime: a machine whose char has 16 bits, of which two
 * chars of this one stand for one. Types of 8 bits are not there. */
#ifndef CHAR16_H
#define CHAR16_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EMLRT_WIDE_CHARS 2u
#define EMLRT_PORT_WORDS16 1
#define uint_least8_t uint16_t
#define uint_fast8_t uint16_t
#pragma GCC poison uint8_t int8_t int_least8_t int_fast8_t

#endif
