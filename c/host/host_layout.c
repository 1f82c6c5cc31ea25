/* SPDX-License-Identifier: MIT
 *
 * emlrt_host_new: lays out every stage of trees, and finds the bins that nobody
 * needs any more.
 */
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "float_state.h"
#include "flow.h"
#include "memory/memory.h"

/* A layout in the making. Arrays have an element a stage. */
typedef struct layout {
  emlrt_host *host;
  emlrt_flow flow;
  uint32_t *payloads; /* where in the blob each starts */
  emlrt_bins **bins;  /* of those that a forest has looked at */
  unsigned forests;   /* stages of trees that read bytes */
} layout;

static emlrt_call call_of(const layout *l, uint32_t k) {
  emlrt_rom stage = emlrt_flow_stage(&l->flow, k);
  emlrt_call call;
  call.payload = emlrt_rom_at(l->flow.blob, l->payloads[k]);
  call.size = EMLRT_STAGE32(stage, size);
  call.n_in = EMLRT_STAGE32(stage, in_count);
  call.n_out = EMLRT_STAGE32(stage, out_count);
  call.in = NULL;
  call.out = NULL;
  call.u.majority = UINT32_MAX;
  return call;
}

static uint32_t op_of(const layout *l, uint32_t k) {
  return EMLRT_STAGE32(emlrt_flow_stage(&l->flow, k), op);
}

static int is_bucketize(uint32_t op) {
  return op == EMLRT_OP_BUCKETIZE_U8 || op == EMLRT_OP_BUCKETIZE_I16;
}

/* The bins that stage k reads and may see through: made of inputs, which nobody
 * writes. NULL if it reads anything else. */
static const emlrt_bins *bins_of(layout *l, uint32_t k) {
  uint32_t source = emlrt_flow_source(&l->flow, k);
  emlrt_rom stage;
  emlrt_call call;
  if (source == EMLRT_FLOW_NONE || !is_bucketize(op_of(l, source))) return NULL;
  stage = emlrt_flow_stage(&l->flow, source);
  if (EMLRT_STAGE16(stage, in_space) != EMLRT_SPACE_INPUT) return NULL;
  l->host->inputs[k] = EMLRT_STAGE32(stage, in_offset);
  call = call_of(l, source);
  if (l->bins[source] == NULL) l->bins[source] = emlrt_bins_new(&call);
  return l->bins[source];
}

static unsigned reads_octets(uint32_t op) {
  return emlrt_forest_is(op) && !emlrt_forest_is_coded(op) &&
         (op & 0xFFu) == EMLRT_U8;
}

/* Has the columns of a stage's bins made, if they are not and none other's are. */
static int make_shared(layout *l, uint32_t source) {
  emlrt_host *host = l->host;
  emlrt_call call = call_of(l, source);
  if (host->shared.columns != NULL) return host->shared_stage == source;
  if (!emlrt_batch_columns(&call, &host->shared)) {
    emlrt_bin_columns_free(&host->shared);
    memset(&host->shared, 0, sizeof host->shared);
    return 0;
  }
  host->shared_stage = source;
  host->shared_at =
      EMLRT_STAGE32(emlrt_flow_stage(&l->flow, source), in_offset);
  return 1;
}

/* Whether stage k reads the bins of a byte whose columns stages share: all of them,
 * made of inputs. */
static int shares(layout *l, uint32_t k) {
  uint32_t source = emlrt_flow_source(&l->flow, k);
  emlrt_rom stage;
  if (source == EMLRT_FLOW_NONE || op_of(l, source) != EMLRT_OP_BUCKETIZE_U8)
    return 0;
  stage = emlrt_flow_stage(&l->flow, source);
  return EMLRT_STAGE16(stage, in_space) == EMLRT_SPACE_INPUT &&
         make_shared(l, source);
}

/* Lays out a stage of trees. Returns whether it sees through the bins that it
 * reads, so that it does not need them. */
static int lay_out_forest(layout *l, uint32_t k) {
  emlrt_host *host = l->host;
  emlrt_call call = call_of(l, k);
  uint32_t op = op_of(l, k);
  const emlrt_bins *bins;
  unsigned sharers = 0;
  if (op == EMLRT_OP_OBLIVIOUS_U8) return host->shares[k] = shares(l, k) != 0;
  if (!emlrt_forest_is(op)) return 0;
  if (reads_octets(op) && l->forests > 1 && shares(l, k)) sharers = l->forests;
  host->shares[k] = sharers != 0;
  bins = emlrt_forest_is_coded(op) ? NULL : bins_of(l, k);
  if (bins != NULL)
    host->forests[k] = emlrt_forest_new(&call, op, bins, sharers);
  if (host->forests[k] != NULL) return 1;
  host->inputs[k] = EMLRT_HOST_DIRECT;
  host->forests[k] = emlrt_forest_new(&call, op, NULL, sharers);
  return 0;
}

static void lay_out(layout *l) {
  emlrt_host *host = l->host;
  uint32_t k;
  for (k = 0; k < host->n_stages; k++) l->forests += reads_octets(op_of(l, k));
  for (k = 0; k < host->n_stages; k++) {
    host->many |= op_of(l, k) == EMLRT_OP_OBLIVIOUS_U8;
    if (!lay_out_forest(l, k)) emlrt_flow_read(&l->flow, k);
    emlrt_flow_write(&l->flow, k);
  }
  emlrt_flow_end(&l->flow);
  for (k = 0; k < host->n_stages; k++)
    host->needed[k] = !is_bucketize(op_of(l, k)) || l->flow.needed[k];
}

static int take_host(emlrt_host *host) {
  host->forests =
      (emlrt_forest **)emlrt_alloc(host->n_stages, sizeof *host->forests);
  host->needed = (unsigned char *)emlrt_alloc(host->n_stages, 1);
  host->inputs = (uint32_t *)emlrt_alloc(host->n_stages, sizeof(uint32_t));
  host->shares = (unsigned char *)emlrt_alloc(host->n_stages, 1);
  return host->forests != NULL && host->needed != NULL &&
         host->inputs != NULL && host->shares != NULL;
}

static int take_layout(layout *l, emlrt_rom blob) {
  uint32_t k, n = l->host->n_stages, at;
  l->payloads = (uint32_t *)emlrt_alloc(n, sizeof(uint32_t));
  l->bins = (emlrt_bins **)emlrt_alloc(n, sizeof *l->bins);
  if (!emlrt_flow_start(&l->flow, blob) || l->payloads == NULL ||
      l->bins == NULL)
    return 0;
  at = (uint32_t)EMLRT_OCTETS(emlrt_header) +
       EMLRT_HEADER16(blob, n_outputs) * UINT32_C(4) +
       n * (uint32_t)EMLRT_OCTETS(emlrt_stage);
  for (k = 0; k < n; k++) {
    l->payloads[k] = at;
    at += EMLRT_STAGE32(emlrt_flow_stage(&l->flow, k), size);
  }
  return 1;
}

static void free_layout(layout *l) {
  uint32_t k;
  for (k = 0; l->bins != NULL && k < l->host->n_stages; k++) free(l->bins[k]);
  free(l->bins);
  free(l->payloads);
  emlrt_flow_free(&l->flow);
}

unsigned emlrt_host_stages(const emlrt_host *host) {
  unsigned k, n = 0;
  for (k = 0; host != NULL && k < host->n_stages; k++)
    n += host->forests[k] != NULL;
  return n;
}

/* Lays out what there is memory for. Returns 0 if there is not enough to begin. */
EMLRT_NOINLINE static int make(emlrt_host *host, emlrt_rom blob) {
  layout l;
  int ok;
  l.host = host;
  l.forests = 0;
  if (!take_host(host)) return 0;
  ok = take_layout(&l, blob);
  if (ok) lay_out(&l);
  free_layout(&l);
  host->many |= emlrt_host_stages(host) != 0;
  return ok;
}

emlrt_host *emlrt_host_new(const emlrt_model *model) {
  emlrt_float_state was;
  emlrt_host *host;
  int made;
  if (!emlrt_is_open(model)) return NULL; /* state is run row by row */
  host = (emlrt_host *)emlrt_alloc(1, sizeof *host);
  if (host == NULL) return NULL;
  host->n_stages = EMLRT_HEADER16(model->blob, n_stages);
  was = emlrt_float_begin(); /* leaves that stand for all rows are added now */
  made = make(host, model->blob);
  emlrt_float_end(was);
  if (made) return host;
  emlrt_host_free(host);
  return NULL;
}

void emlrt_host_free(emlrt_host *host) {
  unsigned k;
  if (host == NULL) return;
  for (k = 0; host->forests != NULL && k < host->n_stages; k++)
    emlrt_forest_free(host->forests[k]);
  free(host->forests);
  free(host->needed);
  free(host->inputs);
  free(host->shares);
  emlrt_bin_columns_free(&host->shared);
  free(host);
}
