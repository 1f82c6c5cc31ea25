/* SPDX-License-Identifier: MIT
 *
 * What use_host.c does with blobs that keep state: see c/host/stream_rows.c.
 */
#ifndef USE_KEPT_H
#define USE_KEPT_H

#include "use_host.h"

/* Opens a blob that keeps state by emlrt_host_open and, if that succeeds, holds its
 * answers on 1, 3 and 17 rows to those of an emlrt_stream for each. Returns the status
 * of emlrt_host_open. */
emlrt_status use_kept(const blob_place *place);

#endif
