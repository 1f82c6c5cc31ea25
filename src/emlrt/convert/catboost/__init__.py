# SPDX-License-Identifier: MIT
"""Converter of CatBoost's models and files."""
