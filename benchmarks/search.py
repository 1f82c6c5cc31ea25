# SPDX-License-Identifier: MIT
"""The same random search by emlearn's metrics of costs, and by emlrt's.

    python benchmarks/search.py

Writes results/search.csv: a row for each candidate and contestant.
"""

from __future__ import annotations

from common import enter, print_table, progress, write_csv

enter()

from collections.abc import Callable, Iterator  # noqa: E402
from time import perf_counter  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
from peers_code import Code, table_of  # noqa: E402
from sklearn.datasets import load_digits  # noqa: E402
from sklearn.ensemble import RandomForestClassifier  # noqa: E402
from sklearn.model_selection import (  # noqa: E402
    RandomizedSearchCV,
    train_test_split,
)

from emlrt import DeployedClassifier  # noqa: E402
from emlrt.metrics import make_scorer  # noqa: E402

Row = dict[str, Any]
NOTES = (
    "search: RandomizedSearchCV(n_iter=16, cv=3, random_state=0) on half of digits;"
    " both draw the same candidates",
    "accuracy: mean of the splits; emlearn's is scikit-learn's model, emlrt's the"
    " deployed one",
    "bytes: emlearn's model_size_bytes, emlrt's blob, means of the splits",
    "cost: emlearn's compute_cost_estimate (nodes visited), emlrt's instructions on an"
    " emulated Cortex-M0+ (32 rows of a split), means of the splits",
    "said, made, test, deployed: of the candidate refitted on all rows of the search:"
    " the metric of bytes; bytes of the converted model's tables, or of its blob;"
    " accuracy of scikit-learn's model, and of the converted one, on the other half."
    " emlearn converts by its defaults, but for method='loadable'",
)
SPACE = {
    "n_estimators": [3, 5, 10, 20],
    "max_depth": [3, 5, 8, None],
    "min_samples_leaf": [1, 2, 5, 10],
}
X, X_TEST, Y, Y_TEST = train_test_split(
    *load_digits(return_X_y=True), test_size=0.5, random_state=0
)
FOREST = RandomForestClassifier(random_state=0)


def emlearn_metrics() -> Any:
    """emlearn's module of metrics; its import changes numpy's errors for all."""
    before = np.geterr()
    from emlearn.evaluate import trees

    np.seterr(**before)
    return trees


def negative(metric: Callable[..., float]) -> Callable[..., float]:
    """A metric of emlearn as a scorer."""

    def scorer(estimator: Any, X: Any, y: Any) -> float:
        return -float(metric(estimator, X, y))

    return scorer


def searched(estimator: Any, prefix: str, scoring: dict[str, Any]) -> Any:
    """A fitted search."""
    space = {prefix + name: values for name, values in SPACE.items()}
    search = RandomizedSearchCV(
        estimator,
        space,
        n_iter=16,
        cv=3,
        random_state=0,
        scoring=scoring,
        refit=False,
        error_score="raise",
    )
    return search.fit(X, Y)


def by_emlearn() -> Iterator[Row]:
    """The candidates as emlearn's metrics see them."""
    metrics = emlearn_metrics()
    import emlearn

    scoring: dict[str, Any] = {
        "accuracy": "accuracy",
        "bytes": negative(metrics.model_size_bytes),
        "cost": negative(metrics.compute_cost_estimate),
        "nodes": negative(metrics.model_size_nodes),
        "depth": negative(metrics.tree_depth_average),
    }
    search = searched(FOREST, "", scoring)
    for row, params in rows_of(search, "emlearn", ""):
        fitted = FOREST.set_params(**params).fit(X, Y)
        converted = emlearn.convert(fitted, method="loadable")
        source = converted.save(name="model", include_proba=False)
        code = Code("", source, ".c", "int16_t", True, (), table_of(source))
        said = converted.predict(X_TEST.astype(np.int16))
        deployed = float((said == Y_TEST).mean())
        yield {
            **row,
            "said": -scoring["bytes"](fitted, X, Y),
            "made": code.table_bytes(),
            "test": fitted.score(X_TEST, Y_TEST),
            "deployed": deployed,
        }


def by_emlrt() -> Iterator[Row]:
    """The candidates as emlrt's scorers see them."""
    scoring: dict[str, Any] = {
        "accuracy": "accuracy",
        "bytes": make_scorer("bytes"),
        "cost": make_scorer("instructions", measure=True),
        "flash": make_scorer("flash"),
    }
    search = searched(DeployedClassifier(FOREST), "estimator__", scoring)
    for row, params in rows_of(search, "emlrt", "estimator__"):
        found = DeployedClassifier(FOREST.set_params(**params)).fit(X, Y)
        yield {
            **row,
            "said": -scoring["bytes"](found, X, Y),
            "made": len(bytes(found.model_)),
            "test": found.estimator_.score(X_TEST, Y_TEST),
            "deployed": found.score(X_TEST, Y_TEST),
        }


def rows_of(search: Any, who: str, prefix: str) -> Iterator[tuple[Row, Row]]:
    """A row and the parameters of each candidate."""
    results = search.cv_results_
    for k, given in enumerate(results["params"]):
        params = {name.removeprefix(prefix): value for name, value in given.items()}
        row: Row = {"candidate": k, "contestant": who, **params}
        row["accuracy"] = float(results["mean_test_accuracy"][k])
        row["bytes"] = -float(results["mean_test_bytes"][k])
        row["cost"] = -float(results["mean_test_cost"][k])
        yield row, params


def main() -> None:
    """Search, print and write."""
    found: list[Row] = []
    for name, search in [("emlearn", by_emlearn), ("emlrt", by_emlrt)]:
        progress(name)
        start = perf_counter()
        found += search()
        progress(f"{name}: {perf_counter() - start:.0f} s")
    found.sort(key=lambda row: (row["candidate"], row["contestant"]))
    columns = ("contestant", *SPACE, "accuracy", "bytes", "cost")
    more = ("said", "made", "test", "deployed")
    print_table("Random search", found, (*columns, *more))
    write_csv("search", found, NOTES)


if __name__ == "__main__":
    main()
