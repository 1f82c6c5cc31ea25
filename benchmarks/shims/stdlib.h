/* SPDX-License-Identifier: MIT */
/* Included by the peers' code for nothing that ends up in an image. */
#include <stddef.h>
