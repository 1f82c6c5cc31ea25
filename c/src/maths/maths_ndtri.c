/* SPDX-License-Identifier: MIT
 *
 * Quantiles of the normal distribution: x = 2 p - 1 times a polynomial of
 * w = -log(4 p (1 - p)) up to 4, then of its root.
 */
#include "maths_wide.h"

/* Of w / 8, in units of 2^-28. */
static const int32_t emlrt_ndtri_near[10] EMLRT_TABLE_PLACE = {
    336433952, 704625466, 280615023,   -454236645, -193475136,
    530304209, 467477605, -1694786039, 1518139008, -489260116};
/* Of (s - 2.625) / 2, (s - 4.25) / 4 and (s - 7.75) / 8, s the root of w, in
 * units of 2^-27. */
static const int32_t emlrt_ndtri_far[3 * 9] EMLRT_TABLE_PLACE = {
    466791325,  375733762,  19095344,  -34437366, 46109783,  -35947584,
    -3800538,   39722199,   -26928140, 776755289, 766826241, 2163414,
    -7407934,   10429406,   -11193680, 12881914,  -58855464, 133171223,
    1447355142, 1530413368, -5875866,  1693626,   1580258,   -4003470,
    5903308,    -11495858,  15296009};

EMLRT_WRAPS static int32_t emlrt_ndtri_tail(uint32_t w, int32_t e) {
  uint32_t rest, s = emlrt_root(w, e, 1, &rest) << (e >> 1), from;
  unsigned i;
  if (s < UINT32_C(0x34000000)) {
    i = 0;
    from = UINT32_C(0x2A000000);
  } else if (s < UINT32_C(0x54000000)) {
    i = 1;
    from = UINT32_C(0x44000000);
  } else {
    i = 2;
    from = UINT32_C(0x7C000000);
  }
  return emlrt_polynomial(EMLRT_TABLE(emlrt_ndtri_far, i * 9), 9,
                          (int32_t)(s - from) * (8 >> i));
}

uint32_t emlrt_ndtri(uint32_t x) {
  uint32_t sign = EMLRT_SIGN_BIT, m, p, w;
  int32_t e, r;
  if ((x & ~EMLRT_SIGN_BIT) == 0) return EMLRT_SIGN_BIT | EMLRT_INFINITY_BITS;
  if (x >= UINT32_C(0x3F800000))
    return x == UINT32_C(0x3F800000) ? EMLRT_INFINITY_BITS : EMLRT_NAN_BITS;
  p = emlrt_unpack(x, &e);
  if (e == -1) { /* 1/2 and above: the same of 1 - p */
    if (p == EMLRT_ONE) return 0;
    sign = 0;
    p = ~p + 1;
    e -= emlrt_lift(&p);
  }
  m = EMLRT_ONE - emlrt_down(p, -1 - e);
  w = emlrt_mulhi(p, m - 1 + EMLRT_ONE);
  e += 2;
  e -= emlrt_lift(&w);
  w = emlrt_log_wide(w, &e, &p);
  if (w == 0 || e < 2) {
    r = emlrt_polynomial(EMLRT_TABLE(emlrt_ndtri_near, 0), 10,
                         w == 0 ? 0 : (int32_t)emlrt_down(w, 2 - e));
    e = 4;
  } else {
    r = emlrt_ndtri_tail(w, e);
    e = 5;
  }
  e -= emlrt_lift(&m);
  m = emlrt_mulhi(m, (uint32_t)r);
  e -= emlrt_lift(&m);
  return emlrt_round(sign, m, e);
}
