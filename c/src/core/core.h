/* SPDX-License-Identifier: MIT
 *
 * What the files of the core share: reading the header, stages and metadata.
 */
#ifndef EMLRT_CORE_H
#define EMLRT_CORE_H

#include <emlrt/prepared.h>

/* Products and sums must not fuse, nor quotients be estimates, or bits differ
 * between targets. gcc ignores the standard pragma in gnu modes; clang and others
 * honour it. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("fp-contract=off", "no-reciprocal-math", \
                     "no-finite-math-only")
#else
#if defined(EMLRT_FLOAT_CONTROL)
#pragma float_control(precise, on)
#endif
#pragma STDC FP_CONTRACT OFF
#endif

#define EMLRT_HEADER32(blob, field) \
  emlrt_r32(blob, EMLRT_AT(emlrt_header, field))
#define EMLRT_HEADER16(blob, field) \
  emlrt_r16(blob, EMLRT_AT(emlrt_header, field))

EMLRT_INLINE uint32_t emlrt_n_inputs(emlrt_rom blob) {
  return EMLRT_HEADER32(blob, input_size) >> (EMLRT_HEADER16(blob, input) & 3u);
}

EMLRT_INLINE uint32_t emlrt_n_scores(emlrt_rom blob) {
  return EMLRT_HEADER32(blob, score_size) / 4;
}

/* Chars of RAM for so many octets of anything: where a char has 16 bits, an
 * array of uint8 takes a char per octet. */
#if !defined(EMLRT_WIDE_CHARS)
#define EMLRT_RAM(octets) ((size_t)(octets))
#define EMLRT_CLEARED 4u /* octets whose room a number of 32 bits fills */
#else
#define EMLRT_RAM(octets) ((size_t)(octets) * EMLRT_WIDE_CHARS)
#define EMLRT_CLEARED 2u
#endif

/* Chars from the start of a space to an octet offset. The state has as much room as
 * that says; elsewhere spans lie side by side, as arrays of their dtypes. */
EMLRT_INLINE size_t emlrt_chars_to(unsigned space, emlrt_count offset,
                                   uint32_t dtype) {
#if defined(EMLRT_WIDE_CHARS)
  if (space == EMLRT_SPACE_STATE) return EMLRT_RAM(offset);
#endif
  (void)space;
  (void)dtype;
  return EMLRT_CHARS_AT(offset, dtype);
}

/* Rounds up to a multiple of 4. Callers keep bytes below 2^32 - 3. */
EMLRT_INLINE uint32_t emlrt_pad4(uint32_t bytes) {
  return (bytes + 3u) & ~(uint32_t)3u;
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

EMLRT_WRAPS EMLRT_INLINE uint32_t emlrt_wrap_mul(uint32_t a, uint32_t b) {
  return a * b;
}

/* Kinds whose outputs have one score for two classes. */
EMLRT_INLINE int emlrt_is_binary(unsigned output) {
  return output == EMLRT_OUTPUT_LOGISTIC || output >= EMLRT_OUTPUT_BINARY;
}

/* Classes of all outputs; probabilities that emlrt_proba writes. */
uint32_t emlrt_n_classes(emlrt_rom blob);

/* Whether scratch may hold any element that an op works on. */
typedef struct emlrt_gap {
  char first;
  uint64_t widest;
} emlrt_gap;
EMLRT_INLINE int emlrt_aligned(const void *scratch) {
  return (uintptr_t)scratch % offsetof(emlrt_gap, widest) == 0;
}

/* Whether 1 <= count <= EMLRT_COUNT_MAX. */
EMLRT_WRAPS EMLRT_INLINE int emlrt_counts(uint32_t count) {
  return (count - 1u) >> 28 == 0;
}

#define EMLRT_STAGE32(at, field) emlrt_r32(at, EMLRT_AT(emlrt_stage, field))
#define EMLRT_STAGE16(at, field) emlrt_r16(at, EMLRT_AT(emlrt_stage, field))
/* Of a stage that has been checked: spans fit the address space. */
#if EMLRT_RAM_BITS == 16
#define EMLRT_STAGE_SIZE(at, field) EMLRT_STAGE16(at, field)
#else
#define EMLRT_STAGE_SIZE(at, field) EMLRT_STAGE32(at, field)
#endif

/* Address of the stage table. */
emlrt_rom emlrt_stages(emlrt_rom blob);

#if defined(__AVR__) && !defined(EMLRT_BANKS)
/* Op tables stay in flash. */
#define EMLRT_OP_CODE(op) pgm_read_dword(&(op)->code)
#define EMLRT_OP_CHECK(op) ((emlrt_op_check *)pgm_read_word(&(op)->check))
#define EMLRT_OP_RUN(op) ((emlrt_op_run *)pgm_read_word(&(op)->run))
#else
#define EMLRT_OP_CODE(op) ((op)->code)
#define EMLRT_OP_CHECK(op) ((op)->check)
#define EMLRT_OP_RUN(op) ((op)->run)
#endif
/* Adds `elements` so many times to what a run visits, up to the largest number.
 * For checks: times must be at most proportional to the payload. */
void emlrt_charge(emlrt_call *call, uint32_t times, uint32_t elements);

/* The op of a code in a list, or NULL. */
const emlrt_op *emlrt_op_find(const emlrt_op *const *ops, uint32_t code);

/* Marks of an open model, and of one that keeps state, which only a stream runs. */
#define EMLRT_OPENED 0xE5u
#define EMLRT_OPENED_STATE 0xE7u

/* Whether emlrt_open succeeded on this model: it keeps no state. */
EMLRT_INLINE int emlrt_is_open(const emlrt_model *model) {
  return model != NULL && model->opened == EMLRT_OPENED;
}

/* The same, or of one that keeps state: for those who run no stage of it. */
EMLRT_INLINE int emlrt_is_checked(const emlrt_model *model) {
  return model != NULL && (model->opened | 2u) == EMLRT_OPENED_STATE;
}

/* As emlrt_open, whether the blob keeps state or not. */
emlrt_status emlrt_open_any(emlrt_model *model, emlrt_rom blob, uint32_t size,
                            const emlrt_op *const *ops);
/* Bytes of state of a blob whose header is right: 0 if it keeps none, or its table is
 * beyond its body. */
uint32_t emlrt_state_bytes(emlrt_rom blob);
/* Bytes of memory of a stream: samples of a run, state, arena and scores. */
uint32_t emlrt_stream_bytes(emlrt_rom blob);
/* The same, for those who know the others: scratch is arena and scores. */
EMLRT_INLINE uint32_t emlrt_stream_room(emlrt_rom blob, uint32_t state,
                                        uint32_t scratch) {
  return ((EMLRT_HEADER32(blob, input_size) + 7u) & ~UINT32_C(7)) + state +
         scratch;
}

/* Checks the arguments that every run takes, but for scratch's size. y: where
 * the answer goes. */
emlrt_status emlrt_ready(const emlrt_model *model, uint32_t dtype,
                         const void *x, size_t nx, const void *y,
                         const void *scratch);
/* No stage reads what a caller left in scratch. */
EMLRT_INLINE void emlrt_clear(void *arena, uint32_t bytes) {
  emlrt_alias32 *at = (emlrt_alias32 *)arena;
  for (; bytes != 0; bytes -= EMLRT_CLEARED) {
    *at++ = 0;
    EMLRT_KEEP_LOOP();
  }
}
/* Runs every stage of an open model. majority: as emlrt_call's. */
void emlrt_execute(const emlrt_model *model, const void *x, void *y,
                   void *scratch, uint32_t majority);
/* What a classification gives the model's op for `majority`; UINT32_MAX if the class
 * must be found among all scores. */
uint32_t emlrt_majority(emlrt_rom blob);
/* Places an open model's stream in memory of stream_bytes, and starts from rest. */
struct emlrt_stream;
void emlrt_stream_bind(struct emlrt_stream *stream, uint32_t hop, void *memory);
/* Index of the most votes, the lowest on a tie; 0 if there are none. */
emlrt_count emlrt_most_votes(const uint32_t *votes, emlrt_count n);
/* Fills what emlrt_probabilities takes of an open model. */
void emlrt_prepare_proba(emlrt_prepared *to, const emlrt_model *model);
/* Bytes of scratch behind the arena that the finishers need, with arena. */
EMLRT_INLINE uint32_t emlrt_scratch_bytes(emlrt_rom blob) {
  return EMLRT_HEADER32(blob, arena_size) + EMLRT_HEADER32(blob, score_size);
}

/* A metadata section: where its content starts; size 0 if there is none. */
typedef struct emlrt_section {
  emlrt_rom at;
  uint32_t size;
} emlrt_section;
emlrt_status emlrt_meta_find(const emlrt_model *model, uint32_t tag,
                             emlrt_section *section);
/* Whether bits are those of a scale: a normal float32 above 0. */
EMLRT_INLINE int emlrt_is_scale(uint32_t bits) {
  return bits >= UINT32_C(0x00800000) && bits < UINT32_C(0x7F800000);
}
/* Whether the high word is that of an offset: from -2^53 to 2^53 - 1. */
EMLRT_INLINE int emlrt_is_offset(uint32_t high) {
  return emlrt_wrap_add(high, UINT32_C(0x00200000)) < UINT32_C(0x00400000);
}
/* Bytes of one golden vector. */
uint32_t emlrt_golden_bytes(emlrt_rom blob);

#endif
