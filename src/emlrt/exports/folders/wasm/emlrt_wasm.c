/* SPDX-License-Identifier: MIT
 *
 * emlrt @VERSION@ as a WebAssembly module: one model an instance, whose memory the
 * host lays out behind heap(). Addresses are offsets into that memory; functions
 * return the runtime's status unless they say otherwise. */
#define EMLRT_IMPLEMENTATION
#include "emlrt_amalgamated.h"

#define EMLRT_EXPORT(name) __attribute__((export_name(#name)))

extern unsigned char __heap_base;

static emlrt_stream stream;
static emlrt_info info;

/* The first address that the host may use. */
EMLRT_EXPORT(heap) const void *wasm_heap(void) { return &__heap_base; }

EMLRT_EXPORT(peek) int wasm_peek(const void *blob, uint32_t size) {
  return emlrt_peek(&info, blob, size);
}

/* Field k of emlrt_info after peek, the flags of the header behind the last. */
EMLRT_EXPORT(info) uint32_t wasm_info(uint32_t k) {
  switch (k) {
    case 0: return info.total_size;
    case 1: return info.n_inputs;
    case 2: return info.n_scores;
    case 3: return info.n_outputs;
    case 4: return info.n_classes;
    case 5: return info.scratch_bytes;
    case 6: return info.golden_bytes;
    case 7: return info.stream_bytes;
    case 8: return info.state_bytes;
    case 9: return info.input_dtype;
    case 10: return info.score_dtype;
    case 11: return info.output;
    case 12: return info.work;
    case 13: return info.version;
    default: return EMLRT_HEADER16(stream.model.blob, flags);
  }
}

EMLRT_EXPORT(open)
int wasm_open(const void *blob, uint32_t size, void *memory, uint32_t bytes) {
  int status = emlrt_stream_open(&stream, blob, size, emlrt_all_ops, 0, memory,
                                 bytes);
  return status != EMLRT_OK ? status : (int)emlrt_verify(&stream.model);
}

EMLRT_EXPORT(run)
int wasm_run(const void *x, uint32_t nx, void *y, uint32_t ny, void *scratch,
             uint32_t bytes) {
  return emlrt_run(&stream.model, x, nx, y, ny, scratch, bytes);
}

EMLRT_EXPORT(classify)
int wasm_classify(const void *x, uint32_t nx, uint32_t *classes, uint32_t n,
                  void *scratch, uint32_t bytes) {
  return emlrt_classify(&stream.model, x, nx, classes, n, scratch, bytes);
}

EMLRT_EXPORT(proba)
int wasm_proba(const void *x, uint32_t nx, float *p, uint32_t np, void *scratch,
               uint32_t bytes) {
  return emlrt_proba(&stream.model, x, nx, p, np, scratch, bytes);
}

EMLRT_EXPORT(reset) int wasm_reset(void) { return emlrt_stream_reset(&stream); }

EMLRT_EXPORT(push)
int wasm_push(const void *samples, uint32_t n, size_t *used) {
  return emlrt_stream_push_as(&stream, 0, samples, n, used);
}

/* Where the scores of the last window are, or 0. */
EMLRT_EXPORT(stream_scores) const void *wasm_stream_scores(void) {
  return emlrt_stream_scores(&stream);
}

EMLRT_EXPORT(stream_classify)
int wasm_stream_classify(uint32_t *classes, uint32_t n) {
  return emlrt_stream_classify(&stream, classes, n);
}

EMLRT_EXPORT(stream_proba) int wasm_stream_proba(float *p, uint32_t np) {
  return emlrt_stream_proba(&stream, p, np);
}

/* How many classes an output has. */
EMLRT_EXPORT(classes) uint32_t wasm_classes(uint32_t output) {
  emlrt_rom blob = stream.model.blob;
  if (emlrt_n_classes(blob) == 0) return 0;
  if (emlrt_is_binary(EMLRT_HEADER16(blob, output))) return 2;
  return emlrt_r32(blob, EMLRT_OCTETS(emlrt_header) + 4 * output);
}

EMLRT_EXPORT(label)
int wasm_label(uint32_t output, uint32_t index, char *text, uint32_t size) {
  return emlrt_label(&stream.model, output, index, text, size);
}

EMLRT_EXPORT(name)
int wasm_name(uint32_t kind, uint32_t index, char *text, uint32_t size) {
  return emlrt_name(&stream.model, kind, index, text, size);
}

EMLRT_EXPORT(offset) int wasm_offset(uint32_t input, int64_t *offset) {
  return emlrt_offset(&stream.model, input, offset);
}

EMLRT_EXPORT(scale) int wasm_scale(uint32_t input, float *scale) {
  return emlrt_scale(&stream.model, input, scale);
}

EMLRT_EXPORT(selftest) int wasm_selftest(void *scratch, uint32_t bytes) {
  return emlrt_selftest(&stream.model, scratch, bytes);
}

/* The content of a section of the metadata, of at least so many bytes; or 0. */
EMLRT_EXPORT(section) const void *wasm_section(uint32_t tag, uint32_t bytes) {
  emlrt_section section;
  if (emlrt_meta_find(&stream.model, tag, &section) != EMLRT_OK) return 0;
  return section.size < bytes ? 0 : section.at;
}

EMLRT_EXPORT(strerror) const char *wasm_strerror(int status) {
  return emlrt_strerror((emlrt_status)status);
}

EMLRT_EXPORT(version) const char *wasm_version(void) { return emlrt_version(); }
