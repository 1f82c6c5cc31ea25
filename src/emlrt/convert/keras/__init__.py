# SPDX-License-Identifier: MIT
"""Converter of Keras's models and files."""
