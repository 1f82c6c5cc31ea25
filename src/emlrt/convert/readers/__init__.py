# SPDX-License-Identifier: MIT
"""Documents and classes of other libraries, read with every field checked."""
