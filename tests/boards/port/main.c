/* SPDX-License-Identifier: MIT
 *
 * A port of MicroPython for tests: `firmware SCRIPT` runs a script, whose `open` gives
 * the bytes of a file. */
#include <stdio.h>
#include <stdlib.h>

#include "py/builtin.h"
#include "py/compile.h"
#include "py/gc.h"
#include "py/mperrno.h"
#include "py/mphal.h"
#include "py/runtime.h"
#include "shared/runtime/gchelper.h"

static char heap[1 << 22];

void mp_hal_stdout_tx_strn_cooked(const char *text, size_t n) {
  fwrite(text, 1, n, stdout);
}

mp_uint_t mp_hal_stdout_tx_strn(const char *text, size_t n) {
  return fwrite(text, 1, n, stdout);
}

int mp_hal_stdin_rx_chr(void) { return getchar(); }

void gc_collect(void) {
  gc_collect_start();
  gc_helper_collect_regs_and_stack();
  gc_collect_end();
}

void nlr_jump_fail(void *value) {
  (void)value;
  abort();
}

/* Reads a file; its bytes are an object of MicroPython's. */
static mp_obj_t bytes_of(const char *path) {
  char part[512];
  vstr_t all;
  size_t n;
  FILE *file = fopen(path, "rb");
  if (file == NULL) mp_raise_OSError(MP_ENOENT);
  vstr_init(&all, sizeof part);
  while ((n = fread(part, 1, sizeof part, file)) != 0)
    vstr_add_strn(&all, part, n);
  fclose(file);
  return mp_obj_new_bytes_from_vstr(&all);
}

static mp_obj_t open_file(size_t n, const mp_obj_t *arguments, mp_map_t *kw) {
  mp_obj_t io =
      mp_import_name(MP_QSTR_io, mp_const_none, MP_OBJ_NEW_SMALL_INT(0));
  (void)n;
  (void)kw;
  return mp_call_function_1(mp_load_attr(io, MP_QSTR_BytesIO),
                            bytes_of(mp_obj_str_get_str(arguments[0])));
}
MP_DEFINE_CONST_FUN_OBJ_KW(mp_builtin_open_obj, 1, open_file);

static void run(const char *path) {
  mp_obj_t text = bytes_of(path);
  size_t n;
  const char *at = mp_obj_str_get_data(text, &n);
  mp_lexer_t *lexer =
      mp_lexer_new_from_str_len(MP_QSTR__lt_stdin_gt_, at, n, 0);
  qstr name = lexer->source_name;
  mp_parse_tree_t tree = mp_parse(lexer, MP_PARSE_FILE_INPUT);
  mp_call_function_0(mp_compile(&tree, name, false));
}

int main(int n, char **arguments) {
  nlr_buf_t caught;
  int failed = 1;
  mp_cstack_init_with_sp_here(1 << 20);
  gc_init(heap, heap + sizeof heap);
  mp_init();
  if (nlr_push(&caught) == 0) {
    if (n == 2) run(arguments[1]);
    nlr_pop();
    failed = n != 2;
  } else {
    mp_obj_print_exception(&mp_plat_print, MP_OBJ_FROM_PTR(caught.ret_val));
  }
  fflush(stdout);
  return failed;
}
