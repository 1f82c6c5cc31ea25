# SPDX-License-Identifier: MIT
"""Converters: from a fitted estimator to a program, one module a family."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from typing import Any

from emlrt.blob import Program
from emlrt.convert import infinite
from emlrt.convert.answer import Answer
from emlrt.convert.classes import check_methods
from emlrt.convert.graph import Graph, Wire
from emlrt.convert.options import Options
from emlrt.convert.plan import program_of
from emlrt.convert.refused import why
from emlrt.convert.unknown import of_object
from emlrt.errors import EmlrtError, UnsupportedModelError

#: Modules of emlrt.convert, and the scikit-learn classes that each converts. A
#: module has `emit(graph, estimator, x)`, which adds stages and says what they
#: answer.
_FAMILIES: dict[str, tuple[str, ...]] = {
    "trees": (
        "DecisionTreeClassifier",
        "DecisionTreeRegressor",
        "ExtraTreeClassifier",
        "ExtraTreeRegressor",
        "RandomForestClassifier",
        "RandomForestRegressor",
        "ExtraTreesClassifier",
        "ExtraTreesRegressor",
    ),
    "gradient": ("GradientBoostingClassifier", "GradientBoostingRegressor"),
    "hist_gradient": (
        "HistGradientBoostingClassifier",
        "HistGradientBoostingRegressor",
    ),
    "adaboost": ("AdaBoostClassifier", "AdaBoostRegressor"),
    "isolation": ("IsolationForest", "RandomTreesEmbedding"),
    "mlp": ("MLPClassifier", "MLPRegressor"),
    "linear": (
        "ARDRegression",
        "BayesianRidge",
        "ElasticNet",
        "ElasticNetCV",
        "GammaRegressor",
        "HuberRegressor",
        "Lars",
        "LarsCV",
        "Lasso",
        "LassoCV",
        "LassoLars",
        "LassoLarsCV",
        "LassoLarsIC",
        "LinearRegression",
        "LinearSVC",
        "LinearSVR",
        "LogisticRegression",
        "LogisticRegressionCV",
        "MultiTaskElasticNet",
        "MultiTaskElasticNetCV",
        "MultiTaskLasso",
        "MultiTaskLassoCV",
        "OrthogonalMatchingPursuit",
        "OrthogonalMatchingPursuitCV",
        "PassiveAggressiveClassifier",
        "PassiveAggressiveRegressor",
        "Perceptron",
        "PoissonRegressor",
        "QuantileRegressor",
        "RANSACRegressor",
        "Ridge",
        "RidgeCV",
        "RidgeClassifier",
        "RidgeClassifierCV",
        "SGDClassifier",
        "SGDOneClassSVM",
        "SGDRegressor",
        "TheilSenRegressor",
        "TweedieRegressor",
    ),
    "bayes": (
        "BernoulliNB",
        "CategoricalNB",
        "ComplementNB",
        "MultinomialNB",
    ),
    "gauss": (
        "GaussianNB",
        "QuadraticDiscriminantAnalysis",
        "GaussianMixture",
        "BayesianGaussianMixture",
        "EllipticEnvelope",
        "EmpiricalCovariance",
        "GraphicalLasso",
        "GraphicalLassoCV",
        "LedoitWolf",
        "MinCovDet",
        "OAS",
        "ShrunkCovariance",
    ),
    "neighbors": (
        "KNeighborsClassifier",
        "KNeighborsRegressor",
        "LocalOutlierFactor",
    ),
    "centroids": ("NearestCentroid",),
    "kernels": (
        "SVC",
        "NuSVC",
        "SVR",
        "NuSVR",
        "OneClassSVM",
        "SGDOneClassSVM",
        "KernelRidge",
        "Nystroem",
        "KernelPCA",
        "RBFSampler",
        "SkewedChi2Sampler",
        "KernelCenterer",
    ),
    "processes": ("GaussianProcessRegressor",),
    "clusters": (
        "KMeans",
        "MiniBatchKMeans",
        "BisectingKMeans",
        "Birch",
        "AffinityPropagation",
        "MeanShift",
    ),
    "projections": (
        "CCA",
        "DictionaryLearning",
        "FactorAnalysis",
        "FastICA",
        "FeatureAgglomeration",
        "GaussianRandomProjection",
        "IncrementalPCA",
        "LinearDiscriminantAnalysis",
        "MiniBatchDictionaryLearning",
        "MiniBatchSparsePCA",
        "NeighborhoodComponentsAnalysis",
        "PCA",
        "PLSCanonical",
        "PLSRegression",
        "PLSSVD",
        "SparseCoder",
        "SparsePCA",
        "SparseRandomProjection",
        "TruncatedSVD",
    ),
    "scaling": (
        "StandardScaler",
        "MinMaxScaler",
        "MaxAbsScaler",
        "RobustScaler",
        "Normalizer",
        "Binarizer",
    ),
    "functions": ("FunctionTransformer",),
    "powers": ("PowerTransformer",),
    "selection": (
        "SelectKBest",
        "SelectPercentile",
        "SelectFpr",
        "SelectFdr",
        "SelectFwe",
        "GenericUnivariateSelect",
        "VarianceThreshold",
        "SelectFromModel",
        "SequentialFeatureSelector",
        "RFE",
        "RFECV",
    ),
    "imputing": ("SimpleImputer", "MissingIndicator"),
    "encoding": (
        "OneHotEncoder",
        "OrdinalEncoder",
        "TargetEncoder",
        "KBinsDiscretizer",
    ),
    "expanding": ("PolynomialFeatures", "QuantileTransformer"),
    "compose": ("Pipeline", "ColumnTransformer", "FeatureUnion"),
    "voting": (
        "VotingClassifier",
        "VotingRegressor",
        "BaggingClassifier",
        "BaggingRegressor",
        "StackingClassifier",
        "StackingRegressor",
    ),
    "meta": (
        "GridSearchCV",
        "RandomizedSearchCV",
        "HalvingGridSearchCV",
        "HalvingRandomSearchCV",
        "FrozenEstimator",
        "SelfTrainingClassifier",
        "FixedThresholdClassifier",
        "TunedThresholdClassifierCV",
        "TransformedTargetRegressor",
        "DummyClassifier",
        "DummyRegressor",
    ),
    "densities": (
        "BernoulliRBM",
        "KernelDensity",
        "LabelPropagation",
        "LabelSpreading",
        "TfidfTransformer",
    ),
    "calibration": ("CalibratedClassifierCV", "IsotonicRegression"),
    "multi": (
        "MultiOutputClassifier",
        "MultiOutputRegressor",
        "ClassifierChain",
        "RegressorChain",
        "OneVsRestClassifier",
        "OneVsOneClassifier",
        "OutputCodeClassifier",
    ),
}
#: Estimators of other libraries, which keep scikit-learn's manners.
_LIBRARIES: dict[str, tuple[str, ...]] = {
    "xgboost": (
        "XGBClassifier",
        "XGBRegressor",
        "XGBRanker",
        "XGBRFClassifier",
        "XGBRFRegressor",
    ),
    "lightgbm": ("LGBMClassifier", "LGBMRegressor", "LGBMRanker"),
    "catboost": (
        "CatBoost",
        "CatBoostClassifier",
        "CatBoostRegressor",
        "CatBoostRanker",
    ),
}
#: Module by class name.
REGISTRY: dict[str, str] = {
    name: module for module, names in _FAMILIES.items() for name in names
}
_CONVERTED = sorted({*REGISTRY, *(n for names in _LIBRARIES.values() for n in names)})
#: What a class derived from scikit-learn's must not override.
_METHODS = (
    "predict",
    "predict_proba",
    "decision_function",
    "score_samples",
    "transform",
)


def _known_class(estimator: Any) -> tuple[type, str] | None:
    """The class that an estimator is, or derives from, and its module here."""
    for cls in type(estimator).__mro__:
        root = cls.__module__.partition(".")[0]
        if root == "sklearn" and cls.__name__ in REGISTRY:
            return cls, REGISTRY[cls.__name__]
        if cls.__name__ in _LIBRARIES.get(root, ()):
            return cls, root
    return None


def _supported(estimator: Any) -> tuple[type, str]:
    found = _known_class(estimator)
    if found is None:
        reason = why(estimator) or of_object(estimator, _CONVERTED)
        name = type(estimator).__name__
        raise UnsupportedModelError(f"cannot convert {name}: {reason}")
    return found


def emit(graph: Graph, estimator: Any, x: Wire) -> Answer:
    """Adds a fitted scikit-learn estimator that reads x to a graph.

    Raises
    ------
    UnsupportedModelError
        If the estimator's class, or a parameter of it, has no faithful form.
    sklearn.exceptions.NotFittedError
        If it is not fitted.
    """
    cls, family = _supported(estimator)
    check_methods(estimator, cls, _METHODS)
    infinite.note(graph, estimator, cls, x)
    module = import_module(f"emlrt.convert.{family}")
    convert: Callable[[Graph, Any, Wire], Answer] = module.emit
    return convert(graph, estimator, x)


#: What a fitted IsotonicRegression has; it does not say that it takes one feature.
_ISOTONIC = "X_thresholds_"


def _first(estimator: Any) -> Any:
    """What sees X first: of a Pipeline or a FeatureUnion, a part that does more
    than to pass it through."""
    for parts in ("steps", "transformer_list"):
        for _, part in getattr(estimator, parts, ()):
            found = None if isinstance(part, str) or part is None else _first(part)
            if found is not None:
                return found
    says = hasattr(estimator, "n_features_in_") or hasattr(estimator, _ISOTONIC)
    return estimator if says else None


def _seen(estimator: Any) -> tuple[int, list[str]]:
    """Number of features, and their names if there are any."""
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(estimator)
    first = _first(estimator)
    if first is None:
        raise UnsupportedModelError(
            f"{type(estimator).__name__} does not say how many features it takes:"
            " no part of it was fitted on them"
        )
    names = getattr(first, "feature_names_in_", None)
    n_features = 1 if hasattr(first, _ISOTONIC) else int(first.n_features_in_)
    return n_features, [] if names is None else [str(n) for n in names]


#: The oldest scikit-learn whose fitted attributes are known here, as in
#: pyproject.toml; tests/versions has what was compared.
OLDEST = (1, 3)


def _check_version(version: str) -> None:
    """Refuses estimators of a scikit-learn that is too old.

    Raises
    ------
    UnsupportedModelError
        If it is.
    """
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise UnsupportedModelError(
            f"scikit-learn {version} is older than {oldest}, the oldest that is"
            " supported; install a newer one and fit again"
        )


def sklearn_program(estimator: Any, options: Options) -> Program:
    """Converts a fitted scikit-learn estimator; raises as `emit`."""
    _supported(estimator)
    _check_version(import_module("sklearn").__version__)
    try:
        return _program(estimator, options)
    except ValueError as error:
        if options.X is None or isinstance(error, EmlrtError):
            raise
        _check_alone(estimator, options)  # which is more than what X lacks
        raise


def _check_alone(estimator: Any, options: Options) -> None:
    """Raises what the estimator itself is refused for, whatever X is."""
    refused = None
    with warnings.catch_warnings(), suppress(ValueError):
        warnings.simplefilter("ignore")
        try:
            _program(estimator, replace(options, X=None, offset=None))
        except UnsupportedModelError as own:
            refused = own
    if refused is not None:
        raise refused


def _program(estimator: Any, options: Options) -> Program:
    n_inputs, features = _seen(estimator)
    options = options.of_inputs(n_inputs, features)
    graph = Graph(n_inputs, options)
    graph.owner = estimator
    answer = emit(graph, estimator, graph.input)
    options.check_used(graph.used, type(estimator).__name__)
    return program_of(graph, answer, features)
