/* SPDX-License-Identifier: MIT
 *
 * Made by `emlrt export micropython`: the module as a part of a port.
 */
#include "glue.h"

#include "py/objstr.h"

static const mp_rom_map_elem_t model_table[] = {
    {MP_ROM_QSTR(MP_QSTR_predict), MP_ROM_PTR(&emlrt_mp_model_predict)},
    {MP_ROM_QSTR(MP_QSTR_predict_proba), MP_ROM_PTR(&emlrt_mp_model_proba)},
    {MP_ROM_QSTR(MP_QSTR_scores), MP_ROM_PTR(&emlrt_mp_model_scores)},
    {MP_ROM_QSTR(MP_QSTR_selftest), MP_ROM_PTR(&emlrt_mp_model_selftest)},
};
static MP_DEFINE_CONST_DICT(model_dict, model_table);

static const mp_rom_map_elem_t stream_table[] = {
    {MP_ROM_QSTR(MP_QSTR_push), MP_ROM_PTR(&emlrt_mp_stream_push)},
    {MP_ROM_QSTR(MP_QSTR_push_proba), MP_ROM_PTR(&emlrt_mp_stream_push_proba)},
    {MP_ROM_QSTR(MP_QSTR_push_scores), MP_ROM_PTR(&emlrt_mp_stream_push_scores)},
    {MP_ROM_QSTR(MP_QSTR_reset), MP_ROM_PTR(&emlrt_mp_stream_reset)},
};
static MP_DEFINE_CONST_DICT(stream_dict, stream_table);

static MP_DEFINE_CONST_OBJ_TYPE(emlrt_mp_model_type, MP_QSTR_Model, MP_TYPE_FLAG_NONE,
                                make_new, emlrt_mp_model_new, attr, emlrt_mp_model_attr,
                                locals_dict, &model_dict);
static MP_DEFINE_CONST_OBJ_TYPE(emlrt_mp_stream_type, MP_QSTR_Stream, MP_TYPE_FLAG_NONE,
                                make_new, emlrt_mp_stream_new, attr,
                                emlrt_mp_stream_attr, locals_dict, &stream_dict);

static const MP_DEFINE_STR_OBJ(version, EMLRT_VERSION);

static const mp_rom_map_elem_t module_table[] = {
    {MP_ROM_QSTR(MP_QSTR___name__), MP_ROM_QSTR(MP_QSTR_emlrt)},
    {MP_ROM_QSTR(MP_QSTR___version__), MP_ROM_PTR(&version)},
    {MP_ROM_QSTR(MP_QSTR_Model), MP_ROM_PTR(&emlrt_mp_model_type)},
    {MP_ROM_QSTR(MP_QSTR_Stream), MP_ROM_PTR(&emlrt_mp_stream_type)},
};
static MP_DEFINE_CONST_DICT(module_dict, module_table);

const mp_obj_module_t emlrt_mp_module = {
    .base = {&mp_type_module},
    .globals = (mp_obj_dict_t *)&module_dict,
};
MP_REGISTER_MODULE(MP_QSTR_emlrt, emlrt_mp_module);
