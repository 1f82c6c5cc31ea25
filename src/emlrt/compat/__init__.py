# SPDX-License-Identifier: MIT
"""Calls of other tools, answered by emlrt: for programs that come from them."""
