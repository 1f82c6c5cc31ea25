# SPDX-License-Identifier: MIT
"""Infinite inputs: which originals accept them, and which programs agree with those."""

from __future__ import annotations

from typing import Any

from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.steps import Buffer, Step, Tensor, root_of

#: scikit-learn's estimators that look at no input themselves, or take infinity for
#: a number. All others refuse rows that hold it.
_TAKE = frozenset(
    {
        *("HistGradientBoostingClassifier", "HistGradientBoostingRegressor"),
        *("Pipeline", "ColumnTransformer", "FeatureUnion"),
        *("VotingClassifier", "VotingRegressor"),
        *("BaggingClassifier", "BaggingRegressor"),
        *("StackingClassifier", "StackingRegressor"),
        *("GridSearchCV", "RandomizedSearchCV"),
        *("HalvingGridSearchCV", "HalvingRandomSearchCV"),
        *("FrozenEstimator", "SelfTrainingClassifier", "TransformedTargetRegressor"),
        *("FixedThresholdClassifier", "TunedThresholdClassifierCV"),
        *("DummyClassifier", "DummyRegressor", "CalibratedClassifierCV"),
        *("MultiOutputClassifier", "MultiOutputRegressor"),
        *("OneVsRestClassifier", "OneVsOneClassifier", "OutputCodeClassifier"),
    }
)
#: Ops that copy numbers, and those that only compare them, infinity too.
_COPIES = ("GATHER", "CAST_")
_COMPARES = ("TREES_", "BUCKETIZE_", "OBLIVIOUS_", "STEP")


def _holds_inputs(graph: Graph, buffer: Buffer) -> bool:
    """Whether some of a buffer's numbers are copies of inputs."""
    if buffer is graph.input.buffer:
        return True
    if any(_holds_inputs(graph, part.buffer) for part in graph.parts.get(buffer, ())):
        return True
    origin = graph.origins.get(buffer)
    if origin is None or origin.function is not None:
        return False
    return _holds_inputs(graph, origin.source.buffer)


def refuse(graph: Graph, x: Tensor) -> None:
    """Notes that the original refuses x where some of it is infinite."""
    graph.finite = graph.finite or _holds_inputs(graph, x.buffer)


def note(graph: Graph, estimator: Any, cls: type, x: Tensor) -> None:
    """Notes whether an estimator, known as `cls`, refuses infinite numbers of x."""
    if cls.__module__.startswith("sklearn.") and cls.__name__ not in _TAKE:
        passes = cls.__name__ == "FunctionTransformer" and estimator.func is None
        if not passes or estimator.validate:
            refuse(graph, x)


def compared(graph: Graph, steps: list[Step]) -> bool:
    """Whether inputs are only compared, so that infinity is a number like others."""
    raw = {root_of(graph.input)[0]}
    for step in steps:
        if root_of(step.source)[0] in raw:
            if step.op.startswith(_COPIES):
                raw.add(root_of(step.target)[0])
            elif not step.op.startswith(_COMPARES):
                return False
    return True
