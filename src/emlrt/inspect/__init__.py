# SPDX-License-Identifier: MIT
"""What a blob's stages hold: trees, thresholds, work."""
