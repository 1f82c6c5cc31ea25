/* SPDX-License-Identifier: MIT */
#include "octets.h"

#include <stdlib.h>

void *must_malloc(size_t size) {
  void *memory = malloc(size ? size : 1);
  if (memory == NULL) abort();
  return memory;
}

uint32_t get32(const uint8_t *at) {
  return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
         (uint32_t)at[3] << 24;
}

void put32(uint8_t *at, uint32_t value) {
  int i;
  for (i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (8 * i) & 0xFFu);
}

void patch_crc(uint8_t *octets, size_t size) {
  static uint32_t table[256];
  uint32_t crc = UINT32_MAX, i, bit;
  if (table[1] == 0)
    for (i = 0; i < 256; i++)
      for (table[i] = i, bit = 0; bit < 8; bit++)
        table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xEDB88320u : 0);
  for (i = 0; i < size; i++)
    if (i < 12 || i >= 16) crc = crc >> 8 ^ table[(crc ^ octets[i]) & 0xFFu];
  put32(octets + 12, crc ^ UINT32_MAX);
}
