/* SPDX-License-Identifier: MIT
 *
 * Sizes of the structures that src/lib.rs declares, too. */
#include <emlrt/emlrt.h>
#include <emlrt/stream.h>

const uint32_t emlrt_sys_sizes[] = {
    (uint32_t)sizeof(emlrt_model), (uint32_t)sizeof(emlrt_info),
    (uint32_t)sizeof(emlrt_stream), (uint32_t)offsetof(emlrt_info, stream_bytes),
    (uint32_t)offsetof(emlrt_model, fault), (uint32_t)sizeof(emlrt_status)};
