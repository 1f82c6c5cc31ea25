/* SPDX-License-Identifier: MIT
 *
 * Second-order sections, each over all samples of a channel before the next one.
 */
#include "biquads.h"

/* The way of one section over the samples of one channel. */
typedef struct emlrt_pass {
  const float *x;
  float *y;
  emlrt_count n;
  ptrdiff_t step; /* from sample to sample */
  float kept[3];  /* u, v, and what v has lost by rounding */
} emlrt_pass;

/* The loop of every form, which differs in how u and v move on. */
EMLRT_INLINE void emlrt_biquad_loop(emlrt_pass *pass, emlrt_rom section,
                                    uint32_t form) {
  float p = emlrt_rf32(section, EMLRT_AT(emlrt_biquad, p));
  float q = emlrt_rf32(section, EMLRT_AT(emlrt_biquad, q));
  float b = emlrt_rf32(section, EMLRT_AT(emlrt_biquad, b));
  float r = emlrt_rf32(section, EMLRT_AT(emlrt_biquad, r));
  float s = emlrt_rf32(section, EMLRT_AT(emlrt_biquad, s));
  float u = pass->kept[0], v = pass->kept[1], lost = pass->kept[2];
  const float *x = pass->x;
  float *y = pass->y;
  emlrt_count n = pass->n;
  for (;;) {
    float d = emlrt_sub(*x, emlrt_mul(p, u));
    d = emlrt_sub(d, emlrt_mul(q, v));
    *y =
        emlrt_add(emlrt_add(emlrt_mul(b, d), emlrt_mul(r, u)), emlrt_mul(s, v));
    if (form == EMLRT_BIQUAD_DIRECT) {
      v = u;
      u = d;
    } else if (form == EMLRT_BIQUAD_MIRROR) {
      v = emlrt_sub(u, v);
      u = emlrt_sub(d, u);
    } else {
      if (form == EMLRT_BIQUAD_FINE) {
        float more = emlrt_add(u, lost);
        float sum = emlrt_add(v, more);
        lost = emlrt_sub(more, emlrt_sub(sum, v));
        v = sum;
      } else {
        v = emlrt_add(v, u);
      }
      u = emlrt_add(u, d);
    }
    if (--n == 0) break;
    x += pass->step;
    y += pass->step;
  }
  pass->kept[0] = u;
  pass->kept[1] = v;
  pass->kept[2] = lost;
}

/* A loop for each form; where size counts and floats are calls, beside which a look at
 * the form is little, one for all. */
static void emlrt_biquad_pass(emlrt_pass *pass, emlrt_rom section) {
  uint32_t form = emlrt_r32(section, EMLRT_AT(emlrt_biquad, form));
#if defined(__OPTIMIZE_SIZE__) && (EMLRT_SOFT || defined(__AVR__))
  emlrt_biquad_loop(pass, section, form);
#else
  switch (form) {
    case EMLRT_BIQUAD_DIRECT:
      emlrt_biquad_loop(pass, section, EMLRT_BIQUAD_DIRECT);
      break;
    case EMLRT_BIQUAD_DELTA:
      emlrt_biquad_loop(pass, section, EMLRT_BIQUAD_DELTA);
      break;
    case EMLRT_BIQUAD_FINE:
      emlrt_biquad_loop(pass, section, EMLRT_BIQUAD_FINE);
      break;
    default: emlrt_biquad_loop(pass, section, EMLRT_BIQUAD_MIRROR);
  }
#endif
}

/* u and v as they are once x has long been the first sample. */
static void emlrt_biquad_steady(emlrt_pass *pass, emlrt_rom section) {
  uint32_t form = emlrt_r32(section, EMLRT_AT(emlrt_biquad, form));
  float ahead = form == EMLRT_BIQUAD_DIRECT   ? 1.0f
                : form == EMLRT_BIQUAD_MIRROR ? 2.0f
                                              : 0.0f;
  float sum = emlrt_add(ahead, emlrt_rf32(section, EMLRT_AT(emlrt_biquad, p)));
  sum = emlrt_add(emlrt_mul(ahead, sum),
                  emlrt_rf32(section, EMLRT_AT(emlrt_biquad, q)));
  pass->kept[1] = emlrt_div(*pass->x, sum);
  pass->kept[0] = emlrt_mul(ahead, pass->kept[1]);
}

/* One section over one channel, from rest, from a steady state or from where the last
 * run ended. */
static void emlrt_biquad_run(emlrt_pass *pass, emlrt_rom section,
                             unsigned flags, emlrt_aliasf *kept) {
  unsigned i;
  for (i = 0; i < EMLRT_BIQUAD_KEPT; i++)
    pass->kept[i] = kept != NULL ? kept[i] : 0.0f;
  if ((flags & EMLRT_BIQUADS_STEADY) != 0) emlrt_biquad_steady(pass, section);
  emlrt_biquad_pass(pass, section);
  for (i = 0; kept != NULL && i < EMLRT_BIQUAD_KEPT; i++)
    ((emlrt_alias32 *)(void *)kept)[i] =
        emlrt_one_nan(emlrt_bits(pass->kept[i]));
}

void emlrt_cascade_run(const emlrt_cascade *cascade) {
  const float *x = cascade->x;
  emlrt_aliasf *kept = cascade->kept;
  emlrt_count c, last = 0;
  uint32_t o;
  emlrt_pass pass;
  pass.step = (ptrdiff_t)cascade->channels;
  pass.n = cascade->n / cascade->channels;
  if ((cascade->flags & EMLRT_BIQUADS_BACKWARD) != 0) {
    pass.step = -pass.step;
    last = cascade->n - cascade->channels;
  }
  for (o = 0; o < cascade->size; x = cascade->y) {
    emlrt_rom section = emlrt_rom_at(cascade->sections, (emlrt_off)o);
    for (c = 0; c < cascade->channels; c++) {
      pass.x = x + last + c;
      pass.y = cascade->y + last + c;
      emlrt_biquad_run(&pass, section, cascade->flags, kept);
      if (kept != NULL) kept += EMLRT_BIQUAD_KEPT;
    }
    o += (uint32_t)EMLRT_OCTETS(emlrt_biquad);
  }
}
