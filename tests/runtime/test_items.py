# SPDX-License-Identifier: MIT
"""Items that are learned on the device, behind those of the blob."""

import struct

import numpy as np
import pytest
from c.blobs import ARENA
from c.op_blob import program_blob, stage_of
from c.op_codes import OP
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from emlrt import Model
from emlrt._native import ffi, lib

STATUS = {
    getattr(lib, name): name.removeprefix("EMLRT_").removeprefix("ERR_")
    for name in dir(lib)
    if name == "EMLRT_OK" or name.startswith("EMLRT_ERR_")
}


class Device:
    """A model and room for items, as firmware has them."""

    def __init__(self, model, capacity):
        self.model, self.blob = model, ffi.from_buffer(bytes(model))
        self.handle = ffi.new("emlrt_model *")
        ops, size = lib.emlrt_all_ops, len(bytes(model))
        assert lib.emlrt_open(self.handle, self.blob, size, ops) == 0
        self.x = np.zeros((capacity, model.n_features_in_), model.input_dtype)
        self.classes = np.zeros(capacity, np.uint32)
        self.items = ffi.new("emlrt_items *")
        self.items.x = ffi.from_buffer(self.x)
        self.items.classes = ffi.cast("uint32_t *", ffi.from_buffer(self.classes))
        self.items.capacity = capacity
        self.scratch = ffi.new("uint64_t[]", model.scratch_bytes // 8 + 1)

    def row(self, x):
        return np.ascontiguousarray(x, self.model.input_dtype)

    def add(self, x, index):
        x = self.row(x)
        data = ffi.from_buffer(x)
        status = lib.emlrt_items_add(self.handle, self.items, data, x.size, index)
        return STATUS[status]

    def classify(self, x):
        x, index = self.row(x), ffi.new("uint32_t *")
        status = lib.emlrt_items_classify(
            self.handle,
            self.items,
            ffi.from_buffer(x),
            x.size,
            index,
            self.scratch,
            self.model.scratch_bytes,
        )
        return index[0] if status == 0 else STATUS[status]


@pytest.mark.parametrize(
    ("dtype", "metric"),
    [
        ("float32", "euclidean"),
        ("float32", "manhattan"),
        ("float32", "chebyshev"),
        ("int16", "euclidean"),
        ("int16", "manhattan"),
    ],
)
def test_as_if_fitted_on_all(dtype, metric):
    X, y = load_iris(return_X_y=True)
    X = np.round(X * 10)
    order = np.random.default_rng(0).permutation(150)
    X, y = X[order], y[order]
    near = KNeighborsClassifier(5, metric=metric)
    device = Device(Model.from_sklearn(near.fit(X[:20], y[:20]), dtype=dtype, X=X), 90)
    for n in (20, 21, 60, 110):
        while device.items.count < n - 20:
            at = 20 + device.items.count
            assert device.add(X[at], y[at]) == "OK"
        whole = Model.from_sklearn(near.fit(X[:n], y[:n]), dtype=dtype, X=X)
        found = [device.classify(x) for x in X]
        np.testing.assert_array_equal(found, whole.predict(X))
    assert device.add(X[0], 0) == "BUFFER"


def test_extremes_and_forgetting():
    X = np.array([[0, 0], [10, 10], [20, 20]])
    near = KNeighborsClassifier(1).fit(X, [0, 1, 2])
    device = Device(Model.from_sklearn(near, dtype="int16", X=X), 4)
    far = [-32768, 32767]
    assert device.classify(far) == 0
    assert device.add(far, 2) == "OK"
    assert device.classify(far) == 2
    assert device.classify([-32768, -32768]) == 0
    device.items.count = 0
    assert device.classify(far) == 0


def test_what_is_refused():
    X, y = load_iris(return_X_y=True)
    device = Device(Model.from_sklearn(KNeighborsClassifier().fit(X, y)), 2)
    assert device.add(X[0], 3) == "COUNT"
    assert device.add(X[0][:3], 0) == "COUNT"
    assert device.classify(X[0][:3]) == "COUNT"
    for other in (
        KNeighborsClassifier(weights="distance"),
        KNeighborsClassifier(metric="cosine"),
        KNeighborsRegressor(),
        make_pipeline(StandardScaler(), KNeighborsClassifier()),
    ):
        device = Device(Model.from_sklearn(other.fit(X, y)), 2)
        assert device.add(X[0], 0) == device.classify(X[0]) == "KIND"
    several = KNeighborsClassifier().fit(X, np.stack([y, y], axis=1))
    assert Device(Model.from_sklearn(several), 2).add(X[0], 0) == "KIND"


def test_a_class_beyond_the_model_s_has_no_vote():
    """Classes that a caller wrote there by hand."""
    X, y = load_iris(return_X_y=True)
    device = Device(Model.from_sklearn(KNeighborsClassifier(1).fit(X, y)), 2)
    assert device.add(X[0] + 0.01, 0) == "OK"
    device.classes[0] = 0xFFFFFFFF
    assert device.classify(X[0] + 0.01) == 0


def mismatched(n_items, n_labels, classes=2):
    """A blob whose stages agree on everything but the number of items; two scores,
    of which some are classes."""
    near = struct.pack("<IHH", n_items, 1, 0) + np.zeros(n_items, "<f4").tobytes()
    labels = struct.pack("<IHH", n_labels, 1, 0) + bytes(n_labels + 3 & ~3)
    find = stage_of(OP["nearest"], 1, 2, len(near)) | {"out_space": ARENA}
    vote = stage_of(OP["neighbor_votes"], 1, 2, len(labels))
    vote |= {"in_space": ARENA, "in_offset": 4}
    return program_blob([(find, near), (vote, labels)], 1, 2, 8, groups=(classes,))


@pytest.mark.parametrize(("n_items", "n_labels"), [(12, 1), (12, 11), (11, 12)])
def test_items_need_a_label_each(n_items, n_labels):
    """The number of items is a fact of the other stage's payload."""
    model = Model.from_bytes(mismatched(n_items, n_labels))
    device = Device(model, 2)
    assert device.add([0.0], 1) == device.classify([0.0]) == "KIND"
    assert Device(Model.from_bytes(mismatched(12, 12)), 2).classify([0.0]) == 0


def test_items_need_a_class_for_each_score():
    device = Device(Model.from_bytes(mismatched(3, 3, classes=1)), 2)
    assert device.add([0.0], 1) == device.classify([0.0]) == "KIND"
