/* SPDX-License-Identifier: MIT
 *
 * What use.c does with prepared calls.
 */
#ifndef USE_PREPARED_H
#define USE_PREPARED_H

#include "use.h"

/* Prepares the model, and holds every prepared call to the other one's answer, and to
 * its status for wrong arguments. x: n_inputs elements. */
void use_prepared(const emlrt_model *model, const emlrt_info *info,
                  const void *x);

/* A model that is not open cannot be prepared. */
void use_unprepared(const emlrt_model *closed);

#endif
