/* SPDX-License-Identifier: MIT
 *
 * How much state a blob keeps: for those who ask, and for streams.
 */
#include "core.h"

uint32_t emlrt_state_bytes(emlrt_rom blob) {
  uint32_t at =
      EMLRT_HEADER16(blob, n_stages) * (uint32_t)EMLRT_OCTETS(emlrt_stage);
  uint32_t bytes;
  at += EMLRT_HEADER16(blob, n_outputs) * UINT32_C(4);
  at += (uint32_t)EMLRT_OCTETS(emlrt_header);
  if ((EMLRT_HEADER16(blob, flags) & EMLRT_FLAG_STATE) == 0 ||
      at >= EMLRT_HEADER32(blob, body_size))
    return 0;
  bytes =
      emlrt_r32(emlrt_rom_at(blob, (emlrt_off)at), EMLRT_AT(emlrt_state, size));
  return (bytes & 7u) == 0 && bytes >> 28 == 0 ? bytes : 0;
}

uint32_t emlrt_stream_bytes(emlrt_rom blob) {
  return emlrt_stream_room(blob, emlrt_state_bytes(blob),
                           emlrt_scratch_bytes(blob));
}
