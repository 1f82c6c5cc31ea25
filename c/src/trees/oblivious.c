/* SPDX-License-Identifier: MIT
 *
 * Oblivious trees: as many comparisons as levels, and no branch on them.
 */
#include "trees.h"

#define EMLRT_OBLIVIOUS32(payload, field) \
  emlrt_r32(payload, EMLRT_AT(emlrt_oblivious, field))

/* Takes bytes from what is left, or says that there are not as many. */
EMLRT_INLINE int emlrt_take_bytes(uint32_t *left, uint32_t bytes) {
  if (bytes > *left) return 0;
  *left -= bytes;
  return 1;
}

/* Bytes of a tree's leaves; 0 if they are more than `left`. n: of all numbers
 * of a leaf. */
static uint32_t emlrt_leaf_bytes(uint32_t depth, uint32_t n, uint32_t left) {
  uint32_t bytes = n;
  for (; depth != 0 && bytes <= left; depth--) bytes <<= 1;
  return bytes <= left ? emlrt_pad4(bytes) : 0;
}

static int emlrt_questions_ok(emlrt_rom at, uint32_t depth, emlrt_count n_in) {
  for (; depth != 0; depth--, at = emlrt_rom_at(at, 4))
    if (emlrt_r16(at, EMLRT_AT(emlrt_question, feature)) >= n_in) return 0;
  return 1;
}

/* Takes the tree at `at` from what is left; its bytes, 0 if it is wrong. */
static uint32_t emlrt_oblivious_tree_bytes(const emlrt_call *call, emlrt_rom at,
                                           uint32_t left) {
  unsigned shift = (unsigned)EMLRT_OBLIVIOUS32(call->payload, leaf_shift);
  uint32_t depth, bytes, all = left;
  if (!emlrt_take_bytes(&left, 4)) return 0;
  depth = emlrt_r32(at, EMLRT_AT(emlrt_oblivious_tree, depth));
  if (depth > EMLRT_OBLIVIOUS_MAX || !emlrt_take_bytes(&left, depth * 4u) ||
      !emlrt_questions_ok(emlrt_rom_at(at, 4), depth, call->n_in))
    return 0;
  bytes = emlrt_leaf_bytes(depth, call->n_out << shift, left);
  return bytes != 0 && emlrt_take_bytes(&left, bytes) ? all - left : 0;
}

static emlrt_status emlrt_check_oblivious(emlrt_call *call) {
  uint32_t left = call->size, n;
  emlrt_rom at = call->payload;
  if (!emlrt_take_bytes(&left, EMLRT_OCTETS(emlrt_oblivious)) ||
      EMLRT_OBLIVIOUS32(at, leaf_shift) > 2 || left / 4 < call->n_out ||
      !emlrt_exponents_ok(emlrt_rom_at(at, EMLRT_OCTETS(emlrt_oblivious)),
                          call->n_out))
    return EMLRT_ERR_PAYLOAD;
  n = EMLRT_OBLIVIOUS32(at, n_trees);
  left -= call->n_out * UINT32_C(4);
  call->v.work = call->n_out; /* of x no more than the payload names */
  at = emlrt_rom_at(at, (emlrt_off)(call->size - left));
  if (n == 0) return EMLRT_ERR_PAYLOAD;
  for (; n != 0; n--) {
    uint32_t bytes = emlrt_oblivious_tree_bytes(call, at, left);
    if (bytes == 0) return EMLRT_ERR_PAYLOAD;
    left -= bytes;
    at = emlrt_rom_at(at, (emlrt_off)bytes);
  }
  return left == 0 ? EMLRT_OK : EMLRT_ERR_PAYLOAD;
}

/* The leaf that the questions up to `at` lead to: from the last one back, since
 * the first one's bit is the lowest. */
EMLRT_INLINE emlrt_off emlrt_oblivious_leaf(emlrt_rom at, unsigned depth,
                                            const uint_least8_t *x) {
  emlrt_off leaf = 0, bytes = (emlrt_off)depth * 4u;
  while (bytes != 0) {
    emlrt_rom question;
    unsigned value, threshold;
    bytes -= 4u;
    question = emlrt_rom_at(at, bytes);
    value = x[emlrt_r16(question, EMLRT_AT(emlrt_question, feature))];
    threshold = emlrt_r16(question, EMLRT_AT(emlrt_question, threshold));
    leaf = (emlrt_off)(leaf << 1) + (value > threshold);
  }
  return leaf;
}

void emlrt_run_oblivious_u8(const emlrt_call *call) {
  emlrt_alias32 *sums = (emlrt_alias32 *)call->out;
  emlrt_rom exponents =
      emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_oblivious));
  emlrt_rom at = emlrt_rom_at(exponents, (emlrt_off)call->n_out * 4u);
  unsigned shift = (unsigned)EMLRT_OBLIVIOUS32(call->payload, leaf_shift);
  emlrt_count n_out = call->n_out, i;
  uint32_t n = EMLRT_OBLIVIOUS32(call->payload, n_trees);
  for (i = 0; i < n_out; i++) {
    sums[i] = 0;
    EMLRT_KEEP_LOOP();
  }
  for (; n != 0; n--) {
    unsigned depth = (unsigned)emlrt_r32(at, 0);
    emlrt_rom leaves = emlrt_rom_at(at, 4u + (emlrt_off)depth * 4u);
    emlrt_off leaf = emlrt_oblivious_leaf(emlrt_rom_at(at, 4), depth,
                                          (const uint_least8_t *)call->in) *
                     n_out;
    for (i = 0; i < n_out; i++)
      sums[i] = emlrt_wrap_add(
          sums[i], emlrt_trees_leaf_number(leaves, leaf + i, shift));
    at = emlrt_rom_at(
        leaves, (emlrt_off)emlrt_pad4(((uint32_t)n_out << shift) << depth));
  }
  for (i = 0; i < n_out; i++, exponents = emlrt_rom_at(exponents, 4))
    sums[i] = emlrt_trees_scale(sums[i], emlrt_ri32(exponents, 0));
}

const emlrt_op emlrt_op_oblivious_u8 EMLRT_OP_PLACE = {
    EMLRT_OP_OBLIVIOUS_U8, emlrt_check_oblivious, emlrt_run_oblivious_u8};
