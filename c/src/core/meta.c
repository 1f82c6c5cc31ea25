/* SPDX-License-Identifier: MIT
 *
 * emlrt_label and emlrt_name: texts of the metadata. Nothing here trusts
 * emlrt_verify: every offset is checked against its section when it is used.
 */
#include "core.h"

emlrt_status emlrt_meta_find(const emlrt_model *model, uint32_t tag,
                             emlrt_section *section) {
  emlrt_rom blob = model->blob;
  uint32_t at = EMLRT_HEADER32(blob, body_size);
  uint32_t left = EMLRT_HEADER32(blob, total_size) - at;
  blob = emlrt_rom_at(blob, (emlrt_off)at);
  while (left != 0) {
    uint32_t size;
    if (left < EMLRT_OCTETS(emlrt_meta)) return EMLRT_ERR_METADATA;
    left -= (uint32_t)EMLRT_OCTETS(emlrt_meta);
    size = emlrt_r32(blob, EMLRT_AT(emlrt_meta, size));
    if (size > left) return EMLRT_ERR_METADATA;
    section->at = emlrt_rom_at(blob, EMLRT_OCTETS(emlrt_meta));
    section->size = size;
    if (emlrt_r32(blob, EMLRT_AT(emlrt_meta, tag)) == tag) return EMLRT_OK;
    size = emlrt_pad4(size);
    blob = emlrt_rom_at(section->at, (emlrt_off)size);
    left -= size; /* both are multiples of 4, so padding fits too */
  }
  return EMLRT_ERR_ABSENT;
}

uint32_t emlrt_golden_bytes(emlrt_rom blob) {
  return emlrt_pad4(EMLRT_HEADER32(blob, input_size)) +
         EMLRT_HEADER32(blob, score_size);
}

/* Copies text i of a list that should hold n texts. */
static emlrt_status emlrt_copy_text(const emlrt_section *list, uint32_t n,
                                    uint32_t i, char *text, size_t size) {
  uint32_t left = list->size, from = 0, to;
  emlrt_rom at = list->at;
  if (left < 4 || emlrt_r32(at, 0) != n || n > (left - 4) / 4)
    return EMLRT_ERR_METADATA;
  if (i >= n) return EMLRT_ERR_COUNT;
  left -= 4 + n * 4;
  if (i != 0) from = emlrt_r32(emlrt_rom_at(at, (emlrt_off)(i * 4)), 0);
  to = emlrt_r32(emlrt_rom_at(at, (emlrt_off)(i * 4 + 4)), 0);
  if (from > to || to > left) return EMLRT_ERR_METADATA;
  if (to - from >= size) return EMLRT_ERR_BUFFER;
  at = emlrt_rom_at(at, (emlrt_off)(4 + n * 4));
  for (; from != to; from++)
    *text++ = (char)emlrt_r8(emlrt_rom_at(at, (emlrt_off)from), 0);
  *text = '\0';
  return EMLRT_OK;
}

static emlrt_status emlrt_text_of(const emlrt_model *model, uint32_t tag,
                                  uint32_t n, uint32_t i, char *text,
                                  size_t size) {
  emlrt_section list;
  emlrt_status status;
  if (text == NULL) return EMLRT_ERR_ARGUMENT;
  status = emlrt_meta_find(model, tag, &list);
  return status ? status : emlrt_copy_text(&list, n, i, text, size);
}

emlrt_status emlrt_label(const emlrt_model *model, uint32_t output,
                         uint32_t index, char *text, size_t size) {
  uint32_t n, i, before = 0, count = 2;
  unsigned kind;
  emlrt_rom counts;
  if (!emlrt_is_checked(model)) return EMLRT_ERR_ARGUMENT;
  kind = EMLRT_HEADER16(model->blob, output);
  if (kind == EMLRT_OUTPUT_VALUES) return EMLRT_ERR_KIND;
  n = EMLRT_HEADER16(model->blob, n_outputs);
  if (output >= n) return EMLRT_ERR_COUNT;
  counts = emlrt_rom_at(model->blob, EMLRT_OCTETS(emlrt_header));
  for (i = 0;; i++, counts = emlrt_rom_at(counts, 4)) {
    if (!emlrt_is_binary(kind)) count = emlrt_r32(counts, 0);
    if (i == output) break;
    if (count > UINT32_MAX - before) return EMLRT_ERR_METADATA;
    before += count;
  }
  if (index >= count) return EMLRT_ERR_COUNT;
  /* One dtype text stands before the labels of each output. */
  return emlrt_text_of(
      model, EMLRT_META_CLASSES, n + emlrt_n_classes(model->blob),
      emlrt_wrap_add(emlrt_wrap_add(before, output + 1), index), text, size);
}

emlrt_status emlrt_name(const emlrt_model *model, uint32_t kind, uint32_t index,
                        char *text, size_t size) {
  uint32_t n = 1;
  if (!emlrt_is_checked(model)) return EMLRT_ERR_ARGUMENT;
  if (kind == EMLRT_META_FEATURES)
    n = emlrt_n_inputs(model->blob);
  else if (kind == EMLRT_META_OUTPUTS)
    n = EMLRT_HEADER16(model->blob, n_outputs);
  else if (kind != EMLRT_META_NOTE)
    return EMLRT_ERR_ARGUMENT;
  return emlrt_text_of(model, kind, n, index, text, size);
}
