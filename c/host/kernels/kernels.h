/* SPDX-License-Identifier: MIT
 *
 * Questions asked of many rows at once: a vector register holds a byte of each of
 * its rows. Bytes of rows stand in columns, and a number's byte says how many of
 * its column's thresholds are below it.
 */
#ifndef EMLRT_KERNELS_H
#define EMLRT_KERNELS_H

#include "../../src/core/core.h"

/* Rows of a column. */
#define EMLRT_ROWS 256u
/* Thresholds of a column, so that a byte tells them apart, */
#define EMLRT_MOST_BIN 255u
/* and how they lie: a multiple of so many, the last of them as INT32_MAX. */
#define EMLRT_BIN_BLOCK 16u
/* Ranks are kept as signed bytes, which every machine compares: less this. */
#define EMLRT_BIN_ZERO 128

/* A split whose children are known: out = bin < byte ? right : left. Operands are
 * places of EMLRT_OPERAND_OCTETS bytes: the first EMLRT_CONSTANTS hold their own
 * number for all rows, and slots of EMLRT_ROWS bytes follow. */
typedef struct emlrt_choice {
  uint16_t column;
  uint16_t left;
  uint16_t right;
  uint16_t out; /* a slot's */
  int8_t bin;
  uint8_t more; /* bytes that choose_sets compares, too: they lie where the next
                   choices would */
} emlrt_choice;

/* Choices whose place so many bytes take. */
#define EMLRT_CHOICES_OF(more) \
  (((more) + sizeof(emlrt_choice) - 1) / sizeof(emlrt_choice))

#define EMLRT_OPERAND_OCTETS 64u
#define EMLRT_CONSTANTS 256u
/* The operand that is slot i. */
#define EMLRT_SLOT(i) \
  (EMLRT_CONSTANTS + (i) * (EMLRT_ROWS / EMLRT_OPERAND_OCTETS))

/* Numbers of a table in registers. */
#define EMLRT_LEAVES 64u

/* The same for each kind of machine. n: rows, EMLRT_ROWS at most; columns have room
 * for EMLRT_ROWS, of which more than n may be written. */
typedef struct emlrt_machine {
  size_t width; /* rows that cost as much as one */
  /* The bins of numbers among `count` sorted thresholds. */
  void (*bin)(const int32_t *x, size_t n, const int32_t *thresholds,
              unsigned count, int8_t *bins);
  /* Takes n_choices between two constants, the right one of which comes next. */
  void (*choose_leaves)(const emlrt_choice *choices, size_t n_choices, size_t n,
                        const int8_t *columns, uint8_t *operands);
  /* Takes n_choices in order. operands: constants, then slots. */
  void (*choose)(const emlrt_choice *choices, size_t n_choices, size_t n,
                 const int8_t *columns, uint8_t *operands);
  /* The same, with `more`: whoever is above an odd number of bytes goes right.
   * n_choices counts their places. */
  void (*choose_sets)(const emlrt_choice *choices, size_t n_choices, size_t n,
                      const int8_t *columns, uint8_t *operands);
  /* The leaves of an oblivious tree of up to 8 questions, the bits from the lowest
   * on. */
  void (*ask)(emlrt_rom questions, unsigned depth, size_t n,
              const int8_t *columns, uint8_t *leaves);
  /* Adds a number of a table of EMLRT_LEAVES to each row's sum: leaves say which.
   * NULL where one row after another is as fast. n may be rounded up as above. */
  void (*add_leaves)(const uint32_t *table, const uint8_t *leaves, size_t n,
                     uint32_t *sums);
} emlrt_machine;

/* The fastest ones that this machine has. */
const emlrt_machine *emlrt_machine_best(void);

/* Fills the first n constants. */
void emlrt_machine_constants(uint8_t *operands, size_t n);

#endif
