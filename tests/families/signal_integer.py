# SPDX-License-Identifier: MIT
"""Integer features of int16 samples, alone and in front of trees."""

import warnings

import numpy as np
from sklearn.pipeline import make_pipeline

from emlrt import Model
from families import Case


def samples(length, channels=1):
    """Windows of noise and tones of many loudnesses, and the ends of int16."""
    rng = np.random.default_rng(31)
    shape = (8, length * channels)
    size = 10.0 ** np.linspace(0, 4, 8)[:, None]
    tone = np.sin(np.arange(shape[1]) * np.linspace(0.1, 3, 8)[:, None])
    noisy = np.rint(size * (rng.normal(size=shape) + tone))
    ends = [
        np.resize(row, shape[1]) for row in ([0], [32767, -32768], [-32768], [32767])
    ]
    return np.concatenate([noisy, ends]).clip(-32768, 32767).astype(np.int16)


def converted(block, length, channels=1, after=None):
    def make():
        x = samples(length, channels)
        fit = x.reshape(len(x), length, channels) if channels > 1 else x
        steps = [block()] if after is None else [block(), after()]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pipe = make_pipeline(*steps).fit(fit, np.arange(len(x)) % 3)
            return Model.from_sklearn(pipe, dtype="int16"), x

    return make


def time(features=None):
    from emlrt.convert.signal.integer import TIME_FEATURES
    from emlrt.signal import IntegerTimeFeatures

    return lambda: IntegerTimeFeatures(features or list(TIME_FEATURES))


def log_mel(**options):
    from emlrt.signal import LogMelQ15

    return lambda: LogMelQ15(sr=1000, **options)


def micro(**options):
    from emlrt.signal import MicroFrontend

    few = {"num_channels": 3, "window_size": 16, "window_step": 8}
    return lambda: MicroFrontend(**few, **options)


def forest():
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(3, max_depth=3, random_state=0)


def lone_frames(first, n_bands, **options):
    """A block whose frames are made once, as a stream's samples come."""

    def make():
        from emlrt.signal import Frame

        x = samples(64)
        pipe = make_pipeline(first(**options)(), Frame(3, 1, n_bands=n_bands), forest())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pipe = pipe.fit(x, np.arange(len(x)) % 3)
            return Model.from_sklearn(pipe, dtype="int16"), x

    return make


CASES = [
    Case("time", lambda: converted(time(), 24)()),
    Case("time-channels", lambda: converted(time(["mean", "std", "min"]), 9, 3)()),
    Case("time-one", lambda: converted(time(), 1)()),
    Case("time-trees", lambda: converted(time(), 24, after=forest)()),
    Case(
        "log-mel",
        lambda: converted(log_mel(n_fft=32, hop_length=8, n_mels=4), 48)(),
    ),
    Case(
        "log-mel-trees",
        lambda: converted(
            log_mel(n_fft=64, win_length=21, hop_length=5, n_mels=3), 33, 2, forest
        )(),
    ),
    Case(
        "micro",
        lambda: converted(
            micro(sample_rate=2000, upper_band_limit=900.0, lower_band_limit=50.0), 64
        )(),
    ),
    Case(
        "micro-trees",
        lambda: converted(
            micro(sample_rate=4000, upper_band_limit=1900.0, enable_pcan=False),
            *(128, 1, forest),
        )(),
    ),
]
STREAMS = [
    Case(
        "micro-noise",
        lone_frames(
            *(micro, 3),
            sample_rate=2000,
            upper_band_limit=900.0,
            lower_band_limit=50.0,
        ),
    ),
    Case(
        "log-mel-frames",
        lone_frames(log_mel, 20, n_fft=64, win_length=32, hop_length=16, n_mels=20),
    ),
]
