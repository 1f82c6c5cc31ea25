/* SPDX-License-Identifier: MIT
 *
 * What an op is: for the runtime's own files and for those who write ops.
 */
#ifndef EMLRT_OP_H
#define EMLRT_OP_H

#include <emlrt/emlrt.h>

/* One stage as its op sees it. The core has checked that the payload lies in
 * the blob, that the spans lie in their spaces, and that their dtypes are the
 * op's; the op's check answers for everything inside the payload. */
typedef struct emlrt_call {
  emlrt_rom payload;
  uint32_t size; /* octets of payload */
  uint32_t n_in;
  uint32_t n_out;
  const void *in; /* n_in elements; NULL while checking */
  void *out;      /* n_out elements; NULL while checking */
  uint32_t limit; /* run: a vote above it decides, nothing more is needed;
                     check: where in the payload the check stands */
} emlrt_call;

struct emlrt_op {
  uint16_t kind;   /* EMLRT_OP_* */
  uint16_t dtypes; /* input in the low octet, output in the high octet */
  emlrt_status (*check)(emlrt_call *call);
  void (*run)(const emlrt_call *call);
};

#endif
