/* SPDX-License-Identifier: MIT
 *
 * What an op asks of its stage's counts and of its payload's size, as far as a
 * mutator needs it: most rules of SPEC.md that are a formula.
 */
#ifndef FIT_H
#define FIT_H

#include "form.h"

/* Makes out_count follow from in_count and the payload, where the op says so. */
void fit_counts(part *p);
/* Makes the payload's size follow from the counts, likewise. */
void fit_payload(form *f, part *p);

#endif
