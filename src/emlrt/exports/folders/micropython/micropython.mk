# SPDX-License-Identifier: MIT
#
# Made by `emlrt export micropython`: emlrt @VERSION@ as a user C module of ports that
# are built by make.
EMLRT_DIR := $(USERMOD_DIR)
EMLRT_OPS ?= @DEFAULT@

SRC_USERMOD_C += $(addprefix $(EMLRT_DIR)/, \
  module/usermod.c \
@MODULE@
)
SRC_USERMOD_LIB_C += $(addprefix $(EMLRT_DIR)/, \
@SOURCES@
)
CFLAGS_USERMOD += -I$(EMLRT_DIR)/include
ifeq ($(EMLRT_OPS),all)
CFLAGS_USERMOD += -DEMLRT_MP_ALL_OPS
endif
