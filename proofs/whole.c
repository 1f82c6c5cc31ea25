/* SPDX-License-Identifier: MIT
 *
 * What is proved of single functions, for all values of all 32-bit numbers: one
 * of these is defined from outside.
 *
 *   SPANS   spans that open takes lie in their spaces, start at multiples of
 *           their elements, do not meet, and leave no hole in y
 *   TAKE    what is taken for a row of floats was there, and no product wraps
 *   SPLIT   a record that is taken leads to a record behind it in its tree, or
 *           to leaves that there are
 *   SCALE   a sum becomes a float without a shift that C does not allow
 */
#if defined(SPANS)
#include "../c/src/core/open.c"
#elif defined(TAKE)
#include "../c/src/maths/numeric.c"
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

int main(void) {
  emlrt_header header;
  emlrt_stage stage;
  emlrt_progress to;
  uint64_t in_end, out_end, most[3];
  uint32_t covered = nondet_uint();
  /* What emlrt_header_ok has found, and what emlrt_open begins with. */
  __ESBMC_assume(
      (header.input_size | header.arena_size | header.score_size) >> 28 == 0);
  most[0] = to.written[0] = header.input_size;
  most[1] = to.written[1] = header.arena_size;
  most[2] = header.score_size;
  __ESBMC_assume(covered <= header.score_size);
  to.written[2] = covered;
  if (!emlrt_spans_ok(&to, &header, &stage)) return 0;
  HOLDS(stage.in_space <= 2 && (stage.out_space == 1 || stage.out_space == 2));
  HOLDS(stage.in_count != 0 && stage.out_count != 0);
  in_end = stage.in_offset + ((uint64_t)stage.in_count << (stage.op & 3u));
  out_end =
      stage.out_offset + ((uint64_t)stage.out_count << (stage.op >> 8 & 3u));
  HOLDS(in_end <= most[stage.in_space] && out_end <= most[stage.out_space]);
  HOLDS(stage.in_offset % (1u << (stage.op & 3u)) == 0);
  HOLDS(stage.out_offset % (1u << (stage.op >> 8 & 3u)) == 0);
  HOLDS(stage.in_space != stage.out_space || stage.in_offset >= out_end ||
        stage.out_offset >= in_end);
  HOLDS(stage.in_space != 2 || in_end <= covered); /* only what is written */
  HOLDS(stage.out_space != 2 || stage.out_offset <= covered);
  HOLDS(to.written[2] >= covered && to.written[2] <= header.score_size);
  return 0;
}
#elif defined(TAKE)
int main(void) {
  uint32_t left = nondet_uint(), before = left, columns = nondet_uint();
  if (!emlrt_take_floats(&left, 1, columns)) return 0;
  HOLDS((uint64_t)columns * 4 <= before && left == before - columns * 4);
  return 0;
}
#elif defined(SPLIT)
int main(void) {
  emlrt_split s;
  uint32_t n_in = nondet_uint(), after = nondet_uint(), leaves = nondet_uint();
  __ESBMC_assume(leaves != 0); /* emlrt_trees_check: base < n_leaves */
  if (!emlrt_trees_split_ok(&s, n_in, after, leaves)) return 0;
  HOLDS(s.feature < n_in && s.flags <= 3);
  HOLDS(s.flags == 3 || after != 0); /* the next record is in the tree */
  HOLDS(s.flags != 0 || s.link < after);
  HOLDS(s.flags == 0 || s.link < leaves);
  HOLDS(s.flags != 3 || (uint64_t)s.link + 1 < leaves);
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
