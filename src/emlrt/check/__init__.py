# SPDX-License-Identifier: MIT
"""Rows whose answer hangs on a rounding."""
