# SPDX-License-Identifier: MIT
"""Why a scikit-learn class is not converted: one line per class, for the error."""

from __future__ import annotations

from typing import Any

_ITERATES = "it solves an optimization problem for each row"
_NEIGHBOURS = "its transform needs the neighbours' graph of the training data"
_NOTHING = "it has no result for new rows"
_MAPS = "its many maps of each input are no plain stage; use Nystroem"
_SKETCH = "it multiplies Fourier transforms; use Nystroem with kernel='poly'"
_VARIANCE = (
    "its probabilities need the posterior's variance, a matrix as large as the square"
    " of the training rows; use SVC, or LogisticRegression after Nystroem"
)
_TARGETS = "it transforms targets, not rows of features"
_TEXT = "its input is text; extract the features before the model"
_GRAPH = "its result is a sparse graph over the training rows"
_RADIUS = (
    "a row may have any number of neighbours, so that no small memory is enough; use"
    " KNeighbors estimators"
)

#: Reason by class name.
REFUSED: dict[str, str] = {
    "CountVectorizer": _TEXT,
    "HashingVectorizer": _TEXT,
    "TfidfVectorizer": _TEXT,
    "DictVectorizer": "its input are dicts; use OneHotEncoder on numbers",
    "FeatureHasher": "its input are dicts or texts; use OneHotEncoder on numbers",
    "LabelBinarizer": _TARGETS,
    "LabelEncoder": _TARGETS,
    "MultiLabelBinarizer": _TARGETS,
    "PatchExtractor": "its input are images, and each gives several rows",
    "KNeighborsTransformer": _GRAPH,
    "RadiusNeighborsTransformer": _GRAPH,
    "NearestNeighbors": "it finds neighbours but answers nothing; models of"
    " KNeighborsClassifier and KNeighborsRegressor have kneighbors, too",
    "RadiusNeighborsClassifier": _RADIUS,
    "RadiusNeighborsRegressor": _RADIUS,
    "AdditiveChi2Sampler": _MAPS,
    "ClassicalMDS": _NOTHING,
    "GaussianProcessClassifier": _VARIANCE,
    "IterativeImputer": "it fits and asks a model for each feature, over and over",
    "KNNImputer": "it needs the training data and distances that skip what is missing;"
    " use SimpleImputer",
    "SplineTransformer": "the runtime has no splines; use KBinsDiscretizer or"
    " PolynomialFeatures",
    "Isomap": _NEIGHBOURS,
    "LatentDirichletAllocation": _ITERATES,
    "LocallyLinearEmbedding": _NEIGHBOURS,
    "MDS": _NOTHING,
    "MiniBatchNMF": _ITERATES,
    "NMF": _ITERATES,
    "PolynomialCountSketch": _SKETCH,
    "SpectralEmbedding": _NOTHING,
    "TSNE": _NOTHING,
}


def why(estimator: Any) -> str | None:
    """The reason why an estimator's class is not converted, if one is known."""
    for cls in type(estimator).__mro__:
        if cls.__module__.startswith("emlrt.deployed."):
            return "it is converted already: model_ is its Model"
        if cls.__module__.partition(".")[0] == "sklearn" and cls.__name__ in REFUSED:
            return f"{cls.__name__} is not converted: {REFUSED[cls.__name__]}"
    return None
