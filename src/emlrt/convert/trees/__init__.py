# SPDX-License-Identifier: MIT
"""Tree ensembles as payloads: thresholds, bins, leaves, records."""
