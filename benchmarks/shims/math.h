/* SPDX-License-Identifier: MIT */
#define NAN (__builtin_nanf(""))
