# SPDX-License-Identifier: MIT
"""What is known of rows, and what float32 makes of their numbers."""
