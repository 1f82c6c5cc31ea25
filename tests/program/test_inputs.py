# SPDX-License-Identifier: MIT
"""Offsets and scales of inputs: rows are raw, and the device reads what the rule makes
of them."""

import warnings
from ctypes import CDLL, c_double, c_void_p
from dataclasses import replace

import numpy as np
import pytest
from catboost import CatBoostClassifier
from lightgbm import LGBMClassifier
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    KBinsDiscretizer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    QuantileTransformer,
    StandardScaler,
)
from sklearn.svm import SVC
from spec_reader import Blob
from xgboost import XGBClassifier

import emlrt
from c import build
from emlrt import (
    FormatError,
    InputScaling,
    Model,
    PrecisionWarning,
    UnsupportedModelError,
    to_int16,
)
from emlrt import blob as blobs
from emlrt.cli import main

SECOND = 1_700_000_000
TREES = {
    "hist": lambda: HistGradientBoostingClassifier(max_iter=12),
    "lightgbm": lambda: LGBMClassifier(n_estimators=12, verbose=-1, n_jobs=1),
    "xgboost": lambda: XGBClassifier(n_estimators=12, n_jobs=1),
    "catboost": lambda: CatBoostClassifier(
        iterations=8, verbose=False, thread_count=1, allow_writing_files=False
    ),
    "forest": lambda: RandomForestClassifier(8, random_state=0),
}
FRONT = {
    "alone": lambda: None,
    "standard": StandardScaler,
    "min-max": MinMaxScaler,
    "columns": lambda: ColumnTransformer(
        [("scaled", StandardScaler(), [0, 2]), ("bins", KBinsDiscretizer(4), [1])],
        remainder="passthrough",
        sparse_threshold=0,
    ),
}


def clock_rows(n=900, seed=0):
    """Unix seconds, and a number near 0."""
    rng = np.random.default_rng(seed)
    seconds = SECOND + rng.integers(0, 90_000, n)
    return np.stack([seconds, rng.normal(size=n)], axis=1)


def degrees(n=500):
    rng = np.random.default_rng(1)
    near = np.stack([52.5 + rng.random(n) / 50, 13.4 + rng.random(n) / 20], axis=1)
    return np.round(np.column_stack([near, rng.normal(size=n)]), 6)


def decimals(n=500):
    """Columns of 0 to 3 decimals."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(n, 4)) * [200.0, 30.0, 20.0, 3.0] + [0.0, 21.0, 100.0, -1.0]
    return np.stack([np.round(x[:, k], k) for k in range(4)], axis=1)


def labels(X):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    return ((Z[:, 0] > 0) ^ (Z[:, 1:].sum(axis=1) > 0)).astype(int)


def answers(model, X):
    for name in ("predict_proba", "transform", "decision_function", "predict"):
        if hasattr(model, name):
            found = getattr(model, name)(X)
            break
    found = found.toarray() if hasattr(found, "toarray") else found
    return np.asarray(found, np.float64).reshape(len(X), -1)


def differing(fit, model, X, close=2e-6):
    """How many rows have another answer."""
    want, got = answers(fit, X), answers(model, X)
    limit = close * max(1.0, np.nanmax(abs(want)))
    same = (abs(got - want) <= limit) | (np.isnan(got) & np.isnan(want))
    return int((~same.all(axis=1)).sum())


def fitted(estimator, X):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return estimator.fit(X, labels(X))


# The figures


@pytest.mark.parametrize("name", TREES)
def test_unix_seconds(name):
    X, unseen = clock_rows(), clock_rows(3000, 1)
    fit = TREES[name]().fit(X, X[:, 0] % 9000 < 3000)
    with warnings.catch_warnings():
        warnings.simplefilter("error", PrecisionWarning)
        for options in (
            {"offset": {0: SECOND}},
            {"offset": "auto", "X": X},
            {"offset": [SECOND + 45_000, 0], "X": X},
        ):
            model = Model.from_sklearn(fit, **options)
            assert differing(fit, model, X) == differing(fit, model, unseen) == 0
            assert not model.inputs.offset[1]


def test_seconds_without_an_offset_are_warned_of():
    X = clock_rows()
    fit = TREES["hist"]().fit(X, X[:, 0] % 9000 < 3000)
    with pytest.warns(PrecisionWarning, match="offset='auto'"):
        model = Model.from_sklearn(fit)
    assert model.inputs is None
    assert differing(fit, model, X) > 0


@pytest.mark.parametrize("front", FRONT)
@pytest.mark.parametrize("name", TREES)
def test_degrees_and_decimals(name, front):
    for X, options in (
        (degrees(), {"offset": "auto"}),
        (decimals(), {"dtype": "int16", "inputs": to_int16(decimals())}),
    ):
        before, own = FRONT[front](), TREES[name]()
        fit = fitted(own if before is None else make_pipeline(before, own), X)
        model = Model.from_sklearn(fit, X=X, **options)
        assert differing(fit, model, X) == 0
        assert model.inputs is not None


def test_to_int16_without_the_rows():
    """Thresholds lie between the integers of the device, as the original goes."""
    X = decimals()
    for own in (TREES["hist"](), TREES["forest"](), BernoulliNB(binarize=0.7)):
        fit = fitted(own, X)
        with warnings.catch_warnings():
            warnings.simplefilter("error", PrecisionWarning)
            model = Model.from_sklearn(fit, dtype="int16", inputs=to_int16(X))
        assert differing(fit, model, X) == 0


NUMERIC = {
    "logistic": LogisticRegression,
    "ridge": Ridge,
    "scaled": lambda: make_pipeline(StandardScaler(), LogisticRegression()),
    "net": lambda: make_pipeline(StandardScaler(), MLPClassifier(max_iter=20)),
    "bayes": GaussianNB,
    "neighbors": KNeighborsClassifier,
    "kernel": SVC,
    "means": lambda: KMeans(3, n_init=1),
    "components": lambda: make_pipeline(PCA(2), LogisticRegression()),
    "scaler": StandardScaler,
    "bins": lambda: KBinsDiscretizer(5, encode="ordinal"),
    "quantiles": lambda: QuantileTransformer(n_quantiles=40),
    "imputer": SimpleImputer,
    "ordinal": OrdinalEncoder,
    "one-hot": OneHotEncoder,
}


@pytest.mark.parametrize("name", NUMERIC)
def test_other_families(name):
    """Offsets are folded in float64, or put back."""
    rng = np.random.default_rng(3)
    far = rng.normal(size=(200, 3)) + np.array([1e6, -2e6, 0.0])
    for X, options in (
        (far, {"offset": "auto", "X": far}),
        (far, {"offset": [1_000_000, -2_000_000, 0]}),
        (degrees(200), {"offset": [52, 13, 0]}),
        (decimals(200), {"dtype": "int16", "inputs": to_int16(decimals(200))}),
    ):
        fit = fitted(NUMERIC[name](), X)
        with warnings.catch_warnings():
            warnings.simplefilter("error", PrecisionWarning)
            model = Model.from_sklearn(fit, **options)
        # KMeans itself takes squares of 10^6 from each other.
        close = 1e-2 if name == "means" and X is far else 1e-4
        assert differing(fit, model, X, close) == 0, options


def test_isotonic_and_marks():
    x = np.round(np.random.default_rng(0).normal(size=200), 2) * 100 + SECOND
    fit = IsotonicRegression(out_of_bounds="nan").fit(x, x > SECOND)
    model = Model.from_sklearn(fit, offset=[SECOND])
    assert differing(fit, model, x[:, None] + [[0.0]]) == 0
    X = decimals()
    X[::7] = -9.0
    fit = fitted(SimpleImputer(missing_values=-9.0, add_indicator=True), X)
    model = Model.from_sklearn(fit, dtype="int16", inputs=to_int16(X), X=X)
    assert differing(fit, model, X) == 0
    model = Model.from_sklearn(fit, offset=[3, 0, 5, 5], X=X)
    assert differing(fit, model, X) == 0


# What it is


def test_the_rule_is_that_of_the_spec():
    """By Python, the reader of SPEC.md, and C as printed."""
    rng = np.random.default_rng(0)
    X = decimals()
    X[:, 0] += SECOND
    fit = fitted(TREES["forest"](), X)
    for dtype, scale in (("float32", None), ("int16", [1, 10, 3.3, 0.1])):
        rule = InputScaling([SECOND, -7, 100, 2], scale, dtype)
        model = Model.from_sklearn(fit, dtype=dtype, inputs=rule)
        rows = X[:50] + rng.normal(size=(50, 4)) * [0.0, 9.0, 1e5, 1.0]
        reader, made = Blob(bytes(model)), rule.transform(rows)
        assert [reader.made(row) for row in rows.tolist()] == list(map(tuple, made))
        assert (model.scores(rows) == model._runtime.scores(made)).all()
        assert (model.inputs.offset == rule.offset).all()
        assert (model.inputs.scale == rule.scale).all()


def test_printed_rules_are_c(tmp_path):
    rules = [
        InputScaling([SECOND, -5, 0]),
        InputScaling([SECOND, -5, 0], [1, 0.3, 10], "int16"),
        InputScaling([SECOND, -5, 0], [1, 0.3, 10], "uint8"),
    ]
    code = "#include <math.h>\n#include <stdint.h>\n"
    for k, rule in enumerate(rules):
        kind = {"float32": "float"}.get(rule.dtype, f"{rule.dtype}_t")
        code += f"void rule{k}(const double *r, {kind} *x) {{\n{rule}\n}}\n"
    (tmp_path / "rules.c").write_text(code)
    library = tmp_path / "rules.so"
    build.must(["gcc", "-shared", "-fPIC", "-o", library, tmp_path / "rules.c", "-lm"])
    shared = CDLL(str(library))
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(300, 3)) * [1000, 30, 3] + [SECOND, 0, 0]
    rows[::2] = np.round(rows[::2], 1)
    for k, rule in enumerate(rules):
        want = rule.transform(rows)
        for row, made in zip(rows, want, strict=True):
            x = np.zeros(3, rule.dtype)
            r = (c_double * 3)(*row)
            shared[f"rule{k}"](r, c_void_p(x.ctypes.data))
            assert (x == made).all()


def test_scales_that_are_found():
    X = decimals()
    X = np.column_stack([X, X[:, 0] + SECOND, X[:, 3] * np.pi, np.full(500, 7.0)])
    rule = to_int16(X)
    assert rule.offset.tolist() == [0, 0, 0, 0, SECOND, 0, 0]
    assert rule.scale[:5].tolist() == [1.0, 10.0, 100.0, 1000.0, 1.0]
    made = rule.transform(X)
    assert made.dtype == np.int16
    for k in (0, 1, 2, 3, 4):
        assert np.unique(made[:, k]).size == np.unique(X[:, k]).size
    assert 25_000 < abs(made[:, 5].astype(int)).max() < 27_000
    whole = to_int16(X[:, :1])
    assert whole.plain
    fit = fitted(TREES["forest"](), X[:, :2])
    rule = to_int16(X[:, :2])
    model = Model.from_sklearn(fit, dtype="int16", X=X[:, :2], inputs=rule)
    assert model.inputs.scale.tolist() == [1.0, 10.0]


def test_offsets_that_are_found():
    rng = np.random.default_rng(0)
    X = np.column_stack(
        [
            SECOND + rng.integers(0, 9000, 400),
            np.round(52.5 + rng.random(400) / 50, 6),
            np.round(rng.normal(size=400), 2) + 1000.0,
            rng.normal(size=400) + 5.0,
            rng.integers(0, 9, 400),
        ]
    )
    fit = fitted(TREES["hist"](), X)
    offset = Model.from_sklearn(fit, X=X, offset="auto").inputs.offset.tolist()
    assert offset[0] == SECOND
    assert 50 <= offset[1] <= 53
    assert offset[2:] == [0, 0, 0]
    plain = X[:, 2:]
    fit = fitted(TREES["hist"](), plain)
    none = Model.from_sklearn(fit, X=plain, offset="auto")
    assert none.inputs is None
    assert bytes(none) == bytes(Model.from_sklearn(fit, X=plain))


def test_rows_of_any_dtype_are_raw():
    X = clock_rows()[:, :1]
    fit = TREES["hist"]().fit(X, X[:, 0] % 9000 < 3000)
    model = Model.from_sklearn(fit, offset=[SECOND])
    want = model.predict(X)
    assert (model.predict(X.astype(np.int64)) == want).all()
    assert (model.predict(X.tolist()) == want).all()
    single = X[:1].astype(np.float32)
    assert model.predict(single) == fit.predict(single.astype(float))
    assert (model.predict(np.array([[np.nan]])) == fit.predict([[np.nan]])).all()
    both = np.array([[np.inf], [-np.inf], [1e300]])
    assert (model.predict(both) == fit.predict(both)).all()


def test_categories_and_known_numbers():
    X = np.random.default_rng(0).integers(0, 6, (300, 2)) * 1.0
    X[:, 1] = X[:, 1] * 100 + SECOND
    fit = OneHotEncoder().fit(X)
    model = Model.from_sklearn(fit, offset=[0, SECOND])
    assert differing(fit, model, X) == 0
    for wrong in ([7.0, SECOND], [1.0, SECOND + 1.0]):
        with pytest.raises(ValueError, match="unknown category"):
            model.transform([wrong])
    fit = HistGradientBoostingClassifier(max_iter=3, categorical_features=[0])
    fit = fitted(fit, X)
    assert differing(fit, Model.from_sklearn(fit, offset=[0, SECOND]), X) == 0
    with pytest.raises(UnsupportedModelError, match="feature 0 holds categories"):
        Model.from_sklearn(fit, offset=[1, SECOND])
    fit = fitted(CategoricalNB(), X[:, :1])
    rule = InputScaling([0], [10], "int16")
    with pytest.raises(UnsupportedModelError, match="scale"):
        Model.from_sklearn(fit, dtype="int16", inputs=rule)


def test_golden_vectors_and_strip(tmp_path):
    X = clock_rows()
    fit = TREES["forest"]().fit(X, labels(X))
    model = Model.from_sklearn(fit, offset=[SECOND, 0], golden=X[:4])
    assert model.selftest()
    assert (model.program.metadata.golden.inputs[:, 0] == X[:4, 0] - SECOND).all()
    stripped = model.strip()
    assert (stripped.inputs.offset == [SECOND, 0]).all()
    assert (stripped.predict_proba(X) == model.predict_proba(X)).all()
    stripped.save(tmp_path / "m.eml")
    assert Model.load(tmp_path / "m.eml") == stripped
    program = stripped.program
    raw = bytearray(bytes(stripped))
    raw[6] = 0  # the flag
    with pytest.raises(FormatError):
        Model.from_bytes(raw)
    wide = InputScaling([0, 0])
    for offset in (-(1 << 60), -(1 << 53) - 1, 1 << 53, 1 << 60):
        object.__setattr__(wide, "offset", np.array([offset, 0]))
        metadata = replace(program.metadata, inputs=wide)
        with pytest.raises(FormatError) as found:
            Model.from_bytes(blobs.write(replace(program, metadata=metadata)))
        assert found.value.status == "METADATA"


def test_the_command_line(tmp_path, capsys):
    X = clock_rows(60)
    fit = LGBMClassifier(n_estimators=3, verbose=-1, n_jobs=1).fit(X, labels(X))
    fit.booster_.save_model(tmp_path / "m.txt")
    file = str(tmp_path / "m.eml")
    command = ["convert", str(tmp_path / "m.txt"), "-o", file, "--classes", "0,1"]
    assert main([*command, "--offset", f"0={SECOND}"]) == 0
    model = Model.load(file)
    np.save(tmp_path / "X.npy", X)
    capsys.readouterr()
    assert main(["predict", file, str(tmp_path / "X.npy")]) == 0
    lines = capsys.readouterr().out.split()[1:]
    assert lines == [str(label) for label in fit.predict(X)]
    assert main(["inspect", file]) == 0
    assert f"2: {SECOND}, 0" in capsys.readouterr().out
    assert main(["embed", file, "-o", "-"]) == 0
    header = capsys.readouterr().out
    assert f"_EML_OFFSETS {{{SECOND}, 0}}" in header
    assert f"x[0] = (float)(r[0] - {SECOND});" in header
    assert main(["verify", file]) == 0
    assert model.inputs.offset.tolist() == [SECOND, 0]


def test_names_and_mistakes():
    frame = pytest.importorskip("pandas").DataFrame(clock_rows(60), columns=["t", "v"])
    fit = TREES["forest"]().fit(frame, labels(frame.to_numpy()))
    model = Model.from_sklearn(fit, offset={"t": SECOND})
    assert (model.predict(frame) == fit.predict(frame)).all()
    assert str(model.inputs).startswith("x[0] = (float)(r[0] - 1700000000);")
    X = frame.to_numpy()
    wrong = {
        "names the feature 'u'": {"offset": {"u": 1}},
        "needs X=": {"offset": "auto"},
        "is not 'auto'": {"offset": "all"},
        "integers": {"offset": [0.5, 0]},
        "the model has 2": {"offset": [1]},
        "feature 't' twice": {"offset": {0: 1, "t": 2}},
        "named .'t', 'v'.$": {"offset": {True: 1}},
        "pass dtype='int16'": {"inputs": to_int16(X)},
        "leave offset= out": {"inputs": InputScaling([0, 1]), "offset": [1, 0]},
        "out of": {"dtype": "int16", "offset": [0, 0], "X": X + np.array([0.0, 1e9])},
        "emlrt.to_int16": {"dtype": "int16", "X": X},
    }
    for text, options in wrong.items():
        if text == "out of":
            options["inputs"] = InputScaling([5, 0], [1, 2], "int16")
            del options["offset"]
        with pytest.raises(ValueError, match=text):
            Model.from_sklearn(fit, **options)
    with pytest.raises(TypeError, match="InputScaling"):
        Model.from_sklearn(fit, inputs=3)
    with pytest.raises(ValueError, match="scales are for integer"):
        InputScaling([0], [2])
    rule = to_int16(load_iris().data)
    with pytest.raises(ValueError, match="holds nan"):
        rule.transform([[np.nan, 1, 2, 3]])
    assert emlrt.to_int16 is to_int16


def test_integers_have_no_infinity_and_ends_for_what_is_beyond():
    X = decimals()
    fit = fitted(TREES["forest"](), X)
    rule = to_int16(X)
    model = Model.from_sklearn(fit, dtype="int16", inputs=rule, X=X)
    for number, what in ((np.inf, "clip"), (-np.inf, "clip"), (np.nan, "impute")):
        with pytest.raises(ValueError, match=f"column 1 holds {number} .*{what} it"):
            model.predict([[0, number, 0, 0]])
    assert rule.transform([[0, 1e9, -1e300, 0]]).tolist() == [[0, 32767, -32768, 0]]
    *_, note = str(model.inputs).splitlines()
    assert note.startswith("/* <math.h> has rint, fmin, fmax. NaN and infinities")


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ([1.0, np.inf], "column 0 holds inf .row 1.*clip it"),
        ([-1e300, 1e300], "column 0 holds -1e.300 .row 0.*clip it"),
        ([np.nan, np.nan], "column 0 holds no number"),
    ],
)
def test_columns_without_a_scale(column, said):
    with pytest.raises(ValueError, match=said):
        to_int16(np.array(column)[:, None])


def test_a_rule_that_was_given_is_not_advised():
    """Whether it changes something or not."""
    X = np.random.default_rng(0).integers(0, 50, (60, 2)) * 1.0
    fit = fitted(TREES["forest"](), X)
    for rows in (X, X / 10):
        rule = to_int16(rows)
        assert rule.plain == (rows is X)
        with pytest.raises(ValueError, match="rule") as found:
            Model.from_sklearn(fit, dtype="int16", inputs=rule, X=X * 1000.5)
        assert "emlrt.to_int16" not in str(found.value)


def test_offsets_that_are_none():
    """Bounds are those of SPEC section 9, and columns are named once."""
    X = clock_rows(60)
    fit = TREES["forest"]().fit(X, labels(X))
    for number in (-(2**53), 2**53 - 1):
        assert Model.from_sklearn(fit, offset=[number, 0]).inputs.offset[0] == number
    for number in (-(2**53) - 1, 2**53, 2**53 + 1, 2**63, -(2**63), np.nan, 1e300):
        with pytest.raises(ValueError, match="beyond -9007199254740992 to 9007"):
            InputScaling(np.array([number, 0]))
    with pytest.raises(ValueError, match="True or False"):
        InputScaling([True, 0])


def test_float32_rows_that_are_none():
    X = decimals(60)
    fit = fitted(TREES["hist"](), X)
    with pytest.warns(PrecisionWarning, match="column 1 of X holds .* no float32"):
        Model.from_sklearn(fit, X=X, rows="float32")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = Model.from_sklearn(fit, X=X.astype("f").astype(float), rows="float32")
    assert differing(fit, model, X.astype("f")) == 0
