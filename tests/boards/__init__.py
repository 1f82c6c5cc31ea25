# SPDX-License-Identifier: MIT
"""Exported folders on systems that CI cannot have whole: what tests share with run.py,
which is run by hand."""
