/* SPDX-License-Identifier: MIT
 *
 * What is proved of one op, by a bounded model checker: whatever OCTETS bytes
 * of payload and whatever counts its check takes, its run stays in its spans,
 * has no undefined behaviour, and ends, whatever its state holds: another stage of
 * a hostile blob may have written there.
 *
 * Defined from outside: OP (the op's name), OCTETS, MOST_IN, MOST_OUT, STATE (bytes,
 * 0 for none), and IN_WORD and OUT_WORD, types as wide as an element.
 */
#include <emlrt/op.h>

void emlrt_charge(emlrt_call *call, uint32_t times, uint32_t elements);
extern const emlrt_op OP;

unsigned nondet_uint(void);
void __ESBMC_assume(_Bool);

/* Adds to the work of a run, which no op reads. */
void emlrt_charge(emlrt_call *call, uint32_t times, uint32_t elements) {
  (void)call, (void)times, (void)elements;
}

int main(void) {
  /* Each span ends where its array does: a step beyond it is one outside. */
  uint32_t payload[OCTETS / 4]; /* what is not set may be anything */
  IN_WORD in[MOST_IN];
  OUT_WORD out[MOST_OUT];
  uint32_t state[STATE / 4 + 1];
  emlrt_call call;
  unsigned kept = nondet_uint();
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
  __ESBMC_assume(kept <= STATE / 4);
  call.u.state_size = kept * 4;
  call.v.work = nondet_uint();
  if (OP.check(&call) != EMLRT_OK) return 0;
  call.in = in + (MOST_IN - n_in);
  call.out = out + (MOST_OUT - n_out);
  call.u.majority = UINT32_MAX;
  call.v.state = (char *)(state + (STATE / 4 + 1 - kept));
  OP.run(&call);
  return 0;
}
