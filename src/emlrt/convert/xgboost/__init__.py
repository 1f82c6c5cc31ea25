# SPDX-License-Identifier: MIT
"""Converter of XGBoost's models and files."""
