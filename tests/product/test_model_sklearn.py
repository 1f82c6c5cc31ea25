# SPDX-License-Identifier: MIT
"""A Model in scikit-learn's own tools, where it stands for the original."""

import copy
import pickle
import warnings

import matplotlib as mpl
import numpy as np
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.calibration import CalibratedClassifierCV, CalibrationDisplay
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.ensemble import (
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.frozen import FrozenEstimator
from sklearn.inspection import (
    DecisionBoundaryDisplay,
    PartialDependenceDisplay,
    permutation_importance,
)
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    ConfusionMatrixDisplay,
    DetCurveDisplay,
    PrecisionRecallDisplay,
    PredictionErrorDisplay,
    RocCurveDisplay,
    get_scorer,
    log_loss,
    make_scorer,
)
from sklearn.model_selection import (
    GridSearchCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
    learning_curve,
)
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from emlrt import Model

mpl.use("Agg")


class Case:
    def __init__(self, estimator, x, y):
        self.original = estimator.fit(x, y)
        self.model, self.x, self.y = Model.from_sklearn(self.original), x, y


@pytest.fixture(scope="module")
def binary():
    x, y = load_breast_cancer(return_X_y=True)
    return Case(RandomForestClassifier(8, max_depth=4, random_state=0), x, y)


@pytest.fixture(scope="module")
def iris():
    x, y = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    return Case(RandomForestClassifier(8, max_depth=3, random_state=0), x, names)


@pytest.fixture(scope="module")
def diabetes():
    x, y = load_diabetes(return_X_y=True)
    return Case(RandomForestRegressor(8, max_depth=4, random_state=0), x, y)


def test_kind(iris, diabetes):
    assert is_classifier(iris.model)
    assert not is_regressor(iris.model)
    assert is_regressor(diabetes.model)
    assert not is_classifier(diabetes.model)
    for case in (iris, diabetes):
        check_is_fitted(case.model)
        ours, theirs = get_tags(case.model), get_tags(case.original)
        assert ours.estimator_type == theirs.estimator_type
        assert ours.input_tags.allow_nan == theirs.input_tags.allow_nan
        assert not ours.input_tags.sparse


def test_hasattr_is_truthful(iris, diabetes):
    names = ("classes_", "predict_proba", "predict_log_proba", "predict", "score")
    for case in (iris, diabetes):
        for name in (*names, "decision_function", "transform", "feature_names_in_"):
            assert hasattr(case.model, name) == hasattr(case.original, name), name


def test_clone_keeps_the_fit(iris):
    assert clone(iris.model) is iris.model
    assert iris.model.fit(iris.x, iris.y) is iris.model
    assert iris.model.get_params() == {}
    with pytest.raises(ValueError, match="no parameters"):
        iris.model.set_params(depth=3)
    assert iris.model.set_params() is iris.model


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_cross_validation(iris, diabetes, n_jobs):
    for case in (iris, diabetes):
        ours = cross_val_score(case.model, case.x, case.y, cv=3, n_jobs=n_jobs)
        theirs = cross_val_score(FrozenEstimator(case.original), case.x, case.y, cv=3)
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    result = cross_validate(
        iris.model, iris.x, iris.y, scoring=["accuracy", "neg_log_loss"]
    )
    assert (result["test_accuracy"] > 0.8).all()


def test_cross_val_predict_and_learning_curve(iris):
    ours = cross_val_predict(iris.model, iris.x, iris.y, method="predict_proba")
    np.testing.assert_allclose(ours, iris.original.predict_proba(iris.x), atol=1e-6)
    learning_curve(iris.model, iris.x, iris.y, cv=3, shuffle=True, random_state=0)


@pytest.mark.parametrize(
    "name", ["accuracy", "f1", "roc_auc", "neg_log_loss", "average_precision"]
)
def test_scorers_of_classifiers(binary, name):
    scorer = get_scorer(name)
    ours = scorer(binary.model, binary.x, binary.y)
    theirs = scorer(binary.original, binary.x, binary.y)
    assert ours == pytest.approx(theirs, rel=1e-5)


def test_scorers_of_several_classes(iris):
    for name in ("accuracy", "f1_macro", "roc_auc_ovr", "neg_log_loss"):
        ours = get_scorer(name)(iris.model, iris.x, iris.y)
        theirs = get_scorer(name)(iris.original, iris.x, iris.y)
        assert ours == pytest.approx(theirs, rel=1e-5)
    custom = make_scorer(log_loss, response_method="predict_proba")
    assert custom(iris.model, iris.x, iris.y) > 0


def test_scorers_of_regressors(diabetes):
    for name in ("r2", "neg_mean_squared_error", "neg_max_error"):
        ours = get_scorer(name)(diabetes.model, diabetes.x, diabetes.y)
        theirs = get_scorer(name)(diabetes.original, diabetes.x, diabetes.y)
        assert ours == pytest.approx(theirs, rel=1e-5)


def test_displays(binary, iris, diabetes):
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        ours = ConfusionMatrixDisplay.from_estimator(iris.model, iris.x, iris.y)
        theirs = ConfusionMatrixDisplay.from_estimator(iris.original, iris.x, iris.y)
        np.testing.assert_array_equal(ours.confusion_matrix, theirs.confusion_matrix)
        np.testing.assert_array_equal(ours.display_labels, theirs.display_labels)
        for display in (
            RocCurveDisplay,
            PrecisionRecallDisplay,
            DetCurveDisplay,
            CalibrationDisplay,
        ):
            display.from_estimator(binary.model, binary.x, binary.y)
        PredictionErrorDisplay.from_estimator(diabetes.model, diabetes.x, diabetes.y)
        two = Model.from_sklearn(DecisionTreeClassifier().fit(iris.x[:, :2], iris.y))
        DecisionBoundaryDisplay.from_estimator(two, iris.x[:, :2], grid_resolution=9)


def test_inspection(iris, diabetes):
    for case, more in ((iris, {"target": "setosa"}), (diabetes, {})):
        ours, theirs = (
            permutation_importance(
                e, case.x, case.y, n_repeats=2, random_state=0
            ).importances_mean
            for e in (case.model, case.original)
        )
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
        PartialDependenceDisplay.from_estimator(
            case.model, case.x, [0, 1], grid_resolution=5, **more
        )


def test_pipelines(iris, diabetes):
    scaler = StandardScaler().fit(iris.x)
    forest = DecisionTreeClassifier().fit(scaler.transform(iris.x), iris.y)
    prefit = Pipeline([("scale", scaler), ("model", Model.from_sklearn(forest))])
    np.testing.assert_array_equal(
        prefit.predict(iris.x), forest.predict(scaler.transform(iris.x))
    )
    assert prefit.score(iris.x, iris.y) == 1.0
    np.testing.assert_array_equal(prefit.classes_, forest.classes_)
    fitted = make_pipeline(FunctionTransformer(), diabetes.model).fit(
        diabetes.x, diabetes.y
    )
    np.testing.assert_array_equal(
        fitted.predict(diabetes.x), diabetes.model.predict(diabetes.x)
    )


def test_frozen_and_calibrated(binary):
    frozen = FrozenEstimator(binary.model)
    np.testing.assert_array_equal(
        frozen.predict(binary.x), binary.model.predict(binary.x)
    )
    assert is_classifier(frozen)
    ours, theirs = (
        CalibratedClassifierCV(FrozenEstimator(e)).fit(binary.x, binary.y)
        for e in (binary.model, binary.original)
    )
    np.testing.assert_allclose(
        ours.predict_proba(binary.x), theirs.predict_proba(binary.x), atol=1e-4
    )


def test_ensembles(binary, iris, diabetes):
    """Hard votes of prefit members need labels 0, 1, ...: scikit-learn's rule."""
    for case, voting in ((iris, "soft"), (binary, "soft"), (binary, "hard")):
        members = [("eml", case.model), ("tree", DecisionTreeClassifier())]
        vote = VotingClassifier(members, voting=voting).fit(case.x, case.y)
        assert vote.score(case.x, case.y) > 0.9
    vote = VotingRegressor([("eml", diabetes.model)]).fit(diabetes.x, diabetes.y)
    np.testing.assert_array_equal(
        vote.predict(diabetes.x), diabetes.model.predict(diabetes.x)
    )
    stack = StackingClassifier([("eml", iris.model)], LogisticRegression(), cv="prefit")
    assert stack.fit(iris.x, iris.y).score(iris.x, iris.y) > 0.9


def test_grid_search(iris):
    """The search has nothing to tune but the other steps; the score is ours."""
    pipe = Pipeline([("scale", FunctionTransformer()), ("model", iris.model)])
    grid = GridSearchCV(pipe, {"scale__func": [None, np.zeros_like]}, cv=3)
    grid.fit(iris.x, iris.y)
    assert grid.best_params_ == {"scale__func": None}
    assert grid.best_score_ > 0.9
    assert GridSearchCV(iris.model, {}, cv=3).fit(iris.x, iris.y).best_score_ > 0.9


def test_copies(iris, diabetes):
    import joblib

    for case in (iris, diabetes):
        model = case.model
        for other in (
            pickle.loads(pickle.dumps(model)),
            copy.copy(model),
            copy.deepcopy(model),
            *joblib.Parallel(2)(joblib.delayed(copy.copy)(m) for m in [model, model]),
        ):
            assert other == model
            assert hash(other) == hash(model)
            np.testing.assert_array_equal(other.scores(case.x), model.scores(case.x))
    assert iris.model != diabetes.model
    assert iris.model != bytes(iris.model)
    assert len({iris.model, copy.deepcopy(iris.model), diabetes.model}) == 2
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(iris.model, protocol)) == iris.model


def test_the_same_fit_gives_the_same_bytes(iris, diabetes):
    for case in (iris, diabetes):
        again = copy.deepcopy(case.original)
        assert bytes(Model.from_sklearn(again)) == bytes(case.model)
        refit = clone(case.original).fit(case.x, case.y)
        assert bytes(Model.from_sklearn(refit)) == bytes(case.model)


def test_repr(iris, diabetes):
    assert "classifier" in repr(iris.model)
    assert "regressor" in repr(diabetes.model)
    for case in (iris, diabetes):
        assert str(case.model.nbytes) in repr(case.model)
