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
 * - "Octets" are 8 bits; "records", "entries" and "items" are array elements.
 * - Reserved fields and padding octets are zero, and open rejects others.
 *
 * Layout, without gaps, each part padded with zeros to a multiple of 4:
 *
 *   header | class counts (classifiers) | stage table | payloads | metadata
 */
#ifndef EMLRT_FORMAT_H
#define EMLRT_FORMAT_H

#include <stdint.h>

/* First four octets of a blob, 8E 45 4D 4C, read as one number. The first is
 * not ASCII, so that no tool takes a blob for text. */
#define EMLRT_MAGIC 0x4C4D458E
/* Format version written and accepted by this runtime. */
#define EMLRT_FORMAT_VERSION 1
/* Most octets a blob may have: every offset fits a signed 32-bit number. */
#define EMLRT_SIZE_MAX 0x7FFFFFFC
/* Most stages of a program; keeps open's coverage check short. */
#define EMLRT_STAGES_MAX 64
/* Most octets of arena, and most elements of a span. */
#define EMLRT_ARENA_MAX 0x3FFFFFF8
#define EMLRT_COUNT_MAX 0x0FFFFFFF

/* Number types. The two low bits are the base-2 logarithm of the octets. */
#define EMLRT_U8 0x04
#define EMLRT_I16 0x09
#define EMLRT_U32 0x06
#define EMLRT_F32 0x0E

/* What the scores are (header.output). */
#define EMLRT_OUTPUT_VALUES 1 /* answers as they stand: regression */
#define EMLRT_OUTPUT_VOTES 2  /* shares of header.vote_total: classification */

/* header.flags: the original model gives NaN inputs a meaning. Without it the
 * runtime's result for NaN is defined, but the original would refuse. */
#define EMLRT_FLAG_MISSING 1

/* Spaces that a span can lie in. */
#define EMLRT_SPACE_INPUT 1  /* the caller's x, read only */
#define EMLRT_SPACE_ARENA 2  /* the caller's scratch */
#define EMLRT_SPACE_OUTPUT 3 /* the caller's y, write only */

/* 48 octets at offset 0. */
typedef struct emlrt_header {
  uint32_t magic;       /* EMLRT_MAGIC */
  uint16_t version;     /* EMLRT_FORMAT_VERSION */
  uint16_t flags;       /* EMLRT_FLAG_*, other bits zero */
  uint32_t total_size;  /* octets of the whole blob, a multiple of 4 */
  uint32_t crc32;       /* CRC-32 (zlib's) of all octets but these four */
  uint32_t body_size;   /* octets before the metadata, a multiple of 4 */
  uint32_t arena_bytes; /* octets of arena in scratch, a multiple of 8 */
  uint32_t work;        /* most records that one run visits, >= 1 */
  uint32_t n_inputs;    /* elements of x, >= 1 */
  uint32_t n_scores;    /* elements of y, >= 1 */
  uint32_t vote_total;  /* VOTES: the score of probability 1; else 0 */
  uint16_t n_outputs;   /* targets: 1, or more for multi-output models */
  uint16_t n_stages;    /* 1 to EMLRT_STAGES_MAX */
  uint16_t dtypes;      /* of x in the low octet, of y in the high octet */
  uint16_t output;      /* EMLRT_OUTPUT_* */
} emlrt_header;

/* Class counts: for OUTPUT_VOTES only, uint32_t[n_outputs], each >= 1, adding
 * up to n_scores. Scores of output k follow those of output k - 1. */

/* 28 octets a stage. Offsets and counts are in elements of the span's dtype. */
typedef struct emlrt_stage {
  uint32_t size;       /* octets of this stage's payload, a multiple of 4 */
  uint32_t in_offset;  /* first element read */
  uint32_t in_count;   /* elements read, >= 1 */
  uint32_t out_offset; /* first element written */
  uint32_t out_count;  /* elements written, >= 1 */
  uint16_t in;         /* EMLRT_SPACE_* in the low octet, dtype in the high */
  uint16_t out;        /* EMLRT_SPACE_* in the low octet, dtype in the high */
  uint16_t op;         /* EMLRT_OP_* */
  uint16_t reserved;   /* 0 */
} emlrt_stage;

/* Ops: one for each kind of leaf (vote, sum), input dtype, and record size. */
#define EMLRT_OP_TREES_VOTE_F32 0x0101   /* float32 input, 8-octet records */
#define EMLRT_OP_TREES_VOTE_I16 0x0102   /* int16 input, 6-octet records */
#define EMLRT_OP_TREES_VOTE_U8 0x0103    /* uint8 input, 4-octet records */
#define EMLRT_OP_TREES_VOTE_U8M 0x0104   /* uint8 input, 6-octet records */
#define EMLRT_OP_TREES_VOTE_F32W 0x0105  /* float32 input, 12-octet records */
#define EMLRT_OP_TREES_VOTE_I16W 0x0106  /* int16 input, 12-octet records */
#define EMLRT_OP_TREES_VOTE_U8W 0x0107   /* uint8 input, 12-octet records */
#define EMLRT_OP_TREES_SUM_F32 0x0181
#define EMLRT_OP_TREES_SUM_I16 0x0182
#define EMLRT_OP_TREES_SUM_U8 0x0183
#define EMLRT_OP_TREES_SUM_U8M 0x0184
#define EMLRT_OP_TREES_SUM_F32W 0x0185
#define EMLRT_OP_TREES_SUM_I16W 0x0186
#define EMLRT_OP_TREES_SUM_U8W 0x0187

/* Payload of a trees op, 24 octets, followed without gaps, each padded to a
 * multiple of 4, by:
 *   exponents  int32_t[out_count], trees_sum only
 *   sizes      uint32_t[n_trees]
 *   bases      uint32_t[n_trees], with EMLRT_TREES_BASES only
 *   records    n_records records of the op's size, tree after tree
 *   leaves     n_leaves entries
 *   items      n_items items, trees_vote only */
typedef struct emlrt_trees {
  uint32_t n_trees;   /* >= 1 */
  uint32_t n_records; /* splits of all trees */
  uint32_t n_leaves;  /* entries of the leaf table, >= 1 */
  uint32_t n_items;   /* trees_vote: items of the row table; trees_sum: 0 */
  uint32_t unit;      /* trees_vote: votes that one tree gives; trees_sum: 0 */
  uint16_t flags;     /* EMLRT_TREES_BASES or 0 */
  uint16_t widths;    /* octets of a number in a leaf entry (1, 2, 4) in the
                         low octet, of an item (0, 2, 3, 4, 8) in the high */
} emlrt_trees;

/* Leaf indices of tree t count from bases[t], not from 0. */
#define EMLRT_TREES_BASES 1

/* sizes[t]: the records of tree t, or, with this bit, the leaf index of a tree
 * without a split. */
#define EMLRT_TREES_LONE 0x80000000

/* Split records. A tree's records stand in depth-first order: the left child
 * of a split is the next record; `link` says where the right one is.
 *
 *   neither child a leaf   right child = next record + link, link >= 1
 *   one child a leaf       that leaf is link, the other child is next
 *   both children leaves   left leaf = link, right leaf = link + 1
 *
 * An input goes left if x <= threshold. Leaf indices count from the tree's
 * base (see EMLRT_TREES_BASES). Float thresholds are stored as ordered keys:
 * the float's bits, with the 31 low bits inverted if the sign is set, so that
 * signed integer comparison orders them; -0 is stored as +0. A NaN input goes
 * left where EMLRT_MISSING_LEFT is set, else right. */
#define EMLRT_LEAF_LEFT 1    /* the left child is a leaf */
#define EMLRT_LEAF_RIGHT 2   /* the right child is a leaf */
#define EMLRT_MISSING_LEFT 4 /* float32 input only */

/* uint8 input. */
typedef struct emlrt_record4 {
  uint16_t split; /* feature in the low octet, threshold in the high */
  uint16_t link;  /* link << 2 | EMLRT_LEAF_* */
} emlrt_record4;

/* int16 input, and uint8 input with many features or large trees. */
typedef struct emlrt_record6 {
  uint16_t split;    /* feature << 2 | EMLRT_LEAF_* */
  int16_t threshold; /* largest input that goes left */
  uint16_t link;
} emlrt_record6;

/* float32 input. */
typedef struct emlrt_record8 {
  int32_t threshold; /* ordered key of the largest input that goes left */
  uint16_t split;    /* feature << 3 | EMLRT_MISSING_LEFT | EMLRT_LEAF_* */
  uint16_t link;
} emlrt_record8;

/* Any input: more features, records or leaves than the others can address. */
typedef struct emlrt_record12 {
  int32_t threshold; /* ordered key, or the integer itself */
  uint32_t split;    /* feature << 3 | EMLRT_MISSING_LEFT | EMLRT_LEAF_* */
  uint32_t link;
} emlrt_record12;

/* Leaf entries of trees_vote: one code each. A code below out_count is a pure
 * leaf: `unit` votes for that score. A larger one is a row of the item table,
 * starting at item (code - out_count) and ending with the first item that has
 * its `last` bit set, after out_count items at most. An item's fields, from the
 * lowest bit up:
 *
 *   octets of an item    2   3   4   8
 *   bits of votes        8  16  22  32
 *   bits of score index  7   7   9  31
 *   bits of `last`       1   1   1   1
 *
 * Leaf entries of trees_sum: out_count signed numbers each. Output k is their
 * sum over the trees, exact in 64 bits, times 2^exponents[k], rounded once to
 * float32 (nearest, ties to even). */
#define EMLRT_EXPONENT_MAX 256 /* of either sign */

/* Metadata: sections in rising order of tag, at most one of each, 8 octets of
 * head and then `size` octets of content, padded with zeros to a multiple of
 * 4. Firmware may strip any of them: only body_size octets are needed to run. */
typedef struct emlrt_meta {
  uint32_t tag;  /* EMLRT_META_* */
  uint32_t size; /* octets of content, without the padding */
} emlrt_meta;

/* Texts: a count, then for each text the octet offset of its end within the
 * UTF-8 octets that follow the ends. */
#define EMLRT_META_CLASSES 1  /* texts: for each output, the labels' numpy
                                 dtype and then each class's label */
#define EMLRT_META_FEATURES 2 /* texts: n_inputs feature names */
#define EMLRT_META_OUTPUTS 3  /* texts: n_outputs target names */
#define EMLRT_META_NOTE 4     /* one text: what made the blob, free-form */
#define EMLRT_META_GOLDEN 5   /* vectors: uint32_t count, then for each the
                                 n_inputs inputs, padded to a multiple of 4,
                                 and the n_scores scores they must give */

#endif
