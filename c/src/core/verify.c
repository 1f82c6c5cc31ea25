/* SPDX-License-Identifier: MIT
 *
 * emlrt_verify: CRC-32, output sizes, and the structure of the metadata.
 */
#include "core.h"

/* CRC-32 as zlib's: reflected polynomial EDB88320. Four bits a step by a table on
 * the stack, which costs less flash than one there, and RAM that is free again. */
static void emlrt_crc_table(uint32_t *table) {
  uint32_t i;
  for (i = 0; i < 16; i++) {
    uint32_t crc = i;
    unsigned bit;
    for (bit = 0; bit < 4; bit++)
      crc = crc >> 1 ^ (crc & 1u ? UINT32_C(0xEDB88320) : 0);
    table[i] = crc;
  }
}

/* Four bytes are read at once. Not inlined, as a loop with registers of its own. */
EMLRT_NOINLINE static uint32_t emlrt_crc_update(const uint32_t *table,
                                                uint32_t crc, emlrt_rom at,
                                                uint32_t bytes) {
  for (; bytes != 0; bytes -= 4, at = emlrt_rom_at(at, 4)) {
    unsigned step;
    crc ^= emlrt_r32(at, 0);
    for (step = 0; step < 8; step++) crc = crc >> 4 ^ table[crc & 15u];
  }
  return crc;
}

static int emlrt_crc_ok(emlrt_rom blob) {
  const uint32_t skip = EMLRT_AT(emlrt_header, crc32);
  uint32_t table[16], crc;
  emlrt_crc_table(table);
  crc = emlrt_crc_update(table, UINT32_MAX, blob, skip);
  crc = emlrt_crc_update(table, crc, emlrt_rom_at(blob, skip + 4),
                         EMLRT_HEADER32(blob, total_size) - skip - 4);
  return (crc ^ UINT32_MAX) == EMLRT_HEADER32(blob, crc32);
}

/* A text list must have n texts, rising ends, and end with its section. */
static int emlrt_texts_ok(const emlrt_section *list, uint32_t n) {
  uint32_t i, end = 0;
  emlrt_rom at = list->at;
  if (list->size < 4 || emlrt_r32(at, 0) != n || n > (list->size - 4) / 4)
    return 0;
  for (i = 0; i < n; i++) {
    uint32_t next;
    at = emlrt_rom_at(at, 4);
    next = emlrt_r32(at, 0);
    if (next < end) return 0;
    end = next;
  }
  return end == list->size - 4 - n * 4;
}

/* What only finishers and texts rely on, and check again where they use it:
 * output sizes add up to all scores at most. */
static int emlrt_output_sizes_ok(emlrt_rom blob) {
  uint32_t left = emlrt_n_scores(blob);
  unsigned n = EMLRT_HEADER16(blob, n_outputs);
  emlrt_rom at = emlrt_rom_at(blob, EMLRT_OCTETS(emlrt_header));
  unsigned output = EMLRT_HEADER16(blob, output);
  unsigned single = output == EMLRT_OUTPUT_VALUES || emlrt_is_binary(output);
  for (; n != 0; n--, at = emlrt_rom_at(at, 4)) {
    uint32_t count = emlrt_r32(at, 0);
    if (count == 0 || count > left || (single && count != 1)) return 0;
    left -= count;
  }
  return 1;
}

/* As many texts as there are. */
static int emlrt_any_texts_ok(const emlrt_section *list) {
  return list->size >= 4 && emlrt_texts_ok(list, emlrt_r32(list->at, 0));
}

static int emlrt_golden_ok(emlrt_rom blob, const emlrt_section *section) {
  uint32_t n, left, bytes = emlrt_golden_bytes(blob);
  if (section->size < 4) return 0;
  n = emlrt_r32(section->at, 0);
  if (n == 0) return 0;
  for (left = section->size - 4; left >= bytes && n != 0; n--) left -= bytes;
  return n == 0 && left == 0;
}

/* Every input has a scale, which is 1 for floats. */
static int emlrt_inputs_ok(emlrt_rom blob, const emlrt_section *section) {
  uint32_t n = emlrt_n_inputs(blob);
  unsigned dtype = EMLRT_HEADER16(blob, input);
  emlrt_rom at = section->at;
  if (section->size != n * EMLRT_OCTETS(emlrt_input)) return 0;
  for (; n != 0; n--, at = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_input))) {
    uint32_t scale = emlrt_r32(at, EMLRT_AT(emlrt_input, scale));
    if (dtype == EMLRT_F32 ? scale != UINT32_C(0x3F800000)
                           : !emlrt_is_scale(scale))
      return 0;
    if (!emlrt_is_offset(emlrt_r32(at, EMLRT_AT(emlrt_input, offset_high))))
      return 0;
  }
  return 1;
}

/* A length, a hop and channels that may be. */
static int emlrt_window_ok(const emlrt_section *section) {
  uint32_t i;
  if (section->size != EMLRT_OCTETS(emlrt_window)) return 0;
  for (i = 0; i < EMLRT_OCTETS(emlrt_window); i += 4)
    if (!emlrt_counts(emlrt_r32(emlrt_rom_at(section->at, (emlrt_off)i), 0)))
      return 0;
  return 1;
}

static int emlrt_section_ok(emlrt_rom blob, uint32_t tag,
                            const emlrt_section *section) {
  switch (tag) {
    case EMLRT_META_CLASSES:
      return EMLRT_HEADER16(blob, output) != EMLRT_OUTPUT_VALUES &&
             emlrt_texts_ok(section, EMLRT_HEADER16(blob, n_outputs) +
                                         emlrt_n_classes(blob));
    case EMLRT_META_FEATURES:
      return emlrt_texts_ok(section, emlrt_n_inputs(blob));
    case EMLRT_META_OUTPUTS:
      return emlrt_texts_ok(section, EMLRT_HEADER16(blob, n_outputs));
    case EMLRT_META_NOTE: return emlrt_texts_ok(section, 1);
    case EMLRT_META_GOLDEN: return emlrt_golden_ok(blob, section);
    case EMLRT_META_METHODS: return emlrt_any_texts_ok(section);
    case EMLRT_META_INPUTS: return emlrt_inputs_ok(blob, section);
    case EMLRT_META_WINDOW: return emlrt_window_ok(section);
    case EMLRT_META_RATE:
      return section->size == 4 && emlrt_is_scale(emlrt_r32(section->at, 0));
    default: return 0;
  }
}

static int emlrt_padding_ok(emlrt_rom at, uint32_t size) {
  for (; (size & 3u) != 0; size++)
    if (emlrt_r8(emlrt_rom_at(at, (emlrt_off)size), 0) != 0) return 0;
  return 1;
}

static int emlrt_metadata_ok(const emlrt_model *model) {
  emlrt_rom blob = model->blob;
  uint32_t at = EMLRT_HEADER32(blob, body_size), last = 0;
  uint32_t total = EMLRT_HEADER32(blob, total_size);
  unsigned rule = EMLRT_HEADER16(blob, flags) & EMLRT_FLAG_OFFSET;
  while (at != total) {
    emlrt_rom head = emlrt_rom_at(blob, (emlrt_off)at);
    uint32_t tag;
    emlrt_section section;
    if (total - at < EMLRT_OCTETS(emlrt_meta)) return 0;
    tag = emlrt_r32(head, EMLRT_AT(emlrt_meta, tag));
    section.size = emlrt_r32(head, EMLRT_AT(emlrt_meta, size));
    section.at = emlrt_rom_at(head, EMLRT_OCTETS(emlrt_meta));
    at += (uint32_t)EMLRT_OCTETS(emlrt_meta);
    if (tag <= last || section.size > total - at ||
        !emlrt_section_ok(blob, tag, &section) ||
        !emlrt_padding_ok(section.at, section.size))
      return 0;
    if (tag == EMLRT_META_INPUTS) rule ^= EMLRT_FLAG_OFFSET;
    last = tag;
    at += emlrt_pad4(section.size);
  }
  return rule == 0;
}

emlrt_status emlrt_verify(const emlrt_model *model) {
  if (!emlrt_is_checked(model)) return EMLRT_ERR_ARGUMENT;
  if (!emlrt_crc_ok(model->blob)) return EMLRT_ERR_CRC;
  if (!emlrt_output_sizes_ok(model->blob)) return EMLRT_ERR_HEADER;
  return emlrt_metadata_ok(model) ? EMLRT_OK : EMLRT_ERR_METADATA;
}
