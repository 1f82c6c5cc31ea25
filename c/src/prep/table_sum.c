/* SPDX-License-Identifier: MIT
 *
 * Sums of table rows that the inputs choose: naive Bayes of categories.
 */
#include "../maths/numeric.h"

/* Category of a float: its integer part, or EMLRT_NO_CATEGORY if it is -1 or
 * below, too large for any table, or NaN. */
#define EMLRT_NO_CATEGORY UINT32_MAX
#define EMLRT_ONE_BITS UINT32_C(0x3F800000)

static uint32_t emlrt_category(uint32_t bits) {
  uint32_t exponent, mantissa;
  if ((bits & ~EMLRT_SIGN_BIT) < EMLRT_ONE_BITS) return 0;
  exponent = bits >> 23; /* the sign makes it too large */
  if (exponent >= 127u + 28u) return EMLRT_NO_CATEGORY;
  mantissa = (bits & UINT32_C(0x7FFFFF)) | UINT32_C(0x800000);
  if (exponent < 127u + 23u) return mantissa >> (127u + 23u - exponent);
  return mantissa << (exponent - (127u + 23u));
}

static emlrt_status emlrt_check_table_sum(emlrt_call *call) {
  uint32_t left = call->size, floats;
  emlrt_rom at = call->payload;
  emlrt_count i;
  if (!emlrt_take_floats(&left, 1, call->n_in)) return EMLRT_ERR_PAYLOAD;
  floats = left / 4;
  if (!emlrt_take_floats(&left, 1, call->n_out)) return EMLRT_ERR_PAYLOAD;
  for (i = 0; i < call->n_in; i++, at = emlrt_rom_at(at, 4)) {
    uint32_t count = emlrt_r32(at, 0);
    if (count == 0 || !emlrt_take_floats(&left, count, call->n_out))
      return EMLRT_ERR_PAYLOAD;
  }
  if (left != 0 || !emlrt_finite(at, floats)) return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

/* Adds a row of the payload to y. */
static void emlrt_table_sum_add(const emlrt_call *call, emlrt_rom row,
                                float *y) {
  emlrt_count k;
  for (k = 0; k < call->n_out; k++, row = emlrt_rom_at(row, 4))
    emlrt_put(y + k, emlrt_add(y[k], emlrt_rf32(row, 0)));
}

void emlrt_run_table_sum(const emlrt_call *call) {
  const float *x = (const float *)call->in;
  float *y = (float *)call->out;
  emlrt_off step = (emlrt_off)call->n_out * 4u;
  emlrt_rom counts = call->payload;
  emlrt_rom rows = emlrt_rom_at(counts, (emlrt_off)call->n_in * 4u);
  emlrt_count i;
  for (i = 0; i < call->n_out; i++, rows = emlrt_rom_at(rows, 4))
    y[i] = emlrt_rf32(rows, 0);
  for (i = 0; i < call->n_in; i++, counts = emlrt_rom_at(counts, 4)) {
    uint32_t count = emlrt_r32(counts, 0);
    uint32_t category = emlrt_category(emlrt_bits_at(x, i));
    if (category < count)
      emlrt_table_sum_add(call, emlrt_rom_at(rows, (emlrt_off)category * step),
                          y);
    rows = emlrt_rom_at(rows, (emlrt_off)count * step);
  }
}

const emlrt_op emlrt_op_table_sum EMLRT_OP_PLACE = {
    EMLRT_OP_TABLE_SUM, emlrt_check_table_sum, emlrt_run_table_sum};
