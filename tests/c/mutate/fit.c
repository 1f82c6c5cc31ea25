/* SPDX-License-Identifier: MIT */
#include "fit.h"

#include <emlrt/format.h>

#include "../octets.h"

/* Payloads that would be larger are left as they are. */
#define MOST_FIT 16384u
#define UNKNOWN UINT64_MAX

/* A number of the payload, 0 where it has none. */
static uint32_t word(const part *p, uint32_t at) {
  return p->payload.size >= at + 4 ? get32(p->payload.at + at) : 0;
}
static uint32_t half(const part *p, uint32_t at) {
  return word(p, at & ~3u) >> (at % 4 * 8) & 0xFFFFu;
}

static uint64_t pad4(uint64_t octets) { return (octets + 3) & ~(uint64_t)3; }

/* Ops of one kind of function of a number each, without a payload. */
static int is_plain_map(uint32_t op) {
  return (op >= EMLRT_OP_LOGISTIC && op <= EMLRT_OP_GELU_TANH) ||
         op == EMLRT_OP_CAST_U8 || op == EMLRT_OP_CAST_I16 ||
         op == EMLRT_OP_SOFTMAX;
}

void fit_counts(part *p) {
  uint32_t n = p->field[IN_COUNT], *out = &p->field[OUT_COUNT];
  if (is_plain_map(p->field[OP])) *out = n;
  switch (p->field[OP]) {
    case EMLRT_OP_VOTES_TO_PROBA:
    case EMLRT_OP_AFFINE:
    case EMLRT_OP_RELU:
    case EMLRT_OP_ELU:
    case EMLRT_OP_CLIP:
    case EMLRT_OP_STEP:
    case EMLRT_OP_POWER:
    case EMLRT_OP_NORMALIZE:
    case EMLRT_OP_ONEHOT_ARGMAX:
    case EMLRT_OP_IMPUTE:
    case EMLRT_OP_NDTRI_TWO_SIDED:
    case EMLRT_OP_MAP_VALUES:
    case EMLRT_OP_INTERPOLATE: *out = n; break;
    case EMLRT_OP_LOGSUMEXP:
    case EMLRT_OP_MEDIAN:
    case EMLRT_OP_NEIGHBOR_DENSITY: *out = 1; break;
    case EMLRT_OP_COMPLEMENT: *out = n < 0x8000000 ? 2 * n : n; break;
    case EMLRT_OP_NEAREST:
    case EMLRT_OP_NEAREST_POWER: *out = 2 * half(p, 4); break;
    case EMLRT_OP_NEAREST_I16: *out = 3 * half(p, 4); break;
    case EMLRT_OP_NEIGHBOR_MEANS: *out = half(p, 4); break;
    default: break;
  }
}

static uint64_t bits_set(uint32_t flags) {
  uint64_t n = 0;
  for (; flags != 0; flags >>= 1) n += flags & 1u;
  return n;
}

/* Of neighbours, whose payload starts with how many they are. */
static uint64_t neighbors_size(const part *p, uint64_t n) {
  uint64_t items = word(p, 0);
  unsigned wide = half(p, 6) & 1u;
  if (items > MOST_FIT) return UNKNOWN;
  switch (p->field[OP]) {
    case EMLRT_OP_NEAREST: return 8 + 4 * items * n;
    case EMLRT_OP_NEAREST_POWER: return 16 + 4 * items * n;
    case EMLRT_OP_NEAREST_I16:
      return pad4(12 + items * n * (half(p, 8) == 2 ? 2 : 1));
    case EMLRT_OP_NEIGHBOR_VOTES:
    case EMLRT_OP_NEIGHBOR_SHARES: return 8 + pad4(items * half(p, 4) << wide);
    case EMLRT_OP_NEIGHBOR_MEANS: return 8 + 4 * items * half(p, 4);
    case EMLRT_OP_NEIGHBOR_DENSITY: return 16 + 8 * items;
    case EMLRT_OP_BISECTING_KMEANS: return 4 + items * (8 + 8 * n);
    default: return UNKNOWN;
  }
}

/* Of gaussians and kernels. */
static uint64_t gauss_size(const part *p, uint64_t n, uint64_t k) {
  uint64_t low = word(p, 0) & 1u, shared = word(p, 0) >> 1 & 1u;
  uint64_t sums = k == 1 ? 1 : k / 2, sections = word(p, 0), rows = 0, i;
  switch (p->field[OP]) {
    case EMLRT_OP_GAUSS_DIAG:
      return 4 + 4 * (k + n * k * (2 + low - shared) + shared * k);
    case EMLRT_OP_GAUSS_FULL:
      return 4 +
             4 * (k + n * k * (1 + low) + n * (n + 1) / 2 * (shared ? 1 : k));
    case EMLRT_OP_KERNEL_DOT:
    case EMLRT_OP_KERNEL_RBF:
    case EMLRT_OP_KERNEL_TANH:
    case EMLRT_OP_KERNEL_MATERN:
      if (sections == 0 || sections > 64) return UNKNOWN;
      for (i = 0; i < sections; i++) rows += word(p, 8 + 4 * (uint32_t)i);
      if (rows > MOST_FIT) return UNKNOWN;
      return 8 + 4 * sections + 4 + 4 * sums +
             4 * rows * (n + (sections == 1 ? sums : sections - 1));
    case EMLRT_OP_OVO: return 8;
    case EMLRT_OP_PAIRWISE_COUPLING: return 4 + 8 * n;
    default: return neighbors_size(p, n);
  }
}

/* The size that the payload must have, or UNKNOWN. Counts are below 2^16. */
static uint64_t wanted_size(const part *p, uint64_t n, uint64_t out) {
  if (is_plain_map(p->field[OP])) return 0;
  switch (p->field[OP]) {
    case EMLRT_OP_COMPLEMENT:
    case EMLRT_OP_LOGSUMEXP: return 0;
    case EMLRT_OP_VOTES_TO_PROBA:
    case EMLRT_OP_NORMALIZE:
    case EMLRT_OP_NDTRI_TWO_SIDED: return 4;
    case EMLRT_OP_ELU:
    case EMLRT_OP_CLIP: return 8;
    case EMLRT_OP_RELU: return 16;
    case EMLRT_OP_STEP:
    case EMLRT_OP_MEDIAN: return 4 * n;
    case EMLRT_OP_POWER: return 4 + 4 * n * (1 + (word(p, 0) & 1u));
    case EMLRT_OP_AFFINE: return 4 + 4 * n * bits_set(word(p, 0) & 15u);
    case EMLRT_OP_DISTANCES: return 4 + 4 * n * out;
    case EMLRT_OP_DENSE: return 4 + 4 * (out + out * n);
    case EMLRT_OP_GATHER: return pad4(2 * out);
    case EMLRT_OP_POLYNOMIAL: return 4 * out;
    case EMLRT_OP_WEIGHTED_SUM: return n / (out ? out : 1) * 4;
    case EMLRT_OP_IMPUTE: return 4 + 4 * out;
    case EMLRT_OP_ONE_HOT: return 8 * out;
    default: return gauss_size(p, n, out);
  }
}

void fit_payload(form *f, part *p) {
  uint64_t size = UNKNOWN;
  if (p->field[IN_COUNT] < 0x10000 && p->field[OUT_COUNT] < 0x10000)
    size = wanted_size(p, p->field[IN_COUNT], p->field[OUT_COUNT]);
  if (size <= MOST_FIT) form_resize(f, &p->payload, (uint32_t)size);
}
