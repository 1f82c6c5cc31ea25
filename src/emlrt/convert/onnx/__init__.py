# SPDX-License-Identifier: MIT
"""Converter of ONNX's models and files."""
