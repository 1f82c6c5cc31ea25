#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# tsfel counts a crossing twice where a sample is exactly zero.
#
# Version: tsfel 0.2.0 from PyPI.
# The guess: 1, 0, -1 crosses zero once, and 1, 0, 1 not at all.
# Seen: the number of changes of numpy.sign, which is 0 at zero: two for either. Samples
# of integers, as converters give them, hold many zeros.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check tsfel==0.2.0

"$folder/venv/bin/python" - <<'PY' 2> /dev/null
import sys

import numpy as np
from tsfel.feature_extraction.features import zero_cross

found = [int(zero_cross(np.array(x))) for x in ([1, -1], [1, 0, -1], [1, 0, 1])]
print("1 -1:", found[0], "  1 0 -1:", found[1], "  1 0 1:", found[2])
sys.exit(found != [1, 2, 2])
PY
