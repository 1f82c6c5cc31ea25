/* SPDX-License-Identifier: MIT
 *
 * The kernels of one kind of machine. Included once for each, with these defined,
 * which are undefined at the end:
 *
 *   WIDTH       bytes of a register
 *   TARGET      what tells the compiler of it
 *   KIND(name)  a name for it
 *   ADD_LEAVES  the kernel of that name, or NULL
 *   IN_BLOCK    a function that counts the thresholds of a block below a number
 */
#if defined(VECTORS)
typedef int8_t KIND(octets) __attribute__((vector_size(WIDTH)));
typedef int32_t KIND(words) __attribute__((vector_size(WIDTH)));
#define OCTETS_TYPE KIND(octets)
#define WORDS_TYPE KIND(words)
#endif

/* How many of the thresholds are below each number: all are looked at. step: from one
 * of them to the next. */
TARGET static void KIND(count)(const int32_t *x, size_t n,
                               const int32_t *thresholds, unsigned count,
                               unsigned step, int32_t *below) {
  size_t r;
  unsigned i;
#if defined(VECTORS)
  for (r = 0; r < n; r += WIDTH) {
    WORDS_TYPE x0, x1, x2, x3, sum0 = {0}, sum1 = {0}, sum2 = {0}, sum3 = {0};
    LOAD(x0, x + r);
    LOAD(x1, x + r + WIDTH / 4);
    LOAD(x2, x + r + WIDTH / 2);
    LOAD(x3, x + r + WIDTH / 4 * 3);
    for (i = 0; i < count; i++) {
      int32_t threshold = thresholds[i * step];
      sum0 -= (WORDS_TYPE)(x0 > threshold);
      sum1 -= (WORDS_TYPE)(x1 > threshold);
      sum2 -= (WORDS_TYPE)(x2 > threshold);
      sum3 -= (WORDS_TYPE)(x3 > threshold);
    }
    STORE(below + r, sum0);
    STORE(below + r + WIDTH / 4, sum1);
    STORE(below + r + WIDTH / 2, sum2);
    STORE(below + r + WIDTH / 4 * 3, sum3);
  }
#else
  for (r = 0; r < n; r++) {
    int32_t sum = 0;
    for (i = 0; i < count; i++) sum += x[r] > thresholds[i * step];
    below[r] = sum;
  }
#endif
}

TARGET static void KIND(bin)(const int32_t *x, size_t n,
                             const int32_t *thresholds, unsigned count,
                             int8_t *bins) {
  int32_t below[EMLRT_ROWS];
  size_t r;
  if (count <= EMLRT_BIN_BLOCK + 4) {
    KIND(count)(x, n, thresholds, count, 1, below);
    for (r = 0; r < n; r++) bins[r] = (int8_t)(below[r] - EMLRT_BIN_ZERO);
    return;
  }
  /* Of each block the last one, and then those of a block. */
  KIND(count)(x, n, thresholds + EMLRT_BIN_BLOCK - 1, count / EMLRT_BIN_BLOCK,
              EMLRT_BIN_BLOCK, below);
  for (r = 0; r < n; r++) {
    int32_t i = below[r] * (int32_t)EMLRT_BIN_BLOCK;
    bins[r] =
        (int8_t)(i + (int32_t)IN_BLOCK(thresholds + i, x[r]) - EMLRT_BIN_ZERO);
  }
}

/* One choice for `steps` registers of rows. */
TARGET EMLRT_INLINE void KIND(take)(const emlrt_choice *c, size_t steps,
                                    const int8_t *columns, uint8_t *operands) {
  const int8_t *x = columns + (size_t)c->column * EMLRT_ROWS;
  const uint8_t *left = operands + (size_t)c->left * EMLRT_OPERAND_OCTETS;
  const uint8_t *right = operands + (size_t)c->right * EMLRT_OPERAND_OCTETS;
  uint8_t *out = operands + (size_t)c->out * EMLRT_OPERAND_OCTETS;
  int8_t bin = c->bin; /* a register, whatever the stores below change */
  size_t left_step = c->left < EMLRT_CONSTANTS ? 0 : WIDTH;
  size_t right_step = c->right < EMLRT_CONSTANTS ? 0 : WIDTH;
  for (; steps != 0; steps--) {
#if defined(VECTORS)
    OCTETS_TYPE value, a, b, goes;
    LOAD(value, x);
    LOAD(a, left);
    LOAD(b, right);
    goes = (OCTETS_TYPE)(value > bin);
    a = (goes & b) | (~goes & a);
    STORE(out, a);
#else
    size_t k;
    for (k = 0; k < WIDTH; k++) out[k] = x[k] > bin ? right[k] : left[k];
#endif
    x += WIDTH;
    left += left_step;
    right += right_step;
    out += WIDTH;
  }
}

/* One choice between two leaves, the right one of which comes next. */
TARGET EMLRT_INLINE void KIND(take_leaf)(const emlrt_choice *c, size_t steps,
                                         const int8_t *columns,
                                         uint8_t *operands) {
  const int8_t *x = columns + (size_t)c->column * EMLRT_ROWS;
  uint8_t *out = operands + (size_t)c->out * EMLRT_OPERAND_OCTETS;
  int8_t bin = c->bin, left = (int8_t)c->left;
  for (; steps != 0; steps--, x += WIDTH, out += WIDTH) {
#if defined(VECTORS)
    OCTETS_TYPE value;
    LOAD(value, x);
    value = left - (OCTETS_TYPE)(value > bin);
    STORE(out, value);
#else
    size_t k;
    for (k = 0; k < WIDTH; k++) out[k] = (uint8_t)(left + (x[k] > bin));
#endif
  }
}

TARGET static void KIND(choose_leaves)(const emlrt_choice *choices,
                                       size_t n_choices, size_t n,
                                       const int8_t *columns,
                                       uint8_t *operands) {
  size_t steps = (n + WIDTH - 1) / WIDTH;
  if (steps == EMLRT_ROWS / WIDTH)
    for (; n_choices != 0; n_choices--, choices++)
      KIND(take_leaf)(choices, EMLRT_ROWS / WIDTH, columns, operands);
  else
    for (; n_choices != 0; n_choices--, choices++)
      KIND(take_leaf)(choices, steps, columns, operands);
}

TARGET static void KIND(choose)(const emlrt_choice *choices, size_t n_choices,
                                size_t n, const int8_t *columns,
                                uint8_t *operands) {
  size_t steps = (n + WIDTH - 1) / WIDTH;
  if (steps == EMLRT_ROWS / WIDTH)
    for (; n_choices != 0; n_choices--, choices++)
      KIND(take)(choices, EMLRT_ROWS / WIDTH, columns, operands);
  else
    for (; n_choices != 0; n_choices--, choices++)
      KIND(take)(choices, steps, columns, operands);
}

/* One choice of a set for `steps` registers of rows. */
TARGET EMLRT_INLINE void KIND(take_set)(const emlrt_choice *c, size_t steps,
                                        const int8_t *columns,
                                        uint8_t *operands) {
  const int8_t *x = columns + (size_t)c->column * EMLRT_ROWS;
  const int8_t *edges = (const int8_t *)(const void *)(c + 1);
  const uint8_t *left = operands + (size_t)c->left * EMLRT_OPERAND_OCTETS;
  const uint8_t *right = operands + (size_t)c->right * EMLRT_OPERAND_OCTETS;
  uint8_t *out = operands + (size_t)c->out * EMLRT_OPERAND_OCTETS;
  unsigned more = c->more, i;
  int8_t bin = c->bin;
  size_t left_step = c->left < EMLRT_CONSTANTS ? 0 : WIDTH;
  size_t right_step = c->right < EMLRT_CONSTANTS ? 0 : WIDTH;
  for (; steps != 0; steps--) {
#if defined(VECTORS)
    OCTETS_TYPE value, a, b, goes;
    LOAD(value, x);
    goes = (OCTETS_TYPE)(value > bin);
    for (i = 0; i < more; i++) goes ^= (OCTETS_TYPE)(value > edges[i]);
    LOAD(a, left);
    LOAD(b, right);
    a = (goes & b) | (~goes & a);
    STORE(out, a);
#else
    size_t k;
    for (k = 0; k < WIDTH; k++) {
      int goes = x[k] > bin;
      for (i = 0; i < more; i++) goes ^= x[k] > edges[i];
      out[k] = goes ? right[k] : left[k];
    }
#endif
    x += WIDTH;
    left += left_step;
    right += right_step;
    out += WIDTH;
  }
}

TARGET static void KIND(choose_sets)(const emlrt_choice *choices,
                                     size_t n_choices, size_t n,
                                     const int8_t *columns, uint8_t *operands) {
  const emlrt_choice *end = choices + n_choices;
  size_t steps = (n + WIDTH - 1) / WIDTH;
  for (; choices != end; choices += 1 + EMLRT_CHOICES_OF(choices->more))
    if (steps == EMLRT_ROWS / WIDTH)
      KIND(take_set)(choices, EMLRT_ROWS / WIDTH, columns, operands);
    else
      KIND(take_set)(choices, steps, columns, operands);
}

/* The questions of a tree for one register of rows. */
TARGET EMLRT_INLINE void KIND(answer)(const uint16_t *features,
                                      const int8_t *bins, unsigned depth,
                                      const int8_t *columns, uint8_t *leaves) {
#if defined(VECTORS)
  OCTETS_TYPE leaf = {0}, value;
  while (depth != 0) {
    depth--;
    LOAD(value, columns + (size_t)features[depth] * EMLRT_ROWS);
    leaf = leaf + leaf - (OCTETS_TYPE)(value > bins[depth]);
  }
  STORE(leaves, leaf);
#else
  size_t k;
  memset(leaves, 0, WIDTH);
  while (depth != 0) {
    const int8_t *x = columns + (size_t)features[--depth] * EMLRT_ROWS;
    for (k = 0; k < WIDTH; k++)
      leaves[k] = (uint8_t)(leaves[k] * 2 + (x[k] > bins[depth]));
  }
#endif
}

#if defined(VECTORS)
/* The same for four registers, which share what a question is. */
TARGET EMLRT_INLINE void KIND(answer_4)(const uint16_t *features,
                                        const int8_t *bins, unsigned depth,
                                        const int8_t *columns,
                                        uint8_t *leaves) {
  OCTETS_TYPE a = {0}, b = {0}, c = {0}, d = {0}, value;
  while (depth != 0) {
    const int8_t *x = columns + (size_t)features[--depth] * EMLRT_ROWS;
    int8_t bin = bins[depth];
    LOAD(value, x);
    a = a + a - (OCTETS_TYPE)(value > bin);
    LOAD(value, x + WIDTH);
    b = b + b - (OCTETS_TYPE)(value > bin);
    LOAD(value, x + 2 * WIDTH);
    c = c + c - (OCTETS_TYPE)(value > bin);
    LOAD(value, x + 3 * WIDTH);
    d = d + d - (OCTETS_TYPE)(value > bin);
  }
  STORE(leaves, a);
  STORE(leaves + WIDTH, b);
  STORE(leaves + 2 * WIDTH, c);
  STORE(leaves + 3 * WIDTH, d);
}
#endif

TARGET static void KIND(ask)(emlrt_rom questions, unsigned depth, size_t n,
                             const int8_t *columns, uint8_t *leaves) {
  uint16_t features[8];
  int8_t bins[8];
  size_t r;
  unsigned i;
  for (i = 0; i < depth; i++, questions = emlrt_rom_at(questions, 4)) {
    unsigned threshold =
        emlrt_r16(questions, EMLRT_AT(emlrt_question, threshold));
    features[i] =
        (uint16_t)emlrt_r16(questions, EMLRT_AT(emlrt_question, feature));
    if (threshold > EMLRT_MOST_BIN)
      threshold = EMLRT_MOST_BIN; /* no byte is above */
    bins[i] = (int8_t)((int)threshold - EMLRT_BIN_ZERO);
  }
  r = 0;
#if defined(VECTORS)
  for (; r + 3 * WIDTH < n; r += 4 * WIDTH)
    KIND(answer_4)(features, bins, depth, columns + r, leaves + r);
#endif
  for (; r < n; r += WIDTH)
    KIND(answer)(features, bins, depth, columns + r, leaves + r);
}

static const emlrt_machine KIND(kernels) = {
    WIDTH,     KIND(bin), KIND(choose_leaves), KIND(choose), KIND(choose_sets),
    KIND(ask), ADD_LEAVES};

#if defined(VECTORS)
#undef OCTETS_TYPE
#undef WORDS_TYPE
#endif
#undef WIDTH
#undef TARGET
#undef KIND
#undef IN_BLOCK
#undef ADD_LEAVES
