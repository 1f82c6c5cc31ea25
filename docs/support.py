# SPDX-License-Identifier: MIT
"""Write docs/SUPPORT.md: every scikit-learn estimator, converted and measured.

    python docs/support.py [--check]

Each estimator is fitted on a data set of scikit-learn's, as float64 and as float32,
converted, and compared with itself on the same array. --check changes nothing and
fails if SUPPORT.md says something else than what is found.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np

import emlrt
from emlrt.convert.sklearn.unsupported import why
from emlrt.errors import UnsupportedModelError

PAGE = Path(__file__).resolve().parent / "SUPPORT.md"
#: Methods of the original that its model has not: BernoulliRBM's is random, the
#: others' are log-likelihoods of what only projects.
LEFT_OUT = {
    ("BernoulliRBM", "score_samples"),
    ("FactorAnalysis", "score_samples"),
    ("PCA", "score_samples"),
}
#: Errors that are not compared with the page's: a few roundings of float32.
SMALL = 1e-6
#: What rows are given as.
DTYPES = (np.float64, np.float32)
#: Estimators converted with X=, since quantiles of equal rows differ in last digits.
WITH_X = {"QuantileTransformer"}
METHODS = (
    "predict",
    "predict_proba",
    "predict_log_proba",
    "decision_function",
    "score_samples",
    "transform",
    "kneighbors",
)
KINDS = {
    "classifier": "Classifiers",
    "regressor": "Regressors",
    "outlier detector": "Outlier detectors",
    "mixture": "Mixtures and densities",
    "clusterer": "Clusterers",
    "transformer": "Transformers",
    "other": "Others",
}


# Which there are


def kind_of(cls: type) -> str | None:
    """The first kind that fits; None for those without answers for new rows."""
    from sklearn import base

    holders = ("FrozenEstimator", "Pipeline")  # have the methods of what they hold
    if cls.__name__ in holders or cls.__name__.endswith("SearchCV"):
        return "other"
    kinds = {
        "classifier": base.ClassifierMixin,
        "regressor": base.RegressorMixin,
        "outlier detector": base.OutlierMixin,
        "mixture": base.DensityMixin,
    }
    for kind, mixin in kinds.items():
        if issubclass(cls, mixin):
            return kind
    if issubclass(cls, base.ClusterMixin) and hasattr(cls, "predict"):
        return "clusterer"
    if hasattr(cls, "transform"):
        return "transformer"
    answers = ("predict", "score_samples", "kneighbors")
    return "other" if any(hasattr(cls, name) for name in answers) else None


@cache
def estimators() -> dict[str, type]:
    """Every public class of a kind above, by name."""
    from sklearn.experimental import (  # noqa: F401
        enable_halving_search_cv,
        enable_iterative_imputer,
    )
    from sklearn.utils.discovery import all_estimators

    found = dict(all_estimators())
    with suppress(ImportError):  # scikit-learn has it since 1.6
        found["FrozenEstimator"] = import_module("sklearn.frozen").FrozenEstimator
    return {name: cls for name, cls in sorted(found.items()) if kind_of(cls)}


# What they are fitted on


@dataclass(frozen=True)
class Data:
    """Rows of float64, and targets."""

    X: np.ndarray
    y: Any


def _standard(X: np.ndarray) -> np.ndarray:
    return np.asarray((X - X.mean(axis=0)) / X.std(axis=0))


def wine() -> Data:
    from sklearn.datasets import load_wine

    X, y = load_wine(return_X_y=True)
    return Data(_standard(X), y)


def two_wines() -> Data:
    data = wine()
    two = data.y < 2
    return Data(data.X[two], data.y[two])


def positive_wine() -> Data:
    data = wine()
    return Data(data.X - data.X.min(axis=0), data.y)


def labels_of_wine() -> Data:
    data = wine()
    return Data(data.X, np.stack([data.y > 0, data.y > 1], axis=1).astype(int))


def levels_of_wine() -> Data:
    """Whole numbers from 0 to 4, as categories are."""
    data = wine()
    cuts = np.quantile(data.X, [0.2, 0.4, 0.6, 0.8], axis=0)
    return Data((data.X[:, None, :] > cuts[None]).sum(axis=1).astype(float), data.y)


def holed_wine() -> Data:
    data = wine()
    X = data.X.copy()
    X[np.random.default_rng(0).random(X.shape) < 0.1] = np.nan
    return Data(X, data.y)


def small_wine() -> Data:
    """Numbers that stay in reach of what squares or sums them."""
    data = positive_wine()
    return Data(data.X / 10, data.y)


def diabetes() -> Data:
    from sklearn.datasets import load_diabetes

    X, y = load_diabetes(return_X_y=True)
    return Data(_standard(X), y)


def two_targets() -> Data:
    data = diabetes()
    return Data(data.X, np.stack([data.y, data.X[:, 2] * 10 + data.y / 9], axis=1))


def one_column() -> Data:
    data = diabetes()
    return Data(data.X[:, 2:3], data.y)


def kernel_of_wine() -> Data:
    data = wine()
    return Data(data.X @ data.X.T, data.y)


#: Data sets of estimators that do not take their kind's usual one.
DATA: dict[str, Callable[[], Data]] = {
    "CCA": two_targets,
    "PLSCanonical": two_targets,
    "KernelCenterer": kernel_of_wine,
    "CategoricalNB": levels_of_wine,
    "ClassifierChain": labels_of_wine,
    "MultiOutputClassifier": labels_of_wine,
    "FixedThresholdClassifier": two_wines,
    "TunedThresholdClassifierCV": two_wines,
    "IsotonicRegression": one_column,
    "OneHotEncoder": levels_of_wine,
    "OrdinalEncoder": levels_of_wine,
    "TargetEncoder": levels_of_wine,
    "SimpleImputer": holed_wine,
    "KNNImputer": holed_wine,
    "IterativeImputer": holed_wine,
    "MissingIndicator": holed_wine,
    "AdditiveChi2Sampler": small_wine,
    "BernoulliRBM": small_wine,
    "SkewedChi2Sampler": small_wine,
    "FrozenEstimator": wine,
    "GridSearchCV": wine,
}
DEFAULT_METHODS = {"regressor": diabetes}


def _tags(estimator: Any) -> tuple[bool, bool]:
    """Whether an estimator takes several targets only, and positive numbers only."""
    if hasattr(estimator, "_get_tags"):  # scikit-learn up to 1.6
        tags = estimator._get_tags()
        return tags["multioutput_only"], tags["requires_positive_X"]
    from sklearn.utils import get_tags

    found = get_tags(estimator)
    return not found.target_tags.single_output, found.input_tags.positive_only


def data_of(name: str, cls: type) -> Data:
    """The data set that an estimator is fitted on."""
    if name in DATA:
        return DATA[name]()
    kind = kind_of(cls)
    several, positive = _tags(made(name, cls))
    if several and kind == "regressor":
        return two_targets()
    if positive:
        return positive_wine()
    return DEFAULT_METHODS.get(str(kind), wine)()


# How they are made


def _parts() -> tuple[Any, Any]:
    from sklearn.naive_bayes import GaussianNB
    from sklearn.tree import DecisionTreeClassifier

    return GaussianNB(), DecisionTreeClassifier(max_depth=4, random_state=0)


def _regressors() -> list[tuple[str, Any]]:
    from sklearn.linear_model import Ridge
    from sklearn.tree import DecisionTreeRegressor

    tree = DecisionTreeRegressor(max_depth=4, random_state=0)
    return [("ridge", Ridge()), ("tree", tree)]


def _logistic() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression()


def _classifiers() -> list[tuple[str, Any]]:
    bayes, tree = _parts()
    return [("logistic", _logistic()), ("bayes", bayes), ("tree", tree)]


def _ridge() -> Any:
    return _regressors()[0][1]


#: Arguments of estimators that need some, or are made of others.
ARGUMENTS: dict[str, Callable[[], dict[str, Any]]] = {
    "BaggingClassifier": lambda: {"estimator": _logistic(), "max_features": 0.7},
    "BaggingRegressor": lambda: {"estimator": _ridge(), "max_features": 0.7},
    "CalibratedClassifierCV": lambda: {"estimator": _parts()[0]},
    "ClassifierChain": lambda: {"estimator": _logistic()},
    "ColumnTransformer": lambda: {"transformers": _columns()},
    "FeatureUnion": lambda: {"transformer_list": _transformers()},
    "FixedThresholdClassifier": lambda: {"estimator": _logistic(), "threshold": 0.3},
    "FrozenEstimator": lambda: {"estimator": _logistic().fit(wine().X, wine().y)},
    "FunctionTransformer": lambda: {"func": np.tanh},
    "GaussianRandomProjection": lambda: {"n_components": 5},
    "GridSearchCV": lambda: {"estimator": _logistic(), "param_grid": {"C": [0.1, 1]}},
    "HalvingGridSearchCV": lambda: {
        "estimator": _logistic(),
        "param_grid": {"C": [0.1, 1]},
    },
    "HalvingRandomSearchCV": lambda: {
        "estimator": _logistic(),
        "param_distributions": {"C": [0.1, 1]},
        "n_candidates": 2,
    },
    "KernelPCA": lambda: {"kernel": "rbf", "n_components": 5},
    "LocalOutlierFactor": lambda: {"novelty": True},
    "MLPClassifier": lambda: {"hidden_layer_sizes": (16,), "max_iter": 200},
    "MLPRegressor": lambda: {"hidden_layer_sizes": (16,), "max_iter": 200},
    "MultiOutputClassifier": lambda: {"estimator": _logistic()},
    "MultiOutputRegressor": lambda: {"estimator": _ridge()},
    "Nystroem": lambda: {"n_components": 20},
    "OneVsOneClassifier": lambda: {"estimator": _logistic()},
    "OneVsRestClassifier": lambda: {"estimator": _logistic()},
    "OutputCodeClassifier": lambda: {"estimator": _logistic()},
    "PLSSVD": lambda: {"n_components": 1},
    "Pipeline": lambda: {"steps": [*_transformers(), ("logistic", _logistic())]},
    "RANSACRegressor": lambda: {},
    "RFE": lambda: {"estimator": _logistic(), "n_features_to_select": 5},
    "RFECV": lambda: {"estimator": _logistic()},
    "RandomizedSearchCV": lambda: {
        "estimator": _logistic(),
        "param_distributions": {"C": [0.1, 1]},
        "n_iter": 2,
    },
    "RadiusNeighborsClassifier": lambda: {"radius": 5.0},
    "RadiusNeighborsRegressor": lambda: {"radius": 5.0},
    "RegressorChain": lambda: {"estimator": _ridge()},
    "SelectFromModel": lambda: {"estimator": _logistic()},
    "SelfTrainingClassifier": lambda: {"estimator": _logistic()},
    "SequentialFeatureSelector": lambda: {
        "estimator": _parts()[0],
        "n_features_to_select": 3,
        "cv": 2,
    },
    "SparseCoder": lambda: {"dictionary": np.eye(13)},
    "SparseRandomProjection": lambda: {"n_components": 5},
    "StackingClassifier": lambda: {"estimators": _classifiers()},
    "StackingRegressor": lambda: {"estimators": _regressors()},
    "TransformedTargetRegressor": lambda: {
        "regressor": _ridge(),
        "func": np.log1p,
        "inverse_func": np.expm1,
    },
    "TunedThresholdClassifierCV": lambda: {"estimator": _logistic()},
    "VotingClassifier": lambda: {"estimators": _classifiers(), "voting": "soft"},
    "VotingRegressor": lambda: {"estimators": _regressors()},
}
#: What keeps a fit short; only where an estimator takes it.
QUICK = {
    "random_state": 0,
    "n_estimators": 10,
    "n_jobs": None,
    "max_subpopulation": 100,
    "sparse_output": False,
}


def _transformers() -> list[tuple[str, Any]]:
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    return [("scale", StandardScaler()), ("pca", PCA(4))]


def _columns() -> list[tuple[str, Any, Any]]:
    (_, scaler), (_, pca) = _transformers()
    return [("scale", scaler, [3, 0, 1]), ("pca", pca, slice(4, 10))]


def made(name: str, cls: type) -> Any:
    """An estimator, not fitted, quick to fit."""
    given = ARGUMENTS.get(name, dict)()
    if "estimator" in given and "estimator" not in signature(cls).parameters:
        given["base_estimator"] = given.pop("estimator")  # of older scikit-learn
    estimator = cls(**given)
    known = estimator.get_params(deep=False)
    if name == "FrozenEstimator":
        return estimator
    quick = {key: value for key, value in QUICK.items() if key in known}
    if name in ("KBinsDiscretizer",):
        quick["encode"] = "onehot-dense"
    return estimator.set_params(**quick)


# What comes out


@dataclass(frozen=True)
class Compared:
    """A model beside its original, asked with rows of one dtype.

    agreement: share of rows of which the model predicts the original's class, or NaN
    where there are no classes. details: the largest error of each other method,
    relative to the largest result (of probabilities: absolute).
    """

    agreement: float = float("nan")
    details: dict[str, float] = field(default_factory=dict)

    @property
    def error(self) -> float:
        return max(self.details.values(), default=0.0)


@dataclass(frozen=True)
class Finding:
    """What became of an estimator.

    methods: those of the model, and of the original. reason: why it is not converted;
    else empty. kinds: what differs in kind, as shapes and dtypes do. rows: what was
    found with rows of each dtype.
    """

    name: str
    kind: str
    methods: tuple[str, ...] = ()
    original: tuple[str, ...] = ()
    reason: str = ""
    kinds: tuple[str, ...] = ()
    rows: tuple[Compared, ...] = ()

    @property
    def converts(self) -> bool:
        return not self.reason

    @property
    def agreement(self) -> float:
        """The smallest, of rows of any dtype."""
        return min((found.agreement for found in self.rows), default=float("nan"))

    @property
    def error(self) -> float:
        """The largest, of rows of any dtype."""
        return max((found.error for found in self.rows), default=0.0)


def _matrix(result: Any) -> np.ndarray:
    """A method's result as float64 columns."""
    if isinstance(result, list):
        return np.concatenate([_matrix(part) for part in result], axis=1)
    if hasattr(result, "toarray"):
        result = result.toarray()
    array = np.asarray(result, np.float64)
    return array.reshape(len(array), -1)


def _difference(ours: Any, theirs: Any, absolute: bool) -> float:
    """Largest error, relative to the largest finite number."""
    a, b = _matrix(ours), _matrix(theirs)
    if a.shape != b.shape or not np.array_equal(np.isfinite(a), np.isfinite(b)):
        return float("inf")
    known = np.isfinite(b)
    size = 1.0 if absolute else abs(b[known]).max(initial=0) or 1.0
    return float(abs(a - b)[known].max(initial=0) / size)


def _difference_of_logarithms(ours: Any, theirs: Any) -> float:
    """The same of those above -30: below, a float64 probability that was taken from
    1 may have few digits. All that are finite must be so."""
    a, b = _matrix(ours), _matrix(theirs)
    if a.shape != b.shape or not np.isfinite(a[np.isfinite(b)]).all():
        return float("inf")
    known = b > -30
    return float(abs(a - b)[known].max(initial=0) / (abs(b[known]).max(initial=0) or 1))


def _labels_agree(model: Any, original: Any, X: np.ndarray) -> float:
    same = np.asarray(model.predict(X)) == np.asarray(original.predict(X))
    return float(same.reshape(len(X), -1).all(axis=1).mean())


#: Attributes and methods that an original has and its model has not, and why.
EXCUSED = {
    ("ClassifierChain", "predict_log_proba"),  # fails where predict_proba is missing
    ("LinearDiscriminantAnalysis", "transform"),  # of some solvers only
    ("VotingClassifier", "transform"),  # three dimensions without flatten_transform
    ("MultiOutputClassifier", "classes_"),  # missing after partial_fit
    ("CatBoostRegressor", "classes_"),  # empty
    ("TargetEncoder", "classes_"),  # of its targets
}


def differ(ours: Any, theirs: Any) -> str:
    """How two results differ in kind: empty if both are lists of one length, or
    arrays of one shape and dtype. Floats of any width are alike."""
    if isinstance(theirs, list | tuple) or isinstance(ours, list | tuple):
        if type(ours) is not type(theirs) or len(ours) != len(theirs):
            return f"{type(ours).__name__}, not {type(theirs).__name__}"
        parts = [differ(a, b) for a, b in zip(ours, theirs, strict=True)]
        return next((part for part in parts if part), "")
    theirs = theirs.toarray() if hasattr(theirs, "toarray") else np.asarray(theirs)
    if ours.shape != theirs.shape:
        return f"shape {ours.shape}, not {theirs.shape}"
    both_float = ours.dtype.kind == theirs.dtype.kind == "f"
    if not both_float and ours.dtype != theirs.dtype:
        return f"dtype {ours.dtype}, not {theirs.dtype}"
    return ""


def manners(model: Any, fitted: Any, X: np.ndarray) -> list[str]:
    """What differs in kind: methods, shapes and dtypes of results, classes."""
    from sklearn.base import is_classifier, is_regressor

    found = [f.__name__ for f in (is_classifier, is_regressor) if f(model) != f(fitted)]
    for name in (*METHODS, "classes_"):
        excused = (type(fitted).__name__, name) in EXCUSED | LEFT_OUT
        if name == "classes_" and not hasattr(fitted, name):
            continue  # of clusters and outliers, a model says more
        if hasattr(model, name) != hasattr(fitted, name):
            found += [] if excused else [f"{name}: only one has it"]
        elif hasattr(model, name):
            pair = [getattr(m, name) for m in (model, fitted)]
            if name != "classes_":
                pair = [method(X) for method in pair]
            how = differ(*pair)
            if not how and name == "classes_":
                how = "" if np.array_equal(*map(np.asarray, pair)) else "other labels"
            found += [f"{name}: {how}"] if how else []
    return found


def measure(name: str, cls: type, dtypes: tuple[Any, ...] = DTYPES) -> Finding:
    """Fits, converts and compares an estimator, with rows of each dtype."""
    kind = str(kind_of(cls))
    refused = why(cls.__new__(cls))
    if refused is not None:
        return Finding(name, kind, reason=refused.split(": ", 1)[1])
    data, finding = data_of(name, cls), Finding(name, kind)
    for dtype in dtypes:
        fitted, X = made(name, cls), data.X.astype(dtype)
        fitted.fit(X, data.y)
        try:
            given = X if name in WITH_X else None
            model = emlrt.Model.from_sklearn(fitted, X=given)
        except UnsupportedModelError as error:
            text = str(error)
            known = ": no class that converts" not in text
            return Finding(name, kind, reason=text if known else "FAILS: no reason")
        finding = compared(finding, model, fitted, X)
    return finding


def attempted(name: str, cls: type) -> Finding:
    """The same; what fails without an error of ours is marked."""
    try:
        return measure(name, cls)
    except Exception as error:
        text = f"FAILS: {type(error).__name__}: {str(error).splitlines()[0]}"
        return Finding(name, str(kind_of(cls)), reason=text)


def _compared(model: Any, fitted: Any, X: np.ndarray, clusters: bool) -> Compared:
    agreement, details = float("nan"), {}
    for method in (method for method in METHODS if hasattr(model, method)):
        if method == "predict" and (hasattr(model, "classes_") or clusters):
            agreement = _labels_agree(model, fitted, X)
        elif method == "kneighbors":
            pair = model.kneighbors(X)[0], fitted.kneighbors(X)[0]
            details[method] = _difference(*pair, absolute=False)
        elif method == "predict_log_proba":
            pair = model.predict_log_proba(X), fitted.predict_log_proba(X)
            details[method] = _difference_of_logarithms(*pair)
        else:
            pair = getattr(model, method)(X), getattr(fitted, method)(X)
            details[method] = _difference(*pair, method == "predict_proba")
    return Compared(agreement, details)


def compared(finding: Finding, model: Any, fitted: Any, X: np.ndarray) -> Finding:
    """The finding with what X adds to it."""
    found = _compared(model, fitted, X, finding.kind == "clusterer")
    return replace(
        finding,
        methods=tuple(method for method in METHODS if hasattr(model, method)),
        original=tuple(method for method in METHODS if hasattr(fitted, method)),
        kinds=(*finding.kinds, *manners(model, fitted, X[:9])),
        rows=(*finding.rows, found),
    )


@cache
def findings() -> tuple[Finding, ...]:
    """Of every estimator."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tuple(attempted(name, cls) for name, cls in estimators().items())


# The page


def rounded_up(error: float) -> str:
    """At most: 1, 2 or 5 times a power of 10, not below 1e-9."""
    if error == 0:
        return "0"
    error = max(error, 1e-9)
    power = int(np.floor(np.log10(error)))
    for digit in (1, 2, 5, 10):
        if error <= digit * 10.0**power:
            break
    return f"{digit * 10.0**power:.0e}".replace("e-0", "e-").replace("e+00", "")


def _cells(found: Compared) -> list[str]:
    agree = "" if np.isnan(found.agreement) else f"{found.agreement:.1%}"
    return [agree, rounded_up(found.error) if found.details else ""]


def _row(finding: Finding) -> str:
    methods = ", ".join(f"`{name}`" for name in finding.methods)
    cells = [cell for found in finding.rows for cell in _cells(found)]
    return f"| {' | '.join([finding.name, methods, *cells])} |"


HEAD = """# What converts

Generated by `python docs/support.py`; a test compares this page with the code.
[BLOCKS.md](BLOCKS.md) has the blocks of `emlrt.signal`.

Every public scikit-learn estimator that has answers for new rows: fitted on a data
set of scikit-learn's (wine, or diabetes for regressors, standardized), converted, and
compared with itself, asked with the very array that it was fitted on: once float64,
once float32. *Agree*: rows for which `predict` gives the original's class. *Error*: the
largest error of any other method (of `kneighbors`: of its distances; of
`predict_log_proba`: above -30, and all that are finite there are finite here), relative
to the largest result (of probabilities: absolute), rounded up to 1, 2 or 5 times a
power of 10. Some originals compute float32 arrays in float32, as KernelRidge does: what
differs then is their rounding. A model has the methods listed: all of the original's
but `score_samples` of PCA, FactorAnalysis and BernoulliRBM (which is random).
QuantileTransformer is converted with `X=` (without it, rows may be a quantile off where
quantiles of equal rows differ in their last digits), the others without.
[ROWS.md](ROWS.md) has trees on decimals, integers and numbers far from 0, behind
scalers and alone.
Parameters that are not supported are named by the error that `Model.from_sklearn`
raises.

In front of what converts may stand anything in a `Pipeline`, and what is made of
other estimators takes any that convert.

`dtype="int32"` is for trees, forests and boosted trees of every library, and for
scalers, imputers and bins in front of them. Splits on categories, `encoding="bins"`
and all that computes with its inputs are refused by name; CatBoost's symmetric trees
become ordinary ones.

Of items at equal distances, the nearest are those of the lowest indices (rows that
were first in `fit`). scikit-learn's trees keep them as they meet them, and its brute
force, with more than one neighbour, as its heap drops them: of whole numbers from 0 to
7 in 2 to 20 columns, 1 to 25 % of labels by trees are others, and 0 to 5 % by brute
force; with one neighbour by brute force of an array of floats, none.
"""


def page(found: tuple[Finding, ...]) -> Iterator[str]:
    """Lines of SUPPORT.md."""
    from sklearn import __version__

    yield from HEAD.splitlines()
    converted = sum(finding.converts for finding in found)
    yield ""
    yield f"{converted} of {len(found)} estimators of scikit-learn {__version__}"
    yield "convert."
    for kind, title in KINDS.items():
        mine = [finding for finding in found if finding.kind == kind]
        yield from ("", f"## {title}", "")
        if any(finding.converts for finding in mine):
            yield "| estimator | methods | agree | error | float32: agree | error |"
            yield "|---|---|---|---|---|---|"
            yield from (_row(finding) for finding in mine if finding.converts)
        if not all(finding.converts for finding in mine):
            yield from ("", "| does not convert | because |", "|---|---|")
            for finding in mine:
                if not finding.converts:
                    yield f"| {finding.name} | {finding.reason} |"


def stated() -> dict[str, list[str]]:
    """Rows of SUPPORT.md's tables by estimator: their other cells."""
    rows = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[0] in estimators():
            rows[cells[0]] = cells[1:]
    return rows


def _worse(now: Compared, said: list[str]) -> bool:
    """Whether what was found differs from a page's cells."""
    agree, error = said
    apart = abs(float(agree.rstrip("%") or "nan") / 100 - now.agreement)
    return now.error > max(10 * float(error or 0), SMALL) or apart > 0.01


def _differs(finding: Finding, said: list[str]) -> bool:
    """Whether a page's row says something else."""
    if not finding.converts or len(said) == 1:
        return [finding.reason] != said
    if said[0] != _row(finding).split(" | ")[1]:
        return True
    pairs = zip(finding.rows, (said[1:3], said[3:]), strict=True)
    return any(_worse(*pair) for pair in pairs)


def differences(found: tuple[Finding, ...]) -> list[str]:
    """What SUPPORT.md says wrongly. An error may be ten times as large, or below
    SMALL, since other processors fit other models; agreement may differ by one row
    in 100."""
    rows, wrong = stated(), []
    for finding in found:
        row = rows.pop(finding.name, None)
        if row is None or _differs(finding, row):
            now = _row(finding) if finding.converts else finding.reason
            wrong.append(f"{finding.name}: page has {row}, found {now}")
    return wrong + [f"{name}: is no estimator" for name in rows]


def main() -> int:
    found = findings()
    if "--check" in sys.argv:
        wrong = differences(found)
        print("\n".join(wrong) or f"{PAGE.name} says what is so")
        return bool(wrong)
    PAGE.write_text("\n".join(page(found)) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
