# SPDX-License-Identifier: MIT
"""Names of features are in one manner, whatever block gives them: the feature, the
channel, the time. Tables have them, and pipelines hand them on."""

import re

import numpy as np
import pandas as pd
import pytest
from signal_blocks import BLOCKS, made
from sklearn.pipeline import make_pipeline, make_union

from emlrt import signal

RNG = np.random.default_rng(3)
ONE, THREE = RNG.integers(-99, 99, (4, 64, 1)), RNG.integers(-99, 99, (4, 64, 3))
AXES = {"c0", "c1", "c2"}


def parts_of(name):
    """The feature, the channels and the time of a name."""
    *parts, last = name.split("_")
    time = last if re.fullmatch(r"t\d+", last) else ""
    if not time:
        parts.append(last)
    axes = []
    while parts and parts[-1] in AXES:
        axes.insert(0, parts.pop())
    return "_".join(parts), axes, time


SINGLE = {"MicroFrontend", "PCEN", "Delta"}


def names_of(name, X):
    block = made(name).fit(X)
    found = block.get_feature_names_out()
    y = block.transform(X)
    assert len(found) == y.reshape(len(X), -1).shape[1], name
    assert len(set(found)) == len(found), name
    return block, found.tolist()


@pytest.mark.parametrize("name", [n for n in BLOCKS if n != "Tilt"])
def test_names_of_one_channel(name):
    _, found = names_of(name, ONE[:, :, 0])
    for each in found:
        feature, axes, time = parts_of(each)
        assert not axes, each
        assert feature or time, each
        assert not AXES & set(feature.split("_")), each


@pytest.mark.parametrize("name", [n for n in BLOCKS if n not in SINGLE])
def test_names_of_several_channels(name):
    block, found = names_of(name, THREE)
    if name in ("Magnitude", "Tilt"):
        assert not any("c0" in each for each in found)
        return
    for each in found:
        feature, axes, time = parts_of(each)
        assert len(axes) == (2 if feature == "correlation" else feature != "sma"), each
        assert feature or time, each
        assert not AXES & set(feature.split("_")), each
    columns = signal.Channels(["ax", "ay", "az"]).fit(THREE).get_feature_names_out()
    assert columns[:4].tolist() == ["ax_t0", "ay_t0", "az_t0", "ax_t1"]
    named = block.get_feature_names_out(columns).tolist()
    swap = {"c0": "ax", "c1": "ay", "c2": "az"}
    assert named == [
        "_".join(swap.get(part, part) for part in each.split("_")) for each in found
    ]


@pytest.mark.parametrize("name", [n for n in BLOCKS if n not in SINGLE])
def test_tables_have_the_names_that_a_pipeline_has(name):
    flat = THREE.reshape(4, -1)
    pipeline = make_pipeline(signal.Channels(["ax", "ay", "az"]), made(name))
    pipeline.set_output(transform="pandas")
    found = pipeline.fit_transform(flat)
    names = pipeline.get_feature_names_out().tolist()
    if made(name).signal_out:
        assert isinstance(found, np.ndarray)  # samples have three dimensions
        found = make_pipeline(pipeline, signal.TimeFeatures(["mean"]))
        found.set_output(transform="pandas")
        of = found.fit_transform(flat)
        assert list(of) == found.get_feature_names_out().tolist()
        return
    assert isinstance(found, pd.DataFrame)
    assert list(found) == names


def test_names_are_handed_on():
    pipeline = make_pipeline(
        signal.Frame(64, channels=["ax", "ay", "az"]),
        signal.Gravity(0.1),
        make_union(
            make_pipeline(signal.Channels(keep=[0, 4]), signal.TimeFeatures(["mean"])),
            make_pipeline(signal.Magnitude(axes=[3, 4, 5]), signal.RFFT(bins=(1, 2))),
        ),
    ).fit(THREE.reshape(4, -1))
    assert pipeline.get_feature_names_out().tolist() == [
        "pipeline-1__mean_gravity_ax",
        "pipeline-1__mean_linear_ay",
        "pipeline-2__rfft1_magnitude",
    ]


def test_columns_name_channels():
    names = [f"{axis}_{t}" for t in range(64) for axis in ("x", "y")]
    table = pd.DataFrame(RNG.normal(size=(4, 128)), columns=names)
    block = signal.Frame(64, channels=2).fit(table)
    assert block.get_feature_names_out()[:2].tolist() == ["x_0", "y_0"]
    pipeline = make_pipeline(block, signal.TimeFeatures(["std"])).fit(table)
    assert pipeline.get_feature_names_out().tolist() == ["std_x", "std_y"]
    with pytest.raises(ValueError, match="not equal to feature_names_in_"):
        block.get_feature_names_out(names[::-1])
    with pytest.raises(ValueError, match="length equal to number of features"):
        signal.RFFT().fit(ONE[:, :, 0]).get_feature_names_out(["a"])
