# SPDX-License-Identifier: MIT
"""emlearn's calls: answers of the original, words where emlearn differs, C code."""

import os
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.covariance import EllipticEnvelope
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.mixture import GaussianMixture
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.tree import DecisionTreeClassifier

import emlrt
from emlrt.amalgamate import amalgamate
from emlrt.compat import emlearn
from emlrt.sources import get_include

FLAGS = ["-std=c99", "-O1", "-Wall", "-Wextra", "-pedantic", "-Werror"]
X, Y = load_iris(return_X_y=True)
DIGITS, DIGIT = load_digits(return_X_y=True)
VALUES, TARGET = load_diabetes(return_X_y=True)
CELLS, CELL = load_breast_cancer(return_X_y=True)

CLASSIFIERS = {
    "forest": (RandomForestClassifier(10, random_state=0), DIGITS, DIGIT),
    "extra trees": (ExtraTreesClassifier(10, random_state=0), X, Y),
    "tree": (DecisionTreeClassifier(random_state=0), CELLS, CELL),
    "net": (MLPClassifier((8,), max_iter=50, random_state=0), X, Y),
    "net of two": (MLPClassifier((8,), max_iter=50, random_state=0), CELLS, CELL),
    "gaussians": (GaussianNB(), DIGITS, DIGIT),
    "neighbours": (KNeighborsClassifier(5), DIGITS, DIGIT),
    "boosted": (GradientBoostingClassifier(n_estimators=5, random_state=0), X, Y),
}
REGRESSORS = {
    "forest": (RandomForestRegressor(10, random_state=0), VALUES, TARGET),
    "net": (
        MLPRegressor(hidden_layer_sizes=(8,), max_iter=50, random_state=0),
        VALUES,
        TARGET,
    ),
}


def converted(estimator, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", emlearn.EmlearnDifference)
        return emlearn.convert(estimator, **options)


def fitted(case):
    estimator, X, y = case
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator.fit(X, y), X


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classifiers_answer_as_the_original(name: str) -> None:
    estimator, rows = fitted(CLASSIFIERS[name])
    model = converted(estimator)
    assert (model.predict(rows) == estimator.predict(rows)).all()
    off = abs(model.predict_proba(rows) - estimator.predict_proba(rows)) > 1e-4
    # Two digits are equally far from one row, which either library may take.
    assert off.any(axis=1).sum() == (1 if name == "neighbours" else 0)


@pytest.mark.parametrize("name", REGRESSORS)
def test_regressors_answer_as_the_original(name: str) -> None:
    estimator, rows = fitted(REGRESSORS[name])
    model = converted(estimator)
    np.testing.assert_allclose(model.predict(rows), estimator.predict(rows), rtol=1e-4)
    assert (model.regress(rows) == model.predict(rows)).all()


def test_anomalies_and_mixtures() -> None:
    elliptic = EllipticEnvelope(random_state=0).fit(X)
    model = converted(elliptic, method="inline")
    assert (model.predict(X) == elliptic.predict(X)).all()
    np.testing.assert_allclose(model.mahalanobis(X), elliptic.mahalanobis(X), rtol=1e-4)
    mixture = GaussianMixture(3, covariance_type="tied", random_state=0).fit(X)
    model = converted(mixture)
    assert (model.predict(X) == mixture.predict(X)).all()
    np.testing.assert_allclose(
        model.score_samples(X), mixture.score_samples(X), rtol=1e-4, atol=1e-4
    )


def test_options_of_trees() -> None:
    forest = RandomForestClassifier(10, max_depth=6, random_state=0)
    forest.fit(DIGITS, DIGIT)
    soft, hard = converted(forest), converted(forest, leaf_bits=0)
    assert soft.model_.nbytes > hard.model_.nbytes
    integers = converted(forest, dtype="int16_t", leaf_bits=8, X=DIGITS)
    assert integers.model_.input_dtype == np.int16
    rows = DIGITS.astype(np.int16)
    assert (integers.predict(rows) == forest.predict(DIGITS)).mean() > 0.98


DIFFERENCES = {
    "int16_t": (RandomForestClassifier(2, random_state=0).fit(X, Y), {}),
    "majority": (RandomForestClassifier(2, random_state=0).fit(X, Y), {}),
    "threshold": (DecisionTreeClassifier().fit(X, Y), {"dtype": "int16_t"}),
    "priors": (GaussianNB().fit(X, Y), {}),
    "six decimals": (EllipticEnvelope(random_state=0).fit(X), {}),
    "label": (GaussianNB().fit(X, np.array(["a", "b", "c"])[Y]), {}),
}


@pytest.mark.parametrize("word", DIFFERENCES)
def test_a_difference_is_named(word: str) -> None:
    estimator, options = DIFFERENCES[word]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        emlearn.convert(estimator, **options)
    assert any(word in str(each.message) for each in caught)
    assert all(each.filename == __file__ for each in caught)


FOREST = RandomForestClassifier(2, random_state=0).fit(X, Y)
FAULTS = [
    ({"method": "pymodule"}, "method='pymodule'"),
    ({"dtype": "int8_t"}, "dtype='int8_t'"),
    ({"leaf_bits": 9}, "leaf_bits=9"),
    ({"kind": "GaussianNB"}, "does not derive"),
    ({"return_type": "regressor"}, "predict_proba"),
    ({"return_type": "both"}, "return_type='both'"),
    ({"use_fixedpoint": True}, "use_fixedpoint"),
]


@pytest.mark.parametrize(("options", "words"), FAULTS)
def test_faults_are_named(options, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        emlearn.convert(FOREST, **options)


def test_faults_of_save() -> None:
    model = converted(FOREST)
    for options, words in (
        ({}, "takes a name"),
        ({"name": "a b"}, "no C identifier"),
        ({"name": "a", "format": "csv"}, "format='csv'"),
        ({"name": "a", "inference": ["loadable", "inline"]}, "inference="),
    ):
        with pytest.raises(ValueError, match=words):
            model.save(**options)


def test_a_derived_class_takes_kind() -> None:
    class Mine(RandomForestClassifier):
        pass

    mine = Mine(3, random_state=0).fit(X, Y)
    model = converted(mine, kind="RandomForestClassifier")
    assert (model.predict(X) == mine.predict(X)).all()


@pytest.fixture(scope="module")
def runtime(tmp_path_factory):
    """A folder with emlrt_amalgamated.h, and its code compiled."""
    folder = tmp_path_factory.mktemp("runtime")
    text = amalgamate(Path(get_include()).parent)
    (folder / "emlrt_amalgamated.h").write_text(text)
    (folder / "runtime.c").write_text(
        '#define EMLRT_IMPLEMENTATION\n#include "emlrt_amalgamated.h"\n'
    )
    subprocess.run(["cc", *FLAGS, "-c", "runtime.c"], cwd=folder, check=True)
    return folder


def _program(runtime, tmp_path, model, name, rows, body, method):
    """The lines that a program prints, of body for each row."""
    kind = {"float32": "float", "int16": "int16_t"}[model.model_.input_dtype.name]
    listed = ",\n".join(
        "{" + ", ".join(f"{v!r}f" if kind == "float" else str(v) for v in row) + "}"
        for row in rows.astype(model.model_.input_dtype).tolist()
    )
    model.save(file=tmp_path / f"{name}.h", inference=[method])
    (tmp_path / "main.c").write_text(
        f"""#include <stdio.h>
#include "emlrt_amalgamated.h"
#include "{name}.h"
static const {kind} rows[][{rows.shape[1]}] = {{{listed}}};
int main(void) {{
  for (unsigned k = 0; k < {len(rows)}; k++) {{ {body} }}
  return 0;
}}
"""
    )
    command = ["cc", *FLAGS, "-Wno-unused-function", f"-I{runtime}", "main.c"]
    command += [runtime / "runtime.o", "-o", "main"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    out = subprocess.run(
        [tmp_path / "main"], capture_output=True, text=True, check=True
    )
    return out.stdout.splitlines()


@pytest.mark.parametrize("method", ["inline", "loadable"])
@pytest.mark.parametrize(
    "name", ["forest", "net", "net of two", "gaussians", "boosted"]
)
def test_the_code_of_a_classifier(runtime, tmp_path, name: str, method: str) -> None:
    estimator, rows = fitted(CLASSIFIERS[name])
    model, rows = converted(estimator), rows[::40].astype(np.float32)
    n, width = len(estimator.classes_), rows.shape[1]
    body = f"""float p[{n}];
      printf("%d", (int)m_predict(rows[k], {width}));
      if (m_predict_proba(rows[k], {width}, p, {n})) return 1;
      for (int i = 0; i < {n}; i++) printf(" %.9g", (double)p[i]);
      if (m_predict(rows[k], {width + 1}) != -1) return 2;
      if (m_predict_proba(rows[k], {width}, p, {n + 1}) != -1) return 3;
      puts("");"""
    lines = _program(runtime, tmp_path, model, "m", rows, body, method)
    table = np.array([line.split() for line in lines], np.float64)
    assert (estimator.classes_[table[:, 0].astype(int)] == model.predict(rows)).all()
    assert (table[:, 1:].astype(np.float32) == model.predict_proba(rows)).all()


@pytest.mark.parametrize("method", ["inline", "loadable"])
@pytest.mark.parametrize("name", REGRESSORS)
def test_the_code_of_a_regressor(runtime, tmp_path, name: str, method: str) -> None:
    estimator, rows = fitted(REGRESSORS[name])
    model, rows = converted(estimator), rows[::40].astype(np.float32)
    width = rows.shape[1]
    body = f"""float y[1];
      if (m_regress(rows[k], {width}, y, 1)) return 1;
      printf("%.9g %.9g\\n", (double)y[0], (double)m_predict(rows[k], {width}));
      if (m_regress(rows[k], {width}, y, 2) != -1) return 2;"""
    lines = _program(runtime, tmp_path, model, "m", rows, body, method)
    table = np.array([line.split() for line in lines], np.float32)
    assert (table[:, 0] == table[:, 1]).all()
    assert (table[:, 0] == model.model_.scores(rows)[:, 0]).all()


def test_keras_nets_are_classifiers_unless_told() -> None:
    os.environ.setdefault("KERAS_BACKEND", "jax")
    keras = pytest.importorskip("keras")
    layers = [keras.layers.Dense(5, "relu"), keras.layers.Dense(3, "softmax")]
    net = keras.Sequential([keras.Input((4,)), *layers])
    given = np.asarray(net(X.astype(np.float32)))
    model = converted(net)
    assert (model.predict(X) == given.argmax(axis=1)).all()
    values = converted(net, return_type="regressor")
    np.testing.assert_allclose(values.predict(X), given, atol=1e-6)
    assert isinstance(values.model_, emlrt.Model)
