/* SPDX-License-Identifier: MIT
 *
 * What is proved of one op, by a bounded model checker: whatever OCTETS bytes
 * of payload and whatever counts its check takes, its run stays in its spans,
 * has no undefined behaviour, ends, and writes the whole of its output.
 *
 * Defined from outside: OP (the op's name), OCTETS, MOST_IN, MOST_OUT, and
 * IN_WORD and OUT_WORD, types as wide as an element.
 */
#include <emlrt/op.h>

extern const emlrt_op OP;

unsigned nondet_uint(void);
void __ESBMC_assume(_Bool);

int main(void) {
  /* Each span ends where its array does: a step beyond it is one outside. */
  uint32_t payload[OCTETS / 4]; /* what is not set may be anything */
  IN_WORD in[MOST_IN];
  OUT_WORD out[MOST_OUT];
  emlrt_call call;
  unsigned n_in = nondet_uint(), n_out = nondet_uint(), words = nondet_uint();
  __ESBMC_assume(n_in >= 1 && n_in <= MOST_IN);
  __ESBMC_assume(n_out >= 1 && n_out <= MOST_OUT);
  __ESBMC_assume(words <= OCTETS / 4);
  call.payload = payload + (OCTETS / 4 - words);
  call.size = words * 4;
  call.n_in = n_in;
  call.n_out = n_out;
  call.in = 0;
  call.out = 0;
  call.u.state_size = 0;
  call.v.work = nondet_uint();
  if (OP.check(&call) != EMLRT_OK) return 0;
  call.in = in + (MOST_IN - n_in);
  call.out = out + (MOST_OUT - n_out);
  call.u.vote_limit = UINT32_MAX;
  OP.run(&call);
  return 0;
}
