/* SPDX-License-Identifier: MIT
 *
 * Who reads what: of each stage, which earlier stage wrote the bytes that it
 * reads. Nothing else in this folder may take one stage for the reader of
 * another.
 *
 * Every byte of arena and y has a last writer. Stages are gone through in
 * order: first what a stage reads is looked at, then what it writes is noted.
 * Time and memory are linear in the number of stages, but for a logarithm, and
 * do not depend on how long spans are.
 */
#ifndef EMLRT_FLOW_H
#define EMLRT_FLOW_H

#include "../src/core/core.h"

/* No stage: bytes of x, or zeros of the arena. */
#define EMLRT_FLOW_NONE UINT32_MAX

/* Bytes of arena and, behind it, y; from == to for a span of x. */
typedef struct emlrt_range {
  uint32_t from;
  uint32_t to;
} emlrt_range;

typedef struct emlrt_flow {
  emlrt_rom blob;
  uint32_t n_stages;
  uint32_t *places; /* where any span starts or ends, ascending: the bytes from
                       one to the next are a cell */
  uint32_t n_places;
  uint32_t n_cells; /* room for them, a power of 2 */
  /* Trees over the cells: node 1 is the root, of node i 2i and 2i + 1 are the
   * halves. A node says what all its cells have, or that they differ. */
  uint32_t *writers;     /* the last stage that wrote a cell */
  uint32_t *unread;      /* the same, until a stage reads the cell as it is */
  unsigned char *needed; /* of each stage: whether one did */
} emlrt_flow;

/* Prepares the derivation for an open blob. Returns 0 if memory runs out; either
 * way emlrt_flow_free must follow. */
int emlrt_flow_start(emlrt_flow *flow, emlrt_rom blob);
void emlrt_flow_free(emlrt_flow *flow);

/* The stage before k whose output is what k reads: the same bytes of the same
 * space, as many elements of the same dtype, and no byte of them written since.
 * EMLRT_FLOW_NONE if there is none, if there are several, or if k reads a part or
 * more. Only for the next stage to be written. */
uint32_t emlrt_flow_source(const emlrt_flow *flow, uint32_t k);
/* Stage k reads its span as it is: whoever wrote a byte of it is needed. */
void emlrt_flow_read(emlrt_flow *flow, uint32_t k);
/* Stage k writes its span. */
void emlrt_flow_write(emlrt_flow *flow, uint32_t k);
/* The caller reads all of y. */
void emlrt_flow_end(emlrt_flow *flow);

/* The entry of a stage in the blob's table. */
EMLRT_INLINE emlrt_rom emlrt_flow_stage(const emlrt_flow *flow, uint32_t k) {
  return emlrt_rom_at(emlrt_stages(flow->blob),
                      (size_t)k * EMLRT_OCTETS(emlrt_stage));
}

#endif
