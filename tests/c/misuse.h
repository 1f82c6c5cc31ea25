/* SPDX-License-Identifier: MIT
 *
 * Calls that a careless caller makes: wrong counts, too little scratch, null
 * pointers, a model that is not open, an op list without what an answer takes.
 */
#ifndef MISUSE_H
#define MISUSE_H

#include "use.h"

/* Makes them on a blob that opens and verifies, and aborts where one does not
 * end in the status that emlrt.h names. Others are passed over. */
void misuse_blob(const uint8_t *octets, size_t size);

#endif
