/* SPDX-License-Identifier: MIT
 *
 * Dense layers, and everything else that is a matrix and a vector.
 */
#include "../maths/numeric.h"

#define EMLRT_WEIGHTS(call) \
  emlrt_rom_at((call)->payload, EMLRT_OCTETS(emlrt_dense))

static emlrt_status emlrt_check_dense(emlrt_call *call) {
  uint32_t left = call->size, floats;
  if (left < EMLRT_OCTETS(emlrt_dense)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_dense);
  floats = left / 4;
  if (emlrt_r32(call->payload, EMLRT_AT(emlrt_dense, flags)) >
          EMLRT_DENSE_RELU ||
      !emlrt_take_floats(&left, call->n_out, UINT32_C(1) + call->n_in) ||
      left != 0 || !emlrt_finite(EMLRT_WEIGHTS(call), floats))
    return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

EMLRT_INLINE void emlrt_dense_put(float *at, float value, uint32_t flags) {
  emlrt_rounded sum = value; /* apart from its bits, or the loop moves both */
  uint32_t bits;
  EMLRT_HIDE(sum);
  bits = emlrt_one_nan(emlrt_bits(sum));
  if (flags != 0 && (bits & EMLRT_SIGN_BIT) != 0) bits = 0;
  *(emlrt_alias32 *)(void *)at = bits;
}

/* Whether four inputs are taken at once: where a loop's own steps are a part of
 * its cost, and speed is what counts. */
#if !EMLRT_SMALL && (defined(__ARM_FP) || defined(__riscv_flen))
#define EMLRT_DENSE_FOURS 1
#else
#define EMLRT_DENSE_FOURS 0
#endif

/* Adds the products of *x with four weights to a, b, c and d, and steps on. An Arm
 * FPU loads four floats in one instruction, which compilers do not find. */
#if defined(__ARM_FP) && defined(__thumb__) && defined(EMLRT_ROM_FLOATS)
#define EMLRT_DENSE_OF(element)                                       \
  "vldmia %[w]!, {s0-s3}\n\tvmul.f32 s0, s0, s" #element              \
  "\n\tvmul.f32 s1, s1, s" #element "\n\tvmul.f32 s2, s2, s" #element \
  "\n\tvmul.f32 s3, s3, s" #element                                   \
  "\n\tvadd.f32 %[a], %[a], s0\n\tvadd.f32 %[b], %[b], s1"            \
  "\n\tvadd.f32 %[c], %[c], s2\n\tvadd.f32 %[d], %[d], s3\n\t"
#define EMLRT_DENSE_DO(code)                                                   \
  __asm__ volatile(code                                                        \
                   : [x] "+r"(x), [w] "+r"(weights), [a] "+t"(a), [b] "+t"(b), \
                     [c] "+t"(c), [d] "+t"(d)                                  \
                   :                                                           \
                   : "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "memory")
#define EMLRT_DENSE_STEP() \
  EMLRT_DENSE_DO("vldmia %[x]!, {s4}\n\t" EMLRT_DENSE_OF(4))
#define EMLRT_DENSE_STEPS()                                    \
  EMLRT_DENSE_DO("vldmia %[x]!, {s4-s7}\n\t" EMLRT_DENSE_OF(4) \
                     EMLRT_DENSE_OF(5) EMLRT_DENSE_OF(6) EMLRT_DENSE_OF(7))
#else
#define EMLRT_DENSE_STEP()                                    \
  do {                                                        \
    a = emlrt_add(a, emlrt_mul(emlrt_rf32(weights, 0), *x));  \
    b = emlrt_add(b, emlrt_mul(emlrt_rf32(weights, 4), *x));  \
    c = emlrt_add(c, emlrt_mul(emlrt_rf32(weights, 8), *x));  \
    d = emlrt_add(d, emlrt_mul(emlrt_rf32(weights, 12), *x)); \
    weights = emlrt_rom_at(weights, 16);                      \
    x++;                                                      \
  } while (0)
#define EMLRT_DENSE_STEPS() \
  do {                      \
    EMLRT_DENSE_STEP();     \
    EMLRT_DENSE_STEP();     \
    EMLRT_DENSE_STEP();     \
    EMLRT_DENSE_STEP();     \
  } while (0)
#endif

/* Four outputs at once: each input is loaded once for all. Every output is its
 * bias plus the products in the order of the inputs, whatever the tile. */
static emlrt_rom emlrt_dense_tile(const emlrt_call *call, emlrt_rom biases,
                                  emlrt_rom weights, float *y, uint32_t flags) {
  const float *x = (const float *)call->in, *end = x + call->n_in;
  float a = emlrt_rf32(biases, 0), b = emlrt_rf32(biases, 4);
  float c = emlrt_rf32(biases, 8), d = emlrt_rf32(biases, 12);
#if EMLRT_DENSE_FOURS
  const float *whole = x + (call->n_in & 3u);
  while (x != whole) EMLRT_DENSE_STEP();
  while (x != end) EMLRT_DENSE_STEPS();
#else
  while (x != end) EMLRT_DENSE_STEP();
#endif
  emlrt_dense_put(y, a, flags);
  emlrt_dense_put(y + 1, b, flags);
  emlrt_dense_put(y + 2, c, flags);
  emlrt_dense_put(y + 3, d, flags);
  return weights;
}

/* One output of the last tile, whose weights stand `step` bytes apart. */
static float emlrt_dense_one(const emlrt_call *call, float sum,
                             emlrt_rom weights, unsigned step) {
  const float *x = (const float *)call->in, *last = x + call->n_in - 1;
  for (;; x++, weights = emlrt_rom_at(weights, step)) {
    sum = emlrt_add(sum, emlrt_mul(emlrt_rf32(weights, 0), *x));
    if (x == last) return sum;
  }
}

void emlrt_run_dense(const emlrt_call *call) {
  emlrt_rom biases = EMLRT_WEIGHTS(call);
  emlrt_rom weights = emlrt_rom_at(biases, (emlrt_off)call->n_out * 4u);
  uint32_t flags = emlrt_r32(call->payload, EMLRT_AT(emlrt_dense, flags));
  float *y = (float *)call->out;
  emlrt_count n;
  unsigned step;
  for (n = call->n_out; n >= 4; n -= 4, y += 4) {
    weights = emlrt_dense_tile(call, biases, weights, y, flags);
    biases = emlrt_rom_at(biases, 16);
  }
  step = (unsigned)n * 4u;
  for (; n != 0; n--, y++) {
    float sum = emlrt_rf32(biases, 0);
    emlrt_dense_put(y, emlrt_dense_one(call, sum, weights, step), flags);
    biases = emlrt_rom_at(biases, 4);
    weights = emlrt_rom_at(weights, 4);
  }
}

const emlrt_op emlrt_op_dense EMLRT_OP_PLACE = {
    EMLRT_OP_DENSE, emlrt_check_dense, emlrt_run_dense};
