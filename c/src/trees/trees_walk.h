/* SPDX-License-Identifier: MIT
 *
 * One tree walk, and the reading of one record for the check. Included by
 * trees_ops.h for a pair of record size and input dtype, with its parameters.
 *
 * Macros, not parameters, because the types of the locals differ too: 8-bit
 * cores pay for every byte that a type has beyond what is needed.
 */
#define EMLRT_JOIN2(a, b) a##b
#define EMLRT_JOIN(a, b) EMLRT_JOIN2(a, b)

#if EMLRT_RECORD == 4
#define EMLRT_STRUCT emlrt_record4
#define EMLRT_FEATURE(split) ((split) & 0xFFu)
#elif EMLRT_RECORD == 6
#define EMLRT_STRUCT emlrt_record6
#define EMLRT_FEATURE(split) ((split) >> 2)
#elif EMLRT_RECORD == 8
#define EMLRT_STRUCT emlrt_record8
#define EMLRT_FEATURE(split) ((split) >> 3)
#else
#define EMLRT_STRUCT emlrt_record12
#define EMLRT_FEATURE(split) ((split) >> 3)
#endif

#if EMLRT_RECORD == 12
#define EMLRT_WORD uint32_t
#define EMLRT_READ(at, field) emlrt_r32(at, EMLRT_AT(EMLRT_STRUCT, field))
#else
#define EMLRT_WORD unsigned
#define EMLRT_READ(at, field) emlrt_r16(at, EMLRT_AT(EMLRT_STRUCT, field))
#endif

/* The 4-byte record keeps its flags with the link, which is what `link << 2`
 * is for: without a flag it is the distance in bytes already. */
#if EMLRT_RECORD == 4
#define EMLRT_FLAGS(at, split) EMLRT_READ(at, link)
#define EMLRT_LINK(at, flags) ((flags) >> 2)
#define EMLRT_JUMP(at, flags) ((emlrt_off)(flags))
#else
#define EMLRT_FLAGS(at, split) (split)
#define EMLRT_LINK(at, flags) EMLRT_READ(at, link)
#define EMLRT_JUMP(at, flags) ((emlrt_off)EMLRT_READ(at, link) * EMLRT_RECORD)
#endif

/* The flags of a record, among them the one that none may have: integers are never
 * missing. At the top of a word, since that takes one instruction, but where a shift
 * does not. */
#if EMLRT_RECORD >= 8 && EMLRT_INPUT != EMLRT_F32
#define EMLRT_NO_FLAG EMLRT_MISSING_LEFT
#define EMLRT_N_FLAGS 3
#else
#define EMLRT_NO_FLAG 0u
#define EMLRT_N_FLAGS 2
#endif
#define EMLRT_BOTH_LEAVES (EMLRT_LEAF_LEFT | EMLRT_LEAF_RIGHT)
#if defined(EMLRT_SLOW_SHIFTS)
#define EMLRT_TOP(flags) ((flags) & ((1u << EMLRT_N_FLAGS) - 1u))
#else
#define EMLRT_TOP(flags) ((uint32_t)(flags) << (32 - EMLRT_N_FLAGS))
#endif

/* Whether a record's feature is one of n_in. */
#if defined(EMLRT_SLOW_SHIFTS) || EMLRT_RECORD == 4
#define EMLRT_IS_INPUT(split, n_in) (EMLRT_FEATURE(split) < (n_in))
#elif EMLRT_RECORD == 6
#define EMLRT_IS_INPUT(split, n_in) ((split) < (uint32_t)(n_in) << 2)
#else
#define EMLRT_IS_INPUT(split, n_in) ((split) < (uint32_t)(n_in) << 3)
#endif

/* An element of x. Its byte offset is a shift and a mask away from `split`; a
 * core that shifts one bit at a time pays for going through the index. */
#if defined(EMLRT_SLOW_SHIFTS) && EMLRT_RECORD != 4 && EMLRT_INPUT == EMLRT_F32
#define EMLRT_ELEMENT(x, split)                             \
  (*(const emlrt_alias32 *)EMLRT_BESIDE((const char *)(x) + \
                                        ((split) >> 1 & ~3u)))
#elif defined(EMLRT_SLOW_SHIFTS) && EMLRT_INPUT == EMLRT_I32
#define EMLRT_ELEMENT(x, split) \
  (*(const int32_t *)EMLRT_BESIDE((const char *)(x) + ((split) >> 1 & ~3u)))
#elif defined(EMLRT_SLOW_SHIFTS) && EMLRT_RECORD == 6 && \
    EMLRT_INPUT == EMLRT_I16
#define EMLRT_ELEMENT(x, split) \
  (*(const int16_t *)EMLRT_BESIDE((const char *)(x) + ((split) >> 1 & ~1u)))
#elif EMLRT_INPUT == EMLRT_F32
#define EMLRT_ELEMENT(x, split) \
  (((const emlrt_alias32 *)(x))[EMLRT_FEATURE(split)])
#elif EMLRT_INPUT == EMLRT_I32
#define EMLRT_ELEMENT(x, split) (((const int32_t *)(x))[EMLRT_FEATURE(split)])
#elif EMLRT_INPUT == EMLRT_I16
#define EMLRT_ELEMENT(x, split) (((const int16_t *)(x))[EMLRT_FEATURE(split)])
#else
#define EMLRT_ELEMENT(x, split) \
  (((const uint_least8_t *)(x))[EMLRT_FEATURE(split)])
#endif

/* Of a record in a walk: its threshold, if it has one of its own, and its fields. Where
 * a port reads on from a field for less, `at` moves along them, up to the link, which
 * is last. */
#if EMLRT_RECORD >= 8
#define EMLRT_LIMIT int32_t
#define EMLRT_PLACE(threshold) ((emlrt_off)(uint32_t)(threshold))
#elif EMLRT_RECORD == 4
#define EMLRT_LIMIT uint_fast8_t
#else
#define EMLRT_LIMIT int16_t
#define EMLRT_PLACE(threshold) ((emlrt_off)(uint16_t)(threshold))
#endif
#if defined(EMLRT_ROM_NEXT)
#if EMLRT_RECORD == 12
#define EMLRT_TAKE(at, field) emlrt_next32(&(at))
#else
#define EMLRT_TAKE(at, field) emlrt_next16(&(at))
#endif
#define EMLRT_TAKE_LONG(at) ((int32_t)emlrt_next32(&(at)))
#define EMLRT_TAKE_SHORT(at, split) ((int16_t)emlrt_next16(&(at)))
#define EMLRT_BEHIND (EMLRT_RECORD == 4 ? 0 : EMLRT_RECORD == 12 ? 4 : 2)
#define EMLRT_BEHIND_LINK 0
#define EMLRT_SKIP(at, octets) emlrt_skip(&(at), octets)
#else
#define EMLRT_TAKE(at, field) EMLRT_READ(at, field)
#define EMLRT_TAKE_LONG(at) emlrt_ri32(at, EMLRT_AT(EMLRT_STRUCT, threshold))
#define EMLRT_TAKE_SHORT(at, split) \
  ((int16_t)emlrt_r16(at, EMLRT_AT(EMLRT_STRUCT, threshold)))
#define EMLRT_BEHIND EMLRT_RECORD
#define EMLRT_BEHIND_LINK EMLRT_RECORD
#define EMLRT_SKIP(at, octets) ((at) = emlrt_rom_at(at, octets))
#endif
#if EMLRT_RECORD == 4
#undef EMLRT_TAKE_SHORT
#define EMLRT_TAKE_SHORT(at, split) ((uint_fast8_t)((split) >> 8))
#define EMLRT_TAKE_FLAGS(at, split) EMLRT_TAKE(at, link)
#define EMLRT_ENTRY(at, flags) EMLRT_LINK(at, flags)
#define EMLRT_DISTANCE(at, flags) EMLRT_JUMP(at, flags)
#else
#define EMLRT_TAKE_FLAGS(at, split) (split)
#define EMLRT_ENTRY(at, flags) EMLRT_TAKE(at, link)
#define EMLRT_DISTANCE(at, flags) \
  ((emlrt_off)EMLRT_TAKE(at, link) * EMLRT_RECORD)
#endif

#if defined(EMLRT_CODED)
static uint32_t EMLRT_JOIN(emlrt_feature_, EMLRT_NAME)(emlrt_rom at) {
  return EMLRT_FEATURE(EMLRT_READ(at, split));
}

static uint32_t EMLRT_JOIN(emlrt_set_, EMLRT_NAME)(emlrt_rom at) {
  return EMLRT_READ(at, threshold);
}

/* Whether x, of which some features are codes of categories, goes right. */
EMLRT_INLINE int EMLRT_JOIN(emlrt_right_, EMLRT_NAME)(EMLRT_LIMIT threshold,
                                                      EMLRT_WORD split,
                                                      const void *x) {
  const emlrt_coded *coded = (const emlrt_coded *)x;
  int32_t value = EMLRT_ELEMENT(coded->x, split);
  if (EMLRT_FEATURE(split) >= coded->first)
    return !emlrt_trees_in_set(coded->sets, EMLRT_PLACE(threshold),
                               (unsigned)value & 0xFFFFu);
  return value > threshold;
}
#else
/* Whether x goes right. */
EMLRT_INLINE int EMLRT_JOIN(emlrt_right_, EMLRT_NAME)(EMLRT_LIMIT threshold,
                                                      EMLRT_WORD split,
                                                      const void *x) {
#if EMLRT_INPUT == EMLRT_F32
  uint32_t bits = EMLRT_ELEMENT(x, split);
  if ((bits & UINT32_C(0x80000000)) == 0) {
    if ((int32_t)bits <= threshold) return 0;
    if (bits <= UINT32_C(0x7F800000)) return 1;
  } else { /* of one constant, since a walk has few registers for others */
    uint32_t magnitude = bits & UINT32_C(0x7FFFFFFF);
    if (magnitude <= UINT32_C(0x7F800000))
      return (int32_t)~magnitude > threshold;
  }
  return (split & EMLRT_MISSING_LEFT) == 0; /* NaN */
#elif EMLRT_RECORD == 4
  return (uint_fast8_t)EMLRT_ELEMENT(x, split) > threshold;
#else
  return EMLRT_ELEMENT(x, split) > threshold;
#endif
}
#endif

/* Not inlined: with registers of its own the loop spills nothing on small
 * cores, and the ops of one walk share it. */
EMLRT_NOINLINE static emlrt_off EMLRT_JOIN(emlrt_walk_,
                                           EMLRT_NAME)(emlrt_rom at,
                                                       const void *x) {
  for (;;) {
#if EMLRT_RECORD >= 8
    EMLRT_LIMIT threshold = EMLRT_TAKE_LONG(at);
    EMLRT_WORD split = EMLRT_TAKE(at, split);
#else
    EMLRT_WORD split = EMLRT_TAKE(at, split);
    EMLRT_LIMIT threshold = EMLRT_TAKE_SHORT(at, split);
#endif
    EMLRT_WORD flags = EMLRT_TAKE_FLAGS(at, split);
    if (!EMLRT_JOIN(emlrt_right_, EMLRT_NAME)(threshold, split, x)) {
      if ((flags & EMLRT_LEAF_LEFT) != 0)
        return (emlrt_off)EMLRT_ENTRY(at, flags);
    } else if ((flags & EMLRT_LEAF_RIGHT) != 0) {
      return (emlrt_off)EMLRT_ENTRY(at, flags) +
             (emlrt_off)(flags & EMLRT_LEAF_LEFT);
    } else if ((flags & EMLRT_LEAF_LEFT) == 0) {
      emlrt_off distance = EMLRT_DISTANCE(at, flags);
      at = emlrt_rom_at(at, distance);
      if (EMLRT_BEHIND_LINK == 0) continue;
    }
    EMLRT_SKIP(at, EMLRT_BEHIND);
  }
}

/* Whether the records of a tree are well, of which there are `after`, at least one:
 * the features are inputs, a link leads to a later record and a leaf is one of the
 * `leaves` from the tree's base on, at least one. Not inlined, as the walk is not. */
#define EMLRT_RECORDS EMLRT_JOIN(emlrt_records_, EMLRT_NAME)
EMLRT_WRAPS EMLRT_NOINLINE static int EMLRT_RECORDS(emlrt_rom at,
                                                    emlrt_off after,
                                                    emlrt_off leaves,
                                                    emlrt_count n_in) {
  for (;; at = emlrt_rom_at(at, EMLRT_RECORD)) {
    EMLRT_WORD split = EMLRT_READ(at, split);
    EMLRT_WORD flags = EMLRT_FLAGS(at, split);
    EMLRT_WORD link = EMLRT_LINK(at, flags);
    if (!EMLRT_IS_INPUT(split, n_in)) return 0;
    after--;
    if (EMLRT_TOP(flags) == 0) {
      if (link >= after) return 0;
    } else if (EMLRT_TOP(flags) == EMLRT_TOP(EMLRT_BOTH_LEAVES)) {
      if (link >= leaves - 1) return 0; /* the right leaf is link + 1 */
      if (after == 0) return 1;
    } else if (EMLRT_TOP(flags & EMLRT_NO_FLAG) != 0 || link >= leaves ||
               after == 0) {
      return 0;
    }
  }
}

#undef EMLRT_JOIN
#undef EMLRT_JOIN2
#undef EMLRT_STRUCT
#undef EMLRT_FEATURE
#undef EMLRT_ELEMENT
#undef EMLRT_WORD
#undef EMLRT_READ
#undef EMLRT_FLAGS
#undef EMLRT_NO_FLAG
#undef EMLRT_N_FLAGS
#undef EMLRT_TOP
#undef EMLRT_RECORDS
#undef EMLRT_BOTH_LEAVES
#undef EMLRT_IS_INPUT
#undef EMLRT_LINK
#undef EMLRT_JUMP
#undef EMLRT_LIMIT
#undef EMLRT_PLACE
#undef EMLRT_TAKE
#undef EMLRT_TAKE_LONG
#undef EMLRT_TAKE_SHORT
#undef EMLRT_TAKE_FLAGS
#undef EMLRT_BEHIND
#undef EMLRT_BEHIND_LINK
#undef EMLRT_SKIP
#undef EMLRT_DISTANCE
#undef EMLRT_ENTRY
