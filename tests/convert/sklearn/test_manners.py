# SPDX-License-Identifier: MIT
"""Methods, shapes, dtypes and classes are the original's, from every constructor.

docs/support.py looks at every estimator of scikit-learn's table, test_keras.py at
shapes of Keras's; here are other libraries, several labels and targets, and labels of
every type. Labels have the very dtype of the original; other numbers are float64, of
whatever width the original's are.
"""

import sys
from pathlib import Path

import catboost
import lightgbm
import numpy as np
import pytest
import xgboost
from sklearn.base import is_classifier, is_regressor
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import (
    LinearRegression,
    LogisticRegression,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
    SGDOneClassSVM,
    SGDRegressor,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import (
    ClassifierChain,
    MultiOutputClassifier,
    MultiOutputRegressor,
    RegressorChain,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import emlrt
from emlrt import Model

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "docs"))

from support import differ, manners

pytestmark = pytest.mark.filterwarnings("ignore")
X, Y = load_iris(return_X_y=True)
X, Y = X[::3].astype(np.float32).astype(float), Y[::3]
TWO = Y > 0
TEXTS = np.array(["a", "b", "cc"])[Y]
LABELS = {
    "integers": Y,
    "texts": TEXTS,
    "objects": TEXTS.astype(object),
    "floats": Y * 1.5,
    "booleans": TWO,
    "bytes": Y.astype(np.uint8),
    "two": TWO * 3 + 1,
}
SEVERAL = np.stack([Y > 0, Y > 1], axis=1).astype(int)
TARGETS = np.stack([X[:, 0] * 2, X[:, 1]], axis=1)


def boosted(name, **options):
    if name.startswith("Cat"):
        options |= {"iterations": 3, "verbose": 0, "allow_writing_files": False}
        return getattr(catboost, name)(**options)
    library = lightgbm if name.startswith("LGBM") else xgboost
    quiet = {"verbose": -1, "min_child_samples": 2} if library is lightgbm else {}
    return getattr(library, name)(n_estimators=3, **quiet, **options)


CLASSIFIERS = {
    "xgboost": lambda: boosted("XGBClassifier"),
    "xgboost-forest": lambda: boosted("XGBRFClassifier"),
    "lightgbm": lambda: boosted("LGBMClassifier"),
    "lightgbm-each": lambda: boosted("LGBMClassifier", objective="multiclassova"),
    "catboost": lambda: boosted("CatBoostClassifier"),
    "catboost-each": lambda: boosted(
        "CatBoostClassifier", loss_function="MultiClassOneVsAll"
    ),
    "forest": lambda: RandomForestClassifier(3, random_state=0),
    "linear": LogisticRegression,
    "bayes": GaussianNB,
    "margins": LinearSVC,
    "kernels": SVC,
    "net": lambda: MLPClassifier((3,), max_iter=5, random_state=0),
    "pipeline": lambda: make_pipeline(StandardScaler(), boosted("CatBoostClassifier")),
}


REFUSALS = (
    ValueError,
    TypeError,
    IndexError,
    catboost.CatBoostError,
    lightgbm.basic.LightGBMError,
)


def fits(make, target):
    """A fitted estimator; None if the library does not take the labels."""
    try:
        return make().fit(X, target)
    except REFUSALS:
        return None


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classifiers_of_every_kind_of_labels(name):
    done = 0
    for labels, target in LABELS.items():
        fitted = fits(CLASSIFIERS[name], target)
        if fitted is not None:
            assert not manners(emlrt.convert(fitted), fitted, X), labels
            done += 1
    assert done >= 2


def chain(estimator):
    return ClassifierChain(estimator, order=[1, 0])


OF_LABELS = {
    "tree": lambda: DecisionTreeClassifier(max_depth=3),
    "forest": lambda: RandomForestClassifier(3),
    "neighbours": lambda: KNeighborsClassifier(3),
    "net": lambda: MLPClassifier((3,), max_iter=5),
    "ridge": RidgeClassifier,
    "ridge-pipeline": lambda: make_pipeline(StandardScaler(), RidgeClassifier()),
    "rest-logits": lambda: OneVsRestClassifier(LogisticRegression()),
    "rest-margins": lambda: OneVsRestClassifier(LinearSVC()),
    "rest-trees": lambda: OneVsRestClassifier(DecisionTreeClassifier(max_depth=2)),
    "outputs": lambda: MultiOutputClassifier(LogisticRegression()),
    "outputs-margins": lambda: MultiOutputClassifier(LinearSVC()),
    "outputs-lightgbm": lambda: MultiOutputClassifier(boosted("LGBMClassifier")),
    "chain": lambda: chain(LogisticRegression()),
    "chain-trees": lambda: chain(DecisionTreeClassifier(max_depth=2)),
    "xgboost": lambda: boosted("XGBClassifier"),
    "catboost": lambda: boosted("CatBoostClassifier", loss_function="MultiLogloss"),
}


@pytest.mark.parametrize("name", OF_LABELS)
def test_several_labels(name):
    fitted = OF_LABELS[name]().fit(X, SEVERAL)
    model = emlrt.convert(fitted)
    assert not manners(model, fitted, X)
    assert (model.predict(X) == fitted.predict(X)).all()
    assert [labels.tolist() for labels in model.output_classes] == [[0, 1]] * 2


@pytest.mark.parametrize(
    "make", [MultiOutputClassifier, ClassifierChain], ids=lambda c: c.__name__
)
def test_one_target_that_stays_a_column(make):
    fitted = make(LogisticRegression()).fit(X, SEVERAL[:, :1])
    model = Model.from_sklearn(fitted)
    assert model.predict(X).shape == (len(X), 1)
    assert not manners(model, fitted, X)


REGRESSORS = {
    "linear": LinearRegression,
    "tree": lambda: DecisionTreeRegressor(max_depth=2),
    "forest": lambda: RandomForestRegressor(2),
    "neighbours": lambda: KNeighborsRegressor(2),
    "outputs": lambda: MultiOutputRegressor(Ridge()),
    "chain": lambda: RegressorChain(Ridge()),
    "xgboost": lambda: boosted("XGBRegressor"),
    "lightgbm": lambda: boosted("LGBMRegressor"),
    "catboost": lambda: boosted("CatBoostRegressor"),
    "catboost-two": lambda: boosted(
        "CatBoostRegressor", loss_function="RMSEWithUncertainty"
    ),
    "catboost-targets": lambda: boosted("CatBoostRegressor", loss_function="MultiRMSE"),
}


@pytest.mark.parametrize("name", REGRESSORS)
def test_regressors_of_every_shape_of_targets(name):
    for target in (X[:, 0], X[:, :1], X[:, 0].astype(np.float32), TARGETS):
        fitted = fits(REGRESSORS[name], target)
        if fitted is not None:
            assert not manners(emlrt.convert(fitted), fitted, X), target.shape


def test_what_was_fitted_in_parts_stays_what_it_is():
    classifier = MultiOutputClassifier(SGDClassifier(loss="log_loss", random_state=0))
    classifier.partial_fit(X, SEVERAL, classes=[[0, 1], [0, 1]])
    regressor = MultiOutputRegressor(SGDRegressor(random_state=0))
    regressor.partial_fit(X, TARGETS)
    for fitted, kind in ((classifier, is_classifier), (regressor, is_regressor)):
        model = Model.from_sklearn(fitted)
        assert kind(model)
        assert not manners(model, fitted, X)


def test_small_integers_of_an_outlier_detector():
    fitted = SGDOneClassSVM(random_state=0).fit(X)
    assert not manners(Model.from_sklearn(fitted), fitted, X)
    assert Model.from_sklearn(fitted).predict(X).dtype == np.int32


@pytest.mark.parametrize("objective", ["binary", "cross_entropy", "multiclassova"])
def test_raw_scores_of_lightgbm(objective):
    target = Y if objective == "multiclassova" else TWO * 1
    fitted = boosted("LGBMClassifier", objective=objective, sigmoid=0.5).fit(X, target)
    if not hasattr(fitted, "decision_function"):
        pytest.skip("LightGBM has it since 4.7")
    ours = emlrt.convert(fitted).decision_function(X)
    theirs = fitted.decision_function(X)
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("labels", ["integers", "texts", "two"])
def test_classifiers_of_onnx(labels):
    """Labels as ONNX Runtime has them, and its scores' shape."""
    skl2onnx = pytest.importorskip("skl2onnx")
    from onnx_models import run

    fitted = LogisticRegression().fit(X, LABELS[labels])
    graph = skl2onnx.to_onnx(
        fitted, X[:1].astype(np.float32), target_opset=15, options={"zipmap": False}
    )
    wanted, scores = run(graph, X.astype(np.float32))
    model = Model.from_onnx(graph)
    found = model.predict(X)
    assert found.shape == wanted.shape
    assert found.dtype == wanted.astype(str if labels == "texts" else np.int64).dtype
    assert (found == wanted).all()
    assert model.predict_proba(X).shape == scores.shape


@pytest.mark.parametrize("target", [X[:, 0], TARGETS], ids=["one", "two"])
def test_regressors_of_onnx(target):
    """One target has no column of its own, as in scikit-learn."""
    skl2onnx = pytest.importorskip("skl2onnx")
    fitted = LinearRegression().fit(X, target)
    rows = X[:1].astype(np.float32)
    model = Model.from_onnx(skl2onnx.to_onnx(fitted, rows, target_opset=15))
    assert not manners(model, fitted, X)


@pytest.mark.parametrize(
    "target", [Y, TWO, X[:, 0], TARGETS], ids=["three", "two", "values", "targets"]
)
def test_treelite_has_a_column_an_output(target):
    """Treelite says nothing of labels: a number for each class of each target."""
    treelite = pytest.importorskip("treelite")
    several = target.dtype.kind == "f"
    forest = RandomForestRegressor if several else RandomForestClassifier
    original = treelite.sklearn.import_model(forest(2, random_state=0).fit(X, target))
    wanted = treelite.gtil.predict(original, X)
    found = Model.from_treelite(original).predict(X)
    assert found.dtype == wanted.dtype
    assert found.shape == (len(X), wanted[0].size)


def test_what_leaf_error_can_tell():
    soft = RandomForestClassifier(3, max_depth=2, random_state=0).fit(X, Y)
    values = RandomForestRegressor(3, random_state=0).fit(X, X[:, 0])
    assert Model.from_sklearn(soft, leaf_bits=8).leaf_error == 1 / 240
    assert Model.from_sklearn(soft, voting="hard").leaf_error == 0.0
    assert Model.from_sklearn(values).leaf_error.shape == (1,)
    assert Model.from_sklearn(LinearRegression().fit(X, Y)).leaf_error == 0.0
    wrapped = OneVsRestClassifier(soft).fit(X, Y)
    assert Model.from_sklearn(wrapped, leaf_bits=8).leaf_error is None
    several = Model.from_sklearn(MultiOutputRegressor(values).fit(X, TARGETS))
    assert several.leaf_error.shape == (2,)


def test_the_check_finds_what_differs():
    """What would pass unseen if `manners` or `differ` looked at nothing."""
    a = np.zeros((3, 1))
    assert not differ(a, a.astype(np.float32))
    for b in (a[:, 0], a.astype(int), [a], a > 0, a.astype(object)):
        assert differ(a, b)
    assert differ(np.zeros(3, np.int32), np.zeros(3, np.int64))
    assert differ([a], [a, a])
    tree = DecisionTreeClassifier(max_depth=2).fit(X, Y)
    model = Model.from_sklearn(tree)
    assert not manners(model, tree, X)
    assert manners(model, DecisionTreeRegressor(max_depth=2).fit(X, Y), X)
    assert manners(model, DecisionTreeClassifier(max_depth=2).fit(X, TEXTS), X)
    assert manners(Model.from_sklearn(tree).strip(), tree.fit(X, TEXTS), X)
