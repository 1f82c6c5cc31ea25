/* SPDX-License-Identifier: MIT
 *
 * What use.c does with streams: of every blob that opens, and of those that keep state.
 */
#ifndef USE_STREAM_H
#define USE_STREAM_H

#include "use.h"

/* So many samples: small numbers, and a few odd ones. The caller frees them. */
uint8_t *make_samples(unsigned dtype, size_t n);

/* Opens a blob as a stream, pushes samples in pieces and at once, and holds both to
 * each other and to what memory held before. Returns emlrt_stream_open's status, or
 * emlrt_verify's if only that refuses. */
emlrt_status use_stream(const blob_place *place);

#endif
