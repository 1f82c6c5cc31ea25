/* SPDX-License-Identifier: MIT
 *
 * Tests of trees: the columns of bins that they look at.
 */
#include "choices_build.h"

/* Most columns. */
#define MOST_COLUMNS 65535u
/* Numbers of sets that are looked at for each byte of the payload. */
#define WORDS_AN_OCTET 1u

/* One pass of a radix sort, by a byte of the keys. */
static void sort_octet(const emlrt_mark *from, emlrt_mark *to, uint32_t n,
                       unsigned shift) {
  uint32_t starts[257] = {0}, i;
  for (i = 0; i < n; i++) starts[(from[i].key >> shift & 0xFFu) + 1]++;
  for (i = 0; i < 256; i++) starts[i + 1] += starts[i];
  for (i = 0; i < n; i++) to[starts[from[i].key >> shift & 0xFFu]++] = from[i];
}

/* Sorts the marks: an even number of passes, which leaves them in place. */
static void sort_marks(emlrt_chooser *m) {
  unsigned shift;
  for (shift = 0; shift < 48; shift += 16) {
    sort_octet(m->marks, m->spare, m->n_tests, shift);
    sort_octet(m->spare, m->marks, m->n_tests, shift + 8);
  }
}

/* Says of each test which column of bins it looks at, and which of its thresholds
 * is the test's: a feature has a column for each EMLRT_MOST_BIN of its thresholds.
 * Returns how many columns there are. room: what thresholds take. */
static uint32_t place_marks(emlrt_chooser *m, size_t *room) {
  uint32_t i, n = 0;
  unsigned bin = EMLRT_MOST_BIN;
  *room = 0;
  for (i = 0; i < m->n_tests; i++) {
    const emlrt_mark *at = m->marks + i;
    int same = i != 0 && at->key >> 32 == at[-1].key >> 32;
    if (!same || (at->key != at[-1].key && bin + 1 == EMLRT_MOST_BIN)) {
      if (i != 0) *room += emlrt_bin_room(bin + 1);
      n++;
      bin = 0;
    } else if (at->key != at[-1].key) {
      bin++;
    }
    if (n > MOST_COLUMNS) return n;
    m->columns[at->test] = (uint16_t)(n - 1);
    m->bins[at->test] = (int8_t)((int)bin - EMLRT_BIN_ZERO);
  }
  if (n != 0) *room += emlrt_bin_room(bin + 1);
  return n;
}

/* Fills the columns of bins, as the marks are placed. */
static void fill_columns(emlrt_chooser *m) {
  const emlrt_forest *forest = m->build->forest;
  emlrt_bin_columns *bins = &m->choices->bins;
  uint32_t i, first = 0;
  for (i = 0; i < m->n_tests; i++) {
    uint32_t n = m->columns[m->marks[i].test];
    uint32_t of = (uint32_t)(m->marks[i].key >> 32);
    unsigned bin = (unsigned)(m->bins[m->marks[i].test] + EMLRT_BIN_ZERO);
    emlrt_bin_column *column = bins->columns + n;
    if (bin == 0 && n != 0 && column->count == 0)
      first += (uint32_t)emlrt_bin_room(column[-1].count);
    column->source = forest->sources[of];
    column->first = first;
    column->count = (uint16_t)(bin + 1);
    column->missing = (uint8_t)(of < forest->n_right ? column->count : 0);
    if (column->source >= m->build->first_code) column->flags |= EMLRT_BIN_CODE;
    if (n != 0 && column[-1].source == column->source)
      column->flags |= EMLRT_BIN_AGAIN;
    bins->thresholds[first + bin] =
        (int32_t)((uint32_t)m->marks[i].key ^ EMLRT_SIGN_BIT);
  }
}

/* The keys of a record's tests; how many, 0 if they are too many. */
static unsigned keys_of(const emlrt_chooser *m, const emlrt_record *r,
                        uint32_t *keys) {
  if (emlrt_is_set(m->build, r)) return emlrt_set_edges(m->build, r, keys);
  keys[0] = r->key;
  return 1;
}

/* Says of test `test`, of a feature and with a key, what it looks at. Returns 0 if it
 * cannot be done. build: which says what is read. */
typedef int put_test(emlrt_chooser *m, const emlrt_build *build,
                     uint32_t feature, uint32_t key, uint32_t test);

/* Has every test put, in order. */
static int each_test(emlrt_chooser *m, const emlrt_build *build,
                     put_test *put) {
  uint32_t keys[EMLRT_MOST_EDGES], i, test = 0;
  unsigned n, k;
  for (i = 0; i < m->n_records; i++) {
    emlrt_record r = emlrt_forest_record(build, build->forest->records, i);
    n = keys_of(m, &r, keys);
    for (k = 0; k < n; k++, test++)
      if (!put(m, build, r.feature, keys[k], test)) return 0;
  }
  return 1;
}

int emlrt_choices_count(emlrt_chooser *m) {
  const emlrt_build *build = m->build;
  uint32_t keys[EMLRT_MOST_EDGES], i;
  uint64_t words = 0, most = (uint64_t)build->forest->call.size;
  if (build->first_code == UINT32_MAX) return 1;
  m->starts =
      (uint32_t *)emlrt_alloc((size_t)m->n_records + 1, sizeof(uint32_t));
  if (m->starts == NULL) return 0;
  for (i = m->n_tests = m->n_places = 0; i < m->n_records; i++) {
    emlrt_record r = emlrt_forest_record(build, build->forest->records, i);
    unsigned n = 0;
    if (emlrt_is_set(build, &r)) words += emlrt_set_words(build, &r);
    if (words <= most * WORDS_AN_OCTET) n = keys_of(m, &r, keys);
    m->starts[i + 1] = m->n_tests += n;
    if (n == 0 || m->n_tests > most * EMLRT_SETS_TIMES) return 0;
    m->n_places += 1 + (uint32_t)EMLRT_CHOICES_OF(n - 1);
  }
  /* Else tests of a record may be on several columns. */
  if (build->forest->input != EMLRT_U8) m->n_places = m->n_tests;
  return 1;
}

/* Makes a mark of a test. */
static int put_mark(emlrt_chooser *m, const emlrt_build *build,
                    uint32_t feature, uint32_t key, uint32_t test) {
  m->marks[test].key =
      (uint64_t)emlrt_forest_column(build, feature) << 32 | key;
  m->marks[test].test = test;
  return 1;
}

static int take_marks(emlrt_chooser *m) {
  m->marks = (emlrt_mark *)emlrt_alloc(m->n_tests, sizeof *m->marks);
  m->spare = (emlrt_mark *)emlrt_alloc(m->n_tests, sizeof *m->spare);
  return m->marks != NULL && m->spare != NULL;
}

static int make_columns(emlrt_chooser *m) {
  emlrt_bin_columns *bins = &m->choices->bins;
  size_t room, j;
  uint32_t n;
  if (!take_marks(m) || !each_test(m, m->build, put_mark)) return 0;
  sort_marks(m);
  n = place_marks(m, &room);
  if (n > MOST_COLUMNS || !emlrt_bin_columns_take(bins, n, room)) return 0;
  for (j = 0; j < room; j++) bins->thresholds[j] = INT32_MAX;
  fill_columns(m);
  return 1;
}

/* Says column and bin of a test of bytes. */
static int put_octet(emlrt_chooser *m, const emlrt_build *build,
                     uint32_t feature, uint32_t key, uint32_t test) {
  uint32_t threshold = key ^ EMLRT_SIGN_BIT;
  if (threshold > EMLRT_MOST_BIN) return 0;
  if (build->sharers == 0) feature = emlrt_forest_column(build, feature);
  m->columns[test] = (uint16_t)feature;
  m->bins[test] = (int8_t)((int)threshold - EMLRT_BIN_ZERO);
  return 1;
}

/* Columns of bytes: those are their own bins. */
static int make_octet_columns(emlrt_chooser *m) {
  const emlrt_forest *forest = m->build->forest;
  uint32_t i;
  if (forest->n_columns > MOST_COLUMNS ||
      !emlrt_bin_columns_take(&m->choices->bins, forest->n_columns, 0))
    return 0;
  for (i = 0; i < forest->n_columns; i++)
    m->choices->bins.columns[i].source = forest->sources[i];
  return each_test(m, m->build, put_octet);
}

/* Columns that are shared: all that is read has one, as it is. */
static int make_shared_columns(emlrt_chooser *m) {
  emlrt_build bare = *m->build;
  bare.bins = NULL;
  m->choices->shared = 1;
  return bare.forest->call.n_in <= MOST_COLUMNS &&
         each_test(m, &bare, put_octet);
}

int emlrt_choices_columns(emlrt_chooser *m) {
  if (m->build->sharers != 0) return make_shared_columns(m);
  if (m->build->forest->input == EMLRT_U8) return make_octet_columns(m);
  return make_columns(m);
}
