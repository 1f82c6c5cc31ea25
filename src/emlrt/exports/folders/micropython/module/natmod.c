/* SPDX-License-Identifier: MIT
 *
 * Made by `emlrt export micropython`: the module as a native one. Its types lie in
 * memory that the loader has cleared; what is initialised cannot be written.
 */
#include "glue.h"

mp_obj_full_type_t emlrt_mp_model_type, emlrt_mp_stream_type;
mp_map_elem_t emlrt_mp_model_table[4], emlrt_mp_stream_table[4];
MP_DEFINE_CONST_DICT(emlrt_mp_model_dict, emlrt_mp_model_table);
MP_DEFINE_CONST_DICT(emlrt_mp_stream_dict, emlrt_mp_stream_table);

static void put(mp_map_elem_t *at, qstr name, const void *function) {
  at->key = MP_OBJ_NEW_QSTR(name);
  at->value = MP_OBJ_FROM_PTR(function);
}

static void make_model(void) {
  mp_map_elem_t *methods = emlrt_mp_model_table;
  mp_obj_full_type_t *type = &emlrt_mp_model_type;
  put(methods, MP_QSTR_predict, &emlrt_mp_model_predict);
  put(methods + 1, MP_QSTR_predict_proba, &emlrt_mp_model_proba);
  put(methods + 2, MP_QSTR_scores, &emlrt_mp_model_scores);
  put(methods + 3, MP_QSTR_selftest, &emlrt_mp_model_selftest);
  type->base.type = &mp_type_type;
  type->name = MP_QSTR_Model;
  MP_OBJ_TYPE_SET_SLOT(type, make_new, emlrt_mp_model_new, 0);
  MP_OBJ_TYPE_SET_SLOT(type, attr, emlrt_mp_model_attr, 1);
  MP_OBJ_TYPE_SET_SLOT(type, locals_dict, (void *)&emlrt_mp_model_dict, 2);
}

static void make_stream(void) {
  mp_map_elem_t *methods = emlrt_mp_stream_table;
  mp_obj_full_type_t *type = &emlrt_mp_stream_type;
  put(methods, MP_QSTR_push, &emlrt_mp_stream_push);
  put(methods + 1, MP_QSTR_push_proba, &emlrt_mp_stream_push_proba);
  put(methods + 2, MP_QSTR_push_scores, &emlrt_mp_stream_push_scores);
  put(methods + 3, MP_QSTR_reset, &emlrt_mp_stream_reset);
  type->base.type = &mp_type_type;
  type->name = MP_QSTR_Stream;
  MP_OBJ_TYPE_SET_SLOT(type, make_new, emlrt_mp_stream_new, 0);
  MP_OBJ_TYPE_SET_SLOT(type, attr, emlrt_mp_stream_attr, 1);
  MP_OBJ_TYPE_SET_SLOT(type, locals_dict, (void *)&emlrt_mp_stream_dict, 2);
}

mp_obj_t mpy_init(mp_obj_fun_bc_t *self, size_t n_args, size_t n_kw, mp_obj_t *args) {
  MP_DYNRUNTIME_INIT_ENTRY
  (void)n_args, (void)n_kw, (void)args;
  make_model();
  make_stream();
  mp_store_global(MP_QSTR___version__, mp_obj_new_str(EMLRT_VERSION, sizeof EMLRT_VERSION - 1));
  mp_store_global(MP_QSTR_Model, MP_OBJ_FROM_PTR(&emlrt_mp_model_type));
  mp_store_global(MP_QSTR_Stream, MP_OBJ_FROM_PTR(&emlrt_mp_stream_type));
  MP_DYNRUNTIME_INIT_EXIT
}
