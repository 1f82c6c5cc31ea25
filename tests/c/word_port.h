/* SPDX-License-Identifier: MIT
 *
 * A port that is as strange as a port may be, for EMLRT_PORT_HEADER: the blob
 * lies in an array of 16-bit words, as on a processor whose char has 16 bits,
 * and an address is a number, not a pointer. Every read is checked (inside the
 * blob, at a multiple of its own size) and counted.
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
void word_rom_fault(const char *what, uint32_t at);
#ifdef __cplusplus
}
#endif

typedef uint32_t emlrt_rom;
typedef uint32_t emlrt_off;
#define EMLRT_ROM_NULL 0

EMLRT_INLINE emlrt_rom emlrt_rom_at(emlrt_rom at, emlrt_off octets) {
  if (octets > word_rom_base + word_rom_octets - at)
    word_rom_fault("an address beyond the blob", at);
  return at + octets;
}
EMLRT_INLINE unsigned emlrt_rom_mod4(emlrt_rom at) { return at & 3u; }

/* Where in the array the octet is; `size` octets must lie in the blob. */
EMLRT_INLINE uint32_t word_rom_index(emlrt_rom at, emlrt_off o, unsigned size) {
  uint32_t offset = at + o - word_rom_base;
  word_rom_reads++;
  if (at < word_rom_base || offset > word_rom_octets ||
      word_rom_octets - offset < size)
    word_rom_fault("a read outside the blob", at + o);
  if (offset % size != 0) word_rom_fault("a misaligned read", at + o);
  return offset / 2;
}
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
