/* SPDX-License-Identifier: MIT
 *
 * What drivers and the mutator share: numbers in octets, a blob's CRC, memory.
 */
#ifndef OCTETS_H
#define OCTETS_H

#include <stddef.h>
#include <stdint.h>

/* A block of just that size; never NULL. */
void *must_malloc(size_t size);
/* Numbers of 32 bits, little-endian, at any address. */
void put32(uint8_t *at, uint32_t value);
uint32_t get32(const uint8_t *at);
/* Sets the blob's CRC; needs 16 octets. */
void patch_crc(uint8_t *octets, size_t size);

#endif
