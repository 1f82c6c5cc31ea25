/* SPDX-License-Identifier: MIT
 *
 * Made by `emlrt export micropython`: x, in place where it is what the model reads, else
 * made of it by the rule of the inputs, as Python does on a computer.
 */
#include "glue.h"

/* A number of x: an integer, or any. */
typedef struct number {
  bool whole;
  int64_t integer;
  double any; /* also of an integer */
} number;

char emlrt_mp_code(uint32_t dtype) {
  switch (dtype) {
    case EMLRT_F32: return 'f';
    case EMLRT_I32: return 'i';
    case EMLRT_I16: return 'h';
    case EMLRT_U8: return 'B';
    default: return 'I';
  }
}

/* Type codes of numbers. */
static bool is_numeric(char code) {
  const char *codes = "bBhHiIlLqQfd";
  while (*codes != '\0' && *codes != code) ++codes;
  return *codes != '\0';
}

void emlrt_mp_x_from(emlrt_mp_x *x, mp_obj_t source) {
  const mp_obj_type_t *type = mp_obj_get_type(source);
  mp_buffer_info_t memory;
  x->data = NULL;
  x->list = source;
  if (type == &mp_type_list || type == &mp_type_tuple) {
    mp_obj_t *items;
    mp_obj_get_array(source, &x->n, &items);
    return;
  }
  if (mp_obj_is_str(source) || !mp_get_buffer(source, &memory, MP_BUFFER_READ))
    emlrt_mp_type_error("x is an array, bytes, a list or a tuple of numbers");
  x->code = (char)(memory.typecode == BYTEARRAY_TYPECODE ? 'B' : memory.typecode);
  if (!is_numeric(x->code)) emlrt_mp_type_error("x is an array without numbers");
  x->n = memory.len / mp_binary_get_size('@', x->code, NULL);
  x->data = memory.buf == NULL ? "" : memory.buf;
}

/* Whether arrays of a type code are what a model of another one reads: C has two names
 * for integers of 32 bits. */
static bool is_same(char code, char wanted) {
  return code == wanted || (code == 'l' && wanted == 'i' && sizeof(long) == 4);
}

const void *emlrt_mp_in_place(const emlrt_mp_common *self, const emlrt_mp_x *x) {
  char wanted = emlrt_mp_code(self->info.input_dtype);
  size_t size = (size_t)1 << (self->info.input_dtype & 3u);
  if (x->data == NULL || self->ruled) return NULL;
  if (!is_same(x->code, wanted))
    emlrt_mp_type_error("x is an array of type code '%c'; the model takes array('%c'),"
                        " or a list of numbers", x->code, wanted);
  return (uintptr_t)x->data % size == 0 ? x->data : NULL;
}

static void number_from(mp_obj_t object, number *found) {
  found->whole = mp_obj_is_small_int(object) || mp_obj_is_int(object);
  if (found->whole) {
    found->integer = mp_obj_get_int(object);
    found->any = (double)found->integer;
  } else {
    found->any = mp_obj_get_float_to_d(object);
  }
}

/* An item of a list, which an item's __float__ may have shortened. */
static mp_obj_t item_at(mp_obj_t list, size_t i) {
  size_t n;
  mp_obj_t *items;
  mp_obj_get_array(list, &n, &items);
  if (i >= n) emlrt_mp_value_error("x became shorter while it was read");
  return items[i];
}

static void number_at(const emlrt_mp_x *x, size_t i, number *found) {
  if (x->data == NULL) {
    number_from(item_at(x->list, i), found);
  } else if (x->code == 'f' && (uintptr_t)x->data % sizeof(float) == 0) {
    found->whole = false;
    found->any = (double)((const float *)(const void *)x->data)[i];
  } else {
    number_from(mp_binary_get_val_array(x->code, (void *)(uintptr_t)x->data, i), found);
  }
}

/* Subtracts the offset, which is within 2^53: in integers, if none is too large. */
static void subtract(number *raw, int64_t offset) {
  const int64_t far = INT64_C(1) << 62;
  if (raw->whole && raw->integer < far && raw->integer > -far) {
    raw->integer -= offset;
    raw->any = (double)raw->integer;
  } else {
    raw->whole = false;
    raw->any -= (double)offset;
  }
}

/* As float32, rounded once. */
static float single(const number *from) {
  return from->whole ? (float)from->integer : (float)from->any;
}

/* The nearest integer, of two the even one, within limits. */
static int64_t nearest(double v, int64_t low, int64_t high) {
  int64_t whole;
  double rest;
  if (v <= (double)low) return low;
  if (v >= (double)high) return high;
  whole = (int64_t)v;
  rest = (v - (double)whole) * (double)2;
  if (rest > (double)1 || (rest == (double)1 && whole % 2 != 0)) ++whole;
  if (rest < (double)-1 || (rest == (double)-1 && whole % 2 != 0)) --whole;
  return whole;
}

/* Limits of integers of a dtype. */
static void limits_of(uint32_t dtype, int64_t *low, int64_t *high) {
  unsigned bits = 8u << (dtype & 3u);
  bool sign = dtype != EMLRT_U8;
  *high = (INT64_C(1) << (bits - (sign ? 1u : 0u))) - 1;
  *low = sign ? -*high - 1 : 0;
}

/* An integer of x, by its rule if there is one: what is out of range becomes its end.
 * Else it must be one already. */
static int64_t integer_of(const emlrt_mp_common *self, const number *from, float scale,
                          size_t i) {
  int64_t low, high;
  double v = from->any;
  limits_of(self->info.input_dtype, &low, &high);
  if (v - v != 0)
    emlrt_mp_value_error("x[%u] is no finite number, and the model takes integers",
                         (unsigned)i);
  if (scale != (float)1) v = (double)(float)(single(from) * scale);
  if (!self->ruled && (v < (double)low || v > (double)high ||
                       v != (double)nearest(v, low, high)))
    emlrt_mp_value_error("x[%u] is no integer from %d to %d, which the model takes",
                         (unsigned)i, (int)low, (int)high);
  return nearest(v, low, high);
}

static void store(uint32_t dtype, void *out, size_t i, int64_t integer) {
  if (dtype == EMLRT_I32) ((int32_t *)out)[i] = (int32_t)integer;
  if (dtype == EMLRT_I16) ((int16_t *)out)[i] = (int16_t)integer;
  if (dtype == EMLRT_U8) ((uint8_t *)out)[i] = (uint8_t)integer;
}

void emlrt_mp_encode(const emlrt_mp_common *self, const emlrt_mp_x *x, size_t from,
                     size_t n, uint32_t input, void *out) {
  for (size_t i = 0; i < n; ++i) {
    int64_t offset = 0;
    float scale = (float)1;
    uint32_t k = (uint32_t)((input + i) % self->info.n_inputs);
    number raw;
    number_at(x, from + i, &raw);
    if (self->ruled) {
      emlrt_mp_check(emlrt_offset(self->model, k, &offset));
      emlrt_mp_check(emlrt_scale(self->model, k, &scale));
      subtract(&raw, offset);
    }
    if (self->info.input_dtype == EMLRT_F32)
      ((float *)out)[i] = single(&raw);
    else
      store(self->info.input_dtype, out, i, integer_of(self, &raw, scale, from + i));
  }
}

void emlrt_mp_check_finite(const emlrt_mp_common *self, const void *x, size_t n) {
  const uint32_t *bits = x, infinity = UINT32_C(0x7F800000);
  if (self->info.input_dtype != EMLRT_F32) return;
  for (size_t i = 0; i < n; ++i) {
    uint32_t size = bits[i] & ~(UINT32_C(1) << 31);
    if (size > infinity && (self->flags & EMLRT_FLAG_MISSING) == 0)
      emlrt_mp_value_error("x[%u] is NaN, which the model was not trained on",
                           (unsigned)i);
    if (size == infinity && (self->flags & EMLRT_FLAG_INFINITE) == 0)
      emlrt_mp_value_error("x[%u] is infinite, or too large for float32",
                           (unsigned)i);
  }
}
