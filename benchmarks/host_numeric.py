# SPDX-License-Identifier: MIT
"""Estimators that compute with numbers: batches from Python, beside scikit-learn.

    python benchmarks/host_numeric.py [NAME ...]

2,000 rows of 30 numbers, float64 as scikit-learn has them and float32, estimators
fitted on 1,000 others of the same dtype, one thread, processor time in turn, the
median of the rounds. k-nearest neighbours of 10,000 rows, a support vector machine of
about 1,000 vectors and a mixture stand beside scikit-learn-intelex and onnxruntime,
too, where they are installed: float32 rows, the fastest that those have. NAME: only
estimators whose name has one of these in it; nothing is written then.
Writes results/host_numeric.csv.
"""

from common import GOAL_COLUMNS, enter, goal, print_table, write_csv

enter()

import statistics  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
import warnings  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
import sklearn.cluster as cluster  # noqa: E402
import sklearn.covariance as covariance  # noqa: E402
import sklearn.cross_decomposition as cross  # noqa: E402
import sklearn.decomposition as decomposition  # noqa: E402
import sklearn.discriminant_analysis as discriminant  # noqa: E402
import sklearn.gaussian_process as gp  # noqa: E402
import sklearn.kernel_approximation as approximation  # noqa: E402
import sklearn.linear_model as linear  # noqa: E402
import sklearn.mixture as mixture  # noqa: E402
import sklearn.naive_bayes as bayes  # noqa: E402
import sklearn.neighbors as neighbors  # noqa: E402
import sklearn.preprocessing as preprocessing  # noqa: E402
import sklearn.svm as svm  # noqa: E402
from sklearn.datasets import make_classification  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.kernel_ridge import KernelRidge  # noqa: E402

import emlrt  # noqa: E402

COLUMNS = ("estimator", "method", "dtype", "rows", "peer", "us_per_row", "ratio")
ROUNDS = 9
Call = Callable[[], Any]


def data(n_rows: int, n_features: int, classes: int) -> tuple[Any, Any]:
    """Rows and labels of so many classes."""
    X, y = make_classification(
        n_rows,
        n_features,
        n_informative=n_features // 2,
        n_redundant=0,
        n_classes=classes,
        random_state=0,
    )
    return X, y


def classifiers() -> list[tuple[Any, str]]:
    """Each with the methods to measure."""
    both = "predict predict_proba"
    return [
        (bayes.GaussianNB(), both),
        (bayes.BernoulliNB(), both),
        (discriminant.LinearDiscriminantAnalysis(), both),
        (discriminant.QuadraticDiscriminantAnalysis(reg_param=0.1), both),
        (linear.LogisticRegression(max_iter=300), both),
        (linear.RidgeClassifier(), "predict"),
        (linear.SGDClassifier(random_state=0), "predict"),
        (neighbors.KNeighborsClassifier(), both),
        (neighbors.KNeighborsClassifier(metric="manhattan"), "predict"),
        (neighbors.NearestCentroid(), "predict"),
        (svm.LinearSVC(), "predict"),
        (svm.NuSVC(), "predict"),
        (svm.SVC(), "predict decision_function"),
        (svm.SVC(kernel="poly"), "predict"),
        (svm.SVC(kernel="sigmoid"), "predict"),
    ]


def regressors() -> list[tuple[Any, str]]:
    """Each with the methods to measure."""
    matern = gp.kernels.Matern(length_scale=8.0, nu=1.5)
    rbf = gp.kernels.RBF(length_scale=8.0)
    still = {"optimizer": None, "alpha": 1.0}
    return [
        (linear.Ridge(), "predict"),
        (linear.PoissonRegressor(), "predict"),
        (cross.PLSRegression(), "predict"),
        (gp.GaussianProcessRegressor(rbf, **still), "predict"),
        (gp.GaussianProcessRegressor(matern, **still), "predict"),
        (neighbors.KNeighborsRegressor(), "predict"),
        (neighbors.KNeighborsRegressor(weights="distance"), "predict"),
        (KernelRidge(kernel="rbf", gamma=0.01), "predict"),
        (KernelRidge(kernel="poly", gamma=0.01), "predict"),
        (svm.SVR(), "predict"),
        (svm.NuSVR(), "predict"),
    ]


def others() -> list[tuple[Any, str]]:
    """Clusters, outliers and transformers with the methods to measure."""
    k, few = {"n_init": 1, "random_state": 0}, {"n_components": 8, "random_state": 0}
    return [
        (cluster.KMeans(8, **k), "predict transform"),
        (cluster.KMeans(50, **k), "predict transform"),
        (cluster.MiniBatchKMeans(8, **k), "predict"),
        (cluster.BisectingKMeans(8, **k), "predict"),
        (cluster.Birch(n_clusters=8), "predict"),
        (cluster.AffinityPropagation(damping=0.9), "predict"),
        (cluster.MeanShift(bandwidth=8), "predict"),
        (mixture.GaussianMixture(8, random_state=0), "predict predict_proba"),
        (mixture.GaussianMixture(8, covariance_type="diag"), "predict"),
        (mixture.BayesianGaussianMixture(n_components=8), "predict"),
        (covariance.EllipticEnvelope(), "predict"),
        (neighbors.LocalOutlierFactor(novelty=True), "predict"),
        (svm.OneClassSVM(), "predict"),
        (decomposition.PCA(8), "transform"),
        (decomposition.FastICA(8, random_state=0), "transform"),
        (decomposition.KernelPCA(8, kernel="rbf", gamma=0.01), "transform"),
        (approximation.Nystroem(gamma=0.01, n_components=200), "transform"),
        (approximation.RBFSampler(n_components=500, random_state=0), "transform"),
        (preprocessing.StandardScaler(), "transform"),
        (preprocessing.MinMaxScaler(), "transform"),
        (preprocessing.RobustScaler(), "transform"),
        (preprocessing.MaxAbsScaler(), "transform"),
        (preprocessing.Normalizer(), "transform"),
        (preprocessing.PowerTransformer(), "transform"),
        (preprocessing.QuantileTransformer(n_quantiles=100), "transform"),
        (preprocessing.KBinsDiscretizer(encode="ordinal"), "transform"),
        (preprocessing.PolynomialFeatures(2), "transform"),
        (preprocessing.Binarizer(), "transform"),
        (SimpleImputer(), "transform"),
        (decomposition.FactorAnalysis(**few), "transform"),
        (decomposition.TruncatedSVD(**few), "transform"),
    ]


def seconds(calls: dict[str, Call]) -> dict[str, float]:
    """Processor time of each, in turn: the median of the rounds."""
    found: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    for _ in range(ROUNDS):
        for name, call in calls.items():
            times, start = 0, time.process_time()
            while times == 0 or time.process_time() - start < 0.01:
                call()
                times += 1
            found[name].append((time.process_time() - start) / times)
    return {name: statistics.median(all_of) for name, all_of in found.items()}


def title(estimator: Any) -> str:
    """Its name, and the parameters that are not the defaults."""
    text = " ".join(repr(estimator).split())
    return text.replace(", random_state=0", "").replace("random_state=0", "")


def rows_of(name: str, method: str, X: Any, calls: dict[str, Call]) -> Iterator[Any]:
    """A row for each peer; the first call is emlrt's."""
    n = len(X)
    found = seconds(calls)
    (_, ours), *peers = found.items()
    for peer, theirs in peers:
        yield {
            "estimator": name,
            "method": method,
            "dtype": X.dtype.name,
            "rows": n,
            "peer": peer,
            "us_per_row": 1e6 * ours / n,
            "ratio": ours / theirs,
        }


def beside_sklearn(wanted: Callable[[str], bool]) -> Iterator[Any]:
    """All estimators of the three lists."""
    X, y = data(3000, 30, 4)
    fit, batch = X[:1000], X[1000:]
    targets = np.abs(fit @ np.linspace(0, 1, 30)) / 10
    for estimators, goal_of in (
        (classifiers(), y[:1000]),
        (regressors(), targets),
        (others(), None),
    ):
        for estimator, methods in estimators:
            if not wanted(title(estimator)):
                continue
            for dtype in (np.float64, np.float32):
                rows = fit.astype(dtype), batch.astype(dtype)
                yield from beside_one(estimator, methods, *rows, goal_of)


def beside_one(
    estimator: Any, methods: str, fit: Any, batch: Any, goal_of: Any
) -> Iterator[Any]:
    """One estimator's methods, fitted and used on rows of one dtype."""
    peer = estimator.fit(fit, goal_of)
    model = emlrt.convert(peer)
    for method in methods.split():
        mine, other = getattr(model, method), getattr(peer, method)
        calls: dict[str, Call] = {
            "emlrt": lambda f=mine: f(batch),
            "scikit-learn": lambda f=other: f(batch),
        }
        yield from rows_of(title(estimator), method, batch, calls)


def onnx_call(peer: Any, X: Any) -> Call | None:
    """onnxruntime's labels of the same estimator, or None without it."""
    try:
        import onnxruntime
        from skl2onnx import to_onnx
    except ImportError:
        return None
    plain = onnxruntime.SessionOptions()
    plain.intra_op_num_threads = plain.inter_op_num_threads = 1
    options = {"zipmap": False} if hasattr(peer, "classes_") else {}
    content = to_onnx(peer, X[:1], options=options).SerializeToString()
    session = onnxruntime.InferenceSession(content, plain)
    name = session.get_inputs()[0].name
    return lambda: session.run(None, {name: X})


def intelex_call(fit: Any, y: Any, X: Any) -> Call | None:
    """scikit-learn-intelex's neighbours, or None without it."""
    try:
        import daal4py
        from sklearnex.neighbors import KNeighborsClassifier
    except ImportError:
        return None
    daal4py.daalinit(1)
    peer = KNeighborsClassifier(5, algorithm="brute").fit(fit, y)
    return lambda: peer.predict(X)


def beside_others(wanted: Callable[[str], bool]) -> Iterator[Any]:
    """The nearest of 10,000 rows, a large support vector machine, a mixture."""
    X, y = data(12000, 20, 5)
    X = X.astype(np.float32)
    fit, batch = X[:10000], X[10000:]
    cases = (
        (neighbors.KNeighborsClassifier(), fit, y[:10000]),
        (svm.SVC(), fit[:1500], y[:1500]),
        (mixture.GaussianMixture(8, random_state=0), fit, None),
    )
    for estimator, rows, labels in cases:
        if not wanted(title(estimator)):
            continue
        peer = estimator.fit(rows, labels)
        model = emlrt.convert(peer)
        calls: dict[str, Call | None] = {
            "emlrt": lambda m=model: m.predict(batch),
            "scikit-learn": lambda p=peer: p.predict(batch),
            "onnxruntime": onnx_call(peer, batch),
        }
        if isinstance(estimator, neighbors.KNeighborsClassifier):
            calls["scikit-learn-intelex"] = intelex_call(rows, labels, batch)
        name = f"{title(estimator)}, {len(rows)} x 20"
        there = {peer: call for peer, call in calls.items() if call is not None}
        yield from rows_of(name, "predict", batch, there)


def main() -> None:
    """Measure, print and write."""
    names = sys.argv[1:]

    def wanted(name: str) -> bool:
        return not names or any(part.lower() in name.lower() for part in names)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = [*beside_others(wanted), *beside_sklearn(wanted)]
    print_table("Batches of numbers: time / peer's", rows, COLUMNS)
    goals = []
    for dtype in ("float64", "float32"):
        plain = [
            row["ratio"]
            for row in rows
            if row["peer"] == "scikit-learn" and row["dtype"] == dtype
        ]
        if plain:
            what = f"any estimator, {dtype}: time / scikit-learn's"
            goals.append(goal(what, max(plain), 1))
    limits = {"scikit-learn-intelex": 1.2, "onnxruntime": 0.5}
    for row in rows:
        if row["peer"] in limits and "Mixture" not in row["estimator"]:
            what = f"{row['estimator']}: time / {row['peer']}'s"
            goals.append(goal(what, row["ratio"], limits[row["peer"]]))
    print_table("Goals", goals, GOAL_COLUMNS)
    if not names:
        notes = ("ratio: emlrt's processor time / the peer's, one thread",)
        write_csv("host_numeric", rows, notes)


if __name__ == "__main__":
    main()
