/* SPDX-License-Identifier: MIT
 *
 * What use.c does with items learnt on the device.
 */
#ifndef USE_ITEMS_H
#define USE_ITEMS_H

#include "use.h"

/* Adds items and classifies among them, at some counts and capacities, if the
 * model takes any, and it must as its octets say. x: n_inputs elements. */
void use_items(const emlrt_model *model, const emlrt_info *info,
               const uint8_t *blob, const void *x);

#endif
