# SPDX-License-Identifier: MIT
"""Rows whose result depends on a rounding."""
