# SPDX-License-Identifier: MIT
include(${CMAKE_CURRENT_LIST_DIR}/emlrtTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/EmlrtModel.cmake)
