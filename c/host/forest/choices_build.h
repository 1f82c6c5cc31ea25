/* SPDX-License-Identifier: MIT
 *
 * What the files share that lay out trees for dense evaluation: tests, which become
 * columns of bins, and trees, which become choices with children first.
 */
#ifndef EMLRT_CHOICES_BUILD_H
#define EMLRT_CHOICES_BUILD_H

#include "choices.h"
#include "choices_sets.h"
#include "forest_build.h"

/* Most splits of a tree, so that a byte tells its leaves apart; and slots that are in
 * use at once. */
#define EMLRT_CHOICES_SPLITS 255u
#define EMLRT_CHOICES_SLOTS 250u
/* Bytes of a layout for each of the payload, and where that has sets. */
#define EMLRT_CHOICES_TIMES 16u
#define EMLRT_SETS_TIMES 48u

/* A test to be sorted. */
typedef struct emlrt_mark {
  uint64_t key; /* column, then the test's key */
  uint32_t test;
} emlrt_mark;

/* A dense layout in the making. A record has one test, "is a number above a key?",
 * but for one of a set, which has one an edge: those follow each other. Arrays have
 * an element a test. */
typedef struct emlrt_chooser {
  emlrt_build *build;
  emlrt_choices *choices;
  uint32_t n_records;
  uint32_t n_tests;
  uint32_t n_places; /* of choices: at most so many */
  uint32_t *starts;  /* the first test of each record; NULL if each has one */
  emlrt_mark *marks;
  emlrt_mark *spare;
  uint16_t *columns; /* of bins */
  int8_t *bins;
  uint8_t slots
      [EMLRT_CHOICES_SPLITS]; /* of the records of a tree; 0 if it has none */
  uint8_t used[EMLRT_CHOICES_SLOTS + 1];
} emlrt_chooser;

/* Whether tests are of bytes. */
EMLRT_INLINE int emlrt_choices_octets(const emlrt_build *build) {
  return build->forest->input == EMLRT_U8 || build->sharers != 0;
}

/* The first test of a record, or of the one behind the last. */
EMLRT_INLINE uint32_t emlrt_first_test(const emlrt_chooser *m,
                                       uint32_t record) {
  return m->starts != NULL ? m->starts[record] : record;
}

/* Counts the tests. Returns 0 if sets are too long for that, or too many. */
int emlrt_choices_count(emlrt_chooser *m);
/* Finds the column of bins and the bin of each test. Returns 0 if it cannot be
 * done. */
int emlrt_choices_columns(emlrt_chooser *m);
/* Makes the choices of all trees, once tests have their bins. Returns 0 if it cannot
 * be done. */
int emlrt_choices_trees(emlrt_chooser *m, uint32_t n_trees);

#endif
