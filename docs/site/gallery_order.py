# SPDX-License-Identifier: MIT
"""The order of the gallery's examples: trees first, then others, then the field."""

_ORDER = [
    "digits",
    "thresholds",
    "categories",
    "anomalies",
    "gestures",
    "bearings",
    "update",
]


class Order:
    """A key to sort names of files by, as sphinx-gallery takes it."""

    def __init__(self, folder: str) -> None:
        del folder  # all are in one

    def __call__(self, name: str) -> int:
        return _ORDER.index(name.removeprefix("plot_").removesuffix(".py"))
