/* SPDX-License-Identifier: MIT
 *
 * The runtime's own calls, whatever the state of the thread's floating point.
 */
#include "../src/core/core.h"
#include "emlrt_host.h"
#include "float_state.h"

/* Returns what a call does, in the state of floating point that it needs. */
#define RETURN_OF(call)                          \
  do {                                           \
    emlrt_float_state was = emlrt_float_begin(); \
    emlrt_status status = (call);                \
    emlrt_float_end(was);                        \
    return status;                               \
  } while (0)

emlrt_status emlrt_host_open(emlrt_model *model, emlrt_rom blob,
                             uint32_t size) {
  RETURN_OF(emlrt_open_any(model, blob, size, emlrt_all_ops));
}

emlrt_status emlrt_host_stream_open(emlrt_stream *stream, emlrt_rom blob,
                                    uint32_t size, uint32_t hop, void *memory,
                                    size_t memory_size) {
  RETURN_OF(emlrt_stream_open(stream, blob, size, emlrt_all_ops, hop, memory,
                              memory_size));
}

emlrt_status emlrt_host_stream_push(emlrt_stream *stream, const void *samples,
                                    size_t n, size_t *used) {
  RETURN_OF(emlrt_stream_push_as(stream, 0, samples, n, used));
}

emlrt_status emlrt_host_stream_proba(const emlrt_stream *stream, float *p,
                                     size_t np) {
  RETURN_OF(emlrt_stream_proba(stream, p, np));
}

emlrt_status emlrt_host_run_as(const emlrt_model *model, uint32_t dtype,
                               const void *x, size_t nx, void *y, size_t ny,
                               void *scratch, size_t scratch_size) {
  RETURN_OF(emlrt_run_as(model, dtype, x, nx, y, ny, scratch, scratch_size));
}

emlrt_status emlrt_host_classify_as(const emlrt_model *model, uint32_t dtype,
                                    const void *x, size_t nx, uint32_t *classes,
                                    size_t n, void *scratch,
                                    size_t scratch_size) {
  RETURN_OF(emlrt_classify_as(model, dtype, x, nx, classes, n, scratch,
                              scratch_size));
}

emlrt_status emlrt_host_proba_as(const emlrt_model *model, uint32_t dtype,
                                 const void *x, size_t nx, float *p, size_t n,
                                 void *scratch, size_t scratch_size) {
  RETURN_OF(emlrt_proba_as(model, dtype, x, nx, p, n, scratch, scratch_size));
}

emlrt_status emlrt_host_selftest(const emlrt_model *model, void *scratch,
                                 size_t scratch_size) {
  RETURN_OF(emlrt_selftest(model, scratch, scratch_size));
}
