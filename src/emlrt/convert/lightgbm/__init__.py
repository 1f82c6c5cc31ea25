# SPDX-License-Identifier: MIT
"""Converter of LightGBM's models and files."""
