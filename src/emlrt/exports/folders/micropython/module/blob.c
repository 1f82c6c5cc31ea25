/* SPDX-License-Identifier: MIT
 *
 * Made by `emlrt export micropython`: a blob, in place where that can be. What holds
 * it is kept alive; memory that is not aligned is copied.
 */
#include "glue.h"

/* A copy of so many bytes, aligned as all of MicroPython's heap is. */
static void *copy_of(const void *from, size_t n) {
  char *to = m_malloc(n);
  for (size_t i = 0; i < n; ++i) {
    EMLRT_KEEP_LOOP();
    to[i] = ((const char *)from)[i];
  }
  return to;
}

static mp_obj_t call(mp_obj_t of, qstr name, size_t n, const mp_obj_t *arguments) {
  return mp_call_function_n_kw(mp_load_attr(of, name), n, 0, arguments);
}

/* Bytes of a file that is open. */
static size_t size_of(mp_obj_t file) {
  mp_obj_t end[] = {MP_OBJ_NEW_SMALL_INT(0), MP_OBJ_NEW_SMALL_INT(2)};
  mp_obj_t size = call(file, MP_QSTR_seek, 2, end);
  (void)call(file, MP_QSTR_seek, 1, end);
  return (size_t)mp_obj_get_int(size);
}

/* Reads a file into a bytearray, which is no larger than it; closes the file. */
static mp_obj_t read_all(mp_obj_t file) {
  size_t n = size_of(file);
  mp_obj_t all = mp_obj_new_bytearray_by_ref(n, m_malloc(n == 0 ? 1 : n));
  size_t got = (size_t)mp_obj_get_int(call(file, MP_QSTR_readinto, 1, &all));
  (void)call(file, MP_QSTR_close, 0, NULL);
  if (got != n) emlrt_mp_value_error("the file ended early; copy it anew");
  return all;
}

/* What holds the bytes of a file: itself if it lies in memory, as files of a ROMFS
 * do, else a bytearray. */
static mp_obj_t contents(mp_obj_t path) {
  mp_obj_t io = mp_import_name(MP_QSTR_io, mp_const_none, MP_OBJ_NEW_SMALL_INT(0));
  mp_obj_t arguments[] = {path, mp_obj_new_str("rb", 2)};
  mp_obj_t file = call(io, MP_QSTR_open, 2, arguments);
  mp_buffer_info_t memory;
  return mp_get_buffer(file, &memory, MP_BUFFER_READ) ? file : read_all(file);
}

/* Sets the size that the blob itself says: behind it there may be more, as in a
 * partition. */
static void peek(emlrt_mp_blob *blob, size_t n) {
  emlrt_info info;
  if (n > UINT32_MAX) n = UINT32_MAX;
  emlrt_mp_check(emlrt_peek(&info, blob->at, (uint32_t)n));
  blob->size = info.total_size;
}

void emlrt_mp_blob_from(emlrt_mp_blob *blob, mp_obj_t source) {
  mp_buffer_info_t memory;
  blob->held = mp_obj_is_str(source) ? contents(source) : source;
  if (!mp_get_buffer(blob->held, &memory, MP_BUFFER_READ))
    emlrt_mp_type_error("a model is of a path, or of bytes");
  blob->at = memory.buf;
  blob->held_size = memory.len;
  if ((uintptr_t)memory.buf % 4 != 0) {
    blob->at = copy_of(memory.buf, memory.len);
    blob->held = MP_OBJ_NULL;
  }
  peek(blob, memory.len);
}

void emlrt_mp_blob_stays(const emlrt_mp_blob *blob) {
  mp_buffer_info_t memory;
  if (blob->held == MP_OBJ_NULL) return;
  if (!mp_get_buffer(blob->held, &memory, MP_BUFFER_READ) ||
      memory.buf != blob->at || memory.len != blob->held_size)
    emlrt_mp_value_error("what holds the model was changed since it was opened; open"
                         " it anew, from bytes");
}
