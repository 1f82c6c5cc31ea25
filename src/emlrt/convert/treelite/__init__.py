# SPDX-License-Identifier: MIT
"""Converter of Treelite's models and files."""
