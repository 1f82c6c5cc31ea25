/* SPDX-License-Identifier: MIT
 *
 * Made by `emlrt export micropython`: errors with numbers in them. A native module has
 * no mp_raise_msg_varg, so that the text is made here.
 */
#include "glue.h"

typedef struct emlrt_mp_text {
  size_t n;
  char at[200];
} emlrt_mp_text;

/* Adds to a text what fits. */
static void put(void *data, const char *from, size_t n) {
  emlrt_mp_text *text = data;
  for (size_t i = 0; i < n && text->n < sizeof text->at; ++i)
    text->at[text->n++] = from[i];
}

static EMLRT_MP_NORETURN void raise_text(const mp_obj_type_t *type,
                                         const char *format, va_list arguments) {
  emlrt_mp_text text;
  const mp_print_t print = {&text, put};
  text.n = 0;
  mp_vprintf(&print, format, arguments);
  mp_raise_type_arg(type, mp_obj_new_str(text.at, text.n));
}

void emlrt_mp_value_error(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  raise_text(&mp_type_ValueError, format, arguments);
}

void emlrt_mp_type_error(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  raise_text(&mp_type_TypeError, format, arguments);
}

void emlrt_mp_check(emlrt_status status) {
  if (status == EMLRT_OK) return;
  if (status == EMLRT_ERR_OP)
    emlrt_mp_value_error("%s; build the module with OPS=all, or export it with this"
                         " model", emlrt_strerror(status));
  if (status == EMLRT_ERR_STATE)
    emlrt_mp_value_error("%s; use emlrt.Stream", emlrt_strerror(status));
  emlrt_mp_value_error("%s", emlrt_strerror(status));
}
