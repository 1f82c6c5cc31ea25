/* SPDX-License-Identifier: MIT
 *
 * A port that is as strange as a port may be, for EMLRT_PORT_HEADER: the blob
 * lies in an array of 16-bit words, as on a processor whose char has 16 bits,
 * and an address is a number, not a pointer. Every read is checked (inside the
 * blob, at a multiple of its own size) and counted. With WORD_PORT_NARROW,
 * addresses, offsets and counts have 16 bits, as on AVR; sanitizers then see
 * what is lost on the way to them.
 */
#ifndef WORD_PORT_H
#define WORD_PORT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
/* The blob's words start at the address word_rom_base, in octets. */
extern const uint16_t *word_rom;
extern uint32_t word_rom_base, word_rom_octets;
extern unsigned long word_rom_reads;
/* Index of the word that octet at + o is in; `size` octets must be there. */
uint32_t word_rom_index(uint32_t at, uint32_t o, unsigned size);
/* at + octets, which must not be beyond the blob's end. */
uint32_t word_rom_at(uint32_t at, uint32_t octets);
#ifdef __cplusplus
}
#endif

#if defined(WORD_PORT_NARROW)
typedef uint16_t emlrt_rom;
typedef uint16_t emlrt_off;
#define EMLRT_ROM_BITS 16
#define EMLRT_RAM_BITS 16
#else
typedef uint32_t emlrt_rom;
typedef uint32_t emlrt_off;
#endif
#define EMLRT_ROM_NULL 0

EMLRT_INLINE emlrt_rom emlrt_rom_at(emlrt_rom at, emlrt_off octets) {
  return (emlrt_rom)word_rom_at(at, octets);
}
EMLRT_INLINE unsigned emlrt_rom_mod4(emlrt_rom at) { return at & 3u; }

EMLRT_INLINE unsigned emlrt_r8(emlrt_rom at, emlrt_off o) {
  unsigned word = word_rom[word_rom_index(at, o, 1)];
  return (at + o) % 2 != 0 ? word >> 8 : word & 0xFFu;
}
EMLRT_INLINE unsigned emlrt_r16(emlrt_rom at, emlrt_off o) {
  return word_rom[word_rom_index(at, o, 2)];
}
EMLRT_INLINE uint32_t emlrt_r32(emlrt_rom at, emlrt_off o) {
  uint32_t index = word_rom_index(at, o, 4);
  return word_rom[index] | (uint32_t)word_rom[index + 1] << 16;
}

#endif
