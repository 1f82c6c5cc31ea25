/* SPDX-License-Identifier: MIT
 *
 * libFuzzer target: opens an input and uses it in every way. The sizes and the
 * CRC are made right first, so that the fuzzer's time goes into structure.
 */
#include <stdlib.h>
#include <string.h>

#include "use.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most,
                               unsigned seed);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint8_t *copy = must_malloc(size);
  memcpy(copy, data, size);
  if (size >= 16) patch_crc(copy, size);
  use_blob(copy, size);
  free(copy);
  return 0;
}

static uint32_t low32(uint64_t value) { return (uint32_t)(value & UINT32_MAX); }

static uint32_t next(uint32_t *state) {
  *state = (uint32_t)(((uint64_t)*state * 48271u + 11u) % 2147483647u);
  return *state;
}

/* Changes one field, on its own boundary: a small step, or a value that is at
 * the edge of something. */
static void change_field(uint8_t *data, size_t size, uint32_t *state) {
  static const uint32_t edges[] = {
      0,          1,          2,          3,          0x7F,       0x80,
      0xFF,       0x100,      0x7FFF,     0x8000,     0xFFFF,     0x10000,
      0x0FFFFFFF, 0x10000000, 0x3FFFFFF8, 0x40000000, 0x7FFFFFFC, 0x7FFFFFFF,
      0x80000000, 0x80000001, 0xAAAAAAAB, 0xFFFFFFFC, 0xFFFFFFFF};
  size_t at = next(state) % (size / 4) * 4, half = 0;
  uint32_t value = get32(data + at), how = next(state) % 4;
  uint32_t edge = edges[next(state) % (sizeof edges / sizeof *edges)];
  if (how == 0) value = edge;
  if (how == 1)
    value = low32((uint64_t)value + next(state) % 9 + UINT32_MAX - 3);
  if (how == 2) value ^= 1u << next(state) % 32;
  if (how == 3) { /* a 16-bit field, or another word's value */
    half = next(state) % 3;
    if (half == 2) value = get32(data + next(state) % (size / 4) * 4);
    if (half == 1) value = (value & 0xFFFFu) | (edge & 0xFFFFu) << 16;
    if (half == 0) value = (value & 0xFFFF0000u) | (edge & 0xFFFFu);
  }
  put32(data + at, value);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most,
                               unsigned seed) {
  uint32_t state = seed % 2147483646u + 1, body, total;
  uint32_t times = next(&state) % 3 + 1;
  size_t before = size;
  if (size < 48 || next(&state) % 4 == 0) {
    size = LLVMFuzzerMutate(data, size, most);
    if (size > 4) size &= ~(size_t)3;
  } else {
    for (; times != 0; times--) change_field(data, size, &state);
  }
  if (size < 48 || next(&state) % 16 == 0) return size;
  /* What was inserted or cut belongs to the body or to the metadata. */
  body = get32(data + 16);
  total = (uint32_t)size;
  put32(data + 8, total);
  if (body <= before && before - body <= size && next(&state) % 2 != 0)
    put32(data + 16, (uint32_t)(size - (before - body)));
  return size;
}
