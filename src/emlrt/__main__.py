# SPDX-License-Identifier: MIT
"""`python -m emlrt`: the command line."""

import sys

from emlrt.cli import main

if __name__ == "__main__":
    sys.exit(main())
