/* SPDX-License-Identifier: MIT
 *
 * Pairwise coupling: from decisions between pairs of classes to probabilities of
 * all classes, by the second method of Wu, Lin and Weng (2004). It ends after a
 * fixed number of rounds at the latest.
 */
#include "kernel.h"

#define EMLRT_PAIR_ROUNDS 100
/* 1e-7, 1 - 1e-7 and 0.005. */
#define EMLRT_PAIR_LEAST UINT32_C(0x33D6BF95)
#define EMLRT_PAIR_MOST UINT32_C(0x3F7FFFFE)
#define EMLRT_PAIR_NEAR UINT32_C(0x3BA3D70A)

static emlrt_status emlrt_check_pairwise_coupling(emlrt_call *call) {
  uint32_t left = call->size, classes, n;
  if (left < EMLRT_OCTETS(emlrt_pairwise_coupling)) return EMLRT_ERR_PAYLOAD;
  left -= (uint32_t)EMLRT_OCTETS(emlrt_pairwise_coupling);
  classes =
      emlrt_r32(call->payload, EMLRT_AT(emlrt_pairwise_coupling, n_classes));
  if (!emlrt_are_pairs(call->n_in, classes) ||
      !emlrt_take_floats(&left, 2, call->n_in) || left != 0)
    return EMLRT_ERR_PAYLOAD;
  /* classes is small now: all of its pairs have numbers in the payload. */
  n = classes > EMLRT_PAIR_ROUNDS ? classes : EMLRT_PAIR_ROUNDS;
  emlrt_charge(call, n, call->n_in);
  for (n = call->n_in; classes != 0; classes--) n += 3;
  if (n != call->n_out ||
      !emlrt_finite(
          emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_pairwise_coupling)),
          (call->size - (uint32_t)EMLRT_OCTETS(emlrt_pairwise_coupling)) / 4))
    return EMLRT_ERR_PAYLOAD;
  return emlrt_float_status();
}

/* The logistic function, kept from 0 and 1. */
static float emlrt_pair_proba(uint32_t bits) {
  bits = emlrt_logistic(bits);
  if (bits < EMLRT_PAIR_LEAST) bits = EMLRT_PAIR_LEAST;
  if (bits > EMLRT_PAIR_MOST && !emlrt_is_nan(bits)) bits = EMLRT_PAIR_MOST;
  return emlrt_float(bits);
}

/* Fills Q: `own` is its diagonal, `pairs` the rest, which is symmetric. */
static void emlrt_pair_matrix(const emlrt_call *call, emlrt_count k, float *own,
                              float *pairs) {
  const float *x = (const float *)call->in;
  emlrt_rom at =
      emlrt_rom_at(call->payload, EMLRT_OCTETS(emlrt_pairwise_coupling));
  emlrt_off step = (emlrt_off)call->n_in * 4u;
  emlrt_count i, j;
  for (i = 0; i < k; i++) {
    own[i] = 0.0f;
    EMLRT_KEEP_LOOP();
  }
  for (i = 0; i < k; i++)
    for (j = (emlrt_count)(i + 1); j < k; j++, at = emlrt_rom_at(at, 4)) {
      float f = emlrt_mul(*x++, emlrt_rf32(at, 0)), first, second;
      f = emlrt_add(f, emlrt_rf32(emlrt_rom_at(at, step), 0));
      second = emlrt_pair_proba(emlrt_bits(f));
      first = emlrt_pair_proba(emlrt_bits(f) ^ EMLRT_SIGN_BIT);
      own[i] = emlrt_add(own[i], emlrt_mul(second, second));
      own[j] = emlrt_add(own[j], emlrt_mul(first, first));
      *pairs++ = -emlrt_mul(second, first);
    }
}

/* Fills Qp with the product of Q and p; returns p . Qp. */
static float emlrt_pair_product(emlrt_count k, const float *own,
                                const float *pairs, const float *p, float *qp) {
  float total = 0.0f;
  emlrt_count c, m;
  for (c = 0; c < k; c++) {
    emlrt_count next = c;
    float sum = emlrt_mul(own[c], p[c]);
    for (m = 0; m + 1 < k; m++) {
      float q = pairs[emlrt_next_pair(&next, m, c, k)];
      sum = emlrt_add(sum, emlrt_mul(q, p[m < c ? m : m + 1]));
    }
    qp[c] = sum;
    total = emlrt_add(total, emlrt_mul(p[c], sum));
  }
  return total;
}

/* Whether all of Qp are nearer to their mean than `near`. */
static int emlrt_pair_settled(emlrt_count k, const float *qp, float total,
                              uint32_t near_bits) {
  for (; k != 0; k--) {
    uint32_t error = emlrt_bits(emlrt_sub(*qp++, total)) & ~EMLRT_SIGN_BIT;
    if (error >= near_bits) return 0;
  }
  return 1;
}

/* One class after the other to the best probability, all others given. */
static void emlrt_pair_round(emlrt_count k, const float *own,
                             const float *pairs, float *p, float *qp,
                             float total) {
  emlrt_count c, m;
  for (c = 0; c < k; c++) {
    emlrt_count next = c;
    float step = emlrt_div(emlrt_sub(total, qp[c]), own[c]);
    float sum = emlrt_add(1.0f, step), part = emlrt_mul(step, own[c]);
    p[c] = emlrt_add(p[c], step);
    part = emlrt_mul(step, emlrt_add(part, emlrt_add(qp[c], qp[c])));
    total = emlrt_div(emlrt_div(emlrt_add(total, part), sum), sum);
    qp[c] = emlrt_add(qp[c], emlrt_mul(step, own[c]));
    for (m = 0; m + 1 < k; m++) {
      float *other = qp + (m < c ? m : m + 1);
      float q = pairs[emlrt_next_pair(&next, m, c, k)];
      *other = emlrt_add(*other, emlrt_mul(step, q));
    }
    for (m = 0; m < k; m++) {
      qp[m] = emlrt_div(qp[m], sum);
      p[m] = emlrt_div(p[m], sum);
    }
  }
}

void emlrt_run_pairwise_coupling(const emlrt_call *call) {
  emlrt_count k = (emlrt_count)emlrt_r32(
      call->payload, EMLRT_AT(emlrt_pairwise_coupling, n_classes));
  float *p = (float *)call->out, *qp = p + k, *own = qp + k, *pairs = own + k;
  emlrt_rounded classes = (float)k;
  uint32_t near_bits =
      emlrt_bits(emlrt_div(emlrt_float(EMLRT_PAIR_NEAR), classes));
  emlrt_count i, rounds = EMLRT_PAIR_ROUNDS;
  if (k > rounds) rounds = k;
  emlrt_pair_matrix(call, k, own, pairs);
  for (i = 0; i < k; i++) p[i] = emlrt_div(1.0f, classes);
  for (; rounds != 0; rounds--) {
    float total = emlrt_pair_product(k, own, pairs, p, qp);
    if (emlrt_pair_settled(k, qp, total, near_bits)) break;
    emlrt_pair_round(k, own, pairs, p, qp, total);
  }
  for (i = 0; i < call->n_out; i++) emlrt_put(p + i, p[i]);
}

const emlrt_op emlrt_op_pairwise_coupling EMLRT_OP_PLACE = {
    EMLRT_OP_PAIRWISE_COUPLING, emlrt_check_pairwise_coupling,
    emlrt_run_pairwise_coupling};
