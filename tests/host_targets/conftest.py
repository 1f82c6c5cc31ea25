# SPDX-License-Identifier: MIT
"""Shares the models of tests/firmware."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "firmware"))
