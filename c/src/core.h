/* SPDX-License-Identifier: MIT
 *
 * What the files of the core share: reading the header, stages and metadata.
 */
#ifndef EMLRT_CORE_H
#define EMLRT_CORE_H

#include <emlrt/op.h>

/* Products and sums must not fuse, or bits differ between targets. gcc ignores
 * the standard pragma in gnu modes; clang and others honour it. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("fp-contract=off")
#else
#pragma STDC FP_CONTRACT OFF
#endif

#define EMLRT_HEADER32(blob, field) \
  emlrt_r32(blob, EMLRT_AT(emlrt_header, field))
#define EMLRT_HEADER16(blob, field) \
  emlrt_r16(blob, EMLRT_AT(emlrt_header, field))

/* Chars of RAM that so many octets take. */
#define EMLRT_RAM(octets) ((size_t)(octets) / (CHAR_BIT / 8))

/* Rounds up to a multiple of 4. Callers keep octets below 2^32 - 3. */
EMLRT_INLINE uint32_t emlrt_pad4(uint32_t octets) {
  return (octets + 3u) & ~(uint32_t)3u;
}

EMLRT_INLINE uint32_t emlrt_bits(float value) {
  union {
    float f;
    uint32_t u;
  } pun;
  pun.f = value;
  return pun.u;
}

EMLRT_INLINE float emlrt_float(uint32_t bits) {
  union {
    float f;
    uint32_t u;
  } pun;
  pun.u = bits;
  return pun.f;
}

/* Modulo 2^32, on purpose: what only a blob made to harm can make wrap, and
 * offsets of signed ranges. Everywhere else a wrap is a bug, and tests trap it. */
EMLRT_WRAPS EMLRT_INLINE uint32_t emlrt_wrap_add(uint32_t a, uint32_t b) {
  return a + b;
}

/* Whether scratch may hold any element that an op works on. */
typedef struct emlrt_gap {
  char first;
  uint64_t widest;
} emlrt_gap;
EMLRT_INLINE int emlrt_aligned(const void *scratch) {
  return (uintptr_t)scratch % offsetof(emlrt_gap, widest) == 0;
}

/* A stage table entry in RAM. */
typedef emlrt_stage emlrt_stage_view;

/* Octet offset of the stage table. */
uint32_t emlrt_stages_at(emlrt_rom blob);
/* Reads one entry. */
void emlrt_stage_read(emlrt_stage_view *stage, emlrt_rom at);
/* The op of a kind in a list, as a copy in RAM; its kind is 0 if absent. */
emlrt_op emlrt_op_find(const emlrt_op *const *ops, unsigned kind);

/* Whether emlrt_open succeeded on this model. */
EMLRT_INLINE int emlrt_is_open(const emlrt_model *model) {
  return model != NULL && model->opened == EMLRT_MAGIC;
}

/* Checks the arguments that every run takes. */
emlrt_status emlrt_run_check(const emlrt_model *model, const void *x,
                             size_t nx, const void *y, const void *scratch);
/* Runs every stage of an open model. */
void emlrt_execute(const emlrt_model *model, const void *x, void *y,
                   void *scratch, uint32_t limit);
/* Computes votes into the scratch behind the arena, for the finishers. n: what
 * the caller's answer must have, in elements: *n is n_outputs or n_scores. */
emlrt_status emlrt_votes(const emlrt_model *model, const void *x, size_t nx,
                         void *scratch, size_t scratch_size, int decide,
                         const uint32_t **votes);
/* Octets of scratch behind the arena that the finishers need, with arena. */
EMLRT_INLINE uint32_t emlrt_scratch_bytes(emlrt_rom blob) {
  return EMLRT_HEADER32(blob, arena_bytes) + EMLRT_HEADER32(blob, n_scores) * 4;
}

/* A metadata section: where its content starts; size 0 if there is none. */
typedef struct emlrt_section {
  emlrt_rom at;
  uint32_t size;
} emlrt_section;
emlrt_status emlrt_meta_find(const emlrt_model *model, uint32_t tag,
                             emlrt_section *section);
/* Octets of one golden vector. */
uint32_t emlrt_golden_octets(emlrt_rom blob);

#endif
