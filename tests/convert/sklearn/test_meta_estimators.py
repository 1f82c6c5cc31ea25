# SPDX-License-Identifier: MIT
"""Estimators made of others, against scikit-learn in float64 on the same rows."""

import warnings

import numpy as np
import pytest
from draws import draws
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from numeric_checks import METHODS
from sklearn import datasets
from sklearn.base import is_regressor
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.frozen import FrozenEstimator
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import (
    LinearRegression,
    LogisticRegression,
    Ridge,
    RidgeClassifier,
)
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
)
from sklearn.multiclass import (
    OneVsOneClassifier,
    OneVsRestClassifier,
    OutputCodeClassifier,
)
from sklearn.multioutput import (
    ClassifierChain,
    MultiOutputClassifier,
    MultiOutputRegressor,
    RegressorChain,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    RobustScaler,
    StandardScaler,
)
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from emlrt import Model
from emlrt.errors import UnsupportedModelError

pytestmark = pytest.mark.filterwarnings("ignore")


def lines():
    """Linear, of standardized features: scales then cost no digits."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.5, max_iter=60))


def tree():
    return DecisionTreeClassifier(max_depth=4, random_state=0)


def forest():
    return RandomForestClassifier(5, max_depth=4, random_state=0)


def several(*estimators):
    return [(f"part{k}", e) for k, e in enumerate(estimators)]


def parts():
    return several(lines(), tree(), LinearDiscriminantAnalysis())


CLASSIFIERS = {
    "soft": lambda: VotingClassifier(parts(), voting="soft", weights=[1, 2, 0.5]),
    "hard": lambda: VotingClassifier(several(lines(), tree(), forest())),
    "hard-weights": lambda: VotingClassifier(parts(), weights=[1, 2, 1]),
    "bag-trees": lambda: BaggingClassifier(tree(), 5, max_features=0.6, random_state=1),
    "bag-lines": lambda: BaggingClassifier(
        lines(), 3, max_features=0.6, random_state=1
    ),
    "bag-votes": lambda: BaggingClassifier(RidgeClassifier(), 5, random_state=1),
    "stack": lambda: StackingClassifier(parts(), lines(), cv=2),
    "stack-through": lambda: StackingClassifier(
        parts(), lines(), cv=2, passthrough=True
    ),
    "stack-forest": lambda: StackingClassifier(parts(), forest(), cv=2),
    "stack-labels": lambda: StackingClassifier(
        several(tree(), forest()), lines(), cv=2, stack_method="predict"
    ),
    "sigmoid": lambda: CalibratedClassifierCV(lines(), cv=3),
    "sigmoid-trees": lambda: CalibratedClassifierCV(forest(), cv=2, ensemble=False),
    "isotonic": lambda: CalibratedClassifierCV(lines(), method="isotonic", cv=2),
    "isotonic-trees": lambda: CalibratedClassifierCV(forest(), method="isotonic", cv=2),
    "temperature": lambda: CalibratedClassifierCV(lines(), method="temperature", cv=2),
    "temperature-p": lambda: CalibratedClassifierCV(
        forest(), method="temperature", cv=2
    ),
    "rest": lambda: OneVsRestClassifier(lines()),
    "rest-trees": lambda: OneVsRestClassifier(forest()),
    "pairs": lambda: OneVsOneClassifier(RidgeClassifier()),
    "codes": lambda: OutputCodeClassifier(lines(), code_size=2, random_state=0),
    "search": lambda: GridSearchCV(lines(), {"logisticregression__C": [0.1, 1]}, cv=2),
    "random-search": lambda: RandomizedSearchCV(
        forest(), {"max_depth": [2, 3]}, n_iter=2, cv=2, random_state=0
    ),
    "self-training": lambda: SelfTrainingClassifier(lines()),
}
REGRESSORS = {
    "mean": lambda: VotingRegressor(
        several(Ridge(), DecisionTreeRegressor(max_depth=3)), weights=[1, 3]
    ),
    "bag": lambda: BaggingRegressor(Ridge(), 3, max_features=0.7, random_state=0),
    "bag-trees": lambda: BaggingRegressor(
        DecisionTreeRegressor(max_depth=4), 4, max_features=0.7, random_state=0
    ),
    "stack": lambda: StackingRegressor(
        several(Ridge(), DecisionTreeRegressor(max_depth=3)), cv=2
    ),
    "stack-forest": lambda: StackingRegressor(
        several(Ridge(), LinearRegression()),
        RandomForestRegressor(4, max_depth=3, random_state=0),
        cv=2,
        passthrough=True,
    ),
    "logs": lambda: TransformedTargetRegressor(
        Ridge(), func=np.log1p, inverse_func=np.expm1
    ),
    "roots": lambda: TransformedTargetRegressor(
        Ridge(), func=np.sqrt, inverse_func=np.square
    ),
    "tens": lambda: TransformedTargetRegressor(
        Ridge(), func=np.log2, inverse_func=np.exp2
    ),
    "same": lambda: TransformedTargetRegressor(Ridge()),
    "standard": lambda: TransformedTargetRegressor(
        Ridge(), transformer=StandardScaler()
    ),
    "robust": lambda: TransformedTargetRegressor(Ridge(), transformer=RobustScaler()),
    "min-max": lambda: TransformedTargetRegressor(Ridge(), transformer=MinMaxScaler()),
    "max-abs": lambda: TransformedTargetRegressor(Ridge(), transformer=MaxAbsScaler()),
}
#: Isotonic curves rise as steeply as neighbouring scores of the training data are
#: close: the rounding of a score is multiplied by that.
STEEP = 5e-4
#: What changes the scale of features, and of what a dataset's is.
SCALES = {"raw": 1.0, "small": 1e-6, "large": 1e6}


def as_seen(X):
    """Rows as the runtime gets them, in float64."""
    return np.asarray(X, np.float32).astype(np.float64)


def fitted(estimator, X, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator.fit(X, y)


def matrix(result):
    if isinstance(result, list):
        return np.concatenate([matrix(part) for part in result], axis=1)
    array = np.asarray(result, np.float64)
    return array.reshape(len(array), -1)


def gap(scores):
    """Of each row, the distance of the two largest, or to 0."""
    if scores.ndim == 1:
        return abs(scores)
    if scores.shape[1] == 1:
        return np.ones(len(scores))
    top = np.partition(scores, -2, axis=1)
    return top[:, -1] - top[:, -2]


def margin(estimator, X):
    """How far each row is from another answer, of whatever decides, in units of the
    largest score; 0 where rounding may decide."""
    inner = [np.ones(len(X))]
    if isinstance(estimator, StackingClassifier):
        pairs = zip(estimator.estimators_, estimator.stack_method_, strict=True)
        inner += [margin(e, X) for e, method in pairs if method == "predict"]
        if not hasattr(estimator.final_estimator_, "estimators_"):
            inner.append(margin_of(estimator, X))
    elif votes_alone(estimator):
        seen = getattr(estimator, "estimators_features_", None)
        seen = seen or [slice(None)] * len(estimator.estimators_)
        pairs = zip(estimator.estimators_, seen, strict=True)
        inner += [margin(e, X[:, chosen]) for e, chosen in pairs]
        if hasattr(estimator, "decision_function"):
            inner.append(margin_of(estimator, X))
    elif isinstance(estimator, BaggingClassifier):
        inner.append(gap(estimator.predict_proba(X)))
    else:
        inner.append(margin_of(estimator, X))
    return np.min(inner, axis=0)


def votes_alone(estimator):
    """Whether only the predictions of an estimator's parts count."""
    if isinstance(estimator, BaggingClassifier):
        return not hasattr(estimator.estimators_[0], "predict_proba")
    codes = isinstance(estimator, OutputCodeClassifier | OneVsOneClassifier)
    return codes or getattr(estimator, "voting", "") == "hard"


def margin_of(estimator, X):
    if hasattr(estimator, "decision_function"):
        d = estimator.decision_function(X)
        return gap(d) / max(abs(d).max(), 1e-300)
    return gap(estimator.predict_proba(X))


def expected(estimator, method, X, model):
    """What the original says. Where trees read others' scores, they are given the
    model's, whose rounding may take a row to the other side of a threshold."""
    final = getattr(estimator, "final_estimator_", None)
    if not hasattr(final, "estimators_") or method == "transform":
        return getattr(estimator, method)(X)
    said = getattr(final, method)(model.transform(X))
    if method == "predict" and hasattr(estimator, "classes_"):
        return estimator.classes_[said]
    return said


def difference(ours, theirs, method, sure):
    """Largest error, in units of the largest number but for probabilities."""
    a, b = matrix(ours), matrix(theirs)
    assert a.shape == b.shape, method
    if method == "predict_log_proba":
        a, b = np.exp(a), np.exp(b)
    size = 1.0 if "proba" in method else max(abs(b).max(), 1e-300)
    return float((abs(a - b).max(axis=1) * sure).max() / size)


def compare(estimator, X, proba=2e-6, score=1e-5, known=None):
    """Converts, and compares each method; gives the worst error of each."""
    model = Model.from_sklearn(estimator, X=known)
    sure = np.ones(len(X), bool)
    if not is_regressor(estimator):
        sure = margin(estimator, X) > 1e-5
    everywhere = np.ones(len(X), bool)
    worst = {"sure": float(sure.mean())}
    for method in METHODS:
        assert hasattr(model, method) == hasattr(estimator, method), method
        if not hasattr(model, method):
            continue
        ours, theirs = getattr(model, method)(X), expected(estimator, method, X, model)
        if method == "predict" and not is_regressor(estimator):
            assert np.shape(ours) == np.shape(theirs)
            same = (np.asarray(ours) == np.asarray(theirs)).reshape(len(X), -1)
            assert same.all(axis=1)[sure].all(), method
            continue
        rows = sure if votes_alone(estimator) else everywhere
        error = difference(ours, theirs, method, rows)
        assert error <= (proba if "proba" in method else score), method
        worst[method] = error
    x = np.ascontiguousarray(X[:3], model.input_dtype)
    single = np.stack([model._runtime.firmware(row) for row in x])
    batch = model._runtime.scores(x)
    np.testing.assert_array_equal(single.view(np.uint32), batch.view(np.uint32))
    return model, worst


SETS = {
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast_cancer": datasets.load_breast_cancer,
    "digits": datasets.load_digits,
}


@pytest.mark.parametrize("data", SETS)
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classifiers_on_data_sets(name, data, record_property):
    X, y = SETS[data](return_X_y=True)
    step = 9 if data == "digits" else 1
    standard = StandardScaler().fit_transform(X)
    for scale in (1.0,) if data in ("digits", "breast_cancer") else (1.0, 1e-6, 1e6):
        rows = as_seen(standard * scale)
        estimator = fitted(CLASSIFIERS[name](), rows[::step], y[::step])
        proba = STEEP if name.startswith("isotonic") else 2e-6
        _, worst = compare(estimator, rows, proba)
        for method, error in worst.items():
            record_property(f"{name}-{data}-{scale}-{method}", float(error))


@pytest.mark.parametrize("name", ["soft", "hard", "bag-trees", "stack", "sigmoid"])
@pytest.mark.parametrize("data", ["iris", "wine", "breast_cancer"])
def test_classifiers_on_raw_data(name, data):
    X, y = SETS[data](return_X_y=True)
    X = as_seen(X)
    first = make_pipeline(StandardScaler(), lines())
    makers = {
        "soft": VotingClassifier(several(first, GaussianNB(), tree()), voting="soft"),
        "hard": VotingClassifier(several(first, GaussianNB(), tree())),
        "bag-trees": BaggingClassifier(tree(), 7, random_state=0),
        "stack": StackingClassifier(several(first, GaussianNB(), tree()), cv=2),
        "sigmoid": CalibratedClassifierCV(first, cv=2),
    }
    compare(fitted(makers[name], X, y), X)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", REGRESSORS)
def test_regressors_on_diabetes(name, scale):
    X, y = datasets.load_diabetes(return_X_y=True)
    X = as_seen(StandardScaler().fit_transform(X) * SCALES[scale])
    compare(fitted(REGRESSORS[name](), X, y), X)


def labels(n, kind):
    return {
        "int": np.arange(n) * 3 - 2,
        "str": np.array([f"class {k}" for k in range(n)]),
        "float": np.arange(n) / 2,
    }[kind]


@st.composite
def problems(draw):
    """Rows and labels, both of blobs, and an estimator of those above."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_classes = draw(st.integers(2, 5))
    n_features = draw(st.integers(1, 6))
    scale = draw(st.sampled_from([1.0, 1.0, 1e-4, 1e4]))
    centres = rng.normal(0, 2, (n_classes, n_features))
    index = np.arange(60) % n_classes
    X = as_seen((centres[index] + rng.normal(size=(60, n_features))) * scale)
    y = labels(n_classes, draw(st.sampled_from(["int", "str", "float"])))[index]
    name = draw(st.sampled_from(sorted(CLASSIFIERS)))
    return X, y, CLASSIFIERS[name]()


@settings(
    max_examples=draws(200),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(problems())
def test_classifiers_of_any_kind(problem):
    X, y, estimator = problem
    if isinstance(estimator, StackingClassifier | SelfTrainingClassifier):
        y = np.unique(y, return_inverse=True)[1]
    if isinstance(estimator, OneVsOneClassifier) or y.dtype.kind == "f":
        y = y if y.dtype.kind == "U" else np.round(y * 2).astype(int)
    try:
        estimator = fitted(estimator, X, y)
    except RuntimeError:  # "temperature scaling fails to optimize"
        reject()
    isotonic = getattr(estimator, "method", "") == "isotonic"
    compare(estimator, X, proba=STEEP if isotonic else 5e-6, score=2e-5)


# Each in its own way


def iris():
    X, y = datasets.load_iris(return_X_y=True)
    return as_seen(X), y


def test_a_bag_of_trees_is_one_forest():
    X, y = iris()
    bag = BaggingClassifier(tree(), 6, max_features=3, random_state=0).fit(X, y)
    model, worst = compare(bag, X)
    assert len(model.stages) == 1
    assert worst["predict_proba"] < 1e-7


def test_a_bag_that_has_not_seen_every_class_everywhere():
    X, y = iris()
    y = np.where(np.arange(150) < 3, 3, y)
    base = make_pipeline(StandardScaler(), tree())  # no sample_weight: rows are drawn
    bag = BaggingClassifier(base, 8, max_samples=40, random_state=0).fit(X, y)
    assert len({len(e.classes_) for e in bag.estimators_}) > 1
    compare(bag, X, known=X)
    decides = BaggingClassifier(
        LinearDiscriminantAnalysis(), 8, max_samples=40, random_state=0
    )
    refused(decides.fit(X, y), "seen different classes")


def test_votes_that_tie():
    X, y = iris()
    stumps = [
        DecisionTreeClassifier(max_depth=1, max_features=1, random_state=k)
        for k in range(4)
    ]
    voting = VotingClassifier(several(*stumps)).fit(X, y)
    model = Model.from_sklearn(voting)
    np.testing.assert_array_equal(model.predict(X), voting.predict(X))
    np.testing.assert_array_equal(model.transform(X), voting.transform(X))
    assert model.transform(X).dtype.kind == "i"


def test_dropped_estimators_are_left_out():
    X, y = iris()
    three = [("a", lines()), ("b", "drop"), ("c", tree())]
    compare(VotingClassifier(three, voting="soft", weights=[1, 5, 2]).fit(X, y), X)
    compare(StackingClassifier(three, cv=2).fit(X, y), X)


def test_three_dimensions_are_no_transform():
    X, y = iris()
    voting = VotingClassifier(parts(), voting="soft", flatten_transform=False)
    model = Model.from_sklearn(voting.fit(X, y))
    assert not hasattr(model, "transform")
    np.testing.assert_allclose(model.predict_proba(X), voting.predict_proba(X), 0, 2e-6)


def test_extras_are_copied_and_scores_are_not():
    X, y = iris()
    model = Model.from_sklearn(VotingClassifier(parts(), voting="soft").fit(X, y))
    assert [s.name for s in model.stages if s.target.space == 2] == [
        "weighted_sum",
        "gather",
    ]


@pytest.mark.parametrize("base", [lines, tree, RidgeClassifier])
def test_rest_with_two_classes(base):
    X, y = iris()
    compare(OneVsRestClassifier(base()).fit(X, y > 1), X)


@pytest.mark.parametrize("base", [lines, tree, RidgeClassifier])
def test_rest_with_labels(base):
    X, y = iris()
    targets = np.stack([y > 0, y > 1, X[:, 0] > 5.5, y >= 0], axis=1).astype(int)
    model = OneVsRestClassifier(base())
    check_labels(fitted(model, X, targets), X)
    check_labels(OneVsRestClassifier(base()).fit(X, targets[:, :3]), X)


def check_labels(estimator, X):
    """Several labels a row: predict where each is sure."""
    model = Model.from_sklearn(estimator)
    found, expected = model.predict(X), estimator.predict(X)
    assert found.shape == expected.shape
    assert (found == expected).mean() > 0.995
    for method in ("predict_proba", "decision_function"):
        assert hasattr(model, method) == hasattr(estimator, method)
        if hasattr(model, method):
            ours, theirs = getattr(model, method)(X), getattr(estimator, method)(X)
            np.testing.assert_allclose(matrix(ours), matrix(theirs), 0, 1e-5)


@pytest.mark.parametrize("regressor", [Ridge, DecisionTreeRegressor])
def test_rest_of_regressors(regressor):
    X, y = iris()
    for target in (y, y > 1):
        rest = OneVsRestClassifier(regressor()).fit(X, target)
        model = Model.from_sklearn(rest)
        np.testing.assert_array_equal(model.predict(X), rest.predict(X))


@pytest.mark.parametrize("base", [lines, tree, forest, RidgeClassifier, GaussianNB])
def test_pairs(base):
    X, y = iris()
    compare(OneVsOneClassifier(base()).fit(X, y), X)
    compare(OneVsOneClassifier(base()).fit(X, y > 1), X)


@pytest.mark.parametrize("base", [lines, tree, forest, GaussianNB])
@pytest.mark.parametrize("targets", [2, 3])
def test_several_targets(base, targets):
    X, y = iris()
    Y = np.stack([y > 0, y > 1, y][:targets], axis=1).astype(int)
    outputs = MultiOutputClassifier(base()).fit(X, Y)
    model = Model.from_sklearn(outputs)
    np.testing.assert_array_equal(model.predict(X), outputs.predict(X))
    for ours, theirs in zip(
        model.predict_proba(X), outputs.predict_proba(X), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, 0, 2e-6)
    single = [model._runtime.firmware(x.astype(np.float32), "classify") for x in X[:5]]
    np.testing.assert_array_equal(single, model._runtime.classify(X[:5].astype("f4")))


def test_several_targets_without_probabilities():
    X, y = iris()
    outputs = MultiOutputClassifier(RidgeClassifier()).fit(X, np.stack([y, y > 0], 1))
    model = Model.from_sklearn(outputs)
    assert not hasattr(model, "predict_proba")
    np.testing.assert_array_equal(model.predict(X), outputs.predict(X))


def test_several_values():
    X, y = datasets.load_diabetes(return_X_y=True)
    X, Y = as_seen(X), np.stack([y, X[:, 2], -y], axis=1)
    trees = DecisionTreeRegressor(max_depth=3)
    for estimator in (
        MultiOutputRegressor(Ridge(0.1)),
        MultiOutputRegressor(trees),
        RegressorChain(Ridge(0.1), order=[2, 0, 1]),
        RegressorChain(trees, cv=2),
        TransformedTargetRegressor(Ridge(), transformer=StandardScaler()),
        DummyRegressor(),
    ):
        estimator.fit(X, Y)
        model = Model.from_sklearn(estimator)
        found, expected = model.predict(X), estimator.predict(X)
        assert found.shape == expected.shape
        size = abs(expected).max(axis=0)
        assert (abs(found - expected) / size).max() < 2e-6


@pytest.mark.parametrize(
    "method", ["predict", "predict_proba", "decision_function", "predict_log_proba"]
)
def test_chains(method):
    X, y = iris()
    X = as_seen(StandardScaler().fit_transform(X))
    Y = np.stack([y > 0, y > 1, X[:, 0] > 0.1], axis=1).astype(int)
    if method == "predict_log_proba":  # its columns are two
        return
    chain = ClassifierChain(lines(), order=[2, 0, 1], chain_method=method).fit(X, Y)
    check_labels(chain, X)


def test_chain_of_trees():
    X, y = iris()
    Y = np.stack([y > 0, y > 1], axis=1).astype(int)
    for base in (tree(), forest(), RidgeClassifier()):
        check_labels(ClassifierChain(base).fit(X, Y), X)


@pytest.mark.parametrize("positive", [None, 0, 1])
@pytest.mark.parametrize("base", [lines, tree, RidgeClassifier, forest])
@pytest.mark.parametrize("threshold", ["auto", 0.25, -0.5])
def test_fixed_thresholds(positive, base, threshold):
    X, y = iris()
    y = (y > 1).astype(int)
    estimator = FixedThresholdClassifier(
        base(), threshold=threshold, pos_label=positive
    ).fit(X, y)
    model = Model.from_sklearn(estimator)
    agree = model.predict(X) == estimator.predict(X)
    assert agree.all()
    for method in METHODS:
        assert hasattr(model, method) == hasattr(estimator, method), method
        if hasattr(model, method) and method not in ("predict", "predict_log_proba"):
            ours, theirs = getattr(model, method)(X), getattr(estimator, method)(X)
            np.testing.assert_allclose(ours, theirs, 1e-5, 2e-6)


def test_tuned_threshold():
    X, y = iris()
    for labels_ in ((y > 1).astype(int), np.where(y > 1, "yes", "no")):
        kind = "f1" if labels_.dtype.kind == "i" else "balanced_accuracy"
        tuned = TunedThresholdClassifierCV(lines(), scoring=kind).fit(X, labels_)
        model = Model.from_sklearn(tuned)
        np.testing.assert_array_equal(model.predict(X), tuned.predict(X))


@pytest.mark.parametrize("strategy", ["prior", "most_frequent", "constant"])
def test_dummies(strategy):
    X, y = iris()
    for target, constant in ((y, 2), (np.stack([y, y > 1], 1).astype(int), [1, 0])):
        dummy = DummyClassifier(strategy=strategy, constant=constant).fit(X, target)
        model = Model.from_sklearn(dummy)
        np.testing.assert_array_equal(model.predict(X), dummy.predict(X))
        ours, theirs = model.predict_proba(X), dummy.predict_proba(X)
        np.testing.assert_allclose(matrix(ours), matrix(theirs), 0, 1e-7)
        broken = np.full((1, 4), np.nan, np.float32)
        np.testing.assert_array_equal(model.predict(broken), dummy.predict(broken))


def test_frozen_and_integers():
    X, y = datasets.load_digits(return_X_y=True)
    base = FrozenEstimator(forest().fit(X, y))
    calibrated = CalibratedClassifierCV(base).fit(X, y)
    compare(calibrated, X)
    voting = VotingClassifier(several(forest(), tree()), voting="soft").fit(X, y)
    for dtype in ("float32", "int16", "uint8"):
        model = Model.from_sklearn(voting, dtype=dtype, X=X)
        np.testing.assert_array_equal(model.predict(X), voting.predict(X))


def test_missing_values_only_where_every_part_takes_them():
    X, y = iris()
    trees = VotingClassifier(several(tree(), forest()), voting="soft")
    holed = X.copy()
    holed[::7, 1] = np.nan
    trees.fit(holed, y)
    compare_missing = Model.from_sklearn(trees)
    np.testing.assert_array_equal(compare_missing.predict(holed), trees.predict(holed))
    mixed = Model.from_sklearn(VotingClassifier(several(tree(), lines())).fit(X, y))
    with pytest.raises(ValueError, match="NaN"):
        mixed.predict(holed)


def bumps():
    """Rising and falling numbers of one feature."""
    rng = np.random.default_rng(0)
    x = as_seen(np.sort(rng.normal(size=80)))
    return x, x**3 + rng.normal(size=80)


@pytest.mark.parametrize("outside", ["clip", "nan"])
@pytest.mark.parametrize("increasing", [True, False])
def test_isotonic_regression(outside, increasing):
    x, y = bumps()
    model = IsotonicRegression(out_of_bounds=outside, increasing=increasing)
    model.fit(x, y)
    between = (x[1:] + x[:-1]) / 2
    rows = as_seen(np.concatenate([x, between, [x[0] - 1, x[-1] + 1]]))
    converted = Model.from_sklearn(model)
    for method in ("predict", "transform"):
        found = getattr(converted, method)(rows[:, None])
        np.testing.assert_allclose(found, getattr(model, method)(rows), 0, 1e-5)


def test_isotonic_of_one_point():
    model = IsotonicRegression().fit([1.0, 1.0], [2.0, 4.0])
    converted = Model.from_sklearn(model)
    rows = np.array([[0.0], [1.0], [9.0]])
    np.testing.assert_array_equal(converted.predict(rows), model.predict(rows))


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_calibration_where_a_member_has_not_seen_every_class(method):
    X, y = iris()
    y = np.where(X[:, 0] > 6, 3, y)
    calibrated = CalibratedClassifierCV(lines(), method=method, cv=2).fit(X, y)
    member = calibrated.calibrated_classifiers_[0]
    member.estimator = tree().fit(X[y != 1], y[y != 1])
    member.calibrators = member.calibrators[:3]
    compare(calibrated, X, proba=STEEP)
    member.estimator = tree().fit(X[y > 1], y[y > 1])
    refused(calibrated, "has seen 2 of them")


# What is not supported


def refused(estimator, match):
    with pytest.raises(UnsupportedModelError, match=match):
        Model.from_sklearn(estimator)


def test_refusals():
    X, y = iris()
    Y = np.stack([y > 0, y > 1], axis=1).astype(int)
    refused(DummyClassifier(strategy="uniform").fit(X, y), "at random")
    search = GridSearchCV(tree(), {"max_depth": [1]}, refit=False)
    refused(make_pipeline(StandardScaler().fit(X), search.fit(X, y)), "refit=True")
    refused(OneVsOneClassifier(Ridge()).fit(X, y), "regressors")
    several_labels = StackingClassifier(several(forest()), forest(), cv=2)
    refused(several_labels.fit(X, Y), "several labels")
    odd = TransformedTargetRegressor(
        Ridge(), func=lambda y: y, inverse_func=lambda y: y
    )
    refused(odd.fit(X, y), "inverse_func")
    raises = IsotonicRegression(out_of_bounds="raise").fit(*bumps())
    refused(raises, "out_of_bounds")
    clipped = TransformedTargetRegressor(Ridge(), transformer=MinMaxScaler(clip=True))
    refused(clipped.fit(X, y), "MinMaxScaler")
    words = np.array(["a", "b", "c"])[y]
    labelled = StackingClassifier(
        [("t", tree().fit(X, words))], cv="prefit", stack_method="predict"
    )
    labelled.final_estimator_ = lines().fit(X[:, :1], y)
    labelled.estimators_ = [labelled.estimators[0][1]]
    labelled.stack_method_, labelled.classes_ = ["predict"], np.unique(words)
    refused(labelled, "labels, which are no numbers")
    rest = OneVsRestClassifier(lines())
    refused(fitted(rest, X, np.zeros(150, int)), "one class only")
