/* SPDX-License-Identifier: MIT
 *
 * A whole firmware, the same on every board: it opens a model, proves it, and
 * prints what it predicts.
 *
 * The blob is linked in (firmware_blob to firmware_blob_end), or, with
 * FIRMWARE_BLOB and FIRMWARE_LIMIT defined, is whatever the flash holds at that
 * address in a partition of that many bytes: another model, a damaged one, or
 * nothing at all. Every way ends in an exit code: 0, or a status without its
 * sign.
 *
 * Inputs to run stand between firmware_rows and firmware_rows_end, each in the
 * model's input type, padded to a multiple of 4. The compiler's command line
 * gives FIRMWARE_OPS, the op list, and FIRMWARE_POOL, the bytes of memory for
 * input, scores and scratch.
 */
#include <emlrt/emlrt.h>

#include "platform.h"

static const emlrt_op *const ops[] = {FIRMWARE_OPS NULL};
static emlrt_model model;
static emlrt_info info;
static EMLRT_SCRATCH(pool, FIRMWARE_POOL);

extern const unsigned char firmware_rows[] EMLRT_PROGMEM;
extern const unsigned char firmware_rows_end[] EMLRT_PROGMEM;
#if defined(EMLRT_PORT_FAR)
#define ADDRESS(symbol) pgm_get_far_address(symbol)
#else
#define ADDRESS(symbol) ((emlrt_rom)(symbol))
#endif
#if !defined(FIRMWARE_BLOB)
extern const unsigned char firmware_blob[] EMLRT_PROGMEM;
extern const unsigned char firmware_blob_end[] EMLRT_PROGMEM;
#define FIRMWARE_BLOB ADDRESS(firmware_blob)
#define FIRMWARE_LIMIT (distance(FIRMWARE_BLOB, ADDRESS(firmware_blob_end)))
static uint32_t distance(emlrt_rom from, emlrt_rom to) {
#if defined(EMLRT_PORT_FAR)
  return to - from;
#else
  return (uint32_t)((const unsigned char *)to - (const unsigned char *)from);
#endif
}
#endif

static void put_hex(uint32_t value) {
  int shift;
  for (shift = 28; shift >= 0; shift -= 4) {
    unsigned digit = (unsigned)(value >> shift) & 0xFu;
    platform_put((char)(digit < 10u ? '0' + digit : 'a' + digit - 10u));
  }
}

/* One line: a letter and numbers. */
static void put_line(char letter, const uint32_t *numbers, uint32_t n) {
  platform_put(letter);
  for (; n != 0; n--) {
    platform_put(' ');
    put_hex(*numbers++);
  }
  platform_put('\n');
}

/* The memory is input behind scores behind arena, as emlrt_selftest has it. */
static unsigned char *scores(void) {
  return (unsigned char *)pool + info.arena_bytes;
}
static unsigned char *input(void) { return scores() + info.n_scores * 4u; }
static uint32_t input_bytes(void) {
  return info.n_inputs << (info.input_dtype & 3u);
}

static emlrt_status open_model(void) {
  emlrt_status status =
      emlrt_peek(&info, (emlrt_rom)FIRMWARE_BLOB, FIRMWARE_LIMIT);
  if (status != EMLRT_OK) return status;
  status = emlrt_open(&model, (emlrt_rom)FIRMWARE_BLOB, info.total_size, ops);
  if (status != EMLRT_OK) return status;
  status = emlrt_verify(&model);
  if (status != EMLRT_OK) return status;
  if (info.golden_bytes > sizeof pool) return EMLRT_ERR_SCRATCH;
  status = emlrt_selftest(&model, pool, sizeof pool);
  put_line(status == EMLRT_ERR_ABSENT ? 'a' : 'g', NULL, 0);
  return status == EMLRT_ERR_ABSENT ? EMLRT_OK : status;
}

static emlrt_status run_row(emlrt_rom row) {
  const void *x = input();
  uint32_t *y = (uint32_t *)(void *)scores();
  uint32_t i;
  emlrt_status status;
  for (i = 0; i < input_bytes(); i++)
    input()[i] = (unsigned char)emlrt_r8(row, (emlrt_off)i);
  status = emlrt_run(&model, x, (size_t)info.n_inputs, y, (size_t)info.n_scores,
                     pool, (size_t)info.arena_bytes);
  if (status != EMLRT_OK) return status;
  put_line('s', y, info.n_scores);
  if (info.output == EMLRT_OUTPUT_VALUES) return EMLRT_OK;
  if (info.n_outputs == 1) {
    uint32_t predicted;
    status = emlrt_classify(&model, x, (size_t)info.n_inputs, &predicted, 1,
                            pool, (size_t)info.scratch_bytes);
    if (status == EMLRT_OK) put_line('c', &predicted, 1);
  }
  return status;
}

static emlrt_status run_rows(void) {
  emlrt_rom row = ADDRESS(firmware_rows), end = ADDRESS(firmware_rows_end);
  emlrt_status status = EMLRT_OK;
  while (row != end && status == EMLRT_OK) {
    status = run_row(row);
    row = emlrt_rom_at(row, (emlrt_off)((input_bytes() + 3u) & ~(uint32_t)3u));
  }
  return status;
}

int main(void) {
  emlrt_status status = open_model();
  if (status == EMLRT_OK) status = run_rows();
  platform_put(status == EMLRT_OK ? '.' : '!');
  platform_put('\n');
  platform_exit(-(int)status);
  return 0;
}
