# SPDX-License-Identifier: MIT
"""Levels, magnitudes and tilt of windows against numpy and scipy in float64."""

import numpy as np
import pytest
from scipy.signal import detrend

from emlrt import Model, signal

RNG = np.random.default_rng(6)
X = (RNG.normal(size=(40, 100, 3)) * [1, 1e-3, 1e4] + [0, 9.81, -3e4]).astype(
    np.float32
)
X += np.linspace(0, 3, 100, dtype=np.float32)[:, None]
EXACT = X.astype(np.float64)
#: What float32 may lose: of the samples an ulp, of sums a few.
NEAR = 40 * 2.0**-24 * np.ptp(EXACT, axis=1, keepdims=True) + 2.0**-23 * abs(EXACT).max(
    1, keepdims=True
)


@pytest.mark.parametrize("kind", ["linear", "constant"])
def test_detrend_is_scipy_s(kind):
    found = signal.Detrend(kind).fit_transform(X)
    assert (abs(found - detrend(EXACT, axis=1, type=kind)) <= NEAR).all()
    assert found.dtype == np.float32


def test_the_mean_and_the_deviation():
    mean = EXACT.mean(1, keepdims=True)
    found = signal.RemoveMean().fit_transform(X)
    assert (abs(found - (EXACT - mean)) <= NEAR).all()
    for ddof in (0, 1):
        std = EXACT.std(1, ddof=ddof, keepdims=True)
        found = signal.Standardize(ddof).fit_transform(X)
        assert (abs(found - (EXACT - mean) / std) <= 2 * NEAR / std).all()


def test_constant_one_sample_and_broken_windows():
    constant = np.full((1, 9, 1), 0.7)
    for block in (signal.RemoveMean(), signal.Detrend(), signal.Standardize()):
        assert (block.fit_transform(constant) == 0).all()
        assert (block.fit_transform(constant[:, :1]) == 0).all()
        x = X[:2].reshape(2, -1).copy()
        x[0, 4] = np.inf
        found = block.fit(X)._model()._runtime.scores(x).reshape(2, 100, 3)
        assert np.isnan(found[0, :, 1]).all()
        assert np.isfinite(np.delete(found, 1, 2)).all()


@pytest.mark.parametrize(
    ("norm", "of"),
    [
        ("l2", lambda x: np.sqrt((x * x).sum(-1))),
        ("l1", lambda x: abs(x).sum(-1)),
        ("sq", lambda x: (x * x).sum(-1)),
    ],
)
def test_magnitudes(norm, of):
    found = signal.Magnitude(norm).fit_transform(X)
    assert found.shape == (40, 100, 1)
    np.testing.assert_allclose(found[..., 0], of(EXACT), rtol=5e-7)
    found = signal.Magnitude(norm, axes=[2, 0]).fit_transform(X)
    np.testing.assert_allclose(found[..., 0], of(EXACT[..., [2, 0]]), rtol=5e-7)


@pytest.mark.parametrize("scale", [1e-40, 1e-25, 1e25, 2e38])
def test_magnitudes_of_any_size(scale):
    x = (X[..., :1] * [3, -4, 0] * scale / abs(X[..., :1]).max() / 5).astype(np.float32)
    found = signal.Magnitude().fit_transform(x)[..., 0]
    exact = np.linalg.norm(x.astype(np.float64), axis=-1)
    np.testing.assert_allclose(found, exact, rtol=3e-7, atol=3e-45)


def test_tilt():
    x = RNG.normal(size=(50, 20, 4)).astype(np.float32)
    exact = x.astype(np.float64)[..., [3, 0, 1]]
    roll = np.arctan2(exact[..., 1], exact[..., 2])
    pitch = np.arctan2(-exact[..., 0], np.hypot(exact[..., 1], exact[..., 2]))
    block = signal.Tilt((3, 0, 1)).fit(x)
    np.testing.assert_allclose(
        block.transform(x), np.stack([roll, pitch], -1), rtol=4e-7, atol=1e-9
    )
    assert block.get_feature_names_out()[:3].tolist() == [
        "roll_t0",
        "pitch_t0",
        "roll_t1",
    ]
    degrees = signal.Tilt((3, 0, 1), degrees=True).fit_transform(x)
    np.testing.assert_allclose(degrees[..., 0], np.degrees(roll), rtol=5e-7, atol=1e-7)


def test_bad_parameters_are_named():
    for block, words in (
        (signal.Detrend("quadratic"), "type"),
        (signal.Standardize(100), "ddof"),
        (signal.Magnitude("l3"), "norm"),
        (signal.Magnitude(axes=[3]), "axes"),
        (signal.Magnitude(axes=[]), "axes"),
        (signal.Tilt((0, 1)), "axes"),
        (signal.Tilt((0, 1, 5)), "axes"),
    ):
        with pytest.raises(ValueError, match=words):
            block.fit(X)


def test_blocks_one_after_the_other():
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.pipeline import make_pipeline

    y = RNG.integers(0, 2, 40)
    pipeline = make_pipeline(
        signal.Detrend(),
        signal.Magnitude(),
        signal.Standardize(),
        signal.TimeFeatures(["skew", "peak_count"]),
        RandomForestClassifier(5, random_state=0),
    ).fit(X, y)
    model = Model.from_sklearn(pipeline)
    assert (model.predict(X) == pipeline.predict(X)).all()
