# SPDX-License-Identifier: MIT
"""Model: a blob that predicts, with the manners of a scikit-learn estimator."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from emlrt import blob as blobs
from emlrt import categories, channel_names, jobs, kinds, known_values, reading
from emlrt import methods as method_texts
from emlrt._native import lib
from emlrt.allowance import Allowance
from emlrt.blob import Program
from emlrt.categories import Values, recoded
from emlrt.conditional import Conditional
from emlrt.constructors import ConvertersMixin
from emlrt.convert.ir.options import check_integers
from emlrt.errors import EmlrtError, FormatError
from emlrt.files import replacing
from emlrt.immutable import Immutable, frozen
from emlrt.inputs import InputScaling
from emlrt.limits import refused
from emlrt.metadata import Golden, Window
from emlrt.native import DTYPES, Runtime, Steps, plain, version
from emlrt.validation import as_recording, as_rows, check_columns

if TYPE_CHECKING:
    from emlrt.check.reports import Report
    from emlrt.tracing import Trace
    from emlrt.verdict import DeploymentReport

#: Bytes of a class that has no label of its own, as arrays and lists have its number.
_CLASS = 128
#: What a model with state has not, and what to do in its place.
_GOLDEN = (
    "golden vectors",
    "keep a recording, and what emlrt.Stream says of it, and push it to the device",
)


class _Rows:
    """What C says of rows, when it is asked."""

    def __init__(
        self, runtime: Runtime, X: NDArray[Any], data: Any, threads: int
    ) -> None:
        self._runtime, self._given = runtime, (X, data, threads)
        self.n, self.threads = len(X), threads

    def scores(self) -> NDArray[Any]:
        return self._runtime.scores(*self._given)

    def classes(self) -> NDArray[np.int64]:
        return self._runtime.classify(*self._given)

    def proba(self) -> NDArray[np.float64]:
        return self._runtime.predict_proba(*self._given)


class _Scores:
    """The same of scores that are there."""

    threads = 1

    def __init__(self, runtime: Runtime, scores: NDArray[Any]) -> None:
        self._runtime, self._held, self.n = runtime, scores, len(scores)

    def scores(self) -> NDArray[Any]:
        return self._held

    def classes(self) -> NDArray[np.int64]:
        return self._runtime.classes(self._held)

    def proba(self) -> NDArray[np.float64]:
        return self._runtime.proba(self._held).astype(np.float64)


class Model(Immutable, ConvertersMixin):
    """A converted model. It predicts by the C code that firmware links.

    Make one with `Model.from_sklearn`, `from_keras`, `from_xgboost`,
    `from_lightgbm`, `from_catboost`, `from_treelite` or `from_onnx`, with `Model.load`
    or `Model.from_bytes`. It is immutable and may be used from any number of threads
    at once: attributes cannot be set, and arrays that it hands out are read-only or
    copies.

    Attributes
    ----------
    n_features_in_ : int
    n_outputs_ : int
        Targets; 1 unless the model is a multi-output one.
    n_scores : int
        Numbers that `scores` gives for a row.
    classes_ : ndarray, or list of ndarray for multi-output classifiers
        Original labels, in the order of `predict_proba`'s columns; of several labels
        a row, their numbers, where the original has these. What finds outliers or
        clusters has the labels that predict gives.
    feature_names_in_ : ndarray of str, only where the original had them
    nbytes : int
        Size of the blob in bytes.
    scratch_bytes, arena_bytes, golden_bytes : int
        RAM that firmware provides to emlrt_classify and the like, to
        emlrt_run, and to emlrt_selftest.
    work : int
        Most steps of a prediction.
    stages : tuple of emlrt.blob.Stage
    note : str
        What made the blob.
    """

    _blob: bytes | memoryview
    _runtime: Runtime
    _program: Program
    _estimator_type: str
    _methods: Mapping[str, method_texts.Method]
    _categories: Mapping[int, Values]
    _known: Mapping[int, known_values.Numbers]
    _kinds: kinds.Kinds
    _channel_names: tuple[str, ...]
    _has_classes: bool
    _inputs: InputScaling | None
    _one_row: bool
    _one_proba: bool
    _one_value: bool

    def __init__(self, blob: bytes) -> None:
        self._open(blob if type(blob) is bytes else memoryview(blob).tobytes())

    def _open(self, blob: bytes | memoryview) -> None:
        """Makes what a blob says. blob: bytes, or the pages of a file."""
        runtime = Runtime(blob)
        program = blobs.read(blob, runtime)
        kind, methods = method_texts.read(program)
        labelled = bool(program.class_counts)
        if not program.metadata.classes:  # whose labels are charged as they are read
            allowance = Allowance(len(blob), "a blob")
            allowance.charge("classes", sum(program.class_counts), _CLASS)
        numbers = known_values.read(program.metadata.methods, program.n_inputs)
        inputs = program.metadata.inputs
        # The short way of predict and predict_proba: one raw row of a classifier with
        # one output, or of a regressor.
        one = runtime.info["n_outputs"] == 1
        raw = not numbers and inputs is None and not program.state_bytes
        short = raw and labelled and one
        words = ("class", "proba", "scores")
        how = {word: method_texts.parse(word) for word in words}
        values = raw and program.output == lib.EMLRT_OUTPUT_VALUES
        self._make(
            _blob=blob,
            _runtime=runtime,
            _program=program,
            _estimator_type=kind,
            _methods=MappingProxyType(methods),
            _categories=MappingProxyType(
                categories.read(program.metadata.methods, program.n_inputs)
            ),
            _known=MappingProxyType(numbers),
            _kinds=kinds.read(program.metadata.methods, program.n_inputs),
            _channel_names=_channels_of(program),
            _has_classes=labelled,
            _inputs=inputs,
            _one_row=short and methods.get("predict") == how["class"],
            _one_value=values
            and methods.get("predict") == how["scores"]
            and sum(program.output_sizes) == program.n_scores,
            _one_proba=short and methods.get("predict_proba") == how["proba"],
        )

    # Making and keeping

    @classmethod
    def _of(
        cls, program: Program, what: str, note: str | None, golden: ArrayLike | None
    ) -> Model:
        """A converted program, with its note and golden vectors."""
        text = f"emlrt {version()}: {what}" if note is None else note
        metadata = replace(program.metadata, note=text)
        data = blobs.write(replace(program, metadata=metadata))
        try:
            model = cls(data)
        except FormatError as error:
            raise refused(program, error) from None
        return model if golden is None else model.with_golden(golden)

    def with_golden(self, X: ArrayLike) -> Model:
        """A copy that carries rows of X and their scores as golden vectors."""
        self._program.require_plain(*_GOLDEN)
        inputs, data = self._prepare(X)
        golden = Golden(inputs, self._runtime.scores(inputs, data))
        metadata = replace(self._program.metadata, golden=golden)
        return Model(blobs.write(replace(self._program, metadata=metadata)))

    def strip(self, *keep: str) -> Model:
        """A copy without metadata.

        keep: parts to keep, of "classes", "features", "outputs", "note", "golden",
        "methods". `row_kinds`, which `check` needs, stays with "methods" or "note", and
        which categories the original refuses, with "methods". The rule of the inputs,
        and what codes of categories stand for, stay always.
        """
        allowed = {"classes", "features", "outputs", "note", "golden", "methods"}
        if not allowed.issuperset(keep):
            wrong = sorted(set(keep) - allowed)
            raise ValueError(
                f"no such part of metadata: {wrong}; known: {sorted(allowed)}"
            )
        return Model(blobs.write(blobs.strip(self._program, frozenset(keep))))

    @classmethod
    def from_bytes(cls, data: bytes) -> Model:
        """Opens a blob held in memory.

        Raises
        ------
        FormatError
            If it is no blob, or damaged. Nothing in it is ever executed.
        """
        return cls(data)

    @classmethod
    def load(
        cls, path: str | os.PathLike[str] | IO[bytes], *, mmap: bool = False
    ) -> Model:
        """Opens an .eml file, or a binary file object.

        Parameters
        ----------
        path : path, or an open binary file
        mmap : bool, optional
            Whether the model reads the file's pages instead of a copy: processes
            that map the same file share them, and what no row needs is not read
            again. Forests are laid out beside them as ever. It wants the path of a
            regular file on this machine. Copies, `strip`, and models out of pickle
            are not mapped.

            The file must stay as it is as long as the model lives. It is checked
            once, here: what is written into it later gives wrong answers without an
            error, or ends the process, as cutting it short does (SIGBUS). To put
            another file in its place (`Model.save`, `os.replace`) or to delete it is
            fine: the model keeps the old one. Where that cannot be promised, do not
            map.

        Raises
        ------
        FormatError
            If it is no blob, or damaged; the message names the file.
        TypeError
            If it is neither, or no path is given for `mmap`.
        ValueError
            If `mmap` is no bool.
        OSError
            If the file cannot be read, or not be mapped.
        """
        name, data = _contents(path, mmap)
        model = cls.__new__(cls)
        try:
            model._open(data)
        except FormatError as error:
            raise FormatError(f"{name}: {error}", error.status, error.offset) from None
        return model

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the blob to a file, which is complete or untouched.

        The same model always gives the same bytes.
        """
        with replacing(path) as file:
            file.write(self._blob)

    def __bytes__(self) -> bytes:
        return bytes(self._blob)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self._blob == other._blob

    def __hash__(self) -> int:
        return hash(self._blob)

    def __reduce__(self) -> tuple[Any, ...]:
        return Model.from_bytes, (bytes(self._blob),)

    # What it is

    @property
    def stages(self) -> tuple[blobs.Stage, ...]:
        return self._program.stages

    @property
    def program(self) -> Program:
        """The whole content of the blob, as Python objects."""
        return self._program

    @property
    def n_features_in_(self) -> int:
        return self._runtime.info["n_row"]

    @property
    def n_outputs_(self) -> int:
        return self._runtime.info["n_outputs"]

    @property
    def n_scores(self) -> int:
        return self._runtime.info["n_scores"]

    @property
    def nbytes(self) -> int:
        return len(self._blob)

    @property
    def arena_bytes(self) -> int:
        return self._runtime.info["arena_bytes"]

    @property
    def scratch_bytes(self) -> int:
        return self._runtime.info["scratch_bytes"]

    @property
    def golden_bytes(self) -> int:
        return self._runtime.info["golden_bytes"]

    @property
    def state_bytes(self) -> int:
        """RAM that a stream keeps from run to run; 0 of a model that keeps none."""
        return self._runtime.info["state_bytes"]

    @property
    def stream_bytes(self) -> int:
        """RAM that firmware provides to emlrt_stream_open, state and all."""
        return self._runtime.info["stream_bytes"]

    @property
    def window(self) -> Window:
        """How a stream of samples is cut for this model, in samples of all channels
        together."""
        n = self._runtime.info["n_row"]
        return self._program.metadata.window or Window(n, n)

    @property
    def channel_names(self) -> tuple[str, ...]:
        """Names of the channels of a stream, in their order, as far as the original
        knows them: of `Frame` or `Channels`, or the columns that it was fitted with
        (`ax_t0`, ...); else none. A frame that is pushed must have these columns."""
        return self._channel_names

    @property
    def work(self) -> int:
        return self._runtime.info["work"]

    @property
    def estimator_type(self) -> str:
        """What the original is: "classifier", "regressor", "outlier_detector",
        "clusterer", "density_estimator" or "transformer"."""
        return self._estimator_type

    @property
    def methods(self) -> tuple[str, ...]:
        """Names of the original's methods that this model has."""
        return tuple(self._methods)

    @property
    def recipes(self) -> Mapping[str, method_texts.Method]:
        """How the result of each method follows from the scores."""
        return self._methods

    @property
    def note(self) -> str:
        return self._program.metadata.note

    @property
    def input_dtype(self) -> np.dtype[Any]:
        """dtype of the inputs as firmware gives them."""
        return DTYPES[self._program.input_dtype]

    @property
    def inputs(self) -> InputScaling | None:
        """How firmware makes x of raw numbers; None where these are x. Rows given to
        methods here are raw."""
        return self._inputs

    @property
    def leaf_error(self) -> float | NDArray[np.float64] | None:
        """Largest error that the leaves' precision can cause.

        In `predict_proba` for classifiers by votes; else in each score, before the
        rounding to float32. 0 where no leaf is rounded: for hard votes, sums of
        float32 leaves, and models without trees. None where other stages read what
        trees with rounded leaves give, so that the blob does not say it.
        """
        from emlrt.inspect.trees import leaf_error

        return leaf_error(self._program)

    def _get_classes(self) -> Any:
        if not self._has_classes:
            raise AttributeError("this model is no classifier; it has no classes_")
        inliers = self._program.output == lib.EMLRT_OUTPUT_INLIERS
        classes = self._program.metadata.classes or tuple(
            frozen(np.array([-1, 1]) if inliers else np.arange(count))
            for count in self._program.class_counts
        )
        return classes[0] if len(classes) == 1 else classes

    @cached_property
    def _labels(self) -> Any:
        return self._get_classes()

    @property
    def classes_(self) -> Any:
        labels, words = self._labels, self._words("predict")
        if "labels" in words:
            return np.arange(self.n_outputs_)
        if isinstance(labels, tuple):
            return list(labels)
        return [labels] if "list" in words else labels

    @property
    def output_classes(self) -> list[NDArray[Any]]:
        """The classes of each output, however many there are; none if the model has
        no classes."""
        if not self._has_classes:
            return []
        labels = self._labels
        return list(labels) if isinstance(labels, tuple) else [labels]

    def _words(self, method: str) -> tuple[str, ...]:
        """Changes of a method's recipe."""
        how = self._methods.get(method)
        return () if how is None else how.changes

    @property
    def categories(self) -> Mapping[int, Values]:
        """Of each column of categories, what its codes 0, 1, ... stand for: texts or
        integers, none if the original does not keep them. Frames hold categories;
        arrays, and what firmware reads, hold codes."""
        return self._categories

    @property
    def row_kinds(self) -> Mapping[int, str]:
        """Of each input whose thresholds depend on what its numbers are, what they were
        taken for: "decimals of 1 place", "float32 numbers" (in float64), "float32
        arrays" or "any float64". Each float32 threshold was chosen so that numbers of
        that kind go as in the original; others beside it may not. Of other inputs,
        every float32 goes as in the original. `X=` and `rows=` of the converters say it
        outright."""
        return self._kinds

    @property
    def feature_names_in_(self) -> NDArray[Any]:
        names = self._program.metadata.features
        if not names:
            raise AttributeError("the original model had no feature names")
        return np.array(names, object)

    def __repr__(self) -> str:
        if not self._made:  # as pickle's and copy's makers leave it, for a debugger
            return "<emlrt.Model without a blob>"
        ops = ", ".join(stage.name for stage in self.stages)
        return (
            f"<emlrt.Model {self._estimator_type}: {self.n_features_in_}"
            f" {self.input_dtype.name} features, {self.nbytes} bytes, {ops}>"
        )

    def _repr_html_(self) -> str:
        """What notebooks show."""
        from emlrt.notebook import model_html

        return model_html(self)

    def __dir__(self) -> list[str]:
        """Names of what there is: no methods and labels that the original lacks."""
        conditional = {
            *(
                name
                for name, own in vars(Model).items()
                if isinstance(own, Conditional)
            ),
            *("classes_", "feature_names_in_"),
        }
        absent = {name for name in conditional if not hasattr(self, name)}
        return sorted(set(super().__dir__()) - absent)

    # Answers

    def scores(self, X: ArrayLike, *, n_jobs: int | None = None) -> NDArray[Any]:
        """The scores of emlrt_run for each row, bit for bit.

        n_jobs: as `predict` takes it.

        Returns
        -------
        ndarray (n_rows, n_scores)
            uint32 votes for classifiers, float32 values for regressors.
        """
        threads = self._threads(X, n_jobs)
        return self._runtime.scores(*self._prepare(X, threads), threads)

    @Conditional
    def predict(self, X: Any, *, n_jobs: int | None = None) -> NDArray[Any]:
        """What the original's predict gives: labels of the original dtype, or
        values (float64), of each row.

        Parameters
        ----------
        X : array-like (n_rows, n_features)
        n_jobs : int, optional
            Threads for many rows: None is one, -1 one a core. The answers have the
            same bits. Few rows stay on one thread, and threadpoolctl's limits hold
            (of its user_api "emlrt", or of all).

        Returns
        -------
        ndarray (n_rows,), or (n_rows, n_outputs) for multi-output models

        Raises
        ------
        ValueError
            If X is no matrix of numbers that the original takes, or n_jobs is
            anything else.
        """
        if self._one_row and n_jobs is None:
            at = self._runtime.classify_one(X)
            if at >= 0:
                one: NDArray[Any] = self._each_label[at].copy()
                return one
        elif self._one_value and n_jobs is None:
            values = self._runtime.values_one(X)
            if values is not None:
                return values
        found: NDArray[Any] = self._answer("predict", X, n_jobs)
        return found

    @cached_property
    def _each_label(self) -> tuple[NDArray[Any], ...]:
        """Each class of the one output as an array (1,)."""
        return tuple(self._labels[k : k + 1] for k in range(len(self._labels)))

    def _picked(self, of: _Rows | _Scores) -> NDArray[Any]:
        labels, index = self._labels, of.classes()
        if self.n_outputs_ == 1:
            return _taken(labels, index[:, 0], of.threads)
        columns = [label[index[:, k]] for k, label in enumerate(labels)]
        return np.stack(columns, axis=1).astype(labels[0].dtype, copy=False)

    def _answer(self, name: str, X: Any, n_jobs: int | None) -> Any:
        """A method's result for rows."""
        threads = self._threads(X, n_jobs)
        rows = _Rows(self._runtime, *self._prepare(X, threads), threads)
        return self._answer_of(name, rows)

    def answer_of(self, name: str, scores: NDArray[Any]) -> Any:
        """A method's result from scores (n_rows, n_scores), as `scores` gives them."""
        return self._answer_of(name, _Scores(self._runtime, scores))

    def _answer_of(self, name: str, of: _Rows | _Scores) -> Any:
        """A method's result, by its recipe."""
        how = self._methods[name]
        if how.source == "class":
            picked = self._picked(of)
            rows = picked.reshape(
                of.n, self.n_outputs_
            )  # of a stream there may be none
            return method_texts.change(rows, how.changes)
        if how.source in ("proba", "p1"):
            return self._probabilities(of, how)
        scores = of.scores()
        start, stop = how.span or (0, sum(self._program.output_sizes))
        chosen = scores[:, start:stop].astype(np.float64)
        if "list" not in how.changes:
            return method_texts.change(chosen, how.changes)
        ends = np.cumsum(self._program.class_counts)[:-1]
        parts = np.split(chosen, ends, axis=1)
        return [method_texts.change(p, (*how.changes, "columns")) for p in parts]

    def _probabilities(self, of: _Rows | _Scores, how: method_texts.Method) -> Any:
        program, changes = self._program, list(how.changes)
        if "log" in changes and method_texts.has_logs(program.output):
            scores = of.scores()
            parts = method_texts.log_proba(program.output, scores, program.output_sizes)
            changes.remove("log")
        else:
            p = of.proba()
            ends = np.cumsum(program.class_counts)[:-1]
            parts = np.split(p, ends, axis=1) if ends.size else [p]
        if how.source == "p1":
            second = np.concatenate([part[:, 1:2] for part in parts], axis=1)
            return method_texts.change(second, changes)
        parts = [method_texts.change(part, (*changes, "columns")) for part in parts]
        one = self.n_outputs_ == 1 and "list" not in changes
        return parts[0] if one else parts

    @Conditional
    def predict_proba(self, X: ArrayLike, *, n_jobs: int | None = None) -> Any:
        """Class probabilities of each row, as emlrt_proba gives them.

        Where leaves are rounded (`leaf_bits`), those of a row may add up to less than
        1, by at most the number of classes times `leaf_error`.

        Returns
        -------
        float64 ndarray (n_rows, n_classes), or a list of them, one an output
        """
        if self._one_proba and n_jobs is None:
            one = self._runtime.proba_one(X)
            if one is not None:
                return one
        return self._answer("predict_proba", X, n_jobs)

    @Conditional
    def predict_log_proba(self, X: ArrayLike, *, n_jobs: int | None = None) -> Any:
        """Natural logarithm of `predict_proba`."""
        return self._answer("predict_log_proba", X, n_jobs)

    @Conditional
    def decision_function(
        self, X: ArrayLike, *, n_jobs: int | None = None
    ) -> NDArray[np.float64]:
        """Margins as the original has them: (n_rows,) for two classes."""
        found: NDArray[np.float64] = self._answer("decision_function", X, n_jobs)
        return found

    @Conditional
    def score_samples(
        self, X: ArrayLike, *, n_jobs: int | None = None
    ) -> NDArray[np.float64]:
        """Log-likelihood, or normality, of each row: (n_rows,)."""
        found: NDArray[np.float64] = self._answer("score_samples", X, n_jobs)
        return found

    @Conditional
    def mahalanobis(
        self, X: ArrayLike, *, n_jobs: int | None = None
    ) -> NDArray[np.float64]:
        """Squared Mahalanobis distance of each row: (n_rows,)."""
        found: NDArray[np.float64] = self._answer("mahalanobis", X, n_jobs)
        return found

    @Conditional
    def transform(
        self, X: ArrayLike, *, n_jobs: int | None = None
    ) -> NDArray[np.float64]:
        """X as the original transforms it: (n_rows, n_columns)."""
        found: NDArray[np.float64] = self._answer("transform", X, n_jobs)
        return found

    @Conditional
    def kneighbors(
        self,
        X: ArrayLike,
        *,
        return_distance: bool = True,
        n_jobs: int | None = None,
    ) -> NDArray[Any] | tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Distances and indices (n_rows, k) of the nearest items.

        Returns
        -------
        (distances, indices), or indices alone without return_distance
        """
        model, k = self._nearest
        threads = self._threads(X, n_jobs)
        scores = model._runtime.scores(*self._prepare(X, threads), threads)
        how = self._methods["kneighbors"]
        distances, index = method_texts.nearest_list(scores, k, how.changes)
        return (distances, index) if return_distance else index

    @cached_property
    def _nearest(self) -> tuple[Model, int]:
        """A model whose scores are the list of neighbours, and how many."""
        part, k = method_texts.nearest_program(self._program)
        return Model(blobs.write(part)), k

    def score(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        n_jobs: int | None = None,
    ) -> float:
        """Accuracy of a classifier, R^2 of a regressor. Needs scikit-learn.

        Raises
        ------
        AttributeError
            If the model is neither.
        """
        from sklearn.metrics import accuracy_score, r2_score

        if self._estimator_type not in ("classifier", "regressor"):
            raise AttributeError(f"a {self._estimator_type} has no score here")
        classifier = self._estimator_type == "classifier"
        metric = accuracy_score if classifier else r2_score
        predicted = self.predict(X, n_jobs=n_jobs)
        return float(metric(y, predicted, sample_weight=sample_weight))

    def selftest(self) -> bool:
        """Runs the golden vectors; False if the blob has none.

        Raises
        ------
        EmlrtError
            If a vector's scores differ.
        """
        if self.state_bytes:
            if self._program.metadata.golden is None:
                return False
            self._program.require_plain(*_GOLDEN)
        return self._runtime.selftest()

    def check(self, X: Any) -> Report:
        """Rows whose answer depends on a rounding: float32, which the device computes
        with, does not tell them well enough from rows that get another answer, so that
        the original, which computes with float64, may give the other one.

        Of trees, bins and tables: rows with a number so near to a threshold that the
        device may take another way than the original, and whose scores would be others
        on its other side. Only numbers of another kind than `row_kinds` says of the
        feature can; where every float32 goes as in the original, there are none. A
        feature is tried alone, and the first eight by twos. What is compared for
        equality (categories, marks of what is missing) is not looked at.

        Of classifiers and clusters that compute with floats it is a probe, not a bound:
        a row is reported whose label changes if one feature is one unit of float32
        off, or whose predicted class leads by no more than four times what scores
        change by if each feature is, added up, and four units of the scores. Nearest
        rows and centres, and Gaussians of one covariance, are reported where what
        float32 may lose of distances, and of rows and items themselves, is as much as
        they differ in. Distances that are equal in both are ties, and not reported.

        So that none is found is no proof: values of regressors and transformers, and
        what models that read integers lose of rows, are not looked at. `notes` say so
        where integers are rounded, or where a stripped blob does not say what its
        features were taken for.

        Parameters
        ----------
        X : array-like (n_rows, n_features)
            In the dtype that the original is asked with.

        Returns
        -------
        emlrt.check.reports.Report
            A sequence of findings, with `rows`, `notes` and `table()`.
        """
        from emlrt.check.rows import report

        self._program.require_plain(
            "check of rows by themselves",
            "compare what emlrt.Stream says of a recording with the original's answers"
            " to its windows",
        )
        given, x = self._rows(X), self._prepare(X)[0]
        program, runtime = self._program, self._runtime
        return report(program, runtime, self._kinds, given, x, self._inputs)

    def report(
        self,
        X: Any = None,
        y: Any = None,
        original: Any = None,
        boards: Any = (),
        measure: bool = False,
        rate: float | None = None,
    ) -> DeploymentReport:
        """What the model is on boards, before it is flashed: how far it agrees with its
        original, what it takes of flash and RAM, how long a prediction is, and a
        verdict, FITS, TIGHT, TOO BIG or TOO SLOW.

        Parameters
        ----------
        X : array-like (n_rows, n_features), or a frame, optional
            Rows as predict takes them. Without them there is no agreement, and counts
            take all leaves of a tree as likely. Of a model of samples
            (`emlrt.signal`), also a recording (n_samples, channels), (n_samples,) of
            one channel, or a list of recordings: the answers are those of
            `emlrt.Stream`, window by window, each recording from rest. A model that
            keeps state answers rows each from rest.
        y : array-like (n_rows,) or (n_rows, n_outputs), optional
            What is right, for the accuracy or R2 of the model and of the original. Of
            recordings, a value of each window, or of each recording; or a list with
            those of each recording; or labels of each sample, of which a window has
            the one that most of its samples have.
        original : estimator, or array-like, optional
            What was converted, fitted; or what its predict gave for X. Of recordings
            it is asked for the windows as a stream has them: blocks in front of Frame
            see the whole recording, and a Decision the answers before.
        boards : sequence of str or emlrt.boards.Board, or one of them
            Names are keys of `emlrt.boards.BOARDS`. Without any, a few cores.
        measure : bool
            Compile the runtime and run a few rows on the emulated cores, in place of
            an estimate, where the tools are there; notes say where they are not. The
            first windows of recordings are pushed to the stream (`emlrt.emulate`).
        rate : float, optional
            Times a second at which samples come, for the share of the processor's time
            that a stream takes; by default what the model says (`model.window.rate`).
            X is never resampled; a note says where this is not the model's.

        Returns
        -------
        emlrt.verdict.DeploymentReport
            `print` shows it; `to_dict`, `to_html`; a notebook shows the page.

        Raises
        ------
        ValueError
            If the model does not take X, y or the original's answers do not fit, or a
            board is unknown; the message names those alike.
        TypeError
            If the original has not the model's method, or a board is no board.
        """
        from emlrt.verdict import report

        return report(self, X, y, original, boards, measure, rate)

    def trace(self, X: Any, *, core: str | None = None) -> Trace:
        """The numbers that every stage reads and writes for each row of X.

        The C code of the runtime runs stage by stage on one memory. `print` shows a
        table; `trace[k].writes.values` are the numbers that stage k writes, `.bits`
        their bits. `contradictions` has the scores that a whole run or the fast path
        for many rows gives otherwise: none, unless the runtime has a bug.

        Parameters
        ----------
        X : array-like (n_rows, n_features)
        core : str, optional
            A key of `emlrt.emulate.TARGETS`, "cortex-m0plus" for example: the stages
            run on that core, emulated. `model.trace(X).compare` finds differences.

        Returns
        -------
        emlrt.tracing.Trace
            A sequence of stages.

        Raises
        ------
        ValueError
            If X is not what predict takes, the core is unknown, or the model does not
            fit it.
        emlrt.emulate.ToolMissing
            If the core's compiler or emulator is not installed.
        """
        from emlrt import tracing

        self._program.require_plain(
            "trace of a row by itself",
            "emlrt.Stream(model).push_scores has the scores of each window, and"
            " emlrt.emulate.stream those of a core",
        )
        inputs, data = self._prepare(X)
        found = tracing.Rows(self._rows(X), inputs, tuple(self.output_classes))
        if core is not None:
            from emlrt.emulate import trace

            return trace(bytes(self._blob), found, core=core)
        steps = Steps(self._runtime, tracing.programs(self._program))
        made = tracing.traced(self._program, found, steps)
        return made.with_repeat("batch", self._runtime.scores(inputs, data))

    # Input

    def _rows(self, X: Any) -> NDArray[Any]:
        """X as a matrix of numbers, categories as codes."""
        window = self._program.metadata.window
        channels = window.channels if window and window.channels > 1 else None
        return as_rows(recoded(X, self._categories), self.n_features_in_, channels)

    def recording_of(self, samples: Any) -> NDArray[Any]:
        """Samples of a stream, (n,) interleaved, (n, channels), or a frame with a
        column a channel, as an array (n, channels) of numbers.

        Raises
        ------
        ValueError
            If they have another shape, or other columns than `channel_names`, or some
            are no numbers.
        """
        return as_recording(samples, self.window.channels, self._channel_names)

    def samples_of(self, samples: Any) -> NDArray[Any]:
        """Samples of a stream, as `recording_of` takes them, interleaved as elements
        (n,) that C reads.

        Raises
        ------
        ValueError
            As of `recording_of`; or if the model does not take such numbers, or its
            inputs' rule is not the same at all times.
        """
        dtype, channels = self.input_dtype, self.window.channels
        rows = self.recording_of(samples)
        if self._inputs is None and dtype.kind == "f":
            found = _as_float32(rows.reshape(-1), dtype, 1)
            bits = int(np.isnan(found).any()) | int(np.isinf(found).any()) << 1
            self._check_finite(bits)
            return plain(found, dtype)
        if self._inputs is None:
            return plain(check_integers(rows, dtype), dtype).reshape(-1)
        return plain(self._inputs.of_channels(channels).transform(rows), dtype).ravel()

    def inputs_of(self, X: Any) -> NDArray[Any]:
        """Rows as the device reads them: (n_rows, n_inputs), of the input's dtype,
        as `predict` makes them of X."""
        return self._prepare(X)[0]

    def _threads(self, X: Any, n_jobs: int | None) -> int:
        """The threads that these rows are worth."""
        if n_jobs is None:
            return 1
        threads = jobs.threads(n_jobs)
        try:
            n_rows = len(X)
        except TypeError:  # a number, or a sparse matrix: refused where X is read
            return 1
        info = self._runtime.info
        return jobs.worth(threads, n_rows, info["work"], info["n_row"])

    def _inputs_of_row(self) -> InputScaling:
        """The rule of the inputs for a row, which may have the samples of several
        runs."""
        rule, n = self._inputs, self.n_features_in_
        if rule is None:
            raise AssertionError("this model has no rule")
        if rule.offset.size == n:
            return rule
        channels = self.window.channels
        return rule.of_channels(channels).repeated(n // channels)

    def _converted(self, X: Any, threads: int) -> NDArray[Any]:
        """X as an array that C may read, or a clear error."""
        if hasattr(X, "columns"):
            check_columns(list(X.columns), self._program.metadata.features)
        if getattr(X, "channel_names", None) is not None:  # of Frame.cut
            check_columns(X.channel_names, self._channel_names)
        X = self._rows(X)
        dtype = self.input_dtype
        if self._inputs is not None:
            return plain(self._inputs_of_row().transform(X), dtype)
        if dtype.kind == "f":
            return plain(_as_float32(X, dtype, threads), dtype)
        return plain(check_integers(X, dtype), dtype)

    def _prepare(self, X: Any, threads: int = 1) -> tuple[NDArray[Any], Any]:
        """The same, and its memory for C. For one row, each call counts."""
        data = None if self._inputs is not None else self._runtime.data(X)
        given = X
        if data is None or not len(X):
            X = self._converted(X, threads)
            data = self._runtime.data(X)
        found = self._runtime.scan(X, data, threads)
        if found:
            self._check_finite(found)
            if found & 2 and X is not given:
                X = _bounded(X, self._rows(given))
                data = self._runtime.data(X)
        if self._known:
            raw = X if self._inputs is None else self._rows(given)
            known_values.check(raw, self._known, self._program.metadata.features)
        return X, data

    def _check_finite(self, found: int) -> None:
        if found & 2 and not self._program.infinite:
            raise ValueError(
                "X contains infinity or a value too large for float32; clip it first"
            )
        if found & 1 and not self._program.missing:
            raise ValueError(
                "X contains NaN, which the original model does not accept; impute it"
            )

    # scikit-learn's protocols; scikit-learn itself is imported only when it asks

    def fit(self, X: Any, y: Any = None, **params: Any) -> Model:
        """Does nothing: the model is fitted already, and stays as it is."""
        return self

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """No parameters."""
        return {}

    def set_params(self, **params: Any) -> Model:
        """Accepts no parameter.

        Raises
        ------
        ValueError
            If any is given.
        """
        if params:
            raise ValueError(
                f"a converted model has no parameters; got {sorted(params)}"
            )
        return self

    def __sklearn_clone__(self) -> Model:
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import (
            ClassifierTags,
            InputTags,
            RegressorTags,
            Tags,
            TargetTags,
            TransformerTags,
        )

        kind, multi = self._estimator_type, self.n_outputs_ > 1
        return Tags(
            estimator_type=self._estimator_type,
            target_tags=TargetTags(required=False, multi_output=multi),
            classifier_tags=ClassifierTags() if kind == "classifier" else None,
            regressor_tags=RegressorTags() if kind == "regressor" else None,
            transformer_tags=TransformerTags() if kind == "transformer" else None,
            input_tags=InputTags(allow_nan=self._program.missing),
        )


def _channels_of(program: Program) -> tuple[str, ...]:
    """Names of the channels of a program's stream; none if it says none."""
    metadata = program.metadata
    window = metadata.window
    own = channel_names.read(metadata.methods, 0 if window is None else window.channels)
    if own or window is None:
        return own
    return channel_names.of_inputs(metadata.features, window)


def _contents(
    path: str | os.PathLike[str] | IO[bytes], mmap: bool
) -> tuple[str, bytes | memoryview]:
    """A file's name, and what is in it."""
    if not isinstance(mmap, bool | np.bool_):
        raise ValueError(f"mmap is True or False, not {mmap!r}")
    if isinstance(path, str | os.PathLike):
        with reading.opened(path) as file:
            read = blobs.mapped if mmap else blobs.held
            return os.fspath(path), read(file)
    if not hasattr(path, "read"):
        raise TypeError(
            f"a path or an open binary file, not {type(path).__name__}; bytes of a"
            " blob are for from_bytes"
        )
    name = str(getattr(path, "name", "file"))
    if mmap:
        raise TypeError(
            f"{name}: mmap=True takes the path of a file, not an open one or a stream;"
            " load it without mmap"
        )
    return name, blobs.bytes_of(path)


def _as_float32(X: NDArray[Any], dtype: np.dtype[Any], threads: int) -> NDArray[Any]:
    """X rounded to float32; what is too large becomes infinite."""
    if threads == 1 or X.dtype == dtype:
        with np.errstate(over="ignore"):
            return X.astype(dtype, copy=False)
    found = np.empty(X.shape, dtype)

    def piece(start: int, stop: int) -> None:
        with np.errstate(over="ignore"):
            found[start:stop] = X[start:stop]

    jobs.each(threads, len(X), piece)
    return found


def _taken(
    labels: NDArray[Any], index: NDArray[np.int64], threads: int
) -> NDArray[Any]:
    """The labels of an index, which is below their number."""
    if threads == 1:
        return np.asarray(labels[index])
    found = np.empty(len(index), labels.dtype)

    def piece(start: int, stop: int) -> None:
        found[start:stop] = labels[index[start:stop]]

    jobs.each(threads, len(index), piece)
    return found


def _bounded(X: NDArray[Any], given: NDArray[Any]) -> NDArray[Any]:
    """X, with the largest float32 for finite numbers that float32 is too small for."""
    beyond = np.isinf(X) & np.isfinite(given)
    return np.where(beyond, np.copysign(np.finfo(X.dtype).max, X), X)


__all__ = ["EmlrtError", "Model"]
