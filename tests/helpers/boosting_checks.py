# SPDX-License-Identifier: MIT
"""Boosted and anomaly forests against scikit-learn in float64 on the same rows."""

from functools import cache

import numpy as np
from numeric_checks import check_firmware, check_methods, note
from sklearn import datasets

from emlrt import Model

#: What raw scores may differ by: of themselves, or in units (float32) of the largest
#: partial sum.
RELATIVE, UNITS = 1e-5, 8
#: What a probability may differ by besides.
PROBA = 1e-6

SETS = ("breast_cancer", "wine", "digits")


@cache
def rows(name):
    """(float32 rows, targets) of a data set."""
    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    return X.astype(np.float32), y


def fit(estimator, X, y=None, **more):
    return estimator.fit(np.asarray(X, np.float64), y, **more)


def named(y):
    """Labels as texts."""
    return np.array([f"class {k}" for k in np.asarray(y).tolist()])


def holes(X, share=0.3, seed=0):
    """The same with missing values."""
    gone = np.random.default_rng(seed).random(X.shape) < share
    return np.where(gone, np.float32(np.nan), X)


def partial_sums(estimator, X):
    """What scikit-learn has after each round: (n_rows, n_scores) each."""
    if hasattr(estimator, "_staged_raw_predict"):
        return list(estimator._staged_raw_predict(X))
    return [np.ones((len(X), 1))]  # of shares, and of exponents from -1 to 0


def column(y):
    return y.reshape(len(y), -1)


def allowed_error(raw, largest):
    """What each raw score may be off by."""
    unit = np.spacing(np.float32(largest)).astype(np.float64)
    return np.maximum(RELATIVE * abs(raw), UNITS * unit)


def check_raw(estimator, raw, found, largest, where):
    allowed = allowed_error(raw, largest)
    assert found.shape == raw.shape
    error = abs(found - raw)
    unit = np.spacing(np.float32(largest)).astype(np.float64)
    note(estimator, "raw, in units", (error / unit).max(initial=0.0), where)
    assert (error <= allowed).all(), ((error / unit).max(), (error / allowed).max())
    return allowed


def check_predictions(estimator, model, X, raw, allowed, where):
    """Labels of all rows but those whose margin is within the error."""
    expected, found = estimator.predict(X.astype(np.float64)), model.predict(X)
    assert found.dtype == expected.dtype
    margin = abs(raw[:, 0])
    if raw.shape[1] > 1:
        top = np.sort(raw, axis=1)
        margin = top[:, -1] - top[:, -2]
    clear = margin > 2 * allowed.max(axis=1)
    np.testing.assert_array_equal(found[clear], expected[clear])
    note(estimator, "labels that differ", (found != expected).sum(), where)


def check_proba(estimator, model, X, allowed, where):
    expected = estimator.predict_proba(X.astype(np.float64))
    found = model.predict_proba(X)
    assert found.shape == expected.shape
    error, most = abs(found - expected), PROBA + allowed.max(axis=1)
    note(estimator, "predict_proba", error.max(initial=0.0), where)
    assert (error <= most[:, None]).all(), error.max()
    if not hasattr(estimator, "predict_log_proba"):
        return
    known = (expected > 1e-3) & (most < 1e-3)[:, None]
    with np.errstate(divide="ignore"):
        logs = estimator.predict_log_proba(X.astype(np.float64))[known]
        difference = abs(model.predict_log_proba(X)[known] - logs)
    limit = (np.broadcast_to(most[:, None], known.shape)[known]) / expected[known]
    assert (difference <= 2 * limit).all(), (difference / limit).max()


def check_classifier(estimator, X, where="", model=None):
    """Everything that a classifier answers. Returns the model."""
    model = model or Model.from_sklearn(estimator)
    check_methods(estimator, model)
    np.testing.assert_array_equal(model.classes_, estimator.classes_)
    assert model.classes_.dtype == estimator.classes_.dtype
    X64 = X.astype(np.float64)
    raw = column(estimator.decision_function(X64))
    largest = max(abs(s).max() for s in partial_sums(estimator, X64))
    found = model.decision_function(X)
    assert found.ndim == estimator.decision_function(X64[:1]).ndim
    allowed = check_raw(estimator, raw, column(found), largest, where)
    check_predictions(estimator, model, X, raw, allowed, where)
    check_proba(estimator, model, X, allowed, where)
    check_firmware(model, np.ascontiguousarray(X[:7], model.input_dtype))
    return model


def check_regressor(estimator, X, where="", model=None, log=False):
    """predict of a regressor. log: whether it is the exponential of the sum."""
    model = model or Model.from_sklearn(estimator)
    check_methods(estimator, model)
    X64 = X.astype(np.float64)
    expected, found = estimator.predict(X64), model.predict(X)
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    largest = max(abs(s).max() for s in partial_sums(estimator, X64))
    if log:  # an error of the exponent is a relative one
        expected, found = np.log(expected), np.log(found)
    check_raw(estimator, column(expected), column(found), largest, where)
    check_firmware(model, np.ascontiguousarray(X[:7], model.input_dtype))
    return model


def scores(model, X):
    return model._runtime.scores(np.ascontiguousarray(X, model.input_dtype))


def same_bits(a, b):
    np.testing.assert_array_equal(a.view(np.uint32), b.view(np.uint32))


def check_encodings(estimator, X, encodings=("direct", "bins"), **options):
    """Every encoding gives the same bits."""
    usual = scores(Model.from_sklearn(estimator, **options), X)
    for encoding in encodings:
        model = Model.from_sklearn(estimator, encoding=encoding, **options)
        assert any(s.name.startswith("bucketize") for s in model.stages) == (
            encoding == "bins"
        )
        same_bits(scores(model, X), usual)


def check_leaf_bits(estimator, X, raw):
    """Small leaves cost what leaf_error says, and not more. raw: (n, scores)."""
    plain = Model.from_sklearn(estimator)
    for bits in (16, 8):
        model = Model.from_sklearn(estimator, leaf_bits=bits)
        rounding = np.spacing(abs(raw).max().astype(np.float32))
        error = abs(scores(model, X) - raw)
        assert (error <= model.leaf_error + rounding).all(), error.max(axis=0)
        assert model.nbytes <= plain.nbytes


def check_kept(estimator, X, tmp_path, **options):
    """What pickle, files and golden vectors keep."""
    import pickle

    model = Model.from_sklearn(estimator, golden=X[:5], **options)
    assert model.selftest()
    model.save(tmp_path / "model.eml")
    for other in (
        pickle.loads(pickle.dumps(model)),
        Model.load(tmp_path / "model.eml"),
        Model.from_bytes(bytes(model)),
    ):
        assert other == model
        assert other.methods == model.methods
        assert other.selftest()
        same_bits(scores(other, X), scores(model, X))
