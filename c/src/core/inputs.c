/* SPDX-License-Identifier: MIT
 *
 * emlrt_offset and emlrt_scale: how x is made of raw numbers. Nothing here trusts
 * emlrt_verify.
 */
#include "core.h"

/* An input's place in the section; size 0 if x is raw. */
static emlrt_status emlrt_input_find(const emlrt_model *model, uint32_t input,
                                     const void *answer, emlrt_section *rule) {
  uint32_t n;
  emlrt_status status;
  if (!emlrt_is_checked(model) || answer == NULL) return EMLRT_ERR_ARGUMENT;
  n = emlrt_n_inputs(model->blob);
  if (input >= n) return EMLRT_ERR_COUNT;
  rule->size = 0;
  if ((EMLRT_HEADER16(model->blob, flags) & EMLRT_FLAG_OFFSET) == 0)
    return EMLRT_OK;
  status = emlrt_meta_find(model, EMLRT_META_INPUTS, rule);
  if (status != EMLRT_OK) return status;
  if (rule->size != n * EMLRT_OCTETS(emlrt_input)) return EMLRT_ERR_METADATA;
  input *= (uint32_t)EMLRT_OCTETS(emlrt_input);
  rule->at = emlrt_rom_at(rule->at, (emlrt_off)input);
  return EMLRT_OK;
}

emlrt_status emlrt_offset(const emlrt_model *model, uint32_t input,
                          int64_t *offset) {
  emlrt_section rule;
  union {
    int64_t number;
    uint64_t bits;
  } pun;
  emlrt_status status = emlrt_input_find(model, input, offset, &rule);
  if (status != EMLRT_OK) return status;
  pun.bits = 0;
  if (rule.size != 0) {
    uint32_t high = emlrt_r32(rule.at, EMLRT_AT(emlrt_input, offset_high));
    if (!emlrt_is_offset(high)) return EMLRT_ERR_METADATA;
    pun.bits = high;
    pun.bits =
        pun.bits << 32 | emlrt_r32(rule.at, EMLRT_AT(emlrt_input, offset_low));
  }
  *offset = pun.number;
  return EMLRT_OK;
}

emlrt_status emlrt_scale(const emlrt_model *model, uint32_t input,
                         float *scale) {
  emlrt_section rule;
  uint32_t bits = UINT32_C(0x3F800000);
  emlrt_status status = emlrt_input_find(model, input, scale, &rule);
  if (status != EMLRT_OK) return status;
  if (rule.size != 0) {
    bits = emlrt_r32(rule.at, EMLRT_AT(emlrt_input, scale));
    if (!emlrt_is_scale(bits)) return EMLRT_ERR_METADATA;
  }
  *scale = emlrt_float(bits);
  return EMLRT_OK;
}
