/* SPDX-License-Identifier: MIT
 *
 * The kernels of each kind of machine, and which of them this one runs.
 */
#include "kernels.h"

#include <string.h>

/* The widest registers that there is code for, whether or not this machine has them:
 * tests ask for less. */
#if !defined(EMLRT_MOST_WIDTH)
#if defined(__x86_64__) && defined(__GNUC__)
#define EMLRT_MOST_WIDTH 64
#else
#define EMLRT_MOST_WIDTH 16
#endif
#endif
#if EMLRT_MOST_WIDTH > 16
#include <immintrin.h>
#endif

#if defined(__GNUC__) && !defined(EMLRT_NO_VECTORS)
#define VECTORS 1
#endif

/* Not functions: vectors as arguments depend on the machine. */
#define LOAD(value, at) memcpy(&(value), (at), sizeof(value))
#define STORE(at, value) memcpy((at), &(value), sizeof(value))

/* The thresholds of a block that are below x, the last of which is not. */
EMLRT_INLINE unsigned in_block(const int32_t *block, int32_t x) {
  unsigned i = (x > block[7]) * 8u;
  i += (x > block[i + 3]) * 4u;
  i += (x > block[i + 1]) * 2u;
  return i + (x > block[i]);
}

#define WIDTH 16u
#define TARGET
#define IN_BLOCK in_block
#define ADD_LEAVES NULL
#define KIND(name) name##_16
#include "kernel_template.h"

#if EMLRT_MOST_WIDTH >= 32
#define WIDTH 32u
#define TARGET __attribute__((target("avx2,popcnt")))
TARGET EMLRT_INLINE unsigned in_block_32(const int32_t *block, int32_t x) {
  const __m256i *at = (const __m256i *)(const void *)block;
  __m256i value = _mm256_set1_epi32(x);
  __m256i low = _mm256_cmpgt_epi32(value, _mm256_loadu_si256(at));
  __m256i high = _mm256_cmpgt_epi32(value, _mm256_loadu_si256(at + 1));
  /* A byte for each threshold, two of which say the same. */
  __m256i both = _mm256_packs_epi32(low, high);
  return (unsigned)_mm_popcnt_u32((unsigned)_mm256_movemask_epi8(both)) / 2;
}
#define IN_BLOCK in_block_32
#define ADD_LEAVES NULL
#define KIND(name) name##_32
#include "kernel_template.h"
#endif

#if EMLRT_MOST_WIDTH >= 64
#define WIDTH 64u
#define TARGET __attribute__((target("avx512bw,popcnt")))
TARGET EMLRT_INLINE unsigned in_block_64(const int32_t *block, int32_t x) {
  __mmask16 below =
      _mm512_cmplt_epi32_mask(_mm512_loadu_si512(block), _mm512_set1_epi32(x));
  return (unsigned)_mm_popcnt_u32(below);
}
#define IN_BLOCK in_block_64
/* The table is four registers: two of them by 5 bits of the leaf, twice, and the sixth
 * chooses. */
TARGET static void add_leaves_64(const uint32_t *table, const uint8_t *leaves,
                                 size_t n, uint32_t *sums) {
  __m512i a = _mm512_loadu_si512(table), b = _mm512_loadu_si512(table + 16);
  __m512i c = _mm512_loadu_si512(table + 32);
  __m512i d = _mm512_loadu_si512(table + 48), bit = _mm512_set1_epi32(32);
  size_t r;
  for (r = 0; r < n; r += 16) {
    __m128i octets =
        _mm_loadu_si128((const __m128i *)(const void *)(leaves + r));
    __m512i leaf = _mm512_cvtepu8_epi32(octets);
    __m512i low = _mm512_permutex2var_epi32(a, leaf, b);
    __m512i high = _mm512_permutex2var_epi32(c, leaf, d);
    __m512i sum = _mm512_loadu_si512(sums + r);
    __mmask16 upper = _mm512_test_epi32_mask(leaf, bit);
    low = _mm512_mask_mov_epi32(low, upper, high);
    _mm512_storeu_si512(sums + r, _mm512_add_epi32(sum, low));
  }
}
#define ADD_LEAVES add_leaves_64
#define KIND(name) name##_64
#include "kernel_template.h"
#endif

const emlrt_machine *emlrt_machine_best(void) {
#if EMLRT_MOST_WIDTH >= 64
  if (__builtin_cpu_supports("avx512bw")) return &kernels_64;
#endif
#if EMLRT_MOST_WIDTH >= 32
  if (__builtin_cpu_supports("avx2")) return &kernels_32;
#endif
  return &kernels_16;
}

void emlrt_machine_constants(uint8_t *operands, size_t n) {
  size_t i;
  for (i = 0; i < n; i++)
    memset(operands + i * EMLRT_OPERAND_OCTETS, (int)i, EMLRT_OPERAND_OCTETS);
}
