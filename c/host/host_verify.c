/* SPDX-License-Identifier: MIT
 *
 * emlrt_host_verify. The checks of emlrt_verify are compiled here once more, so that
 * firmware, where they are part of it, calls no function for them.
 */
#define emlrt_verify emlrt_host_verify_by_bits
#include "../src/core/verify.c"

#include "emlrt_host.h"

emlrt_status emlrt_host_verify(const emlrt_model *model, uint32_t crc) {
  if (!emlrt_is_checked(model)) return EMLRT_ERR_ARGUMENT;
  if (crc != EMLRT_HEADER32(model->blob, crc32)) return EMLRT_ERR_CRC;
  if (!emlrt_output_sizes_ok(model->blob)) return EMLRT_ERR_HEADER;
  return emlrt_metadata_ok(model) ? EMLRT_OK : EMLRT_ERR_METADATA;
}
