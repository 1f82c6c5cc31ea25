/* SPDX-License-Identifier: MIT
 *
 * A mutator that knows the blob: it changes fields at their own width, moves
 * stages about with their payloads, joins two blobs, and keeps sizes, spans and
 * dtypes right most of the time, so that a good part of what it makes opens. The
 * CRC is left to who uses the blob. libFuzzer (fuzz.c) and AFL++ (afl_mutator.c)
 * use it.
 */
#ifndef MUTATE_H
#define MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* Changes a blob in place; `most` octets have room. Returns its size, 0 if the
 * octets are no blob that can be taken to pieces, or the result has no room. */
size_t mutate_blob(uint8_t *octets, size_t size, size_t most, uint32_t seed);

/* The same, after a stage or a metadata section of `other`, or all of them, went
 * into it. */
size_t cross_blobs(const uint8_t *octets, size_t size, const uint8_t *other,
                   size_t other_size, uint8_t *out, size_t most, uint32_t seed);

#endif
