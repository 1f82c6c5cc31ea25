/* SPDX-License-Identifier: MIT
 *
 * Kernel machines: weighted sums of the input's kernels with stored rows. The
 * rows stay in flash, and no memory grows with their number.
 */
#include "kernel.h"

/* n is below 2^28, and what it is compared with is below 2^32. */
int emlrt_are_pairs(uint32_t n, uint32_t k) {
  return k >= 2 && k <= UINT16_MAX && k * (k - 1) == n * 2;
}

static uint32_t emlrt_kernel_sections(const emlrt_call *call) {
  return emlrt_r32(call->payload, EMLRT_AT(emlrt_kernels, n_sections));
}

/* Sums: the rest of the outputs is working memory. */
static uint32_t emlrt_kernel_sums(const emlrt_call *call) {
  return call->n_out == 1 ? 1 : call->n_out / 2;
}

/* Coefficients of a row. */
static uint32_t emlrt_kernel_width(const emlrt_call *call, uint32_t sections) {
  return sections == 1 ? emlrt_kernel_sums(call) : sections - 1;
}

emlrt_status emlrt_check_kernel(const emlrt_call *call, uint32_t least,
                                uint32_t most) {
  uint32_t left = call->size, sections, sums, columns, degree, floats;
  emlrt_rom at = call->payload;
  if (left < EMLRT_OCTETS(emlrt_kernels)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_kernels);
  sections = emlrt_kernel_sections(call);
  sums = emlrt_kernel_sums(call);
  degree = emlrt_r32(at, EMLRT_AT(emlrt_kernels, degree));
  if (degree < least || degree > most ||
      (call->n_out != 1 && (call->n_out & 1u) != 0) ||
      (sections != 1 && !emlrt_are_pairs(sums, sections)) ||
      !emlrt_take_floats(&left, 1, sections))
    return EMLRT_ERR_PAYLOAD;
  floats = left / 4;
  if (!emlrt_take_floats(&left, 1, 1) || !emlrt_take_floats(&left, 1, sums))
    return EMLRT_ERR_PAYLOAD;
  columns = call->n_in;
  columns += emlrt_kernel_width(call, sections);
  at = emlrt_rom_at(at, EMLRT_OCTETS(emlrt_kernels));
  for (; sections != 0; sections--, at = emlrt_rom_at(at, 4)) {
    uint32_t rows = emlrt_r32(at, 0);
    if (rows != 0 && !emlrt_take_floats(&left, rows, columns))
      return EMLRT_ERR_PAYLOAD;
  }
  return left == 0 && emlrt_finite(at, floats) ? emlrt_float_status()
                                               : EMLRT_ERR_PAYLOAD;
}

/* Kahan's sum: *rest is what the sum before has too much. Large terms of both
 * signs cancel out, so that a plain sum would lose many digits. */
static void emlrt_kernel_add(float *sum, float *rest, float term) {
  float next, more;
  term = emlrt_sub(term, *rest);
  next = emlrt_add(*sum, term);
  more = emlrt_sub(emlrt_sub(next, *sum), term);
  /* Beyond all numbers there is no rest, and infinity stays. */
  if ((emlrt_bits(more) & EMLRT_INFINITY_BITS) == EMLRT_INFINITY_BITS)
    more = 0.0f;
  *sum = next;
  *rest = more;
}

void emlrt_run_kernel(const emlrt_call *call, emlrt_likeness *likeness) {
  float only, factor, *y = (float *)call->out;
  emlrt_count sums = (emlrt_count)emlrt_kernel_sums(call), c, m;
  emlrt_count k = (emlrt_count)emlrt_kernel_sections(call);
  emlrt_count width = (emlrt_count)emlrt_kernel_width(call, k);
  float *rests = call->n_out == 1 ? &only : y + sums;
  uint32_t degree = emlrt_r32(call->payload, EMLRT_AT(emlrt_kernels, degree));
  emlrt_rom count = emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_kernels));
  emlrt_rom at = emlrt_rom_at(count, (emlrt_off)k * 4u);
  factor = emlrt_rf32(at, 0);
  at = emlrt_rom_at(at, 4);
  for (m = 0; m < sums; m++, at = emlrt_rom_at(at, 4)) {
    y[m] = emlrt_rf32(at, 0);
    rests[m] = 0.0f;
  }
  for (c = 0; c < k; c++, count = emlrt_rom_at(count, 4)) {
    uint32_t rows;
    for (rows = emlrt_r32(count, 0); rows != 0; rows--) {
      float value = likeness(call, at, factor, degree);
      emlrt_count next = c;
      at = emlrt_rom_at(at, (emlrt_off)call->n_in * 4u);
      for (m = 0; m < width; m++, at = emlrt_rom_at(at, 4)) {
        emlrt_count j = emlrt_next_pair(&next, m, c, k);
        emlrt_kernel_add(y + j, rests + j, emlrt_mul(emlrt_rf32(at, 0), value));
      }
    }
  }
  for (m = 0; m < sums; m++) emlrt_put(y + m, y[m]);
}

float emlrt_kernel_product(const emlrt_call *call, emlrt_rom row,
                           float factor) {
  const float *x = (const float *)call->in, *end = x + call->n_in;
  for (; x != end; x++, row = emlrt_rom_at(row, 4))
    factor = emlrt_add(factor, emlrt_mul(emlrt_rf32(row, 0), *x));
  return factor;
}
