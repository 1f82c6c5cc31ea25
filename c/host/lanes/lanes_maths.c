/* SPDX-License-Identifier: MIT
 *
 * The functions of c/src/maths without a branch, in loops that compilers make
 * vectors of: each path is taken for every number, and the right one is kept.
 */
#include "lanes_kernel.h"

#if defined(EMLRT_LANES_ON)

#include "../../src/maths/maths_wide.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3", "no-math-errno", "no-trapping-math")
#endif

/* Products' high halves, as emlrt_mulhi and its like. parts: a constant, whether by
 * products of halves: where a register has 32-bit products of its 32-bit numbers,
 * that is faster than to widen them and pack what comes of it. */
EMLRT_WRAPS EMLRT_INLINE uint32_t high_of(int parts, uint32_t a, uint32_t b) {
  uint32_t a_low = a & 0xFFFFu, b_low = b & 0xFFFFu, low, mid;
  if (!parts) return emlrt_mulhi(a, b);
  a >>= 16;
  b >>= 16;
  low = a_low * b_low >> 16;
  mid = a * b_low + low;
  low = a_low * b + (mid & 0xFFFFu);
  return a * b + (mid >> 16) + (low >> 16);
}

EMLRT_WRAPS EMLRT_INLINE int32_t high_both(int parts, int32_t a, int32_t b) {
  uint32_t a_low = (uint32_t)a & 0xFFFFu, b_low = (uint32_t)b & 0xFFFFu;
  int32_t low, mid;
  if (!parts) return emlrt_mulhi_both(a, b);
  a >>= 16;
  b >>= 16;
  low = (int32_t)(a_low * b_low >> 16);
  mid = a * (int32_t)b_low + low;
  low = (int32_t)a_low * b + (mid & 0xFFFF);
  return a * b + (mid >> 16) + (low >> 16);
}

EMLRT_WRAPS EMLRT_INLINE int32_t high_signed(int parts, int32_t a, uint32_t b) {
  uint32_t product = high_of(parts, (uint32_t)a, b);
  return (int32_t)(a < 0 ? product - b : product);
}

/* Where infinity begins for e^x. */
#define EXP_END UINT32_C(0x42D00000)

/* x, or another number if `odd` is 1: in bits, as a branch would be taken apart. */
EMLRT_WRAPS EMLRT_INLINE uint32_t unless(uint32_t odd, uint32_t x,
                                         uint32_t other) {
  odd = 0 - odd;
  return (x & ~odd) | (other & odd);
}

EMLRT_WRAPS EMLRT_INLINE uint32_t down(uint32_t m, int32_t shift) {
  uint32_t moved = m >> (shift & 31);
  return shift > 31 ? 0 : moved;
}

/* Zeros in front of the top bit; 0 of 0, which has none. By a float: bits below
 * the top one that would round it up are cleared first. */
EMLRT_WRAPS EMLRT_INLINE int32_t zeros(uint32_t m) {
  int32_t top = (int32_t)(m & ~(m >> 1));
  float size = (float)top;
  int32_t n = 158 - (int32_t)(emlrt_bits(size) >> 23);
  return top <= 0 ? 0 : n;
}

EMLRT_WRAPS EMLRT_INLINE uint32_t unpack(uint32_t size, int32_t *e) {
  uint32_t m = (size << 8) | EMLRT_ONE, low = size << 8;
  int32_t lift = zeros(low), plain = (int32_t)(size >> 23) - 127;
  int small = size < UINT32_C(0x00800000);
  *e = small ? -126 - lift : plain;
  return small ? low << lift : m;
}

EMLRT_WRAPS EMLRT_INLINE uint32_t rounded(uint32_t sign, uint32_t m,
                                          int32_t e) {
  uint32_t kept, rest, bits;
  int32_t lost;
  e += 126;
  lost = e < 0 ? -e : 0;
  lost = lost > 31 ? 31 : lost;
  kept = m >> lost;
  kept |= (kept << lost) != m;
  e = e < 0 ? 0 : e;
  rest = (kept & 0xFFu) + 0x7Fu + ((kept >> 8) & 1u);
  bits = ((uint32_t)e << 23) + (kept >> 8) + (rest >> 8);
  bits = e > 253 ? EMLRT_INFINITY_BITS : bits;
  return sign | (m == 0 ? 0 : bits);
}

/* As emlrt_exp_reduce. */
EMLRT_WRAPS EMLRT_INLINE int32_t reduce(uint32_t m, int32_t e, uint32_t sign,
                                        int32_t *n) {
  uint32_t above = m << ((e + 1) & 31);
  uint32_t fraction = e < 0 ? down(m, -1 - e) : above;
  uint32_t count = down(m, 23 - e) * 23637u + UINT32_C(0x200000);
  int32_t r;
  count >>= 22;
  fraction -= count * UINT32_C(0xB17217F7) + ((count * 0xD1CFu) >> 16);
  r = (int32_t)fraction;
  *n = sign != 0 ? -(int32_t)count : (int32_t)count;
  return sign != 0 ? -r : r;
}

EMLRT_WRAPS EMLRT_INLINE uint32_t exp_series(int parts, int32_t r) {
  int32_t h = (r + 0x8000) >> 16, a;
  a = 5848 + ((13367 * h) >> 20);
  a = 69904 + ((a * h) >> 15);
  a = INT32_C(89477764) + ((a * h) >> 8);
  a = INT32_C(357913946) + high_both(parts, r, a);
  a = INT32_C(1073741835) + high_both(parts, r, a);
  return EMLRT_ONE + (uint32_t)high_both(parts, r, a);
}

/* Mantissa and exponent of e^x, as emlrt_exp_wide. */
EMLRT_WRAPS EMLRT_INLINE uint32_t exp_wide(int parts, uint32_t x, int32_t *e) {
  uint32_t m = (x << 8) | EMLRT_ONE;
  int32_t n,
      r = reduce(m, (int32_t)((x >> 23) & 0xFF) - 127, x & EMLRT_SIGN_BIT, &n);
  int small;
  m = EMLRT_ONE + (uint32_t)high_signed(parts, r, exp_series(parts, r));
  small = m < EMLRT_ONE;
  *e = n - small;
  return m << small;
}

EMLRT_WRAPS EMLRT_INLINE uint32_t lane_exp(int parts, uint32_t x) {
  uint32_t size = x & ~EMLRT_SIGN_BIT;
  int far = size >= EXP_END;
  int32_t e;
  uint32_t m = exp_wide(parts, unless((uint32_t)far, x, 0), &e),
           near = rounded(0, m, e);
  uint32_t beyond = x == size ? EMLRT_INFINITY_BITS : 0;
  beyond = size > EMLRT_INFINITY_BITS ? EMLRT_NAN_BITS : beyond;
  return far ? beyond : near;
}

/* As emlrt_expm1_wide; any result for 0. */
EMLRT_WRAPS EMLRT_INLINE uint32_t expm1_wide(int parts, uint32_t x,
                                             int32_t *e) {
  int32_t n, r, from, lift;
  uint32_t m = unpack(x & ~EMLRT_SIGN_BIT, &from), q, near, above, below;
  r = reduce(m, from, x & EMLRT_SIGN_BIT, &n);
  q = exp_series(parts, r);
  near = EMLRT_ONE + (uint32_t)high_signed(parts, r, q);
  m = high_of(parts, m, q);
  above = near - down(EMLRT_ONE, n < 0 ? 0 : n);
  below = EMLRT_ONE - down(near, n < 0 ? -n : 0);
  m = n == 0 ? m : n > 0 ? above : below;
  from = n == 0 ? from + 1 : n > 0 ? n : 0;
  lift = zeros(m);
  *e = from - lift;
  return m << lift;
}

EMLRT_WRAPS EMLRT_INLINE uint32_t lane_expm1(int parts, uint32_t x) {
  uint32_t size = x & ~EMLRT_SIGN_BIT, sign = x & EMLRT_SIGN_BIT, m, beyond;
  int far = size >= EXP_END;
  int32_t e;
  m = expm1_wide(parts, unless((uint32_t)far, x, sign), &e);
  m = rounded(sign, m, e);
  m = size == 0 ? x : m;
  beyond = sign != 0 ? UINT32_C(0xBF800000) : EMLRT_INFINITY_BITS;
  beyond = size > EMLRT_INFINITY_BITS ? EMLRT_NAN_BITS : beyond;
  return far ? beyond : m;
}

/* n / d as emlrt_quotient. A quotient of doubles is off by 1 at most. */
EMLRT_WRAPS EMLRT_INLINE uint32_t quotient(uint32_t n, uint32_t d, int32_t *e) {
  double top = (double)(int32_t)(n ^ EMLRT_ONE) + 2147483648.0;
  double bottom = (double)(int32_t)(d ^ EMLRT_ONE) + 2147483648.0;
  uint32_t q = (uint32_t)(int32_t)(top / bottom * 134217728.0), first;
  int64_t rest = (int64_t)(((uint64_t)n << 27) - (uint64_t)q * d);
  q -= rest < 0;
  rest += rest < 0 ? (int64_t)d : 0;
  first = rest >= (int64_t)d;
  q += first;
  rest -= first ? (int64_t)d : 0;
  q <<= 4;
  first = (q & EMLRT_ONE) == 0;
  q <<= first;
  *e -= (int32_t)first;
  return q | (rest != 0);
}

EMLRT_WRAPS EMLRT_INLINE uint32_t lane_logistic(int parts, uint32_t x) {
  uint32_t size = x & ~EMLRT_SIGN_BIT, m, below, above, beyond;
  int far = size >= EXP_END;
  int32_t e, lift;
  m = exp_wide(parts, unless((uint32_t)far, x ^ EMLRT_SIGN_BIT, 0), &e);
  below = EMLRT_ONE + down(m, e < 0 ? -e : 0);
  above = (m >> 1) + down(EMLRT_ONE, e < 0 ? 0 : e + 1);
  m = e < 0 ? below : above;
  e = e < 0 ? 0 : e + 1;
  lift = zeros(m);
  e = lift - e;
  m = quotient(EMLRT_ONE, m << lift, &e);
  m = rounded(0, m, e);
  beyond = x == size ? UINT32_C(0x3F800000) : 0;
  beyond = size > EMLRT_INFINITY_BITS ? EMLRT_NAN_BITS : beyond;
  return far ? beyond : m;
}

EMLRT_WRAPS EMLRT_INLINE uint32_t lane_tanh(int parts, uint32_t x) {
  uint32_t size = x & ~EMLRT_SIGN_BIT, sign = x & EMLRT_SIGN_BIT, m, d, plain;
  int far = size >= UINT32_C(0x41200000), tiny = size < UINT32_C(0x38800000);
  int32_t e, lift;
  plain = unless((uint32_t)(far | tiny), size, UINT32_C(0x3F800000));
  m = expm1_wide(parts, (plain + UINT32_C(0x00800000)) | EMLRT_SIGN_BIT, &e);
  d = EMLRT_ONE - down(m, 1 - e);
  lift = zeros(d);
  e -= 1 - lift;
  m = quotient(m, d << lift, &e);
  m = rounded(sign, m, e);
  plain =
      size > EMLRT_INFINITY_BITS ? EMLRT_NAN_BITS : sign | UINT32_C(0x3F800000);
  m = tiny ? x : m;
  return far ? plain : m;
}

static const uint32_t log_high[17] = {
    0x00000000, 0x0F7518E0, 0x1DA72763, 0x2B7E80D6, 0x38DFF78D, 0x45AD732E,
    0x51C63709, 0xAB9549E3, 0xB5DA97B0, 0xC08DCF25, 0xCA186D62, 0xD4019F1E,
    0xDE510306, 0xE73CBA29, 0xEE9AC911, 0xF81F593C, 0x00000000};
static const uint32_t log_low[17] = {
    0x00FF, 0x03F0, 0x84E3, 0xA8D7, 0xE0CC, 0xB4C2, 0xC7B9, 0x48B1, 0x86AA,
    0x44A3, 0xFF9D, 0xB197, 0x5F91, 0xCE8C, 0x5D88, 0x6283, 0x007F};

/* As emlrt_log_series. */
EMLRT_WRAPS EMLRT_INLINE uint32_t log_series(int parts, int32_t r) {
  int32_t h = r >> 16, a;
  a = 32789 - ((13121 * h) >> 18);
  a = INT32_C(89478467) - ((a * h) >> 8);
  a = high_both(parts, r, a << 4) >> 3;
  return UINT32_C(0x7FFFFFAA) - (uint32_t)a;
}

/* As emlrt_log_near. */
EMLRT_WRAPS EMLRT_INLINE uint32_t log_near(int parts, uint32_t m, int32_t r,
                                           int32_t *e) {
  uint32_t q = log_series(parts, r);
  int32_t lift;
  m = high_of(parts, m, EMLRT_ONE - (uint32_t)(high_signed(parts, r, q) >> 4));
  lift = zeros(m);
  *e += 1 - lift;
  return m << lift;
}

/* As emlrt_lift64, of the halves of a number. */
EMLRT_WRAPS EMLRT_INLINE uint32_t lift_both(uint32_t high, uint32_t low,
                                            int32_t *e) {
  int none = high == 0;
  int32_t lift;
  high = none ? low : high;
  low = none ? 0 : low;
  lift = zeros(high);
  *e -= lift + (none ? 32 : 0);
  return high << lift | low >> 1 >> (31 - lift);
}

/* As emlrt_log_wide. */
EMLRT_WRAPS EMLRT_INLINE uint32_t log_wide(int parts, uint32_t m, int32_t *e,
                                           uint32_t *sign) {
  uint32_t i = (((m >> 26) + 1) >> 1) - 16u, low = log_low[i];
  uint32_t factor = (low & 0xFFu) + 1, size, square, far;
  int32_t r = (int32_t)((m >> 8) * factor - EMLRT_ONE) * 16, lift, from,
          to = 23;
  int near;
  int64_t sum;
  r += (int32_t)(((m & 0xFFu) * factor) >> 4);
  from = *e + (i >= 7);
  near = (from == 0) & ((i & 15u) == 0);
  size = (uint32_t)(r < 0 ? -r : r);
  square = high_of(parts, size, size);
  sum = (int64_t)(from * INT32_C(0xB17217)) * 65536 + from * INT32_C(0xF7D2);
  sum += (int64_t)(int32_t)log_high[i] * 256;
  sum += (int32_t)(low >> 8);
  sum += (int64_t)r * 32;
  sum -= (int64_t)((uint64_t)high_of(parts, square, log_series(parts, r)) * 4);
  *sign = near ? (uint32_t)r & EMLRT_SIGN_BIT : sum < 0 ? EMLRT_SIGN_BIT : 0;
  sum = sum < 0 ? -sum : sum;
  far = lift_both((uint32_t)((uint64_t)sum >> 32), (uint32_t)sum, &to);
  lift = zeros(size);
  from = -4 - lift;
  m = log_near(parts, size << lift, r, &from);
  *e = near ? from : to;
  return near ? m : far;
}

EMLRT_WRAPS EMLRT_INLINE uint32_t lane_log(int parts, uint32_t x) {
  uint32_t size = x & ~EMLRT_SIGN_BIT, m, sign, beyond;
  int odd = (size == 0) | (x >= EMLRT_INFINITY_BITS);
  int32_t e;
  m = unpack(unless((uint32_t)odd, x, UINT32_C(0x40000000)), &e);
  m = log_wide(parts, m, &e, &sign);
  m = rounded(m == 0 ? 0 : sign, m, e);
  beyond = x == EMLRT_INFINITY_BITS ? x : EMLRT_NAN_BITS;
  beyond = size == 0 ? EMLRT_SIGN_BIT | EMLRT_INFINITY_BITS : beyond;
  return odd ? beyond : m;
}

/* As emlrt_log_one_more. */
EMLRT_WRAPS EMLRT_INLINE uint32_t log_one_more(uint32_t m, int32_t *e,
                                               uint32_t sign) {
  int32_t k = *e, lift;
  uint32_t less = EMLRT_ONE - down(m, k < 0 ? -k : 0);
  uint32_t more = EMLRT_ONE + down(m, k < 0 ? -k : 0);
  uint32_t large = (m >> 1) + down(EMLRT_ONE, k < 0 ? 0 : k + 1);
  m = sign != 0 ? less : k < 0 ? more : large;
  k = sign != 0 || k < 0 ? 0 : k + 1;
  lift = zeros(m);
  *e = k - lift;
  return m << lift;
}

EMLRT_WRAPS EMLRT_INLINE uint32_t lane_log1p(int parts, uint32_t x) {
  uint32_t size = x & ~EMLRT_SIGN_BIT, sign = x & EMLRT_SIGN_BIT, m, near,
           beyond;
  int odd = (size == 0) | (x >= UINT32_C(0xBF800000)) |
            ((x >= EMLRT_INFINITY_BITS) & (sign == 0)),
      tiny;
  int32_t e, from, r;
  m = unpack(unless((uint32_t)odd, size, UINT32_C(0x40000000)), &e);
  tiny = e < -5;
  from = e;
  r = (int32_t)down(m, tiny ? -4 - e : 31);
  near = log_near(parts, m, sign != 0 ? -r : r, &from);
  beyond = sign;
  m = log_one_more(m, &e, odd ? 0 : sign);
  m = log_wide(parts, m, &e, &sign);
  m = rounded(tiny ? beyond : sign, tiny ? near : m, tiny ? from : e);
  beyond = x == EMLRT_INFINITY_BITS ? x : EMLRT_NAN_BITS;
  beyond = size == 0 ? x : beyond;
  beyond =
      x == UINT32_C(0xBF800000) ? EMLRT_SIGN_BIT | EMLRT_INFINITY_BITS : beyond;
  return odd ? beyond : m;
}

/* The machine's root is the nearest float, too. */
#if defined(__GNUC__) && !defined(__clang__) && \
    (defined(__SSE2__) || defined(__aarch64__))
EMLRT_INLINE uint32_t lane_sqrt(uint32_t x) {
  uint32_t root = emlrt_bits(__builtin_sqrtf(emlrt_float(x)));
  return emlrt_one_nan(root);
}
#else
EMLRT_INLINE uint32_t lane_sqrt(uint32_t x) { return emlrt_sqrt(x); }
#endif

static const uint32_t cos_turns[11] = {
    0x00000000, 0x00000000, 0xA2F9836E, 0x4E441529, 0xFC2757D1, 0xF534DDC0,
    0xDB629599, 0x3C439041, 0xFE5163AB, 0xDEBBC561, 0x00000000};

/* 32 bits of the table from bit `at` on. */
EMLRT_WRAPS EMLRT_INLINE uint32_t cos_window(uint32_t at) {
  uint32_t i = at >> 5, shift = at & 31u;
  return cos_turns[i] << shift | cos_turns[i + 1] >> 1 >> (31u - shift);
}

/* As emlrt_cos_reduce. */
EMLRT_WRAPS EMLRT_INLINE uint64_t cos_reduce(uint32_t m, int32_t e) {
  uint32_t at = (uint32_t)(e + 39);
  uint32_t next = cos_window(at + 32), last = cos_window(at + 64);
  uint64_t turns = (uint64_t)(m * cos_window(at)) << 32;
  turns += (uint64_t)m * next;
  return turns + emlrt_mulhi(m, last);
}

/* cos of f quarter turns and sin / f of it, of f^2. */
EMLRT_WRAPS EMLRT_INLINE uint32_t cos_even(int parts, uint32_t square) {
  int32_t f = (int32_t)square, sum = INT32_C(-970721);
  sum = high_both(parts, sum, f) + INT32_C(22398583);
  sum = high_both(parts, sum, f) - INT32_C(272375280);
  sum = high_both(parts, sum, f) + INT32_C(1324675872);
  return EMLRT_ONE - 2 * high_of(parts, square, (uint32_t)sum);
}

EMLRT_WRAPS EMLRT_INLINE uint32_t cos_odd(int parts, uint32_t square) {
  int32_t f = (int32_t)square, sum = INT32_C(169872);
  sum = high_both(parts, sum, f) - INT32_C(5026471);
  sum = high_both(parts, sum, f) + INT32_C(85569259);
  sum = high_both(parts, sum, f) - INT32_C(693598667);
  return (uint32_t)(high_both(parts, sum, f) + INT32_C(1686629713));
}

/* Numbers whose quarter turns are counted: how many, and what is left. */
typedef struct turned {
  uint32_t quarters[LANES]; /* 0: cos; 1: -sin; 2: -cos; 3: sin */
  uint32_t high[LANES];
  uint32_t low[LANES];
} turned;

/* Takes turns apart, 2^32 of whose high half are one. */
EMLRT_WRAPS EMLRT_INLINE void take_apart(turned *to, size_t i, uint32_t high,
                                         uint32_t low) {
  uint32_t quarter = high + UINT32_C(0x20000000), minus;
  high -= quarter & UINT32_C(0xC0000000);
  minus = 0 - (high >> 31);
  quarter >>= 30;
  low = (low ^ minus) - minus;
  high = (high ^ minus) + (minus & (low == 0));
  to->quarters[i] = quarter ^ (minus & quarter & 1u) << 1;
  to->high[i] = high;
  to->low[i] = low;
}

/* Up to where two windows of the table are enough: 2^24. */
#define COS_NEAR UINT32_C(0x4B800000)

/* One of the first two windows, on from bit 32 * i. */
EMLRT_WRAPS EMLRT_INLINE uint32_t near_window(uint32_t at, unsigned i) {
  uint32_t shift = at & 31u, second = 0 - (at >> 5);
  uint32_t a = (cos_turns[i] & ~second) | (cos_turns[i + 1] & second);
  uint32_t b = (cos_turns[i + 1] & ~second) | (cos_turns[i + 2] & second);
  return a << shift | b >> 1 >> (31u - shift);
}

/* Of sizes below COS_NEAR, as cos_reduce. */
EMLRT_WRAPS EMLRT_INLINE void turn_near(int parts, turned *to, size_t i,
                                        uint32_t size) {
  uint32_t m = (size & UINT32_C(0x7FFFFF)) | UINT32_C(0x800000);
  uint32_t e = size < UINT32_C(0x39000000) ? 127 : size >> 23, at = e - 88;
  uint32_t next = near_window(at, 1), last = near_window(at, 2);
  uint32_t part = m * next, low = part + high_of(parts, m, last);
  uint32_t high = m * near_window(at, 0) + high_of(parts, m, next);
  take_apart(to, i, high + (low < part), low);
}

/* One by one: a vector has no windows of a table. */
EMLRT_WRAPS EMLRT_INLINE void turn(turned *to, size_t i, uint32_t size) {
  uint32_t m = (size & UINT32_C(0x7FFFFF)) | UINT32_C(0x800000);
  int odd = (size < UINT32_C(0x39000000)) | (size >= EMLRT_INFINITY_BITS);
  uint64_t turns = cos_reduce(m, odd ? 0 : (int32_t)(size >> 23) - 127);
  take_apart(to, i, (uint32_t)(turns >> 32), (uint32_t)turns);
}

EMLRT_WRAPS EMLRT_INLINE uint32_t cos_of(int parts, uint32_t size,
                                         uint32_t quarter, uint32_t high,
                                         uint32_t low) {
  uint32_t square = high << 2 | low >> 30, m, odd, even;
  int32_t e = 3, lift;
  square = high_of(parts, square, square);
  even = cos_even(parts, square);
  odd = high_of(parts, lift_both(high, low, &e), cos_odd(parts, square));
  m = (quarter & 1u) == 0 ? even : odd;
  e = (quarter & 1u) == 0 ? 0 : e;
  lift = zeros(m);
  m = rounded((((quarter + 1) >> 1) & 1u) << 31, m << lift, e - lift);
  m = size < UINT32_C(0x39000000) ? UINT32_C(0x3F800000) : m;
  return size >= EMLRT_INFINITY_BITS ? EMLRT_NAN_BITS : m;
}

/* Turns of LANES numbers. */
EMLRT_INLINE void turn_all(int parts, turned *to, const uint32_t *restrict at) {
  uint32_t far = 0;
  size_t i;
  for (i = 0; i < LANES; i++) far |= (at[i] & ~EMLRT_SIGN_BIT) >= COS_NEAR;
  if (far == 0)
    for (i = 0; i < LANES; i++)
      turn_near(parts, to, i, at[i] & ~EMLRT_SIGN_BIT);
  else
    for (i = 0; i < LANES; i++) turn(to, i, at[i] & ~EMLRT_SIGN_BIT);
}

EMLRT_INLINE void all_cos(int parts, uint32_t *restrict at, size_t n) {
  turned to;
  size_t i;
  for (; n != 0; n -= LANES, at += LANES) {
    turn_all(parts, &to, at);
    for (i = 0; i < LANES; i++)
      at[i] = cos_of(parts, at[i] & ~EMLRT_SIGN_BIT, to.quarters[i], to.high[i],
                     to.low[i]);
  }
}

/* Whether products of 32 bits are at hand. */
static int has_products(void) {
#if defined(__AVX2__)
  return 1;
#elif CLONED
  return __builtin_cpu_supports("avx2") != 0;
#else
  return 0;
#endif
}

/* restrict: nor do tables change. */
#define LANES_LOOP(name)                                                     \
  EMLRT_INLINE void all_##name(int parts, uint32_t *restrict at, size_t n) { \
    size_t i;                                                                \
    for (; n != 0; n -= LANES, at += LANES)                                  \
      for (i = 0; i < LANES; i++) at[i] = lane_##name(parts, at[i]);         \
  }
#define LANES_FUNCTION(name)                                            \
  CLONES static void name##_by_parts(uint32_t *restrict at, size_t n) { \
    all_##name(1, at, n);                                               \
  }                                                                     \
  static void name##_by_wide(uint32_t *restrict at, size_t n) {         \
    all_##name(0, at, n);                                               \
  }                                                                     \
  void emlrt_lanes_##name(uint32_t *at, size_t n) {                     \
    if (has_products())                                                 \
      name##_by_parts(at, n);                                           \
    else                                                                \
      name##_by_wide(at, n);                                            \
  }

LANES_LOOP(exp)
LANES_LOOP(expm1)
LANES_LOOP(logistic)
LANES_LOOP(tanh)
LANES_LOOP(log)
LANES_LOOP(log1p)
LANES_FUNCTION(exp)
LANES_FUNCTION(expm1)
LANES_FUNCTION(logistic)
LANES_FUNCTION(tanh)
LANES_FUNCTION(log)
LANES_FUNCTION(log1p)
LANES_FUNCTION(cos)

CLONES void emlrt_lanes_sqrt(uint32_t *restrict at, size_t n) {
  size_t i;
  for (i = 0; i < n; i++) at[i] = lane_sqrt(at[i]);
}

#endif
