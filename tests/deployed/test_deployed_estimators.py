# SPDX-License-Identifier: MIT
"""DeployedClassifier and DeployedRegressor: the answers are the model's."""

import pickle
import subprocess
import sys
from inspect import signature

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_diabetes, load_iris, make_multilabel_classification
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.exceptions import NotFittedError, UnsetMetadataPassedError
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils import get_tags
from sklearn.utils.validation import has_fit_parameter

import emlrt
from emlrt import DeployedClassifier, DeployedRegressor
from emlrt.conversion import NAMES as NAMES_OF_OPTIONS
from emlrt.convert.ir.options import Options

X, Y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[Y]
FOREST = RandomForestClassifier(5, max_depth=4, random_state=0)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"voting": "hard"},
        {"leaf_bits": 4},
        {"encoding": "bins", "optimize": "size"},
        {"dtype": "int16", "inputs": "auto"},
        {"dtype": "int16", "inputs": emlrt.to_int16(X)},
    ],
)
def test_answers_are_those_of_the_model(options):
    found = DeployedClassifier(FOREST, **options).fit(X, NAMES)
    if options.get("inputs") == "auto":
        options = {**options, "inputs": emlrt.to_int16(X)}
    fitted = clone(FOREST).fit(X, NAMES)
    model = emlrt.Model.from_sklearn(fitted, X=X, **options)
    assert found.model_ == model
    assert (found.predict(X) == model.predict(X)).all()
    assert (found.predict_proba(X) == model.predict_proba(X)).all()
    assert (found.predict_log_proba(X) == model.predict_log_proba(X)).all()
    assert found.score(X, NAMES) == accuracy_score(NAMES, model.predict(X))
    assert found.classes_.tolist() == sorted(set(NAMES))
    assert found.n_features_in_ == 4
    assert found.budget_ is None


def test_integers_that_fit_need_no_rule():
    counts = np.round(X * 10)
    found = DeployedClassifier(FOREST, dtype="int16", inputs="auto").fit(counts, Y)
    assert found.model_.inputs is None
    assert found.model_.input_dtype == np.int16
    scaled = DeployedClassifier(FOREST, dtype="int16", inputs="auto").fit(X / 7, Y)
    assert scaled.model_.inputs is not None
    plain = DeployedClassifier(FOREST, inputs="auto").fit(X, Y)
    assert plain.model_.input_dtype == np.float32


def test_regressors():
    x, y = load_diabetes(return_X_y=True)
    found = DeployedRegressor(DecisionTreeRegressor(max_depth=4)).fit(x, y)
    np.testing.assert_allclose(found.predict(x), found.estimator_.predict(x), 1e-6)
    assert is_regressor(found)
    assert not is_classifier(found)
    for name in ("predict_proba", "decision_function", "classes_"):
        assert not hasattr(found, name)


def test_methods_are_those_of_the_estimator():
    for estimator, has in [
        (LinearSVC(), {"decision_function"}),
        (GaussianNB(), {"predict_proba", "predict_log_proba"}),
        (LogisticRegression(max_iter=1000), {"predict_proba", "decision_function"}),
    ]:
        for deployed in (
            DeployedClassifier(estimator),
            DeployedClassifier(estimator).fit(X, Y),
        ):
            for name in ("predict_proba", "decision_function"):
                assert hasattr(deployed, name) == (name in has), name
    margins = DeployedClassifier(LinearSVC()).fit(X, Y)
    expected = margins.estimator_.decision_function(X)
    np.testing.assert_allclose(margins.decision_function(X), expected, atol=1e-5)


def test_before_fit():
    deployed = DeployedClassifier(FOREST)
    assert is_classifier(deployed)
    for name in ("classes_", "model_", "n_features_in_", "feature_names_in_"):
        assert not hasattr(deployed, name)
    with pytest.raises(NotFittedError):
        deployed.predict(X)
    with pytest.raises(NotFittedError):
        deployed.predict_proba(X)


def test_parameters_reach_the_estimator():
    deployed = DeployedClassifier(FOREST, leaf_bits=8)
    deployed.set_params(estimator__max_depth=2, leaf_bits=4)
    assert deployed.estimator.max_depth == 2
    assert deployed.get_params()["estimator__max_depth"] == 2
    copy = clone(deployed)
    assert copy.leaf_bits == 4
    assert copy.estimator is not deployed.estimator
    assert copy.get_params()["estimator__max_depth"] == 2
    deployed.set_params(estimator__max_depth=None)
    assert FOREST.max_depth is None  # the parameter itself, as of any meta-estimator
    FOREST.max_depth = 4


def test_fit_leaves_the_parameters_alone():
    deployed = DeployedClassifier(FOREST, max_bytes=500).fit(X, Y)
    assert not hasattr(deployed.estimator, "estimators_")
    assert deployed.estimator is FOREST
    assert deployed.leaf_bits == 32


def test_frames():
    frame = pd.DataFrame(X, columns=["a", "b", "c", "d"])
    found = DeployedClassifier(FOREST).fit(frame, NAMES)
    assert found.feature_names_in_.tolist() == ["a", "b", "c", "d"]
    assert found.model_.feature_names_in_.tolist() == ["a", "b", "c", "d"]
    assert (found.predict(frame) == found.estimator_.predict(frame)).all()
    with pytest.raises(ValueError, match="feature names should match"):
        found.predict(frame[["b", "a", "c", "d"]])
    again = found.fit(X, NAMES)
    assert not hasattr(again, "feature_names_in_")


def test_several_outputs():
    x, y = make_multilabel_classification(n_classes=3, random_state=0)
    found = DeployedClassifier(FOREST).fit(x, y)
    assert (found.predict(x) == found.estimator_.predict(x)).all()
    assert len(found.predict_proba(x)) == len(found.classes_) == 3
    assert get_tags(found).classifier_tags.multi_label
    small = DeployedClassifier(FOREST, max_bytes=found.model_.nbytes // 2).fit(x, y)
    assert small.model_.nbytes <= small.max_bytes
    rows = DeployedRegressor(Ridge()).fit(x, y * 1.5)
    np.testing.assert_allclose(rows.predict(x), rows.estimator_.predict(x), atol=1e-4)


def test_tags_are_those_of_the_estimator():
    trees = get_tags(DeployedClassifier(DecisionTreeClassifier()))
    assert trees.input_tags.allow_nan
    assert not trees.input_tags.sparse
    assert not get_tags(DeployedClassifier(GaussianNB())).input_tags.allow_nan
    with_gaps = X.copy()
    with_gaps[::7, 2] = np.nan
    tree = DeployedClassifier(DecisionTreeClassifier(random_state=0))
    found = tree.fit(with_gaps, Y)
    assert (found.predict(with_gaps) == found.estimator_.predict(with_gaps)).all()


def test_pickles():
    found = DeployedClassifier(FOREST, max_bytes=900).fit(X, NAMES)
    back = pickle.loads(pickle.dumps(found))
    assert back.model_ == found.model_
    assert back.budget_ == found.budget_
    assert (back.predict_proba(X) == found.predict_proba(X)).all()


def test_weights():
    weight = np.where(Y == 1, 5.0, 1.0)
    found = DeployedClassifier(FOREST).fit(X, Y, sample_weight=weight)
    expected = clone(FOREST).fit(X, Y, sample_weight=weight)
    assert found.model_ == emlrt.convert(expected, X=X)
    assert found.model_ != DeployedClassifier(FOREST).fit(X, Y).model_
    with pytest.raises(ValueError, match="KNeighborsClassifier takes no sample_weight"):
        DeployedClassifier(KNeighborsClassifier()).fit(X, Y, sample_weight=weight)


def test_parameters_of_fit_go_on():
    weight = np.where(Y == 1, 5.0, 1.0)
    pipe = make_pipeline(StandardScaler(), GaussianNB())
    found = DeployedClassifier(pipe).fit(X, Y, gaussiannb__sample_weight=weight)
    expected = clone(pipe).fit(X, Y, gaussiannb__sample_weight=weight)
    assert found.model_ == emlrt.convert(expected, X=X)


def test_metadata_are_routed():
    weight = np.where(Y == 1, 5.0, 1.0)
    with config_context(enable_metadata_routing=True):
        asking = GaussianNB().set_fit_request(sample_weight=True)
        found = DeployedClassifier(asking).fit(X, Y, sample_weight=weight)
        expected = GaussianNB().fit(X, Y, sample_weight=weight)
        np.testing.assert_array_equal(found.estimator_.theta_, expected.theta_)
        with pytest.raises(UnsetMetadataPassedError):
            DeployedClassifier(GaussianNB()).fit(X, Y, sample_weight=weight)
        refusing = GaussianNB().set_fit_request(sample_weight=False)
        with pytest.raises(TypeError, match="not routed"):
            DeployedClassifier(refusing).fit(X, Y, sample_weight=weight)
        grid = {"estimator__var_smoothing": [1e-9]}
        search = GridSearchCV(DeployedClassifier(asking), grid, cv=3)
        search.fit(X, Y, sample_weight=weight)
        refitted = search.best_estimator_.estimator_
        np.testing.assert_array_equal(refitted.theta_, expected.theta_)


def test_in_other_meta_estimators():
    for outer in (
        BaggingClassifier(DeployedClassifier(GaussianNB()), 3, random_state=0),
        CalibratedClassifierCV(DeployedClassifier(GaussianNB()), cv=3),
        make_pipeline(StandardScaler(), DeployedClassifier(GaussianNB())),
    ):
        assert cross_val_score(outer, X, Y, cv=3).min() > 0.85


def test_what_takes_no_weights_says_so_to_meta_estimators():
    """Bagging hands over weights to whatever has them in its signature."""
    neighbours = DeployedClassifier(KNeighborsClassifier())
    assert not has_fit_parameter(neighbours, "sample_weight")
    assert has_fit_parameter(DeployedClassifier(FOREST), "sample_weight")
    bag = BaggingClassifier(neighbours, 3, random_state=0).fit(X, NAMES)
    assert bag.score(X, NAMES) > 0.9
    boosted = AdaBoostClassifier(DeployedClassifier(GaussianNB()), n_estimators=3)
    assert boosted.fit(X, NAMES).score(X, NAMES) > 0.9
    with config_context(enable_metadata_routing=True):
        assert has_fit_parameter(neighbours, "sample_weight")


def test_too_little_to_train_on_is_said():
    for estimator, n, text in [
        (GaussianNB(), 1, "X has 1 sample, of which there is no model: a log"),
        (HistGradientBoostingClassifier(), 20, "y has one class, of which there is no"),
    ]:
        with pytest.raises(ValueError, match=text):
            DeployedClassifier(estimator).fit(X[:n], NAMES[:n])


def test_gaps_are_refused_before_training_where_integers_have_none():
    gaps = X.copy()
    gaps[3, 1] = np.nan
    for rows in (gaps, gaps.tolist(), pd.DataFrame(gaps)):
        deployed = DeployedClassifier(FOREST, dtype="int16", inputs="auto")
        with pytest.raises(ValueError, match="X contains NaN"):
            deployed.fit(rows, Y)
        with pytest.raises(ValueError, match="X contains NaN"):
            deployed.fit(X, Y).predict(rows)


def test_other_libraries():
    xgboost = pytest.importorskip("xgboost")
    booster = xgboost.XGBClassifier(n_estimators=3, max_depth=2)
    found = DeployedClassifier(booster, leaf_bits=8, sums="int32").fit(X, Y)
    assert (found.predict(X) == found.estimator_.predict(X)).mean() > 0.98
    with pytest.raises(ValueError, match="the smallest that is made of it takes"):
        DeployedClassifier(booster, max_bytes=100).fit(X, Y)


def test_options_are_refused_before_training():
    class Untrainable(LogisticRegression):
        def fit(self, X, y):
            raise AssertionError("fit was called")

    estimator = Untrainable()
    for options, text in [
        ({"dtype": "int4"}, "dtype='int4'"),
        ({"leaf_bits": 9}, "leaf_bits=9"),
        ({"inputs": "all"}, "inputs='all' is not 'auto'"),
        ({"dtype": "uint8", "inputs": "auto"}, "makes int16"),
        ({"max_bytes": 0}, "max_bytes"),
        ({"max_flash": 1000}, "give its key as board="),
        ({"max_flash": 1000, "board": "unoo"}, "no board 'unoo'"),
    ]:
        with pytest.raises(ValueError, match=text):
            DeployedClassifier(estimator, **options).fit(X, Y)


def test_what_is_no_estimator_of_the_kind():
    with pytest.raises(TypeError, match="takes a classifier, not Ridge"):
        DeployedClassifier(Ridge()).fit(X, Y)
    with pytest.raises(TypeError, match="takes a regressor, not GaussianNB"):
        DeployedRegressor(GaussianNB()).fit(X, Y)
    with pytest.raises(TypeError, match="takes a classifier, not GaussianNB"):
        DeployedClassifier(GaussianNB).fit(X, Y)


def test_a_failed_fit_leaves_nothing():
    deployed = DeployedClassifier(FOREST, dtype="int16")
    with pytest.raises(ValueError, match="no integer"):
        deployed.fit(X, Y)
    assert not hasattr(deployed, "estimator_")
    assert not hasattr(deployed, "model_")


def test_convert_says_where_the_model_is():
    found = DeployedClassifier(FOREST).fit(X, Y)
    with pytest.raises(emlrt.UnsupportedModelError, match="model_ is its Model"):
        emlrt.convert(found)


def test_import_loads_no_scikit_learn():
    code = "import sys, emlrt; assert not {'sklearn', 'matplotlib'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_missing_scikit_learn_is_named():
    code = (
        "import sys, emlrt; sys.modules['sklearn'] = None\n"
        "try: emlrt.DeployedClassifier\n"
        "except ImportError as error: print(error)\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "take scikit-learn 1.6 or newer" in done.stdout


def test_options_are_those_of_the_constructor():
    """One owner has names, defaults and types: what else states them agrees."""
    of_model = signature(emlrt.Model.from_sklearn).parameters
    for cls in (DeployedClassifier, DeployedRegressor):
        own = signature(cls).parameters
        for name in NAMES_OF_OPTIONS:
            assert own[name].default == of_model[name].default
            assert own[name].default == getattr(Options, name)
            assert own[name].kind is own[name].KEYWORD_ONLY
            if name != "inputs":  # which may be "auto" here
                assert own[name].annotation == of_model[name].annotation
        more = {"estimator", "max_bytes", "max_flash", "board", "validation_fraction"}
        assert own.keys() == more | set(NAMES_OF_OPTIONS)
        assert own.keys() <= cls(FOREST).get_params().keys()
    left_out = {"estimator", "X", "golden", "note"}
    assert of_model.keys() == set(NAMES_OF_OPTIONS) | left_out
    with pytest.raises(TypeError, match=r"DeployedClassifier\(\) got an unexpected.*X"):
        DeployedClassifier(FOREST, X=X)
