# SPDX-License-Identifier: MIT
"""Features of windows in the time domain, levels, and what is made of axes."""

import numpy as np

from emlrt import Model, signal
from emlrt.convert.signal import feature_names
from families import Case, odd_rows

RNG = np.random.default_rng(40)
#: Windows of samples that differ in size, offset and ties.
WINDOWS = np.stack(
    [
        RNG.normal(size=(37, 2)),
        RNG.normal(size=(37, 2)) * 1e-3 + 9.81,
        RNG.integers(-3, 4, (37, 2)),
        RNG.normal(size=(37, 2)) * 1e25,
        RNG.normal(size=(37, 2)) * 1e-30,
        np.sin(np.arange(74) / 5).reshape(37, 2),
        np.full((37, 2), 0.1),
        np.zeros((37, 2)),
        np.repeat(RNG.integers(0, 9, (19, 2)), 2, axis=0)[:37],
    ]
).astype(np.float32)


def flat(windows):
    """The windows as rows, one with a NaN among them, and odd ones."""
    rows = windows.reshape(len(windows), -1)
    broken = rows[:2].copy()
    broken[0, 1], broken[1, -1] = np.nan, -np.inf
    return np.concatenate([rows, broken, odd_rows(rows.shape[1])])


def block(of, windows=WINDOWS):
    def make():
        return Model.from_sklearn(of().fit(windows)), flat(windows)

    return make


def features(*names, **options):
    return block(lambda: signal.TimeFeatures(list(names), **options))


SPREAD = {"quantiles": (0, 0.1, 0.5, 0.77, 1)}
AXES = WINDOWS[:, :12].reshape(len(WINDOWS), 8, 3)
ONE = WINDOWS[:, :1]

CASES = [
    Case("moments", features(*feature_names.MOMENTS)),
    Case("moments-ddof", features("var", "std", ddof=1, constant=np.nan)),
    Case("extrema", features(*feature_names.EXTREMA)),
    Case("quantiles", features("quantiles", "iqr", "mad", **SPREAD)),
    Case("crossings", features(*feature_names.CROSSINGS)),
    Case(
        "crossings-band",
        features(*feature_names.CROSSINGS, dead_band=0.25, threshold=0.75),
    ),
    Case("autocorrelation", features("autocorrelation", lags=(0, 1, 36))),
    Case("hjorth", features(*feature_names.HJORTH, constant=-1)),
    Case("peaks", features(*feature_names.PEAKS)),
    Case(
        "peaks-least",
        features(*feature_names.PEAKS, height=0.1, distance=4, prominence=1.5),
    ),
    Case("correlation", features("correlation", "sma")),
    Case(
        "one-sample",
        block(
            lambda: signal.TimeFeatures(
                [n for n in feature_names.NAMES if "hjorth" not in n], lags=(0,)
            ),
            ONE,
        ),
    ),
    Case("remove-mean", block(signal.RemoveMean)),
    Case("detrend", block(signal.Detrend)),
    Case("standardize", block(lambda: signal.Standardize(ddof=1))),
    *(
        Case(f"magnitude-{norm}", block(lambda norm=norm: signal.Magnitude(norm), AXES))
        for norm in ("l1", "l2", "sq")
    ),
    Case("tilt", block(lambda: signal.Tilt((2, 0, 1)), AXES)),
]
