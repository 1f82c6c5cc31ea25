/* SPDX-License-Identifier: MIT
 *
 * Makes what a mutator has left hold together again, so that it opens more often:
 * spans in their spaces, dtypes, sizes of x, arena and y, groups.
 */
#ifndef REPAIR_H
#define REPAIR_H

#include "form.h"

/* *state: random numbers, for what may be left or done in two ways. */
void repair(form *f, uint32_t *state);

#endif
