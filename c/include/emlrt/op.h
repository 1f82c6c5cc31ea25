/* SPDX-License-Identifier: MIT
 *
 * What an op is: for the runtime's own files and for those who write ops.
 */
#ifndef EMLRT_OP_H
#define EMLRT_OP_H

#include <emlrt/emlrt.h>

/* One stage as its op sees it. The core has checked that the payload lies in
 * the blob and that the spans lie in their spaces; the op's check answers for
 * everything inside the payload. */
typedef struct emlrt_call {
  emlrt_rom payload;
  uint32_t size; /* bytes of payload */
  emlrt_count n_in;
  emlrt_count n_out;
  const void *in; /* n_in elements; NULL while checking */
  void *out;      /* n_out elements; NULL while checking */
  union {
    /* Of a run: UINT32_MAX asks for all scores. Else a trees_vote or trees_soft op
     * decides: it writes the class, that is, the index of the largest score, as the
     * first number of `out`, and may stop once a class has the votes of so many trees
     * (trees_vote), or more votes than this (trees_soft). The rest of `out` is then
     * undefined. */
    uint32_t majority;
    /* Of a check: bytes of the state; 0 if the program keeps none. */
    uint32_t state_size;
  } u;
  union {
    /* Of a check: elements that a run visits beside its payload. It is n_in + n_out
     * before the check, which may set it. */
    uint32_t work;
    /* Of a run of a program that keeps state: where it starts. An op finds its own
     * place in its payload, which its check has compared with state_size. */
    char *state;
  } v;
} emlrt_call;

typedef emlrt_status emlrt_op_check(emlrt_call *call);
typedef void emlrt_op_run(const emlrt_call *call);

struct emlrt_op {
  uint32_t code; /* EMLRT_OP_*; names the dtypes of what it reads and writes */
  emlrt_op_check *check;
  emlrt_op_run *run;
};

#endif
