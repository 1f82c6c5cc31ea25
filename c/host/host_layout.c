/* SPDX-License-Identifier: MIT
 *
 * emlrt_host_new: lays out every stage of trees, and finds the ranks that nobody
 * needs any more.
 */
#include <stdlib.h>

#include "batch.h"

/* Rows of a block where a forest is worth more than a few. */
#define FOREST_ROWS 1024u
#define FOREST_OCTETS 1048576u

/* What is known of the ranks that lie in the arena. */
typedef struct ranking {
  emlrt_call call;
  unsigned stage; /* that makes them; n_stages if there are none */
  uint32_t inputs; /* where in x it reads */
  uint32_t from, to;
} ranking;

static emlrt_call call_of(emlrt_rom stage, emlrt_rom payload) {
  emlrt_call call;
  call.payload = payload;
  call.size = EMLRT_STAGE32(stage, size);
  call.n_in = EMLRT_STAGE32(stage, in_count);
  call.n_out = EMLRT_STAGE32(stage, out_count);
  call.in = NULL;
  call.out = NULL;
  call.limit = UINT32_MAX;
  return call;
}

static int is_rank(uint32_t op) {
  return op == EMLRT_OP_RANK_U8 || op == EMLRT_OP_RANK_I16;
}

/* Whether octets of the arena and the ranks are the same. */
static int meets(const ranking *ranks, unsigned space, uint32_t from,
                 uint32_t octets) {
  return space == EMLRT_SPACE_ARENA && from < ranks->to &&
         ranks->from < from + octets;
}

/* Lays out a stage. Says in host->needed if it needs the ranks as they are. */
static void read_stage(emlrt_host *host, unsigned k, emlrt_rom stage,
                       const emlrt_call *call, const ranking *ranks) {
  uint32_t op = EMLRT_STAGE32(stage, op);
  uint32_t from = EMLRT_STAGE32(stage, in_offset);
  int reads = ranks->stage < host->n_stages &&
              meets(ranks, EMLRT_STAGE16(stage, in_space), from,
                    call->n_in << (op & 3u));
  int whole = reads && from == ranks->from && call->n_in == ranks->call.n_out;
  host->inputs[k] = EMLRT_HOST_DIRECT;
  if (whole) host->forests[k] = emlrt_forest_new(call, op, &ranks->call);
  if (host->forests[k] != NULL) {
    host->inputs[k] = ranks->inputs;
    return;
  }
  host->forests[k] = emlrt_forest_new(call, op, NULL);
  if (reads) host->needed[ranks->stage] = 1;
}

/* Notes what a stage writes: ranks, or something in their place. */
static void write_stage(emlrt_host *host, unsigned k, emlrt_rom stage,
                        const emlrt_call *call, ranking *ranks) {
  uint32_t op = EMLRT_STAGE32(stage, op);
  uint32_t from = EMLRT_STAGE32(stage, out_offset);
  uint32_t octets = call->n_out << (op >> 8 & 3u);
  unsigned space = EMLRT_STAGE16(stage, out_space);
  if (meets(ranks, space, from, octets)) ranks->stage = host->n_stages;
  host->needed[k] = 1;
  if (!is_rank(op) || space != EMLRT_SPACE_ARENA ||
      EMLRT_STAGE16(stage, in_space) != EMLRT_SPACE_INPUT)
    return;
  host->needed[k] = 0;
  ranks->call = *call;
  ranks->stage = k;
  ranks->from = from;
  ranks->to = from + octets;
  ranks->inputs = EMLRT_STAGE32(stage, in_offset);
}

static int take_host(emlrt_host *host) {
  host->forests = (emlrt_forest **)emlrt_take(host->n_stages,
                                              sizeof *host->forests);
  host->needed = (unsigned char *)emlrt_take(host->n_stages, 1);
  host->inputs = (uint32_t *)emlrt_take(host->n_stages, sizeof(uint32_t));
  return host->forests != NULL && host->needed != NULL && host->inputs != NULL;
}

unsigned emlrt_host_stages(const emlrt_host *host) {
  unsigned k, n = 0;
  for (k = 0; host != NULL && k < host->n_stages; k++)
    n += host->forests[k] != NULL;
  return n;
}

/* Rows at a time: more if there are forests, as far as memory is near. */
static size_t rows_of(const emlrt_host *host, emlrt_rom blob) {
  size_t octets = EMLRT_HEADER32(blob, arena_size) +
                  (size_t)EMLRT_HEADER32(blob, score_size);
  size_t rows = FOREST_OCTETS / (octets + 1);
  if ((emlrt_host_stages(host) == 0 && !host->wide) || rows < EMLRT_BATCH)
    return EMLRT_BATCH;
  return rows < FOREST_ROWS ? rows : FOREST_ROWS;
}

static void lay_out(emlrt_host *host, emlrt_rom blob) {
  emlrt_rom stage = emlrt_stages(blob);
  emlrt_rom payload =
      emlrt_rom_at(stage, (size_t)host->n_stages * EMLRT_OCTETS(emlrt_stage));
  ranking ranks;
  unsigned k;
  ranks.stage = host->n_stages;
  ranks.inputs = ranks.from = ranks.to = 0;
  for (k = 0; k < host->n_stages; k++) {
    emlrt_call call = call_of(stage, payload);
    host->wide |= EMLRT_STAGE32(stage, op) == EMLRT_OP_OBLIVIOUS_U8;
    read_stage(host, k, stage, &call, &ranks);
    write_stage(host, k, stage, &call, &ranks);
    payload = emlrt_rom_at(payload, call.size);
    stage = emlrt_rom_at(stage, EMLRT_OCTETS(emlrt_stage));
  }
  host->rows = rows_of(host, blob);
}

emlrt_host *emlrt_host_new(const emlrt_model *model) {
  emlrt_host *host;
  if (!emlrt_is_open(model)) return NULL;
  host = (emlrt_host *)emlrt_take(1, sizeof *host);
  if (host == NULL) return NULL;
  host->n_stages = EMLRT_HEADER16(model->blob, n_stages);
  if (!take_host(host)) {
    emlrt_host_free(host);
    return NULL;
  }
  lay_out(host, model->blob);
  return host;
}

void emlrt_host_free(emlrt_host *host) {
  unsigned k;
  if (host == NULL) return;
  for (k = 0; host->forests != NULL && k < host->n_stages; k++)
    emlrt_forest_free(host->forests[k]);
  free(host->forests);
  free(host->needed);
  free(host->inputs);
  free(host);
}
