# SPDX-License-Identifier: MIT
"""The kinds of numbers that rows have, and float32 thresholds for them."""
