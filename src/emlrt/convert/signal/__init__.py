# SPDX-License-Identifier: MIT
"""Stages of the blocks of emlrt.signal: a module a subject."""
