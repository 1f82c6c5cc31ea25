# SPDX-License-Identifier: MIT
#
# Made by `emlrt export micropython`: emlrt @VERSION@ as a user C module of ports that
# are built by CMake.
if(NOT DEFINED EMLRT_OPS)
  set(EMLRT_OPS @DEFAULT@)
endif()
set(EMLRT_FILES
  module/usermod.c
@LISTED@
)
list(TRANSFORM EMLRT_FILES PREPEND ${CMAKE_CURRENT_LIST_DIR}/)

add_library(usermod_emlrt INTERFACE)
target_sources(usermod_emlrt INTERFACE ${EMLRT_FILES})
target_include_directories(usermod_emlrt INTERFACE ${CMAKE_CURRENT_LIST_DIR}/include)
if(EMLRT_OPS STREQUAL "all")
  target_compile_definitions(usermod_emlrt INTERFACE EMLRT_MP_ALL_OPS)
endif()
target_link_libraries(usermod INTERFACE usermod_emlrt)
