/* SPDX-License-Identifier: MIT */
#include "form.h"

#include <string.h>

#include "../octets.h"

const unsigned char header_bits[HEADER_FIELDS] = {
    32, 16, 16, 32, 32, 32, 32, 32, 32, 32, 32, 16, 16, 16, 16};
const unsigned char stage_bits[STAGE_FIELDS] = {32, 32, 32, 32, 32, 32, 16, 16};

#define HEADER_OCTETS 48u
#define STAGE_OCTETS 28u

/* Reads fields that stand one after another; returns where the last one ends. */
static const uint8_t *read_fields(const uint8_t *at, const unsigned char *bits,
                                  unsigned n, uint32_t *fields) {
  for (; n != 0; n--, bits++, fields++) {
    *fields = *bits == 32 ? get32(at) : at[0] | (uint32_t)at[1] << 8;
    at += *bits / 8;
  }
  return at;
}

static uint8_t *write_fields(uint8_t *at, const unsigned char *bits, unsigned n,
                             const uint32_t *fields) {
  for (; n != 0; n--, bits++, fields++) {
    if (*bits == 32) put32(at, *fields);
    at[0] = (uint8_t)(*fields & 0xFFu);
    at[1] = (uint8_t)(*fields >> 8 & 0xFFu);
    at += *bits / 8;
  }
  return at;
}

piece form_copy(form *f, const uint8_t *octets, uint32_t size) {
  piece p;
  if (size > sizeof f->pool - f->used)
    size = (uint32_t)(sizeof f->pool - f->used) & ~3u;
  p.at = f->pool + f->used;
  p.size = size;
  if (size != 0) memcpy(p.at, octets, size);
  f->used += size;
  return p;
}

void form_resize(form *f, piece *p, uint32_t size) {
  piece was = *p;
  uint32_t i;
  if (size > MOST_BLOB) size = MOST_BLOB;
  if (size <= was.size) {
    p->size = size;
    return;
  }
  if (size > sizeof f->pool - f->used) return;
  p->at = f->pool + f->used;
  p->size = size;
  f->used += size;
  for (i = 0; i < size; i++) p->at[i] = was.size ? was.at[i % was.size] : 0;
}

/* The stages from `at` on, whose payloads follow their table. */
static int read_stages(form *f, const uint8_t *at, size_t left, unsigned n) {
  const uint8_t *payload;
  if (n > MOST_STAGES || left / STAGE_OCTETS < n) return 0;
  payload = at + n * STAGE_OCTETS;
  left -= n * STAGE_OCTETS;
  for (f->n_stages = 0; f->n_stages < n; f->n_stages++) {
    part *p = &f->stage[f->n_stages];
    at = read_fields(at, stage_bits, STAGE_FIELDS, p->field);
    if (p->field[SIZE] > left) return 0;
    p->payload = form_copy(f, payload, p->field[SIZE]);
    payload += p->field[SIZE];
    left -= p->field[SIZE];
  }
  return left == 0;
}

static void read_sections(form *f, const uint8_t *at, size_t left) {
  for (f->n_sections = 0; left != 0 && f->n_sections < MOST_SECTIONS;
       f->n_sections++) {
    uint32_t size = (uint32_t)left;
    if (left >= 8 && get32(at + 4) <= left - 8)
      size = 8 + ((get32(at + 4) + 3u) & ~3u);
    if (size > left) size = (uint32_t)left;
    f->section[f->n_sections] = form_copy(f, at, size);
    at += size;
    left -= size;
  }
}

int form_read(form *f, const uint8_t *octets, size_t size) {
  uint32_t body, groups;
  if (size < HEADER_OCTETS || size > MOST_BLOB) return 0;
  f->used = 0;
  read_fields(octets, header_bits, HEADER_FIELDS, f->header);
  body = f->header[BODY_SIZE];
  groups = f->header[N_OUTPUTS] * 4u;
  if (body > size || body < HEADER_OCTETS || body - HEADER_OCTETS < groups)
    return 0;
  f->groups = form_copy(f, octets + HEADER_OCTETS, groups);
  groups += HEADER_OCTETS;
  if (!read_stages(f, octets + groups, body - groups, f->header[N_STAGES]))
    return 0;
  read_sections(f, octets + body, size - body);
  return 1;
}

static size_t form_size(const form *f, size_t *body) {
  size_t size = HEADER_OCTETS + f->groups.size + f->n_stages * STAGE_OCTETS;
  unsigned i;
  for (i = 0; i < f->n_stages; i++) size += f->stage[i].payload.size;
  *body = size;
  for (i = 0; i < f->n_sections; i++) size += f->section[i].size;
  return size;
}

static uint8_t *write_piece(uint8_t *at, const piece *p) {
  if (p->size != 0) memcpy(at, p->at, p->size);
  return at + p->size;
}

size_t form_write(const form *f, uint8_t *octets, size_t most) {
  uint32_t header[HEADER_FIELDS];
  size_t body, size = form_size(f, &body);
  unsigned i;
  if (size > most) return 0;
  memcpy(header, f->header, sizeof header);
  header[TOTAL_SIZE] = (uint32_t)size;
  header[BODY_SIZE] = (uint32_t)body;
  header[N_OUTPUTS] = f->groups.size / 4;
  header[N_STAGES] = f->n_stages;
  octets = write_fields(octets, header_bits, HEADER_FIELDS, header);
  octets = write_piece(octets, &f->groups);
  for (i = 0; i < f->n_stages; i++) {
    part p = f->stage[i];
    p.field[SIZE] = p.payload.size;
    octets = write_fields(octets, stage_bits, STAGE_FIELDS, p.field);
  }
  for (i = 0; i < f->n_stages; i++)
    octets = write_piece(octets, &f->stage[i].payload);
  for (i = 0; i < f->n_sections; i++)
    octets = write_piece(octets, &f->section[i]);
  return size;
}

unsigned part_dtype(const part *p, unsigned side) {
  return p->field[OP] >> (8 * side) & 0xFFu;
}

uint32_t part_octets(const part *p, unsigned side) {
  uint64_t octets = (uint64_t)p->field[side ? OUT_COUNT : IN_COUNT]
                    << (part_dtype(p, side) & 3u);
  return octets > UINT32_MAX ? UINT32_MAX : (uint32_t)octets;
}

uint32_t part_end(const part *p, unsigned side) {
  uint32_t from = p->field[side ? OUT_OFFSET : IN_OFFSET];
  uint32_t octets = part_octets(p, side);
  return octets > UINT32_MAX - from ? UINT32_MAX : from + octets;
}
