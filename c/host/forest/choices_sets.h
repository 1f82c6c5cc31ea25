/* SPDX-License-Identifier: MIT
 *
 * Sets of categories as tests: a code is in a set or not from one edge of the set
 * to the next.
 */
#ifndef EMLRT_CHOICES_SETS_H
#define EMLRT_CHOICES_SETS_H

#include "forest_build.h"

/* Most edges of a set. */
#define EMLRT_MOST_EDGES 255u

/* Whether a record's split is on a set. */
EMLRT_INLINE int emlrt_is_set(const emlrt_build *build, const emlrt_record *r) {
  return r->feature >= build->first_code;
}

/* Numbers of a record's set in the payload. */
uint32_t emlrt_set_words(const emlrt_build *build, const emlrt_record *r);
/* Whether code 0 is in a record's set. */
int emlrt_set_has_zero(const emlrt_build *build, const emlrt_record *r);
/* The codes behind which a record's set starts or ends, ascending, as keys; one that
 * no code is above if there are none. keys: EMLRT_MOST_EDGES. Returns how many, 0 if
 * they are more. */
unsigned emlrt_set_edges(const emlrt_build *build, const emlrt_record *r,
                         uint32_t *keys);

#endif
