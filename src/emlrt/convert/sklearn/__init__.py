# SPDX-License-Identifier: MIT
"""Converters of scikit-learn's estimators."""
