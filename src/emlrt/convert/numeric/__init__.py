# SPDX-License-Identifier: MIT
"""Stages of numbers that several libraries' converters share."""
