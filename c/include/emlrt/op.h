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
  uint32_t size; /* octets of payload */
  emlrt_count n_in;
  emlrt_count n_out;
  const void *in; /* n_in elements; NULL while checking */
  void *out;      /* n_out elements; NULL while checking */
  uint32_t limit; /* run: a vote above it decides, nothing more is needed;
                     check: where in the blob the payload starts */
  uint32_t work;  /* check: elements that a run visits beside its payload. It is
                     n_in + n_out before the check, which may set it */
} emlrt_call;

typedef emlrt_status emlrt_op_check(emlrt_call *call);
typedef void emlrt_op_run(const emlrt_call *call);

struct emlrt_op {
  uint32_t code; /* EMLRT_OP_*; names the dtypes of what it reads and writes */
  emlrt_op_check *check;
  emlrt_op_run *run;
};

#endif
