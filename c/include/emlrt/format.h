/* SPDX-License-Identifier: MIT
 *
 * The .eml blob, version 1: every constant and structure of the format.
 *
 * This file is the format's only definition. The C runtime takes its offsets
 * from these structures, Python parses this very file (cffi) for its dtypes,
 * and a test holds the tables of SPEC.md against it. SPEC.md states the rules
 * that structures cannot express.
 *
 * Conventions:
 * - Every number is little-endian and stands at a multiple of its own size.
 * - Fields are 16 or 32 bits wide, never 8, so that offsets computed by a
 *   compiler whose char has 16 bits are these offsets counted in chars.
 * - Bytes have 8 bits, also where a char has 16; "records", "entries" and "items"
 *   are array elements.
 * - Reserved fields and padding bytes are zero; open or verify refuses others.
 *   What fills a leaf table up to a multiple of 4 counts as entries.
 *
 * Layout, without gaps, each part padded with zeros to a multiple of 4:
 *
 *   header | output sizes | stage table | payloads | metadata
 */
#ifndef EMLRT_FORMAT_H
#define EMLRT_FORMAT_H

#include <stdint.h>

/* First four bytes of a blob, 8E 45 4D 4C, read as one number. The first one is
 * not ASCII, so that no tool mistakes a blob for text. */
#define EMLRT_MAGIC 0x4C4D458E
/* Format version written and accepted by this runtime. */
#define EMLRT_FORMAT_VERSION 1
/* Most bytes a blob may have: every offset fits a signed 32-bit number. */
#define EMLRT_SIZE_MAX 0x7FFFFFFC
/* Most bytes of x, of arena and of y, and most of anything counted. */
#define EMLRT_COUNT_MAX 0x0FFFFFFF

/* Elements that a run may visit beside the payloads, per byte of body, x, arena
 * and y together: see SPEC.md. */
#define EMLRT_WORK_EACH 16

/* Number types. The two low bits are the base-2 logarithm of the bytes. */
#define EMLRT_U8 0x04
#define EMLRT_I16 0x09
#define EMLRT_U32 0x06
#define EMLRT_I32 0x0A
#define EMLRT_F32 0x0E

/* Kinds of output (header.output); the low 4 bits are the dtype of the scores.
 * emlrt_classify makes a class of each output's scores, and emlrt_proba
 * probabilities, where the kind has any. "Largest" is the argmax: the lowest index
 * on a tie; NaN is never the largest. */
#define EMLRT_OUTPUT_VALUES 0x1E /* answers as they stand: no class */
#define EMLRT_OUTPUT_VOTES 0x26  /* largest; shares of vote_total */
#define EMLRT_OUTPUT_LOGITS 0x3E /* largest; softmax */
/* One score for two classes: 1 if above 0; logistic function. */
#define EMLRT_OUTPUT_LOGISTIC 0x4E
#define EMLRT_OUTPUT_MARGINS 0x5E /* largest; no probabilities */
#define EMLRT_OUTPUT_SHARES 0x6E  /* largest; probabilities as they stand */
/* One score for two classes: 1 if above 0; no probabilities. */
#define EMLRT_OUTPUT_BINARY 0x7E
/* One score for two classes: 1 if 0 or above (an inlier); no probabilities. */
#define EMLRT_OUTPUT_INLIERS 0x8E

/* header.flags: the original model gives NaN inputs a meaning. Without it the
 * runtime's result for NaN is defined, but the original would refuse. */
#define EMLRT_FLAG_MISSING 1
/* The same of infinite inputs, and of numbers beyond float32, which are to be
 * given as the largest float of their sign. */
#define EMLRT_FLAG_INFINITE 2
/* x is made of raw numbers by the rule of EMLRT_META_INPUTS, which must be there. */
#define EMLRT_FLAG_OFFSET 4
/* The program keeps state from run to run: an emlrt_state follows the stage table. */
#define EMLRT_FLAG_STATE 8

/* Spaces that a stage reads and writes. */
#define EMLRT_SPACE_INPUT 0  /* the caller's x, read only */
#define EMLRT_SPACE_ARENA 1  /* the caller's scratch */
#define EMLRT_SPACE_OUTPUT 2 /* the caller's y */
#define EMLRT_SPACE_STATE 3  /* what the caller keeps from run to run */

/* 48 bytes at offset 0. */
typedef struct emlrt_header {
  uint32_t magic;      /* EMLRT_MAGIC */
  uint16_t version;    /* EMLRT_FORMAT_VERSION */
  uint16_t flags;      /* EMLRT_FLAG_*, other bits zero */
  uint32_t total_size; /* bytes of the whole blob, a multiple of 4 */
  uint32_t crc32;      /* CRC-32 (zlib's) of all bytes but these four */
  uint32_t body_size;  /* bytes before the metadata, a multiple of 4 */
  uint32_t input_size; /* bytes of x, >= 1 element */
  uint32_t arena_size; /* bytes of arena in scratch, a multiple of 8 */
  uint32_t score_size; /* bytes of y, >= 1 element */
  uint32_t work;       /* most steps of one run: see SPEC.md */
  uint32_t vote_total; /* VOTES: the score of probability 1; else 0 */
  uint16_t n_outputs;  /* targets: 1, or more for multi-output models */
  uint16_t n_stages;   /* >= 1 */
  uint16_t input;      /* dtype of x: EMLRT_F32, _I32, _I16 or _U8 */
  uint16_t output;     /* EMLRT_OUTPUT_*; its low 4 bits are the dtype of y */
} emlrt_header;

/* Output sizes: uint32_t[n_outputs], the scores of each output, each >= 1, adding up
 * to all scores or less: what is left are further numbers that the metadata
 * names. Of VOTES, LOGITS, MARGINS and SHARES these are the output's classes;
 * of the others each is 1. Scores of output k follow those of output k - 1. */

/* 28 bytes per stage. Offsets are in bytes, multiples of the element's size;
 * counts are in elements of the op's dtypes.
 *
 * Stages run in order. The arena starts as zeros. y is written without gaps: a
 * stage may write from any offset that is not above the highest end of what was
 * written there before, and read only below that. At the end all of y is
 * written. No stage writes what it reads. Elements of x and y are read and
 * written as what they are. */
typedef struct emlrt_stage {
  uint32_t size;       /* bytes of this stage's payload, a multiple of 4 */
  uint32_t op;         /* EMLRT_OP_* */
  uint32_t in_offset;  /* where it reads */
  uint32_t in_count;   /* elements read, >= 1 */
  uint32_t out_offset; /* where it writes */
  uint32_t out_count;  /* elements written, >= 1 */
  uint16_t in_space;   /* EMLRT_SPACE_* */
  uint16_t out_space;  /* EMLRT_SPACE_ARENA or EMLRT_SPACE_OUTPUT */
} emlrt_stage;

/* 4 bytes behind the stage table, with EMLRT_FLAG_STATE. The state is zero at first,
 * and is the caller's from run to run. Its first number is EMLRT_HELD after a run
 * that ended early, as a window was not complete yet; each run starts with 0 there. */
typedef struct emlrt_state {
  uint32_t size; /* bytes of state, a multiple of 8, not 0 */
} emlrt_state;
#define EMLRT_HELD 1
/* In place of an offset in the state: an op starts from rest in every run. */
#define EMLRT_AT_REST 0xFFFFFFFF

/* Ops. The low byte of a code is the input dtype, the next one the output dtype,
 * and the high byte the family, a folder of c/src. `make ops` writes what follows
 * from these lines.
 *
 * Trees have an op per kind of leaf, input dtype and record size:
 *
 *   VOTE  a leaf is a class; outputs are votes
 *   SOFT  a leaf is a class, or a list of classes with votes
 *   SUM   leaves are integers; an output is their exact sum, rounded once
 *   ADD   leaves are float32; outputs are float32 sums, tree by tree
 *
 *   F32 I32 I16 U8  input dtype, with the smallest record that the dtype has
 *   M               medium: 6-byte records of uint8 inputs
 *   W               wide: 12-byte records, for many features or large trees
 *   C               with categorical features */
#define EMLRT_OP_TREES_VOTE_F32 0x0111060E  /* 8-byte records */
#define EMLRT_OP_TREES_VOTE_F32W 0x0112060E /* 12-byte records */
#define EMLRT_OP_TREES_VOTE_I16 0x01110609  /* 6-byte records */
#define EMLRT_OP_TREES_VOTE_I16W 0x01120609 /* 12-byte records */
#define EMLRT_OP_TREES_VOTE_I32 0x0111060A  /* 8-byte records */
#define EMLRT_OP_TREES_VOTE_I32W 0x0112060A /* 12-byte records */
#define EMLRT_OP_TREES_VOTE_U8 0x01110604   /* 4-byte records */
#define EMLRT_OP_TREES_VOTE_U8M 0x01130604  /* 6-byte records */
#define EMLRT_OP_TREES_VOTE_U8W 0x01120604  /* 12-byte records */
#define EMLRT_OP_TREES_SOFT_F32 0x0121060E
#define EMLRT_OP_TREES_SOFT_F32W 0x0122060E
#define EMLRT_OP_TREES_SOFT_I16 0x01210609
#define EMLRT_OP_TREES_SOFT_I16W 0x01220609
#define EMLRT_OP_TREES_SOFT_I32 0x0121060A
#define EMLRT_OP_TREES_SOFT_I32W 0x0122060A
#define EMLRT_OP_TREES_SOFT_U8 0x01210604
#define EMLRT_OP_TREES_SOFT_U8M 0x01230604
#define EMLRT_OP_TREES_SOFT_U8W 0x01220604
#define EMLRT_OP_TREES_SUM_F32 0x01310E0E
#define EMLRT_OP_TREES_SUM_F32W 0x01320E0E
#define EMLRT_OP_TREES_SUM_I16 0x01310E09
#define EMLRT_OP_TREES_SUM_I16W 0x01320E09
#define EMLRT_OP_TREES_SUM_I32 0x01310E0A
#define EMLRT_OP_TREES_SUM_I32W 0x01320E0A
#define EMLRT_OP_TREES_SUM_U8 0x01310E04
#define EMLRT_OP_TREES_SUM_U8M 0x01330E04
#define EMLRT_OP_TREES_SUM_U8W 0x01320E04
#define EMLRT_OP_TREES_SUM_U8C 0x01340E04  /* categories, 6-byte records */
#define EMLRT_OP_TREES_SUM_I16C 0x01350E09 /* categories, 12-byte records */
#define EMLRT_OP_TREES_ADD_F32 0x01410E0E
#define EMLRT_OP_TREES_ADD_F32W 0x01420E0E
#define EMLRT_OP_TREES_ADD_I16 0x01410E09
#define EMLRT_OP_TREES_ADD_I16W 0x01420E09
#define EMLRT_OP_TREES_ADD_I32 0x01410E0A
#define EMLRT_OP_TREES_ADD_I32W 0x01420E0A
#define EMLRT_OP_TREES_ADD_U8 0x01410E04
#define EMLRT_OP_TREES_ADD_U8M 0x01430E04
#define EMLRT_OP_TREES_ADD_U8W 0x01420E04
#define EMLRT_OP_TREES_ADD_U8C 0x01440E04
#define EMLRT_OP_TREES_ADD_I16C 0x01450E09

/* Payload of a trees op: 20 bytes, followed without gaps, each padded to a
 * multiple of 4, by:
 *   exponents  int32_t[out_count], trees_sum only
 *   trees      emlrt_tree[n_trees]
 *   records    of the op's size, tree after tree, up to offset `leaves`
 *   leaves     leaf entries, up to the items
 *   items      n_items items, trees_soft only, up to the payload's end
 *   sets       uint16_t[n_words], ops with categories only, up to there too */
typedef struct emlrt_trees {
  uint32_t n_trees;    /* >= 1 */
  uint32_t leaves;     /* byte offset of the leaf table in the payload */
  uint32_t n_items;    /* trees_soft: items of the row table; else 0 */
  uint32_t unit;       /* votes that a pure leaf gives; of sums 0 */
  uint16_t leaf_shift; /* bytes of a number in a leaf entry: 1 << this, <= 2;
                          trees_add: 2 */
  uint16_t item;       /* trees_soft: bytes of an item's votes in the low byte
                          of this and of its head in the high, 1 to 4 each;
                          else 0 */
} emlrt_trees;

/* The same head in the ops with categories, whose names end in C. */
typedef struct emlrt_trees_sets {
  uint32_t n_trees; /* as above, and so the fields without a comment */
  uint32_t leaves;
  uint32_t n_words;        /* numbers of all sets together */
  uint32_t first_category; /* features from this one on are categorical */
  uint16_t leaf_shift;
  uint16_t reserved; /* zero */
} emlrt_trees_sets;

/* One tree. */
typedef struct emlrt_tree {
  uint32_t size; /* records, or EMLRT_TREES_LONE for a tree without a split */
  uint32_t base; /* leaf entry that this tree's leaf indices count from */
} emlrt_tree;

/* A tree that is one leaf, the entry `base`. */
#define EMLRT_TREES_LONE 0

/* Split records. A tree's records stand in depth-first order: the left child
 * of a split is the next record; `link` says where the right one is.
 *
 *   neither child a leaf   right child = next record + link, link >= 1
 *   one child a leaf       that leaf is link, the other child is next
 *   both children leaves   left leaf = link, right leaf = link + 1
 *
 * An input goes left if x <= threshold. Leaf indices count from the tree's
 * base. Float thresholds are stored as sort keys: the float's bits, with the 31 low
 * bits inverted if the sign is set, so that comparing signed integers sorts them;
 * -0 is stored as +0. A NaN input goes
 * left where EMLRT_MISSING_LEFT is set, else right. */
#define EMLRT_LEAF_LEFT 1    /* the left child is a leaf */
#define EMLRT_LEAF_RIGHT 2   /* the right child is a leaf */
#define EMLRT_MISSING_LEFT 4 /* float32 input only */

/* uint8 input. */
typedef struct emlrt_record4 {
  uint16_t split; /* feature in the low byte, threshold in the high */
  uint16_t link;  /* link << 2 | EMLRT_LEAF_* */
} emlrt_record4;

/* int16 input, and uint8 input with many features or large trees. */
typedef struct emlrt_record6 {
  uint16_t split;    /* feature << 2 | EMLRT_LEAF_* */
  int16_t threshold; /* largest input that goes left */
  uint16_t link;
} emlrt_record6;

/* float32 or int32 input. */
typedef struct emlrt_record8 {
  int32_t threshold; /* largest input that goes left: a float's sort key, or
                        the integer itself */
  uint16_t split;    /* feature << 3 | EMLRT_MISSING_LEFT | EMLRT_LEAF_* */
  uint16_t link;
} emlrt_record8;

/* Any input: more features, records or leaves than the others can address. */
typedef struct emlrt_record12 {
  int32_t threshold; /* sort key, or the integer itself */
  uint32_t split;    /* feature << 3 | EMLRT_MISSING_LEFT | EMLRT_LEAF_* */
  uint32_t link;
} emlrt_record12;

/* Leaf entries of trees_vote and trees_soft: one code each. A code below
 * out_count is a pure leaf: `unit` votes for that score. A larger one, in
 * trees_soft only, is a row of the item table, starting at item (code -
 * out_count) and ending with the first item that has its `last` bit set, after
 * out_count items at most. An item is a number of votes, then a head: the
 * score's index, with `last` in its highest bit.
 *
 * Leaf entries of trees_sum: out_count signed numbers each. Output k is their
 * sum over the trees, which must fit 32 bits, times 2^exponents[k], rounded
 * once to float32 (nearest, ties to even).
 *
 * Leaf entries of trees_add: out_count float32 each. Output k starts as 0, and
 * each tree in turn adds its leaf's number k, rounded to float32.
 *
 * Ops with categories: features from `first_category` on are categorical. Their
 * inputs are category codes, and the threshold of their records is the index of a
 * set, as an unsigned number. A set is a number n followed by n numbers, whose
 * bits, the lowest of each first, are 1 for the codes, from 0 on, that go left. All
 * other codes go right. */
#define EMLRT_EXPONENT_MAX 256 /* of either sign */

/* Oblivious trees on uint8 inputs: each level has one question for all of its
 * splits, and the answers' bits, the first question's the lowest, are the number
 * of the leaf. Leaves are integers, added as in trees_sum. */
#define EMLRT_OP_OBLIVIOUS_U8 0x09010E04

/* Payload of oblivious: 8 bytes, int32_t exponents[out_count], then tree after
 * tree: 4 bytes, emlrt_question[depth], and 2^depth leaf entries of out_count
 * signed numbers, padded to a multiple of 4. */
typedef struct emlrt_oblivious {
  uint32_t n_trees;    /* >= 1 */
  uint32_t leaf_shift; /* bytes of a number in a leaf entry: 1 << this, <= 2 */
} emlrt_oblivious;
typedef struct emlrt_oblivious_tree {
  uint32_t depth; /* questions, at most EMLRT_OBLIVIOUS_MAX */
} emlrt_oblivious_tree;
#define EMLRT_OBLIVIOUS_MAX 16
typedef struct emlrt_question {
  uint16_t feature;
  uint16_t threshold; /* the bit is 1 where the input is larger */
} emlrt_question;

/* Numeric ops read and write float32, but for what converts. Every float of a
 * payload is finite, or open refuses it. A result that is NaN is 7FC00000. How
 * each result is computed, operation by operation, is in SPEC.md: the same bits
 * follow on every target. */

/* Converters: no payload, out_count = in_count. */
#define EMLRT_OP_CAST_U8 0x02010E04  /* uint8 to float32 */
#define EMLRT_OP_CAST_I16 0x02010E09 /* int16 to float32 */

/* Trees' votes to probabilities: divides by the payload's one number, the float32
 * of the votes that are probability 1; out_count = in_count. */
#define EMLRT_OP_VOTES_TO_PROBA 0x02020E06

/* Affine ops. */
#define EMLRT_OP_DENSE 0x02110E0E        /* weights and biases: a matrix */
#define EMLRT_OP_AFFINE 0x02120E0E       /* element by element */
#define EMLRT_OP_GATHER 0x02130E0E       /* copies chosen elements */
#define EMLRT_OP_WEIGHTED_SUM 0x02140E0E /* weighted sum of spans */

/* Payload of dense: 4 bytes, then float32 biases[out_count], then the weights
 * in tiles of 4 outputs, the last of what is left over: for each input, the
 * weights of the tile's outputs. */
typedef struct emlrt_dense {
  uint32_t flags; /* EMLRT_DENSE_*, other bits zero */
} emlrt_dense;
#define EMLRT_DENSE_RELU 1 /* results below 0 are 0 */

/* Payload of affine: 4 bytes, then in_count float32 of each kind whose flag is
 * set, in this order. y = (((x - shift) - low) * scale) + offset. */
typedef struct emlrt_affine {
  uint32_t flags; /* EMLRT_AFFINE_*, at least one, other bits zero */
} emlrt_affine;
#define EMLRT_AFFINE_SHIFT 1
#define EMLRT_AFFINE_LOW 2 /* what float32 lost of the shift */
#define EMLRT_AFFINE_SCALE 4
#define EMLRT_AFFINE_OFFSET 8

/* Payload of gather: uint16_t[out_count], or uint32_t where in_count is above
 * 65536, padded: the input element that each output is. */

/* Payload of weighted_sum: float32 weights[n], 1 <= n, in_count = n * out_count. Output
 * j is the sum of weight i times element i * out_count + j, i rising. */

/* Elementwise functions; out_count = in_count. */
#define EMLRT_OP_LOGISTIC 0x03010E0E
#define EMLRT_OP_TANH 0x03020E0E
#define EMLRT_OP_EXP 0x03030E0E
#define EMLRT_OP_EXPM1 0x03040E0E
#define EMLRT_OP_LOG 0x03050E0E
#define EMLRT_OP_LOG1P 0x03060E0E
#define EMLRT_OP_SQRT 0x03070E0E
#define EMLRT_OP_ERF 0x03080E0E
#define EMLRT_OP_NDTRI 0x03090E0E /* quantile function of the normal */
#define EMLRT_OP_COS 0x030A0E0E
#define EMLRT_OP_ABS 0x030B0E0E
#define EMLRT_OP_SQUARE 0x030C0E0E
#define EMLRT_OP_RECIPROCAL 0x030D0E0E
#define EMLRT_OP_SOFTPLUS 0x030E0E0E
#define EMLRT_OP_SOFTSIGN 0x030F0E0E
#define EMLRT_OP_SILU 0x03100E0E
#define EMLRT_OP_GELU 0x03110E0E      /* by erf */
#define EMLRT_OP_GELU_TANH 0x03120E0E /* by tanh */
#define EMLRT_OP_RELU 0x03130E0E      /* emlrt_relu */
#define EMLRT_OP_ELU 0x03140E0E       /* emlrt_elu */
#define EMLRT_OP_CLIP 0x03150E0E      /* emlrt_clip */
#define EMLRT_OP_STEP 0x03160E0E      /* 1 where x > float32 threshold[i] */
#define EMLRT_OP_POWER 0x03170E0E     /* emlrt_power */

/* Payload of relu. x above the threshold stays, but for what reaches max; the
 * rest is slope * (x - threshold), or 0 where the slope is 0. */
typedef struct emlrt_relu {
  uint32_t flags; /* EMLRT_RELU_*, other bits zero */
  float slope;
  float threshold;
  float max; /* without EMLRT_RELU_MAX: 0 */
} emlrt_relu;
#define EMLRT_RELU_MAX 1 /* x >= max gives max */

/* Payload of elu: scale * x, or scale * (alpha * (e^x - 1)) if x is negative. */
typedef struct emlrt_elu {
  float alpha;
  float scale;
} emlrt_elu;

/* Payload of clip: x, but not below low nor above high; low <= high. */
typedef struct emlrt_clip {
  float low;
  float high;
} emlrt_clip;

/* Payload of step: float32 thresholds[in_count]: 1 where x is above, else 0. */

/* Payload of power: 4 bytes, then float32 powers[in_count] and, if signed,
 * float32 powers[in_count] of negative numbers. y = (b^power - 1) / power, or
 * log b where the power is 0. b is x (Box-Cox); or, signed, 1 + |x|, and y gets
 * the sign of x (Yeo-Johnson: the powers are lambda, then 2 - lambda). */
typedef struct emlrt_power {
  uint32_t flags; /* EMLRT_POWER_*, other bits zero */
} emlrt_power;
#define EMLRT_POWER_SIGNED 1

/* Functions of a vector, all elements that the stage reads. */
#define EMLRT_OP_SOFTMAX 0x04010E0E   /* no payload; out_count = in_count */
#define EMLRT_OP_LOGSUMEXP 0x04020E0E /* no payload; out_count = 1 */
#define EMLRT_OP_NORMALIZE 0x04030E0E /* to a norm of 1; out_count = in_count */
#define EMLRT_OP_ONEHOT_ARGMAX 0x04040E0E /* 1 at a group's argmax */
#define EMLRT_OP_COMPLEMENT 0x04050E0E /* 1 - p and p; out_count = 2 in_count */

/* Payload of normalize: y = x / norm. A row of norm 0 stays as it is. */
typedef struct emlrt_normalize {
  uint16_t norm;  /* EMLRT_NORM_* */
  uint16_t flags; /* EMLRT_NORMALIZE_*, other bits zero */
} emlrt_normalize;
#define EMLRT_NORM_L1 1           /* sum of absolute values */
#define EMLRT_NORM_L2 2           /* root of the sum of squares */
#define EMLRT_NORM_MAX 3          /* largest absolute value */
#define EMLRT_NORM_SUM 4          /* sum */
#define EMLRT_NORMALIZE_UNIFORM 1 /* a row of norm 0: 1 / in_count each */

/* Payload of onehot_argmax: none, for one group; or uint32_t size, the elements of
 * each group, of which in_count is a multiple. */

/* No stage has it: emlrt_classify takes it from the list of ops where scores are
 * float. */
#define EMLRT_OP_ARGMAX 0x0406060E

/* Gaussians: for each component, constant - |factor (x - mean)|^2. */
#define EMLRT_OP_GAUSS_DIAG 0x05010E0E
#define EMLRT_OP_GAUSS_FULL 0x05020E0E

/* Payload of a gauss op, of n = in_count features and k = out_count components:
 * 4 bytes, followed without gaps by float32:
 *
 *   diag   constants[k]; with EMLRT_GAUSS_SHARED factors[k], one for all features
 *          of a component; then for each feature means[k], with EMLRT_GAUSS_LOW
 *          low parts[k], and without EMLRT_GAUSS_SHARED factors[k]
 *   full   constants[k]; means[k][n]; with EMLRT_GAUSS_LOW low parts[k][n]; then
 *          lower triangles of n (n + 1) / 2 factors, one for each component, or
 *          with EMLRT_GAUSS_SHARED one for all
 *
 * A triangle stands in tiles of 4 rows; if n is no multiple of 4, the first one
 * has what is over. A tile has, for each input up to its last row's number, the
 * factors of the rows that use this input, the last row first. */
typedef struct emlrt_gauss {
  uint32_t flags; /* EMLRT_GAUSS_*, other bits zero */
} emlrt_gauss;
#define EMLRT_GAUSS_LOW 1    /* what float32 lost of the means */
#define EMLRT_GAUSS_SHARED 2 /* fewer factors: see above */

/* Neighbours and distances. Items are stored rows of n_in numbers. What is
 * called a distance is what its metric gives, before any root. */
#define EMLRT_OP_DISTANCES 0x06010E0E   /* to every item */
#define EMLRT_OP_NEAREST 0x0602060E     /* the k nearest items */
#define EMLRT_OP_NEAREST_I16 0x06030609 /* the same of integers, exactly */
#define EMLRT_OP_NEAREST_POWER 0x0604060E
#define EMLRT_OP_NEIGHBOR_VOTES 0x06050606
#define EMLRT_OP_NEIGHBOR_SHARES 0x06060E06
#define EMLRT_OP_NEIGHBOR_MEANS 0x06070E06
#define EMLRT_OP_NEIGHBOR_DENSITY 0x06080E06 /* local outlier factor */
#define EMLRT_OP_BISECTING_KMEANS 0x06090E0E /* a tree of pairs of items */

/* Distances of x and an item, d_j = x_j - item_j. */
#define EMLRT_METRIC_SQUARES 0 /* sum of d_j^2 */
#define EMLRT_METRIC_SUMS 1    /* sum of |d_j| */
#define EMLRT_METRIC_LARGEST 2 /* largest |d_j| */
#define EMLRT_METRIC_COSINE 3  /* as SQUARES; 2 if x or the item is all zeros */

/* Payload of distances: 4 bytes, then float32 items[out_count][in_count]. */
typedef struct emlrt_distances {
  uint16_t metric; /* EMLRT_METRIC_SQUARES to EMLRT_METRIC_LARGEST */
  uint16_t flags;  /* EMLRT_DISTANCES_*, other bits zero */
} emlrt_distances;
#define EMLRT_DISTANCES_NEGATE 1 /* writes them with a minus: closeness */

/* Payload of nearest: 8 bytes, then float32 items[n_items][in_count]. Writes
 * the k smallest distances, rising, as the bits of float32, and then the items'
 * indices, in the same order; equal distances by rising index. */
typedef struct emlrt_nearest {
  uint32_t n_items; /* >= k */
  uint16_t k;       /* 1 to EMLRT_NEIGHBORS_MAX; out_count = 2 k */
  uint16_t metric;  /* EMLRT_METRIC_* */
} emlrt_nearest;
#define EMLRT_NEIGHBORS_MAX 1024

/* Payload of nearest_i16: 12 bytes, then the items' numbers minus base, uint8
 * or int16, [n_items][in_count], padded. Writes the low 32 bits of the k
 * smallest distances, their high 32 bits, and the items' indices. */
typedef struct emlrt_nearest_i16 {
  uint32_t n_items; /* >= k */
  uint16_t k;       /* 1 to EMLRT_NEIGHBORS_MAX; out_count = 3 k */
  uint16_t metric;  /* EMLRT_METRIC_SQUARES or EMLRT_METRIC_SUMS */
  uint16_t width;   /* bytes of a number: 1 for uint8, 2 for int16 */
  int16_t base;     /* added to each of uint8; at most EMLRT_NEAREST_BASE_MAX */
} emlrt_nearest_i16;
#define EMLRT_NEAREST_BASE_MAX 32512 /* then items fit int16 */

/* Payload of neighbor_votes and neighbor_shares: 8 bytes, then for each item
 * the scores that it votes for, uint8 or uint16, [n_items][n_values], padded;
 * of neighbor_means: 8 bytes, then float32 targets[n_items][n_values].
 * neighbor_votes reads indices; neighbor_shares distances and indices as
 * nearest writes them; neighbor_means either. */
typedef struct emlrt_neighbors {
  uint32_t n_items;
  uint16_t n_values; /* numbers of each item, >= 1; means: out_count */
  uint16_t flags;    /* EMLRT_NEIGHBORS_*, other bits zero */
} emlrt_neighbors;
#define EMLRT_NEIGHBORS_WIDE 1 /* votes, shares: uint16 */
/* means: distances are there; shares: they must be. */
#define EMLRT_NEIGHBORS_WEIGHTED 2
#define EMLRT_NEIGHBORS_ROOT 4 /* WEIGHTED: by the distances' roots */

/* Payload of nearest_power: 16 bytes, then the items as in nearest. A distance
 * is the sum of |d_j|^(whole + fraction); what is written are its powers. */
typedef struct emlrt_nearest_power {
  uint32_t n_items; /* >= k */
  uint16_t k;       /* 1 to EMLRT_NEIGHBORS_MAX; out_count = 2 k */
  uint16_t whole;   /* at most EMLRT_POWER_WHOLE_MAX */
  float fraction;   /* from 0 to below 1; not 0 if whole is */
  float inverse;    /* above 0: the written power of a distance */
} emlrt_nearest_power;
#define EMLRT_POWER_WHOLE_MAX 64

/* Payload of neighbor_density: 16 bytes, then float32 reach[n_items] and
 * densities[n_items]. Reads what nearest writes; writes one number, offset -
 * mean density * (mean reach + floor). */
typedef struct emlrt_density {
  uint32_t n_items; /* >= 1 */
  uint32_t flags;   /* 0 or EMLRT_NEIGHBORS_ROOT */
  float offset;
  float floor;
} emlrt_density;

/* Payload of bisecting_kmeans: 4 bytes, emlrt_fork[n_forks], then float32
 * items[n_forks][2][in_count]. From the first fork on, the nearer of two items
 * leads to a later fork, or to an output, which is 1; all others are 0. */
typedef struct emlrt_bisecting_kmeans {
  uint32_t n_forks; /* >= 1 */
} emlrt_bisecting_kmeans;

/* What follows if the first item is as near as the second or nearer, and what if
 * the second is: below n_forks a later fork, else n_forks plus the output. */
typedef struct emlrt_fork {
  uint32_t first;
  uint32_t second;
} emlrt_fork;

/* Kernel machines: sums of the input's kernels with stored rows. */
#define EMLRT_OP_KERNEL_DOT 0x07010E0E  /* (factor + row . x)^degree */
#define EMLRT_OP_KERNEL_RBF 0x07020E0E  /* exp(factor sum |x - row|^degree) */
#define EMLRT_OP_KERNEL_TANH 0x07030E0E /* tanh(factor + row . x) */
#define EMLRT_OP_OVO 0x07040E0E         /* pairwise decisions to votes */
#define EMLRT_OP_PAIRWISE_COUPLING 0x07050E0E /* and to probabilities */
#define EMLRT_OP_KERNEL_MATERN 0x07060E0E

/* Payload of the kernel ops: 8 bytes, followed without gaps by:
 *   counts  uint32_t[n_sections], rows of each section
 *   factor  float32
 *   starts  float32[sums], what the sums start from
 *   rows    section after section; of each row in_count float32 to compare
 *           the input with, then the coefficients of its kernel
 * An out_count of 1 is one sum; else the first half of the outputs are sums, and
 * the other half is working memory. With one section a row has a coefficient for
 * each sum. With more, sections are classes and sums are pairs of classes, in
 * the order (0, 1), (0, 2), ..., (1, 2), ...; a row has n_sections - 1
 * coefficients, for the pairs of its class with each other class. */
typedef struct emlrt_kernels {
  uint32_t n_sections; /* 1, or the classes, whose pairs are the sums */
  uint32_t degree;     /* dot: 1 to EMLRT_KERNEL_DEGREE_MAX; rbf: 1 or 2;
                          tanh: 1; matern: 1 to 3 */
} emlrt_kernels;
#define EMLRT_KERNEL_DEGREE_MAX 65535

/* Payload of ovo. in_count is the number of pairs of classes, in the order
 * above: the first of a pair wins above 0. */
typedef struct emlrt_ovo {
  uint32_t n_classes; /* >= 2 */
  uint32_t parts; /* EMLRT_OVO_*, at least one; each takes n_classes outputs,
                         in this order */
} emlrt_ovo;
#define EMLRT_OVO_VOTES 1     /* pairs that a class has won */
#define EMLRT_OVO_DECISIONS 2 /* votes and, between them, confidence */

/* Payload of pairwise_coupling: 4 bytes, then float32 slopes[in_count] and
 * biases[in_count]: 1 / (1 + exp(slope x + bias)) is the probability of a pair's
 * first class. The outputs are n_classes probabilities, and behind them working
 * memory of 2 n_classes + in_count numbers. */
typedef struct emlrt_pairwise_coupling {
  uint32_t n_classes; /* >= 2; in_count is the number of their pairs */
} emlrt_pairwise_coupling;

/* Preprocessing. Numbers of a payload that are said to be of "any kind" may
 * also be NaN, 7FC00000; two NaN are equal. */
#define EMLRT_OP_IMPUTE 0x08010E0E          /* fills in what is missing */
#define EMLRT_OP_NDTRI_TWO_SIDED 0x08020E0E /* normal quantiles */
#define EMLRT_OP_MAP_VALUES 0x08030E0E      /* numbers by tables */
#define EMLRT_OP_ONE_HOT 0x08050E0E         /* 1 where equal, else 0 */
#define EMLRT_OP_POLYNOMIAL 0x08060E0E      /* products of inputs */
#define EMLRT_OP_INTERPOLATE 0x08070E0E     /* lines between points */
#define EMLRT_OP_TABLE_SUM 0x08080E0E       /* sum of rows that inputs choose */
#define EMLRT_OP_BUCKETIZE_U8 0x0809040E    /* index of the bin, for trees */
#define EMLRT_OP_BUCKETIZE_I16 0x080A090E
#define EMLRT_OP_MEDIAN 0x080B0E0E /* weighted median of all inputs */

/* Payload of table_sum: uint32_t counts[in_count], each >= 1, float32
 * start[out_count], then for each input its count of rows of float32[out_count].
 * y is start plus, for each input, the row that is its integer part; an input
 * without such a row adds nothing. */

/* Payload of impute: 4 bytes, then float32 values[out_count]; out_count =
 * in_count. What equals `missing` becomes the value at its place. */
typedef struct emlrt_impute {
  uint32_t missing; /* bits of a float32 of any kind */
} emlrt_impute;

/* Payload of ndtri_two_sided: float32 limit, not negative; out_count = in_count.
 * An input's absolute value is a probability, counted from below, or from above
 * where the sign is set; the output is the normal quantile, from -limit to limit. */

/* Payload of map_values: 4 bytes, then a table for each of in_count = out_count
 * elements: 8 bytes, float32 keys[n], float32 values[n], of any kind both. Keys
 * rise strictly, NaN being below all numbers. */
typedef struct emlrt_map_values {
  uint32_t flags; /* EMLRT_MAP_VALUES_*, other bits zero */
} emlrt_map_values;
#define EMLRT_MAP_VALUES_EXACT 1 /* only what equals a key has a value */
typedef struct emlrt_value_map {
  uint32_t n;     /* keys */
  uint32_t other; /* bits of a float32 of any kind: for what has no value */
} emlrt_value_map;

/* Payload of one_hot: emlrt_one_hot[out_count]. */
typedef struct emlrt_one_hot {
  uint32_t element; /* of the input */
  uint32_t value;   /* bits of a float32 of any kind */
} emlrt_one_hot;

/* Payload of polynomial: for each output two numbers, base and factor, uint16_t,
 * or uint32_t where in_count or out_count is above 65535. Output j is output
 * `base`, or 1 where base is j, times input `factor`, or 1 where it is in_count. */

/* Payload of interpolate: a curve for each of in_count = out_count elements: 4
 * bytes, float32 keys[n] that rise strictly, float32 values[n]. */
typedef struct emlrt_curve {
  uint32_t n; /* points, >= 1 */
} emlrt_curve;

/* Payload of bucketize: emlrt_bucketize[out_count], then int32_t keys, sort keys
 * of float32 that rise strictly, of each column in turn but for those with
 * EMLRT_BUCKETIZE_AGAIN. An output is the index of its input's bin: the number of
 * the column's keys that are below the input's; -0 is 0. */
typedef struct emlrt_bucketize {
  uint32_t source;  /* input element << 2 | EMLRT_BUCKETIZE_* */
  uint16_t count;   /* keys, at most 255, or 32767 of bucketize_i16 */
  uint16_t missing; /* bin of NaN, at most 255 or 32767 */
} emlrt_bucketize;
/* An input that equals no key is binned as NaN is. */
#define EMLRT_BUCKETIZE_EXACT 1
/* The column has the source, the count and the keys of the one before. */
#define EMLRT_BUCKETIZE_AGAIN 2

/* Payload of median: uint32_t weights[in_count], adding up to 1 or more, and to 32
 * bits at most; out_count is 1. The smallest input such that it and the inputs that are not
 * larger have half of the weight or more. */

/* Signals. Samples of several channels are interleaved. */
#define EMLRT_OP_FRAME_F32 0x0A000E0E /* the last samples, once complete */
#define EMLRT_OP_FRAME_I16 0x0A010909
#define EMLRT_OP_FRAME_U8 0x0A020404

/* Payload of frame: 12 bytes; out_count >= in_count. What it writes, it keeps there:
 * the span lies in the state. It moves out to the front by in_count and puts in at
 * its end, and then, unless a window is complete, ends the run: EMLRT_HELD. */
typedef struct emlrt_frame {
  uint32_t state; /* byte offset of a uint32_t: runs since the last window, and
                   * bit 31 from the first window on */
  uint32_t first; /* runs until the first window is complete, >= 1 */
  uint32_t every; /* runs from one to the next, >= 1; both below 2^31 */
} emlrt_frame;

/* Features of windows in the time domain: sample t of channel c is element t *
 * channels + c. Output k * channels + c is feature k of channel
 * c; NaN where a sample of the channel is NaN or infinite. */
#define EMLRT_OP_MOMENTS 0x0A400E0E   /* means and deviations */
#define EMLRT_OP_EXTREMA 0x0A410E0E   /* ends, and steps between samples */
#define EMLRT_OP_QUANTILES 0x0A420E0E /* order statistics */
#define EMLRT_OP_CROSSINGS 0x0A430E0E /* counts of changes */
#define EMLRT_OP_AUTOCORRELATION 0x0A440E0E /* at lags */
#define EMLRT_OP_HJORTH 0x0A450E0E
#define EMLRT_OP_PEAKS 0x0A460E0E
/* Of several channels, or samples again. */
#define EMLRT_OP_CORRELATION 0x0A470E0E /* of pairs of channels */
#define EMLRT_OP_DETREND 0x0A480E0E     /* less the mean or the line, scaled */
#define EMLRT_OP_MAGNITUDE 0x0A490E0E   /* norm over the channels */
#define EMLRT_OP_TILT 0x0A4A0E0E        /* roll and pitch of three axes */

/* Payload of ops of features: 20 bytes, then for each feature its uint16_t code,
 * padded; of quantiles emlrt_quantile[n_codes]. Fields that an op does not name are
 * zero. out_count = n_codes * channels; of peaks, behind them, 2 numbers of working
 * memory for each 32 samples; of correlation n_codes. */
typedef struct emlrt_features {
  uint16_t length;   /* samples of each channel, >= 1 */
  uint16_t channels; /* in_count = length * channels */
  uint16_t n_codes;  /* features of each channel, >= 1 */
  uint16_t option;   /* moments: ddof, below length; peaks: distance, >= 1 */
  float constant;    /* what is undefined of constant samples; NaN or finite */
  float low;         /* crossings: dead band, >= 0; peaks: least height */
  float high;        /* crossings: threshold; peaks: prominence; >= 0 */
} emlrt_features;

/* Codes of moments. */
#define EMLRT_MOMENTS_MEAN 0
#define EMLRT_MOMENTS_VARIANCE 1 /* by length - ddof */
#define EMLRT_MOMENTS_STD 2
#define EMLRT_MOMENTS_RMS 3
#define EMLRT_MOMENTS_ENERGY 4 /* sum of squares */
#define EMLRT_MOMENTS_MEAN_ABS 5
#define EMLRT_MOMENTS_SLOPE 6 /* of the line of least squares, a sample */
#define EMLRT_MOMENTS_SKEW 7
#define EMLRT_MOMENTS_KURTOSIS 8 /* less 3 */
#define EMLRT_MOMENTS_CREST 9    /* largest magnitude over rms */
#define EMLRT_MOMENTS_SHAPE 10   /* rms over mean magnitude */
#define EMLRT_MOMENTS_IMPULSE 11 /* largest over mean magnitude */
#define EMLRT_MOMENTS_END 12

/* Codes of extrema. */
#define EMLRT_EXTREMA_MIN 0
#define EMLRT_EXTREMA_MAX 1
#define EMLRT_EXTREMA_RANGE 2
#define EMLRT_EXTREMA_ABS_MAX 3
#define EMLRT_EXTREMA_ARGMIN 4 /* the first of equal ones */
#define EMLRT_EXTREMA_ARGMAX 5
#define EMLRT_EXTREMA_LAST_MINUS_FIRST 6
#define EMLRT_EXTREMA_MAX_STEP 7 /* largest |difference| of neighbours */
#define EMLRT_EXTREMA_END 8

/* A feature of quantiles. Sorted samples stand at `rank` and `rank` + 1 on either side
 * of a quantile, `fraction` of the way. */
typedef struct emlrt_quantile {
  uint16_t kind;  /* EMLRT_QUANTILE_* */
  uint16_t rank;  /* below length; below length - 1 if fraction is not 0 */
  float fraction; /* from 0 to below 1 */
} emlrt_quantile;
#define EMLRT_QUANTILE_PLAIN 0
#define EMLRT_QUANTILE_SPREAD 1    /* less that as far from the other end */
#define EMLRT_QUANTILE_DEVIATION 2 /* the same quantile of |sample - it| */

/* Codes of crossings. */
#define EMLRT_CROSSINGS_ZERO 0     /* sign changes, with a dead band */
#define EMLRT_CROSSINGS_MEAN 1     /* the same about the mean */
#define EMLRT_CROSSINGS_STEPS 2    /* sign changes by the threshold or more */
#define EMLRT_CROSSINGS_SLOPE 3    /* turns by the threshold or more */
#define EMLRT_CROSSINGS_LENGTH 4   /* sum of |difference| of neighbours */
#define EMLRT_CROSSINGS_WILLISON 5 /* steps of the threshold or more */
#define EMLRT_CROSSINGS_END 6

/* Codes of autocorrelation: lags, below length. */

/* Codes of hjorth; length >= 3. */
#define EMLRT_HJORTH_ACTIVITY 0
#define EMLRT_HJORTH_MOBILITY 1
#define EMLRT_HJORTH_COMPLEXITY 2
#define EMLRT_HJORTH_END 3

/* Codes of peaks. length / distance, rounded up, is at most
 * EMLRT_PEAKS_MOST if distance is 3 or more. */
#define EMLRT_PEAKS_COUNT 0
#define EMLRT_PEAKS_MEAN_HEIGHT 1
#define EMLRT_PEAKS_MEAN_INTERVAL 2
#define EMLRT_PEAKS_END 3
#define EMLRT_PEAKS_MOST 1024

/* Codes of correlation: a channel, and another one times 256. */

/* Payload of detrend and magnitude. */
typedef struct emlrt_channels {
  uint16_t length;
  uint16_t channels;
  uint16_t kind;   /* detrend: EMLRT_DETREND_*; magnitude: EMLRT_MAGNITUDE_* */
  uint16_t option; /* detrend: ddof, below length; magnitude: 0 */
} emlrt_channels;
#define EMLRT_DETREND_LINE 1        /* less the line of least squares */
#define EMLRT_DETREND_STANDARDIZE 2 /* over the deviation */
#define EMLRT_MAGNITUDE_L1 1
#define EMLRT_MAGNITUDE_L2 2
#define EMLRT_MAGNITUDE_SQUARES 3 /* L2 without the root */

/* Payload of tilt; out_count = 2 * length: roll and pitch, in radians. */
typedef struct emlrt_tilt {
  uint16_t length;
  uint16_t channels;
  uint16_t axis_x; /* channels of the axes */
  uint16_t axis_y;
  uint16_t axis_z;
  uint16_t reserved; /* zero */
} emlrt_tilt;
/* Filters along time; in_count is a multiple of the channels. */
#define EMLRT_OP_BIQUADS 0x0A300E0E          /* second-order sections */
#define EMLRT_OP_FIR 0x0A310E0E              /* weighted sums of past samples */
#define EMLRT_OP_MOVING_MEAN 0x0A320E0E      /* of the last samples */
#define EMLRT_OP_MOVING_MEDIAN 0x0A330E0E    /* of the last samples */
#define EMLRT_OP_EXPONENTIAL_MEAN 0x0A340E0E /* y += alpha (x - y) */

/* Payload of biquads: 8 bytes, then an emlrt_biquad each, at least one;
 * out_count = in_count. */
typedef struct emlrt_biquads {
  uint32_t state;    /* byte offset in the state of float32 [n][channels][3], or
                      * EMLRT_AT_REST, and so in all of these ops */
  uint16_t channels; /* >= 1 */
  uint16_t flags;    /* EMLRT_BIQUADS_*, other bits zero; 0 with a state */
} emlrt_biquads;
#define EMLRT_BIQUADS_STEADY 1   /* as if x had always been its first sample */
#define EMLRT_BIQUADS_BACKWARD 2 /* from the last sample to the first */

/* d = x - p u - q v, y = b d + r u + s v; then u and v move on, by the form. */
typedef struct emlrt_biquad {
  uint32_t form; /* EMLRT_BIQUAD_* */
  float p;
  float q;
  float b;
  float r;
  float s;
} emlrt_biquad;
#define EMLRT_BIQUAD_DIRECT 0 /* v = u, u = d */
#define EMLRT_BIQUAD_DELTA 1  /* v += u, u += d */
#define EMLRT_BIQUAD_FINE 2   /* the same; what v loses by rounding is kept */
#define EMLRT_BIQUAD_MIRROR 3 /* v = u - v, u = d - u */

/* Payload of fir: 12 bytes, then float32 taps, at least one. Output t is the sum of
 * tap k times sample step * t - spacing * k. */
typedef struct emlrt_fir {
  uint32_t state;    /* of a number, and of the samples that taps reach to */
  uint16_t channels; /* >= 1 */
  uint16_t flags;    /* EMLRT_FIR_*, other bits zero */
  uint16_t step;     /* >= 1; with a state, times are a multiple of it */
  uint16_t spacing;  /* >= 1 */
} emlrt_fir;
#define EMLRT_FIR_FIRST 1 /* before the first sample is that sample, not 0 */

/* Payload of moving_mean and moving_median; out_count = in_count. Before the first
 * sample is that sample. */
typedef struct emlrt_moving {
  uint32_t state;    /* of a number, and of float32 [width - 1][channels] */
  uint16_t channels; /* >= 1 */
  uint16_t width;    /* samples; >= 1; median: odd, at most EMLRT_MEDIAN_MAX */
} emlrt_moving;
#define EMLRT_MEDIAN_MAX 9

/* Payload of exponential_mean. */
typedef struct emlrt_exponential_mean {
  uint32_t state; /* of a number, and of float32 [channels][2]; scores: [4] */
  uint16_t channels; /* >= 1 */
  uint16_t flags;    /* EMLRT_EXPONENTIAL_*, other bits zero */
  float alpha;
} emlrt_exponential_mean;
#define EMLRT_EXPONENTIAL_FIRST 1 /* starts at the first sample, not at 0 */
#define EMLRT_EXPONENTIAL_BOTH 2  /* of each time the means, then x - mean */
#define EMLRT_EXPONENTIAL_SCORE 4 /* x - mean in deviations; not with BOTH */

/* Decisions: what stands behind a classifier, from window to window. It reads a
 * number each class, of which the first largest is the answer, and writes shares. */
#define EMLRT_OP_VOTE 0x0A600E0E      /* of the last answers */
#define EMLRT_OP_THRESHOLD 0x0A610E0E /* an answer only if it has enough */
#define EMLRT_OP_DEBOUNCE 0x0A620E0E /* an answer only after so many in a row */

/* Payload of vote; out_count = in_count. */
typedef struct emlrt_vote {
  uint32_t state; /* offset in the state of a count and of uint32_t [width], or
                   * with EMLRT_VOTE_MEAN of float32 [width][in_count] */
  uint16_t width; /* answers, >= 1 */
  uint16_t flags; /* EMLRT_VOTE_*, other bits zero */
} emlrt_vote;
#define EMLRT_VOTE_MEAN 1 /* the mean of the numbers, not a count of answers */

/* Payload of threshold: 8 bytes, then float32 on[in_count] and off[in_count];
 * out_count = in_count, or one more if `other` is in_count. */
typedef struct emlrt_threshold {
  uint32_t state; /* offset of a uint32_t: the answer from 1 on, or 0 */
  uint32_t other; /* the answer where no class has enough, at most in_count */
} emlrt_threshold;

/* Payload of debounce; out_count = in_count. */
typedef struct emlrt_debounce {
  uint32_t state; /* offset of three uint32_t: the answer from 1 on, or 0;
                   * another one; how often that came in a row */
  uint32_t count; /* windows in a row, >= 1 */
} emlrt_debounce;

/* Spectra: sample t of channel c is element t * channels + c. */
#define EMLRT_OP_STFT 0x0A100E0E /* spectra of frames */

/* Payload of stft: 28 bytes, then float32 taper[length] if there is one, then the
 * table of the transform, in SPEC.md. The outputs are rows of n_fft / 2 + 1 results,
 * frame after frame of one channel after the other, and behind the last row working
 * memory: it has n_fft + 2 numbers, or 2 n_fft of an odd n_fft, with what it needs. */
typedef struct emlrt_stft {
  uint32_t n_frames;   /* of a channel, >= 1 */
  uint32_t hop;        /* samples from the start of a frame to the next, >= 1 */
  uint32_t before;     /* zeros before the first sample */
  uint16_t n_fft;      /* 2^a 3^b 5^c, at most EMLRT_FFT_MAX */
  uint16_t length;     /* samples of a frame, 1 to n_fft; the others are 0 */
  uint16_t lead;       /* zeros before them, at most n_fft - length */
  uint16_t kind;       /* EMLRT_STFT_* */
  uint16_t flags;      /* EMLRT_STFT_TAPER, EMLRT_STFT_DETREND */
  uint16_t channels;   /* of the input, >= 1 */
  uint16_t first;      /* channel of the first rows */
  uint16_t n_channels; /* that rows are of, >= 1 */
} emlrt_stft;
#define EMLRT_STFT_COMPLEX 0 /* pairs: real and imaginary part */
#define EMLRT_STFT_POWER 1   /* squared magnitudes */
#define EMLRT_STFT_MAGNITUDE 2
#define EMLRT_STFT_TAPER 1   /* samples are multiplied by a taper */
#define EMLRT_STFT_DETREND 2 /* before, their mean is subtracted */

/* Integer signals: int16 samples to int16 features without a float. What a frame
 * takes to compute lies behind the features in the output. */
#define EMLRT_OP_LOG_BANDS_I16 0x0A500909     /* logs of energies of bands */
#define EMLRT_OP_TIME_FEATURES_I16 0x0A510909 /* of each channel */
#define EMLRT_OP_MICRO_FRONTEND 0x0A520909    /* TFLM's features of speech */

/* Payload of log_bands_i16: 20 bytes, then, each padded to a multiple of 4, int16_t
 * taper[frame] in Q15, twiddle factors as of emlrt_rfft_q15, emlrt_band[n_bands], and
 * uint16_t weights, those of each band in turn. in_count = length * channels; out_count
 * is at least channels * n_frames * n_bands + 2^bits + 3. */
typedef struct emlrt_log_bands {
  uint32_t length;   /* samples of a channel, below 2^24 */
  uint16_t channels; /* 1 to 255 */
  uint16_t hop;      /* samples from frame to frame, >= 1 */
  uint16_t n_frames; /* >= 1 */
  uint16_t frame;    /* samples of a frame, 1 to 2^bits; zeros follow them */
  uint16_t bits;     /* of the transform's length: 4 to 13 */
  uint16_t n_bands;  /* >= 1 */
  uint32_t reserved; /* zero */
} emlrt_log_bands;
#define EMLRT_FFT_BITS_MIN 4
#define EMLRT_FFT_BITS_MAX 13
typedef struct emlrt_band {
  uint16_t first; /* of its frequencies, 0 to 2^(bits - 1) */
  uint16_t count;
  int32_t offset; /* in 1/256, added to the logarithm: within 2^20 */
} emlrt_band;

/* Payload of time_features_i16: 8 bytes, then uint16_t EMLRT_TIME_*[n_features], padded.
 * in_count = length * channels, out_count = n_features * channels, channel by
 * channel. */
typedef struct emlrt_time_features {
  uint16_t length;     /* samples of a channel, 1 to 32767 */
  uint16_t channels;   /* >= 1 */
  uint16_t n_features; /* >= 1 */
  uint16_t reserved;   /* zero */
} emlrt_time_features;
#define EMLRT_TIME_MEAN 0
#define EMLRT_TIME_MEAN_ABS 1
#define EMLRT_TIME_MEAN_ABS_DIFF 2
#define EMLRT_TIME_MIN 3
#define EMLRT_TIME_MAX 4
#define EMLRT_TIME_RANGE 5
#define EMLRT_TIME_PEAK 6
#define EMLRT_TIME_RMS 7
#define EMLRT_TIME_STD 8
#define EMLRT_TIME_ZERO_CROSSINGS 9
#define EMLRT_TIME_SLOPE_CHANGES 10
#define EMLRT_TIME_LOG_ENERGY 11
#define EMLRT_TIME_LOG_VARIANCE 12
#define EMLRT_TIME_LOG_LENGTH 13
#define EMLRT_TIME_LAST 13

/* Payload of micro_frontend: 36 bytes, then, each padded to a multiple of 4, int16_t
 * taper[frame] in Q12, twiddle factors, uint16_t widths[n_bands + 1], pairs of uint16_t
 * weights of all widths together, int16_t gains[125] and uint16_t logs[129]. out_count is at
 * least n_frames * n_bands + 2^bits + 2 * n_bands + 3. */
typedef struct emlrt_micro_frontend {
  uint32_t state; /* byte offset of uint32_t noise[n_bands], or EMLRT_AT_REST */
  uint16_t hop;   /* samples from frame to frame, >= 1 */
  uint16_t n_frames;  /* >= 1 */
  uint16_t frame;     /* samples of a frame, 1 to 2^bits */
  uint16_t bits;      /* of the transform's length: 4 to 13 */
  uint16_t n_bands;   /* >= 1 */
  uint16_t first;     /* of the frequencies, >= 1 */
  uint16_t even;      /* smoothing of bands 0, 2, ... in Q14, at most 16384 */
  uint16_t odd;       /* of bands 1, 3, ... */
  uint16_t least;     /* of a signal that is left in Q14, at most 16384 */
  uint16_t smoothing; /* bits of noise behind the point, at most 31 */
  uint16_t gain;      /* bits to shift a signal by its gain; 0xFFFF: no gains */
  uint16_t up;        /* bits to shift left before the logarithm, at most 31, */
  uint16_t down;      /* and right */
  uint16_t scale;     /* bits of the logarithm behind the point, at most 10 */
  uint32_t reserved;  /* zero */
} emlrt_micro_frontend;
#define EMLRT_NO_GAIN 0xFFFF

/* Filter banks, decibels and what else lies between a spectrum and features.
 * Numbers in time are rows, one behind the other. */
#define EMLRT_OP_BANDS 0x0A200E0E    /* sums of a row's spans by weights */
#define EMLRT_OP_DECIBELS 0x0A210E0E /* scale * log(x, or floor) + offset */
#define EMLRT_OP_PCEN 0x0A220E0E     /* energies over their own past */
#define EMLRT_OP_SPECTRAL 0x0A230E0E /* features of spectra */

/* Payload of bands: 12 bytes, emlrt_bands_span[n_bands], with EMLRT_BANDS_BIASES float32
 * biases[n_bands], and then all that is left, float32 weights of all bands. A row
 * has `width` numbers, `stride` apart, in `stride` lanes that do not meet:
 * in_count = rows * width * stride, out_count = rows * n_bands * stride. */
typedef struct emlrt_bands {
  uint32_t rows;    /* >= 1 */
  uint16_t width;   /* >= 1 */
  uint16_t stride;  /* >= 1 */
  uint16_t n_bands; /* >= 1 */
  uint16_t flags;   /* EMLRT_BANDS_*, other bits zero */
} emlrt_bands;
#define EMLRT_BANDS_BIASES 1 /* sums start there, not at 0 */
typedef struct emlrt_bands_span {
  uint16_t start;  /* the first number of the row, below width */
  uint16_t length; /* numbers; may be 0 */
  uint32_t weight; /* the first one's index; bands may share weights */
} emlrt_bands_span;

/* Payload of decibels; out_count = in_count. */
typedef struct emlrt_decibels {
  float floor; /* above 0: what is below becomes this */
  float scale;
  float offset;
  float top; /* how far below the largest result one may be; negative: any */
} emlrt_decibels;

/* Payload of pcen; out_count = in_count. A row has n_bands energies. A band's level
 * is `level` at first, and comes nearer to each of its energies by `rate` of the
 * difference; energies are divided by their level, to the power of the gain. Behind it
 * may stand a uint32_t: where the state has uint32_t[n_bands], to go on from. */
typedef struct emlrt_pcen {
  uint32_t n_bands; /* >= 1 */
  float rate;
  float level;
  float per_eps; /* 1 / eps */
  float log_eps;
  float gain;  /* 0 or below: minus librosa's */
  float bias;  /* 0 or above */
  float power; /* 0 or above */
  float scale; /* bias^power */
} emlrt_pcen;

/* Payload of spectral: 12 bytes, then emlrt_spectral_feature[n_features]. Reads rows
 * of magnitudes: in_count = rows * width, out_count = rows * n_features. Number k of a
 * row is of the frequency k * step. */
typedef struct emlrt_spectral {
  uint32_t rows;       /* >= 1 */
  uint16_t width;      /* >= 1 */
  uint16_t n_features; /* >= 1 */
  float step;
} emlrt_spectral;
typedef struct emlrt_spectral_feature {
  uint16_t kind; /* EMLRT_SPECTRAL_* */
  uint16_t start;
  uint16_t length; /* numbers of the row that it is of, >= 1 */
  uint16_t reserved;
  float number; /* what the kind says; else 0 */
} emlrt_spectral_feature;
#define EMLRT_SPECTRAL_CENTROID 0  /* mean frequency */
#define EMLRT_SPECTRAL_BANDWIDTH 1 /* deviation from it */
#define EMLRT_SPECTRAL_ROLLOFF 2   /* `number` of the sum lies up to here */
#define EMLRT_SPECTRAL_FLATNESS 3  /* of energies, not below `number` */
#define EMLRT_SPECTRAL_FLUX 4      /* distance from the row before */
#define EMLRT_SPECTRAL_PEAK 5      /* frequency of the largest */
#define EMLRT_SPECTRAL_ENTROPY 6   /* of shares of the energy, times `number` */
#define EMLRT_SPECTRAL_ENERGY 7    /* sum of squares, times `number` */

/* Metadata: sections in rising order of tag, at most one of each, 8 bytes of
 * head and then `size` bytes of content, padded with zeros to a multiple of
 * 4. Firmware may strip any of them: only body_size bytes are needed to run. */
typedef struct emlrt_meta {
  uint32_t tag;  /* EMLRT_META_* */
  uint32_t size; /* bytes of content, without the padding */
} emlrt_meta;

/* Texts: a count, then for each text the byte offset of its end within the
 * UTF-8 bytes that follow the ends. */
/* Texts: for each output, the labels' numpy dtype and then each class's label. */
#define EMLRT_META_CLASSES 1
#define EMLRT_META_FEATURES 2 /* texts: n_inputs feature names */
#define EMLRT_META_OUTPUTS 3  /* texts: n_outputs target names */
#define EMLRT_META_NOTE 4     /* one text: what made the blob, free-form */
/* Vectors: uint32_t count, then for each the n_inputs inputs, padded to a multiple
 * of 4, and the n_scores scores they must give. */
#define EMLRT_META_GOLDEN 5
/* Texts: the original's kind, then "name=how" for each answer that it has. */
#define EMLRT_META_METHODS 6
#define EMLRT_META_INPUTS 7 /* an emlrt_input for each input */
#define EMLRT_META_WINDOW 8 /* an emlrt_window: how samples become inputs */
#define EMLRT_META_RATE 9   /* one normal float32 above 0: times a second */

/* 12 bytes: how an input's number for the device is made of a raw one, which the
 * original was trained on. See emlrt_offset. */
typedef struct emlrt_input {
  uint32_t offset_low; /* of an int64_t, two's complement */
  uint32_t offset_high;
  uint32_t scale; /* bits of a normal float32 above 0; 1 for EMLRT_F32 */
} emlrt_input;

/* 12 bytes: how a stream of samples is cut into windows. Samples are elements of x;
 * those of several channels at one time follow each other. */
typedef struct emlrt_window {
  uint32_t length;   /* samples by which the first answer is there; >= 1 */
  uint32_t hop;      /* samples from answer to answer; >= 1 */
  uint32_t channels; /* samples of one time; length and hop are multiples */
} emlrt_window;

#endif
