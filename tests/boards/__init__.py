# SPDX-License-Identifier: MIT
"""Exported folders on systems that CI cannot have whole: what tests share with the
scripts that are run by hand, `make test-boards`."""
