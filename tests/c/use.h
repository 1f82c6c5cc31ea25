/* SPDX-License-Identifier: MIT
 *
 * Uses a blob in every way the API has, and aborts where a promise of
 * SECURITY.md is broken. Shared by the flip driver and the fuzz target.
 */
#ifndef USE_H
#define USE_H

#include <emlrt/emlrt.h>

#include "octets.h"

/* Where a blob stands, for this build's port. */
typedef struct blob_place {
  uint8_t
      *octets; /* exactly the blob, so that sanitizers see each step beyond */
  emlrt_rom rom;
  uint32_t size;
} blob_place;

/* Aborts and says so if something that SECURITY.md promises does not hold. */
#define PROMISE(holds) \
  ((holds) ? (void)0 : broken_promise(#holds, __func__, __LINE__))
void broken_promise(const char *what, const char *where, int line);

/* Blobs that use_blob has opened so far. */
extern unsigned long blobs_opened;
/* Whether a blob meets but two of the six kinds of inputs, and on the host fewer
 * numbers of rows; its CRC says which. */
extern int use_fewer_inputs;

/* Copies a blob to where this port can read it, and frees it. */
blob_place place_blob(const uint8_t *octets, size_t size);
void free_blob(blob_place *place);
/* emlrt_open and, if that succeeds, emlrt_verify. */
emlrt_status open_and_verify(const blob_place *place);
/* Opens a blob and calls everything on it; returns emlrt_open's status, or
 * that of emlrt_verify if only it refuses. The CRC must be right. */
emlrt_status use_blob(const uint8_t *octets, size_t size);
/* Whether the blob's golden vectors come out. */
int golden_holds(const blob_place *place);

#endif
