/* SPDX-License-Identifier: MIT
 *
 * emlrt_host_verify. What emlrt_verify says besides the CRC-32 is compiled here
 * once more, so that firmware, which needs both, calls no function for it.
 */
#define emlrt_verify emlrt_host_verify_by_bits
#include "../src/core/verify.c"

#include "emlrt_host.h"

emlrt_status emlrt_host_verify(const emlrt_model *model, uint32_t crc) {
  if (!emlrt_is_open(model)) return EMLRT_ERR_ARGUMENT;
  if (crc != EMLRT_HEADER32(model->blob, crc32)) return EMLRT_ERR_CRC;
  return emlrt_verify_contents(model);
}
