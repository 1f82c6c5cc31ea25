/* SPDX-License-Identifier: MIT
 *
 * What is proved of the core's calls: whatever OCTETS bytes a blob has, and
 * whatever size they are given, they read nothing outside it, have no undefined
 * behaviour, and end. The ops' checks are taken to say anything.
 *
 * Defined from outside: OCTETS, and one of HEADER (peek), STAGES (open), VERIFY
 * (verify, after an open) and TEXTS (label and name, after an open).
 */
#include "../c/src/core/core.h"

unsigned nondet_uint(void);
void __ESBMC_assume(_Bool);

static emlrt_status any_check(emlrt_call *call) {
  call->v.work = nondet_uint();
  return nondet_uint() % 2u ? EMLRT_OK : EMLRT_ERR_PAYLOAD;
}

static void no_run(const emlrt_call *call) { (void)call; }

static const emlrt_op any_op = {EMLRT_OP_AFFINE, any_check, no_run};
static const emlrt_op *const ops[] = {&any_op, NULL};

int main(void) {
  uint32_t blob[OCTETS / 4]; /* what is not set may be anything */
  unsigned words = nondet_uint();
  const uint32_t *at;
  emlrt_model model;
  emlrt_info info;
  __ESBMC_assume(words <= OCTETS / 4);
  at = blob + (OCTETS / 4 - words);
#if defined(HEADER)
  (void)emlrt_peek(&info, at, words * 4);
#else
  (void)info;
  if (emlrt_open(&model, at, words * 4, ops) != EMLRT_OK) return 0;
#if defined(VERIFY)
  (void)emlrt_verify(&model);
#elif defined(TEXTS)
  {
    char text[4];
    unsigned size = nondet_uint();
    __ESBMC_assume(size <= 4);
    (void)emlrt_label(&model, nondet_uint(), nondet_uint(), text + (4 - size),
                      size);
    (void)emlrt_name(&model, nondet_uint(), nondet_uint(), text + (4 - size),
                     size);
  }
  {
    int64_t offset;
    float scale;
    (void)emlrt_offset(&model, nondet_uint(), &offset);
    (void)emlrt_scale(&model, nondet_uint(), &scale);
  }
#endif
#endif
  return 0;
}
