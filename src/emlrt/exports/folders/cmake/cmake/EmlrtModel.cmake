# SPDX-License-Identifier: MIT
#
# emlrt_add_model(TARGET FILE [NAME name])
#
# Puts the model FILE, an .eml, into the constants of TARGET, and a header NAME_eml.h on
# its include path; NAME is the file's name by default. If `emlrt embed --source` or
# `emlrt export` made a NAME_eml.h beside the file, that is the header; else it has the
# array and its size only, and the program takes emlrt_all_ops, and memory by emlrt_peek.
include_guard(GLOBAL)
# In the cache, for folders beside this one, which see no variables of it.
set(EMLRT_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR} CACHE INTERNAL "Files of emlrt_add_model")

# Whether the compiler's assembler puts a file into a section.
function(_emlrt_check_incbin)
  if(DEFINED EMLRT_HAS_INCBIN)
    return()
  endif()
  set(name emlrt_check)
  set(path ${EMLRT_CMAKE_DIR}/incbin.c.in)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/emlrt_models/check)
  configure_file(${EMLRT_CMAKE_DIR}/incbin.c.in ${folder}/check.c @ONLY)
  set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
  try_compile(EMLRT_HAS_INCBIN ${folder} SOURCES ${folder}/check.c)
endfunction()

# Stops if a header is of another file.
function(_emlrt_check_header path macro size)
  file(STRINGS ${path} found REGEX "#define ${macro}_EML_SIZE ${size}u")
  if(NOT found)
    message(FATAL_ERROR "emlrt_add_model: ${path} is not of this model, which has "
      "${size} bytes; make it again by `emlrt embed` or `emlrt export`")
  endif()
endfunction()

# The C file that defines the array.
function(_emlrt_code code name path)
  _emlrt_check_incbin()
  if(EMLRT_HAS_INCBIN)
    configure_file(${EMLRT_CMAKE_DIR}/incbin.c.in ${code} @ONLY)
    return()
  endif()
  file(READ ${path} hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," numbers "${hex}")
  string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n  "
    numbers "${numbers}")
  configure_file(${EMLRT_CMAKE_DIR}/array.c.in ${code} @ONLY)
endfunction()

function(emlrt_add_model target file)
  cmake_parse_arguments(arg "" "NAME" "" ${ARGN})
  get_filename_component(path ${file} ABSOLUTE)
  if(NOT EXISTS ${path})
    message(FATAL_ERROR "emlrt_add_model: there is no file ${path}")
  endif()
  if(NOT arg_NAME)
    get_filename_component(arg_NAME ${path} NAME_WE)
  endif()
  string(MAKE_C_IDENTIFIER ${arg_NAME} name)
  string(TOUPPER ${name} macro)
  file(SIZE ${path} size)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})

  set(made ${CMAKE_CURRENT_BINARY_DIR}/emlrt_models/${target})
  get_filename_component(include ${path} DIRECTORY)
  if(EXISTS ${include}/${name}_eml.h)
    _emlrt_check_header(${include}/${name}_eml.h ${macro} ${size})
  else()
    set(include ${made})
    configure_file(${EMLRT_CMAKE_DIR}/header.h.in ${made}/${name}_eml.h @ONLY)
  endif()
  set(code ${made}/${name}_eml.c)
  _emlrt_code(${code} ${name} ${path})
  set_source_files_properties(${code} PROPERTIES OBJECT_DEPENDS ${path})
  target_sources(${target} PRIVATE ${code})
  target_include_directories(${target} PRIVATE ${include})
  target_link_libraries(${target} PRIVATE emlrt::emlrt)
endfunction()
