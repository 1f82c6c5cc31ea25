# SPDX-License-Identifier: MIT
"""Models on the rows that people have: float64 decimals, float32 numbers in either
type, integers, numbers far from 0. The original is asked with the same array.

Rows of a kind that thresholds or X tell go as in the original, all of them. Without
X, float32 rows behind a scaler may go another way where a border is within half a unit
of float32 of the row; see `allowed`.
"""

import os
import warnings

import numpy as np
import pytest
from draws import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from row_matrix import (
    FRONT,
    KINDS,
    TABLES,
    TREES,
    WIDE,
    differing,
    fitted,
    made,
    rows_of,
)
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    KBinsDiscretizer,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    StandardScaler,
    TargetEncoder,
)

from emlrt import Model, PrecisionWarning
from emlrt.convert.rounding.grids import (
    ANY,
    ARRAYS,
    HELD,
    decimals,
    of_borders,
    of_rows,
)
from emlrt.thresholds import after32, before32, below, down32, near32, nearest

#: Data sets of each place of the matrix; `make soak` draws more.
EXAMPLES = int(os.environ.get("EMLRT_ROW_EXAMPLES", "4"))
DRAWN = settings(max_examples=EXAMPLES, derandomize=True, deadline=None)


def allowed(tree, front, kind):
    """What share may differ without X: where rows that no threshold tells from
    decimals are float32, behind arithmetic."""
    if front in ("alone", "imputer") or (tree in WIDE and front != "columns"):
        # A feature's few thresholds may lie on whole numbers by chance.
        return 0.02 if kind == "float32" else 0.0
    if kind in ("held", "float32"):
        return 0.2
    return 0.0 if kind in ("decimals 0", "decimals 1", "integers") else 0.1


@pytest.mark.parametrize("front", FRONT)
@pytest.mark.parametrize("tree", TREES)
@DRAWN
@given(data=st.data())
def test_trees(tree, front, data):
    rng = np.random.default_rng(data.draw(st.integers(0, 9999)))
    kind = data.draw(st.sampled_from(KINDS))
    fit, X = made(tree, front, kind, rng)
    assert differing(fit, X, X=X) == 0.0, kind
    assert differing(fit, X) <= allowed(tree, front, kind), kind
    if kind == "float32":
        assert differing(fit, X, rows="float32") == 0.0


@pytest.mark.parametrize("kind", ["held", "float32"])
def test_a_mean_that_is_filled_in_is_as_float32_as_the_rows(kind):
    """An imputer of float32 arrays fills in the mean's float32, and a histogram's
    thresholds lie on what it fills in."""
    for seed in range(6):
        fit, X = made("hist", "imputer", kind, np.random.default_rng(seed))
        assert differing(fit, X) == 0.0, seed


@pytest.mark.parametrize("name", TABLES)
@DRAWN
@given(data=st.data())
def test_tables(name, data):
    rng = np.random.default_rng(data.draw(st.integers(0, 9999)))
    # Marks and thresholds are given, not learnt: held 0.3 is another number than 0.3.
    # A quantile's curve is as steep as a float32's rounding at 1000 is seen.
    left_out = {"quantiles": "offset"}.get(name, "held")
    kind = data.draw(st.sampled_from([k for k in KINDS if k not in ("held", left_out)]))
    X = rows_of(kind, rng)
    fit = fitted(TABLES[name](), X, rng)
    assert differing(fit, X, X=X) == 0.0, kind
    if kind != "float32":
        assert differing(fit, X) == 0.0, kind


# The figures of reports


@pytest.mark.parametrize("bins", [31, 255])
def test_training_values_as_thresholds(bins):
    X, y = load_diabetes(return_X_y=True)
    fit = HistGradientBoostingRegressor(max_bins=bins, random_state=0).fit(X, y)
    assert abs(Model.from_sklearn(fit).predict(X) - fit.predict(X)).max() < 1e-3
    X, y = load_breast_cancer(return_X_y=True)
    fit = HistGradientBoostingClassifier(max_bins=bins, max_iter=20).fit(X, y)
    assert differing(fit, X) == 0.0


def test_unseen_rows_of_one_decimal():
    rng = np.random.default_rng(0)
    X = np.round(rng.normal(size=(5000, 5)) * 3, 1)
    y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype(int)
    fit = HistGradientBoostingClassifier(max_bins=31, max_iter=20)
    fit.fit(X[:1000], y[:1000])
    assert differing(fit, X[1000:]) == 0.0


def test_iris_behind_a_scaler():
    X, y = load_iris(return_X_y=True)
    for seed in range(3):
        forest = RandomForestClassifier(20, random_state=seed)
        assert differing(make_pipeline(StandardScaler(), forest).fit(X, y), X) == 0.0


def test_float32_arrays_behind_a_scaler():
    X, y = load_breast_cancer(return_X_y=True)
    X = X.astype(np.float32)
    for own in (TREES["hist"](), TREES["xgboost"]()):
        fit = make_pipeline(StandardScaler(), own).fit(X, y)
        assert differing(fit, X, X=X) == differing(fit, X, rows="float32") == 0.0


def test_categories_of_decimals():
    rng = np.random.default_rng(0)
    X = np.round(rng.normal(size=(600, 2)), 2)
    X[:, 0] = rng.integers(0, 12, 600) / 10
    y = (np.rint(X[:, 0] * 10) % 3 == 0).astype(int)
    fit = HistGradientBoostingClassifier(max_iter=8, categorical_features=[0])
    assert differing(fit.fit(X, y), X) == 0.0
    for encoder in (OneHotEncoder(), OrdinalEncoder(), TargetEncoder()):
        assert differing(encoder.fit(X[:, :1], y), X[:, :1]) == 0.0


def test_bins_in_front_of_a_linear_model():
    rng = np.random.default_rng(0)
    X = np.round(rng.normal(size=(600, 3)), 1)
    model = make_pipeline(KBinsDiscretizer(6), LogisticRegression())
    assert differing(fitted(model, X, rng), X) == 0.0
    assert differing(fitted(BernoulliNB(binarize=0.1), X, rng), X) == 0.0


def test_ends_of_an_isotonic_regression():
    x = np.array([0.1, 0.2, 0.3, 0.7])
    fit = IsotonicRegression(out_of_bounds="nan").fit(x, [1, 2, 3, 4])
    found = Model.from_sklearn(fit).predict(x[:, None])
    np.testing.assert_allclose(found, fit.predict(x), rtol=1e-6)


@pytest.mark.parametrize(
    ("front", "kind", "seed"),
    [
        ("max-abs", "integers", 0),
        ("robust", "decimals 1", 2),
        ("robust", "held", 101),
    ],
)
def test_scales_that_look_like_float32(front, kind, seed):
    """Scaled numbers of few binary digits, of rows that are no float32 arrays."""
    fit, X = made("hist", front, kind, np.random.default_rng(seed))
    assert differing(fit, X) == 0.0


@pytest.mark.parametrize("tree", ["hist", "xgboost", "lightgbm"])
@pytest.mark.parametrize(
    "front",
    [
        lambda: make_pipeline(PCA(3), PolynomialFeatures(2)),
        lambda: QuantileTransformer(n_quantiles=100),
        lambda: make_pipeline(SimpleImputer(missing_values=0.0), PCA(3)),
        lambda: Normalizer(),
        lambda: PCA(2),
    ],
)
@pytest.mark.parametrize("kind", ["breast_cancer", "temperatures", "pressures"])
def test_behind_what_computes(tree, front, kind):
    """X says how near to a threshold rows come, which the device computes nearly."""
    rng = np.random.default_rng(0)
    X, y = load_breast_cancer(return_X_y=True)
    if kind != "breast_cancer":
        mean, std, places = (20, 5, 1) if kind == "temperatures" else (1013, 4, 2)
        X = np.round(rng.normal(mean, std, (300, 3)), places)
        y = (X[:, 0] - mean) * (X[:, 1] - mean) > 0
    fit = make_pipeline(front(), TREES[tree]()).fit(X, y)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", PrecisionWarning)
        share = differing(fit, X, X=X)
    assert share <= (0.01 if said else 0.0)
    if kind == "temperatures" and tree == "xgboost":
        assert differing(fit, X) == 0.0


@pytest.mark.parametrize("tree", ["hist", "xgboost"])
@pytest.mark.parametrize(
    "front",
    [
        lambda: FeatureUnion([("axes", PCA(2)), ("scaled", StandardScaler())]),
        lambda: ColumnTransformer(
            [("axes", PCA(2), [0, 2, 3]), ("scaled", StandardScaler(), [1])]
        ),
        lambda: make_pipeline(
            StandardScaler(),
            ColumnTransformer(
                [("power", PowerTransformer(), [0, 1])], remainder="passthrough"
            ),
        ),
    ],
)
def test_computed_numbers_beside_scaled_ones(tree, front):
    """X settles the thresholds of those, too, where trees read inputs beside them."""
    for seed in (6, 7):
        X = np.round(np.random.default_rng(seed).normal(1013, 4, (300, 4)), 2)
        y = (X[:, 0] - 1013) * (X[:, 1] - 1013) > 0
        fit = make_pipeline(front(), TREES[tree]()).fit(X, y)
        assert differing(fit, X, X=X) == 0.0


def test_rows_that_a_step_makes_equal_are_counted():
    """scikit-learn's own power makes of these columns numbers around 1e-15."""
    rng = np.random.default_rng(2)
    X = np.round(rng.normal(1013, 4, (300, 3)), 2)
    hist = HistGradientBoostingClassifier(max_iter=10)
    fit = make_pipeline(PowerTransformer(), hist).fit(X, X[:, 0] + X[:, 1] > 2026)
    with pytest.warns(PrecisionWarning, match=r"\d+ rows of X come nearer"):
        Model.from_sklearn(fit, X=X)


def test_what_is_filled_in_goes_as_in_the_original():
    for places, seed in ((5, 108), (4, 106)):
        rng = np.random.default_rng(seed)
        fit, X = made("hist", "imputer", f"decimals {places}", rng)
        assert differing(fit, X) == differing(fit, X, X=X) == 0.0


def test_quantiles_that_differ_in_last_digits():
    """scikit-learn's quantiles of equal rows do; X tells which of them the rows are."""
    X = load_wine().data[:, [5]]
    X = (X - X.mean()) / X.std()
    fit = QuantileTransformer(n_quantiles=len(X)).fit(X)
    near = np.diff(fit.quantiles_[:, 0])
    assert ((near > 0) & (near < 1e-15)).any()
    assert differing(fit, X, X=X) == 0.0


# Too fine for float32


def test_a_warning_names_the_feature():
    rng = np.random.default_rng(0)
    X = np.stack([1.7e9 + rng.integers(0, 9000, 900), rng.normal(size=900)], axis=1)
    y = (X[:, 0] % 900 < 300).astype(int)
    fit = HistGradientBoostingClassifier(max_iter=5).fit(X, y)
    with pytest.warns(PrecisionWarning, match="feature 0 .*pass offset='auto'"):
        Model.from_sklearn(fit)
    with pytest.warns(PrecisionWarning, match=r"feature 0 \(.*rows of X\)"):
        Model.from_sklearn(fit, X=X)


def test_no_warning_without_reason():
    rng = np.random.default_rng(0)
    for kind in ("decimals 2", "float32", "integers"):
        for front in ("alone", "standard"):
            fit, X = made("hist", front, kind, rng)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                Model.from_sklearn(fit)
                Model.from_sklearn(fit, X=X)


# The rule


@settings(max_examples=draws(60), derandomize=True, deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.booleans())
def test_the_nearest_float32(t, x, strict):
    """A row goes another way only if float32 cannot tell it from the threshold."""
    t = np.array([t])
    beside = [t[0], np.nextafter(t[0], np.inf), np.nextafter(t[0], -np.inf), x]
    for row in np.array(beside):
        left = row < t if strict else row <= t
        device = near32(row) <= nearest(t, strict)
        unit = np.spacing(abs(near32(t)).astype(np.float32))
        assert left == device or abs(row - t) <= 0.75 * unit
    if (near32(t) == nearest(t)).all():  # the training row itself
        assert near32(t) <= nearest(t)


@settings(max_examples=draws(60), derandomize=True, deadline=None)
@given(st.floats(-1e6, 1e6, width=32), st.booleans())
def test_float32_numbers_are_told_apart(x, strict):
    """Thresholds that are float32 numbers, between two, or any, and float32 rows."""
    x = np.array([x])
    for t in (x, (x + after32(x)) / 2, np.nextafter((x + after32(x)) / 2, np.inf)):
        for row in (before32(x), x, after32(x)):
            left = row < t if strict else row <= t
            assert left == (row <= below(t, strict)) == (row <= nearest(t, strict))


def test_kinds():
    rng = np.random.default_rng(0)
    x = rng.normal(size=60) * 5
    none = np.zeros(60)
    assert of_borders(np.unique(np.round(x, 2)), none[:1], exact=True) == decimals(2)
    held = x.astype(np.float32).astype(float)
    assert of_borders(held, none, exact=True) == HELD
    assert of_borders(x, none, exact=True) == ANY
    assert of_rows(held) == HELD
    assert of_rows(held.astype(np.float32)) == ARRAYS
    assert of_rows(np.round(x, 3)) == decimals(3)
    assert (down32(x) <= x).all()
