# SPDX-License-Identifier: MIT
"""Reads stages of a blob: trees, thresholds, work."""
