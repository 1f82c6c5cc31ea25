/* SPDX-License-Identifier: MIT
 *
 * What is proved of single functions, for all values of all numbers that they
 * take: one of these is defined from outside.
 *
 *   SPANS   spans that open takes lie in their spaces, start at multiples of
 *           their elements, do not meet, and leave no hole in y
 *   TAKE    what is taken for a row of floats was there, and no product wraps
 *   WALK_*  of records of a tree that are taken, up to RECORDS of them, a walk
 *           ends, at a leaf that there is
 *   SCALE   a sum becomes a float without a shift that C does not allow
 */
#define RECORDS 8
#if defined(SPANS)
#include "../c/src/core/open.c"
#elif defined(TAKE)
#include "../c/src/maths/numeric.c"
#elif defined(WALK_U8)
#include "../c/src/trees/trees_u8.c"
#define NAMED(what) what##_u8
#define OCTETS_EACH 4
#define ELEMENT uint8_t
#elif defined(WALK_I16)
#include "../c/src/trees/trees_i16.c"
#define NAMED(what) what##_i16
#define OCTETS_EACH 6
#define ELEMENT int16_t
#elif defined(WALK_F32)
#include "../c/src/trees/trees_f32.c"
#define NAMED(what) what##_f32
#define OCTETS_EACH 8
#define ELEMENT float
#elif defined(WALK_F32W)
#include "../c/src/trees/trees_f32w.c"
#define NAMED(what) what##_f32w
#define OCTETS_EACH 12
#define ELEMENT float
#else
#include "../c/src/trees/trees_template.h"
#include "../c/src/trees/trees_sum.c"
#endif

unsigned nondet_uint(void);
void __ESBMC_assume(_Bool);
void __ESBMC_assert(_Bool, const char *);
#define HOLDS(what) __ESBMC_assert(what, #what)

#if defined(SPANS)
emlrt_rom emlrt_stages(emlrt_rom blob) { return blob; }
const emlrt_op *emlrt_op_find(const emlrt_op *const *ops, uint32_t code) {
  (void)ops, (void)code;
  return 0;
}
uint32_t emlrt_n_classes(emlrt_rom blob) { return blob == 0; }
uint32_t emlrt_golden_bytes(emlrt_rom blob) { return blob == 0; }

uint32_t emlrt_state_bytes(emlrt_rom blob) { return blob == 0; }

int main(void) {
  emlrt_header header; /* what is not set may be anything */
  emlrt_stage stage;
  emlrt_progress to;
  uint64_t in_end, out_end;
  uint32_t covered = nondet_uint();
  /* What emlrt_header_ok and emlrt_state_bytes have found, and what
   * emlrt_open_with begins with. */
  to.sizes[0] = header.input_size;
  to.sizes[1] = header.arena_size;
  to.sizes[2] = header.score_size;
  __ESBMC_assume(
      (to.sizes[0] | to.sizes[1] | to.sizes[2] | to.sizes[3]) >> 28 == 0);
  __ESBMC_assume(covered <= header.score_size);
  to.scores = covered;
  if (!emlrt_spans_ok(&to, &header, &stage)) return 0;
  HOLDS(stage.in_space <= 3 && stage.out_space != 0 && stage.out_space <= 3);
  HOLDS(stage.in_count != 0 && stage.out_count != 0);
  in_end = stage.in_offset + ((uint64_t)stage.in_count << (stage.op & 3u));
  out_end =
      stage.out_offset + ((uint64_t)stage.out_count << (stage.op >> 8 & 3u));
  HOLDS(in_end <= to.sizes[stage.in_space]);
  HOLDS(out_end <= to.sizes[stage.out_space]);
  HOLDS(stage.in_offset % (1u << (stage.op & 3u)) == 0);
  HOLDS(stage.out_offset % (1u << (stage.op >> 8 & 3u)) == 0);
  HOLDS(stage.in_space != stage.out_space || stage.in_offset >= out_end ||
        stage.out_offset >= in_end);
  HOLDS(stage.in_space != 2 || in_end <= covered); /* only what is written */
  HOLDS(stage.out_space != 2 || stage.out_offset <= covered);
  HOLDS(to.scores >= covered && to.scores <= header.score_size);
  /* x and y are read and written as what they are. */
  HOLDS(stage.in_space != 0 || (stage.op & 0xFFu) == (header.input & 0xFu));
  HOLDS(stage.in_space != 2 || (stage.op & 0xFFu) == (header.output & 0xFu));
  HOLDS(stage.out_space != 2 ||
        (stage.op >> 8 & 0xFFu) == (header.output & 0xFu));
  return 0;
}
#elif defined(TAKE)
int main(void) {
  uint32_t left = nondet_uint(), before = left, columns = nondet_uint();
  if (!emlrt_take_floats(&left, 1, columns)) return 0;
  HOLDS((uint64_t)columns * 4 <= before && left == before - columns * 4);
  return 0;
}
#elif defined(OCTETS_EACH)
#define INPUTS 3
int main(void) {
  uint32_t records[RECORDS * OCTETS_EACH / 4];
  ELEMENT x[INPUTS];
  unsigned n = nondet_uint(), n_in = nondet_uint(), leaves = nondet_uint();
  const char *at;
  /* emlrt_trees_check: at least one of each, and base < n_leaves */
  __ESBMC_assume(n >= 1 && n <= RECORDS && n_in >= 1 && n_in <= INPUTS);
  __ESBMC_assume(leaves != 0);
  at = (const char *)records + (RECORDS - n) * OCTETS_EACH;
  if (!NAMED(emlrt_records)((emlrt_rom)at, n, leaves, n_in)) return 0;
  HOLDS(NAMED(emlrt_walk)((emlrt_rom)at, x + (INPUTS - n_in)) < leaves);
  return 0;
}
#else
int main(void) {
  int32_t exponent = (int32_t)nondet_uint();
  __ESBMC_assume(exponent >= -EMLRT_EXPONENT_MAX &&
                 exponent <= EMLRT_EXPONENT_MAX);
  (void)emlrt_trees_scale(nondet_uint(), exponent);
  return 0;
}
#endif
