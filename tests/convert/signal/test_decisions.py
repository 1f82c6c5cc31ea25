# SPDX-License-Identifier: MIT
"""Decisions behind classifiers: a stream's answers are plain Python's, bit for bit."""

import pickle

import numpy as np
import pytest
from decision_reference import decided
from hypothesis import given, settings
from hypothesis import strategies as st
from real_recordings import watch
from scipy.signal import butter
from sklearn.base import clone
from sklearn.ensemble import (
    AdaBoostClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from emlrt import Model, Stream, UnsupportedModelError, signal, to_int16
from emlrt.convert.signal.decisions import asks_for_shares, program

RNG = np.random.default_rng(0)
Vote, Threshold, Debounce = signal.Vote, signal.Threshold, signal.Debounce
DATA = watch()
FRAME = signal.Frame(64, 24)
FEATURES = signal.TimeFeatures(["mean", "std"])
WINDOWS, LABELS = FRAME.cut(DATA.samples[:20], DATA.labels[:20])
_, WHICH = FRAME.cut(DATA.samples[:20], range(20))
ROWS = FEATURES.fit(WINDOWS).transform(WINDOWS)
#: A recording of several exercises, one after the other.
LONG = np.concatenate(DATA.samples[20:26])
CHAINS = {
    "vote": [Vote(5)],
    "vote-even": [Vote(4)],
    "vote-soft": [Vote(3, voting="soft")],
    "threshold": [Threshold(0.7, other="none")],
    "hysteresis": [Threshold(0.8, off=0.35, other=LABELS[0])],
    "debounce": [Debounce(3)],
    "all": [Vote(5), Threshold(0.6, off=0.4, other="none"), Debounce(2)],
    "soft-all": [Vote(2, voting="soft"), Threshold(0.5, other="?"), Vote(3)],
    "twice": [Threshold(0.4, other="?"), Threshold({"?": 1.0}, other="!")],
}


def read_of(model, rows, first):
    """What a first decision reads of a converted classifier's answers."""
    if asks_for_shares(first):
        return model.predict_proba(rows).astype(np.float32)
    return (model.predict(rows)[:, None] == model.classes_).astype(np.float32)


def pushed(stream, samples, seed=0):
    """Scores of a recording in pieces of any size."""
    stream.reset()
    cuts = np.sort(np.random.default_rng(seed).integers(0, len(samples), 9))
    parts = [stream.push_scores(part) for part in np.split(samples, cuts)]
    return np.concatenate(parts)


def check_stream(decision, samples, rows, **options):
    """A stream's answers are those of plain Python on the converted classifier's, and
    those of predict_stream."""
    model = Model.from_sklearn(decision, **options)
    inner = Model.from_sklearn(decision.estimator_, **options)
    then = decision.then if isinstance(decision.then, list) else [decision.then]
    classes = decision.estimator_.classes_.tolist()
    shares, after = decided(then, classes, read_of(inner, rows, then[0]))
    stream = Stream(model)
    assert pushed(stream, samples).tobytes() == shares.tobytes()
    stream.reset()
    assert stream.push(samples).tolist() == [after[k] for k in shares.argmax(axis=1)]
    stream.reset()
    assert (stream.push_proba(samples) == shares).all()
    assert model.classes_.tolist() == after == decision.classes_.tolist()
    read = read_of(inner, rows[:9], then[0])
    rest = np.concatenate([decided(then, classes, row[None])[0] for row in read])
    assert model.predict(rows[:9]).tolist() == [after[k] for k in rest.argmax(axis=1)]
    assert (model.predict_proba(rows[:9]) == rest).all()
    return model


CLASSIFIERS = {
    "forest": RandomForestClassifier(15, max_depth=6, random_state=0),
    "extra": ExtraTreesClassifier(8, max_depth=5, random_state=0),
    "tree": DecisionTreeClassifier(max_depth=4, random_state=0),
    "boosting": GradientBoostingClassifier(n_estimators=4, random_state=0),
    "hist": HistGradientBoostingClassifier(max_iter=4, random_state=0),
    "adaboost": AdaBoostClassifier(n_estimators=5, random_state=0),
    "logistic": make_pipeline(StandardScaler(), LogisticRegression(max_iter=300)),
    "bayes": GaussianNB(),
    "neighbors": KNeighborsClassifier(5),
    "mlp": make_pipeline(
        StandardScaler(), MLPClassifier((8,), max_iter=30, random_state=0)
    ),
    "svc": make_pipeline(StandardScaler(), SVC(probability=True, random_state=0)),
    "svc-plain": make_pipeline(StandardScaler(), SVC()),
    "linear-svc": make_pipeline(StandardScaler(), LinearSVC(random_state=0)),
    "ridge": RidgeClassifier(),
}
NO_SHARES = {"svc-plain", "linear-svc", "ridge"}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("binary", [False, True], ids=["classes", "two"])
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classifiers_of_rows(name, binary):
    y = np.where(LABELS[0] == LABELS, LABELS[0], "rest") if binary else LABELS
    fitted = clone(CLASSIFIERS[name]).fit(ROWS, y)
    for chain in ([Vote(4)], [Threshold(0.6, off=0.4, other="none"), Debounce(2)]):
        decision = signal.Decision(fitted, chain)
        if name in NO_SHARES and asks_for_shares(chain[0]):
            with pytest.raises(ValueError, match=r"Threshold looks at probabilities"):
                decision.predict(ROWS)
            with pytest.raises(UnsupportedModelError, match=r"has none"):
                Model.from_sklearn(decision)
            continue
        model = Model.from_sklearn(decision)
        inner = Model.from_sklearn(fitted)
        read = read_of(inner, ROWS, chain[0])
        shares, after = decided(chain, fitted.classes_.tolist(), read)
        stream = Stream(model)
        assert stream.push_scores(ROWS).tobytes() == shares.tobytes()
        assert stream.channels == ROWS.shape[1]
        found = decision.predict_stream(ROWS)
        assert (found == [after[k] for k in shares.argmax(axis=1)]).mean() > 0.995


@pytest.mark.parametrize("voting", ["soft", "hard"])
@pytest.mark.parametrize("chain", CHAINS)
def test_windows_that_overlap(chain, voting):
    pipeline = make_pipeline(FRAME, FEATURES, CLASSIFIERS["forest"])
    decision = signal.Decision(pipeline, CHAINS[chain]).fit(WINDOWS, LABELS)
    rows = FRAME.cut([LONG])
    model = check_stream(decision, LONG, rows, voting=voting)
    assert model.window.hop == 24 * LONG.shape[1]
    if voting == "soft":
        found = Stream(model).push(LONG)
        assert (decision.predict_stream(rows) == found).all()
        assert (decision.predict(rows) == model.predict(rows)).all()


@pytest.mark.parametrize("hop", [1, 64, 80])
def test_hops(hop):
    cut = signal.Frame(64, hop)
    pipeline = make_pipeline(cut, FEATURES, CLASSIFIERS["tree"])
    decision = signal.Decision(pipeline, CHAINS["all"]).fit(WINDOWS, LABELS)
    model = check_stream(decision, LONG[:900], cut.cut([LONG[:900]]))
    framed = [stage.name for stage in model.stages if stage.name.startswith("frame")]
    assert framed == ([] if hop == 64 else ["frame_f32"])


def test_integers_stay_integers():
    scale = 1000
    samples = np.round(np.clip(LONG, -30, 30) * scale).astype(np.int16)
    windows = np.round(np.clip(WINDOWS, -30, 30) * scale).astype(np.int16)
    for classifier, dtype in (("forest", "int16"), ("logistic", "int16")):
        pipeline = make_pipeline(FRAME, FEATURES, CLASSIFIERS[classifier])
        decision = signal.Decision(pipeline, Vote(5)).fit(windows, LABELS)
        rows = FRAME.cut([samples])
        model = check_stream(decision, samples, rows, dtype=dtype, X=windows)
        assert model.stages[0].name == "frame_i16"
    features = signal.IntegerTimeFeatures(["mean", "range"])
    pipeline = make_pipeline(FRAME, features, CLASSIFIERS["forest"])
    decision = signal.Decision(pipeline, Debounce(2)).fit(windows, LABELS)
    check_stream(decision, samples, FRAME.cut([samples]), dtype="int16", X=windows)


def test_samples_themselves_go_to_trees():
    samples, windows = np.round(LONG[:, 0], 1), np.round(WINDOWS[:, :, 0], 1)
    pipeline = make_pipeline(FRAME, CLASSIFIERS["hist"])
    decision = signal.Decision(pipeline, Vote(3)).fit(windows, LABELS)
    rows = FRAME.cut([samples])
    model = check_stream(decision, samples, rows)
    assert "float32 numbers" in model.row_kinds.values()
    assert (Stream(model).push(samples) == decision.predict_stream(rows)).all()


def test_inputs_with_a_rule():
    pipeline = make_pipeline(FRAME, FEATURES, CLASSIFIERS["forest"])
    decision = signal.Decision(pipeline, Vote(5)).fit(WINDOWS, LABELS)
    rule = to_int16(WINDOWS)
    rows = FRAME.cut([LONG])
    check_stream(decision, LONG, rows, dtype="int16", inputs=rule)


def test_filters_in_front():
    sos = butter(2, 0.2, output="sos")
    pipeline = make_pipeline(
        signal.Sosfilt(sos), FRAME, FEATURES, CLASSIFIERS["forest"]
    )
    decision = signal.Decision(pipeline, CHAINS["all"]).fit(WINDOWS, LABELS)
    model = Model.from_sklearn(decision)
    inner = Model.from_sklearn(decision.estimator_)
    read = Stream(inner).push_scores(LONG)
    answers = inner.answer_of("predict", read)
    rows = (answers[:, None] == inner.classes_).astype(np.float32)
    shares, _ = decided(decision.then, inner.classes_.tolist(), rows)
    assert pushed(Stream(model), LONG).tobytes() == shares.tobytes()
    first = Stream(model).push(LONG[:64])
    assert first == model.predict(LONG[None, :64]) == decision.predict(LONG[None, :64])


def test_frames_one_by_one():
    rng = np.random.default_rng(1)
    sound = np.cumsum(rng.normal(size=6000)) * np.repeat([1, 9, 0.2], 2000)
    cut = signal.Frame(512, 128)
    windows, labels = cut.cut(np.split(sound, 3), [0, 1, 2])
    mel = signal.MelSpectrogram(
        sr=8000, n_fft=128, hop_length=64, n_mels=8, center=False
    )
    pipeline = make_pipeline(cut, mel, signal.PowerToDb(), CLASSIFIERS["forest"])
    then = [Vote(2, voting="soft"), Threshold(0.5, other=-1), Vote(3)]
    decision = signal.Decision(pipeline, then).fit(windows, labels)
    model = check_stream(decision, sound, cut.cut([sound]))
    assert model.state_bytes < 512 * 4


@pytest.mark.parametrize("block", [False, True])
def test_a_whole_window_is_a_row(block):
    """Without Frame; a filter then starts from rest in each."""
    steps = [signal.ExponentialMean(0.3), FEATURES] if block else [StandardScaler()]
    X = WINDOWS if block else ROWS
    decision = signal.Decision(make_pipeline(*steps, GaussianNB()), CHAINS["all"])
    decision.fit(X, LABELS)
    model = Model.from_sklearn(decision)
    inner = Model.from_sklearn(decision.estimator_)
    shares, after = decided(
        decision.then, inner.classes_.tolist(), read_of(inner, X, Vote(1))
    )
    samples = X.reshape(-1, model.window.channels)
    assert pushed(Stream(model), samples).tobytes() == shares.tobytes()
    found = decision.predict_stream(X)
    assert found.tolist() == [after[k] for k in shares.argmax(axis=1)]


def test_last_in_a_pipeline_and_in_a_search():
    forest = clone(CLASSIFIERS["forest"])
    inside = make_pipeline(FRAME, FEATURES, signal.Decision(forest, Vote(5)))
    around = signal.Decision(make_pipeline(FRAME, FEATURES, forest), Vote(5))
    models = [Model.from_sklearn(p.fit(WINDOWS, LABELS)) for p in (inside, around)]
    assert models[0].stages == models[1].stages
    grid = {"estimator__randomforestclassifier__max_depth": [2, 6], "vote__n": [1]}
    search = GridSearchCV(around, grid, cv=2).fit(WINDOWS, LABELS)
    model = Model.from_sklearn(search)
    assert model.window.length == 64 * LONG.shape[1]
    expected = search.best_estimator_.predict_stream(FRAME.cut([LONG]))
    assert (Stream(model).push(LONG) == expected).all()


def test_a_window_of_a_search_is_known():
    """Of any estimator that a search holds, or a FrozenEstimator."""
    pipeline = make_pipeline(FRAME, FEATURES, CLASSIFIERS["tree"])
    grid = {"decisiontreeclassifier__max_depth": [2]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(WINDOWS, LABELS)
    model = Model.from_sklearn(search)
    assert model.window.hop == 24 * LONG.shape[1]
    assert (Stream(model).push(LONG) == search.predict(FRAME.cut([LONG]))).all()


def test_a_fitted_classifier_is_not_fitted_again():
    frozen = pytest.importorskip("sklearn.frozen")
    forest = clone(CLASSIFIERS["forest"]).fit(ROWS, LABELS)
    as_it_is = signal.Decision(forest, Vote(3))
    held = signal.Decision(frozen.FrozenEstimator(forest), Vote(3)).fit(
        ROWS[:2], [0, 1]
    )
    new = signal.Decision(forest, Vote(3)).fit(ROWS[:90], LABELS[:90])
    expected = as_it_is.predict_stream(ROWS)
    assert (held.predict_stream(ROWS) == expected).all()
    assert (Stream(Model.from_sklearn(held)).push(ROWS) == expected).all()
    assert (Stream(Model.from_sklearn(as_it_is)).push(ROWS) == expected).all()
    assert new.estimator_ is not forest
    assert not (new.predict_stream(ROWS) == expected).all()


DECISIONS = st.one_of(
    st.builds(Vote, st.integers(1, 6), voting=st.sampled_from(["hard", "soft"])),
    st.builds(
        Threshold,
        st.sampled_from([0.5, 0.75, 1.0]),
        off=st.sampled_from([None, 0.25, 0.5]),
        other=st.sampled_from([0, 1, 7, 8, 9]),
    ),
    st.builds(Debounce, st.integers(1, 4)),
)
SHARES = st.lists(
    st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, 0.1]), min_size=3, max_size=3),
    min_size=1,
    max_size=40,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(DECISIONS, min_size=1, max_size=4), SHARES, st.integers(0, 99))
def test_made_answers(then, rows, seed):
    rows = np.array(rows, np.float32)
    model = Model._of(program(then, np.arange(3)), "", "", None)
    shares, classes = decided(then, [0, 1, 2], rows)
    assert pushed(Stream(model), rows, seed).tobytes() == shares.tobytes()
    assert model.classes_.tolist() == classes


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_means_of_any_shares(n, seed):
    rows = np.random.default_rng(seed).dirichlet([0.3] * 5, 40).astype(np.float32)
    then = [Vote(n, voting="soft")]
    model = Model._of(program(then, np.arange(5)), "", "", None)
    assert (
        Stream(model).push_scores(rows).tobytes()
        == decided(then, [*range(5)], rows)[0].tobytes()
    )


def test_groups_start_from_rest():
    decision = signal.Decision(GaussianNB(), CHAINS["all"]).fit(ROWS, LABELS)
    parts = [decision.predict_stream(ROWS[k == WHICH]) for k in range(20)]
    assert (decision.predict_stream(ROWS, WHICH) == np.concatenate(parts)).all()
    alone = decision.predict_stream(ROWS, np.arange(len(ROWS)))
    assert (alone == decision.predict(ROWS)).all()
    with pytest.raises(ValueError, match=r"groups of shape \(3,\) given for"):
        decision.predict_stream(ROWS, [1, 2, 3])


@pytest.mark.parametrize("kind", [float, object])
def test_groups_of_nothing_are_refused(kind):
    decision = signal.Decision(LogisticRegression(), signal.Vote(2))
    decision.fit(ROWS, np.arange(len(ROWS)) % 2)
    groups = np.zeros(len(ROWS), kind)
    groups[3] = np.nan
    with pytest.raises(ValueError, match="some of the groups are NaN"):
        decision.predict_stream(ROWS, groups)


def test_manners_of_scikit_learn():
    decision = signal.Decision(
        RandomForestClassifier(5, random_state=0), [Vote(3), Debounce(2), Vote(2)]
    )
    names = decision.get_params()
    assert names["vote1__n"] == 3
    assert names["vote2__voting"] == "hard"
    assert names["estimator__n_estimators"] == 5
    decision.set_params(vote2__n=9, debounce=Debounce(7), estimator__max_depth=3)
    assert [one.n for one in decision.then] == [3, 7, 9]
    assert decision.estimator.max_depth == 3
    copy = clone(decision)
    assert copy.then[0] is not decision.then[0]
    assert repr(copy) == repr(decision)
    with pytest.raises(ValueError, match="Invalid parameter 'wrong'"):
        decision.set_params(wrong=1)
    decision.set_params(then=Vote(3), vote__n=5)
    assert decision.then.n == 5
    decision.fit(ROWS, LABELS)
    loaded = pickle.loads(pickle.dumps(decision))
    found = decision.predict_proba(ROWS)
    assert (loaded.predict_proba(ROWS) == found).all()
    assert (decision.predict_proba(ROWS[7:9]) == found[7:9]).all()
    assert decision.score(ROWS, LABELS) > 0.8
    assert decision.n_features_in_ == ROWS.shape[1]
    assert (np.exp(decision.predict_log_proba(ROWS)) == found).all()
    assert len(cross_val_predict(decision, ROWS, LABELS, cv=2)) == len(ROWS)


@pytest.mark.parametrize(
    ("then", "text"),
    [
        ([], "then is empty"),
        (3, "then holds 3"),
        ([Vote(2), "x"], "then holds 'x'"),
        (Vote(0), "Vote: n is an integer from 1 to 65535, not 0"),
        (Vote(2.5), "Vote: n is an integer"),
        (Vote(True), "Vote: n is an integer"),
        (Vote(1 << 16), "Vote: n is an integer"),
        (Vote(2, voting="mean"), "voting is 'hard' or 'soft', not 'mean'"),
        (Debounce(None), "Debounce: n is an integer"),
        (Threshold(1.5, other="a"), "on is a probability from 0 to 1"),
        (Threshold("x", other="a"), "on is a probability from 0 to 1"),
        (Threshold(float("nan"), other="a"), "on is a probability from 0 to 1"),
        (Threshold({"c": 0.5}, other="a"), "on has the class 'c', which is none of"),
        (Threshold(0.5, off={"c": 0.5}, other="a"), "off has the class 'c'"),
        (Threshold({"a": "x"}, other="a"), "not 'x'"),
        (Threshold(0.5, off=0.6, other="a"), "off=0.6 is above on=0.5 of class 'a'"),
        (Threshold(0.5, other=3), "other=3 is none of the classes"),
        (Threshold(0.5, other=None), "other=None is none of the classes"),
    ],
)
def test_what_has_no_meaning_is_named(then, text):
    y = np.where(LABELS[0] == LABELS, "a", "b")
    with pytest.raises(ValueError, match=text):
        signal.Decision(GaussianNB(), then).fit(ROWS, y)


@pytest.mark.parametrize(
    ("labels", "other", "fits"),
    [
        ([0, 1], 2, True),
        ([0, 1], 1, True),
        ([0, 1], 2.5, False),
        ([0, 1], "2", False),
        ([0, 1], 1 << 70, False),
        ([0.0, 1.0], 2, True),
        ([False, True], True, True),
        ([False, True], 2, False),
        (["a", "b"], "a longer one", True),
        (np.array(["a", "b"], object), "more", True),
        (np.array(["a", "b"], object), 3, False),
    ],
)
def test_labels_of_other(labels, other, fits):
    labels = np.asarray(labels)
    y = labels[(LABELS[0] == LABELS).astype(int)]
    decision = signal.Decision(GaussianNB(), Threshold(0.9, other=other))
    if not fits:
        with pytest.raises(ValueError, match="no label of their type"):
            decision.fit(ROWS, y)
        return
    decision.fit(ROWS, y)
    model = Model.from_sklearn(decision)
    assert model.classes_.tolist() == decision.classes_.tolist()
    assert model.classes_.dtype.kind == decision.classes_.dtype.kind.replace("O", "U")
    assert (Stream(model).push(ROWS) == decision.predict_stream(ROWS)).all()
    assert other in decision.predict_stream(ROWS)


def test_what_is_no_classifier_at_the_end():
    from sklearn.ensemble import VotingClassifier
    from sklearn.linear_model import LinearRegression

    with pytest.raises(TypeError, match=r"a Decision is of a classifier, not of"):
        signal.Decision(LinearRegression(), Vote(3)).fit(ROWS, LABELS[0] == LABELS)
    both = np.stack([LABELS[0] == LABELS] * 2, axis=1) * 1
    with pytest.raises(ValueError, match="is of one output"):
        signal.Decision(DecisionTreeClassifier(), Vote(3)).fit(ROWS, both)
    inside = VotingClassifier([("d", signal.Decision(GaussianNB(), Vote(3)))])
    with pytest.raises(UnsupportedModelError, match="stands at the end of a model"):
        Model.from_sklearn(inside.fit(ROWS, LABELS))
    with pytest.raises(AttributeError):
        _ = signal.Decision(GaussianNB(), Vote(3)).classes_
    around = signal.Decision(
        Model.from_sklearn(GaussianNB().fit(ROWS, LABELS)), Vote(3)
    )
    assert len(around.predict_stream(ROWS)) == len(ROWS)
    with pytest.raises(UnsupportedModelError, match="around the original one"):
        Model.from_sklearn(around)


@pytest.mark.parametrize("library", ["xgboost", "lightgbm"])
def test_boosted_trees_of_other_libraries(library):
    module = pytest.importorskip(library)
    y = (LABELS[0] == LABELS).astype(int)
    if library == "xgboost":
        trees = module.XGBClassifier(n_estimators=4)
    else:
        trees = module.LGBMClassifier(n_estimators=4, verbose=-1)
    then = [Vote(3, voting="soft"), Threshold(0.6, other=-1)]
    decision = signal.Decision(trees, then).fit(ROWS, y)
    found = Stream(Model.from_sklearn(decision)).push(ROWS)
    assert (found == decision.predict_stream(ROWS)).all()
