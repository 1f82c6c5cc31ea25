# SPDX-License-Identifier: MIT
"""Every estimator of the support table with the scikit-learn of this interpreter.

    python tests/versions/compare.py [NAME...]

Names are of rows, all of them by default. Prints one JSON document: the versions, and
a text for each estimator and for some parameters that only older versions have. It
needs numpy, cffi and scikit-learn alone, and the compiled package in the path.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from sklearn.ensemble import AdaBoostClassifier
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.naive_bayes import GaussianNB

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs"))

import support

#: Largest error that is no fault.
LARGEST = 1e-5


def old_parameters() -> list[tuple[str, Any, bool]]:
    """What newer versions have no longer: a name, an estimator, and whether of two
    classes. Some versions have not all of them, either."""
    found: list[tuple[str, Any, bool]] = []
    for two in (False, True):
        ending = ", two classes" if two else ""
        for how in ("SAMME", "SAMME.R"):
            for name, base in (("", None), (" of GaussianNB", GaussianNB())):
                boosted = AdaBoostClassifier(base, n_estimators=9, random_state=0)
                boosted.algorithm = how
                found.append((f"AdaBoostClassifier {how}{name}{ending}", boosted, two))
        for how in ("auto", "ovr", "multinomial"):
            for solver in ("lbfgs", "liblinear"):
                for cls in (LogisticRegression, LogisticRegressionCV):
                    model = cls(solver=solver, max_iter=500)
                    model.multi_class = how
                    name = f"{cls.__name__} {how} {solver}{ending}"
                    found.append((name, model, two))
    return found


def said(finding: Any) -> str:
    """A finding as a cell of the table; one that is no good starts with WRONG."""
    if finding.reason.startswith("FAILS: NotFittedError"):
        return "refused"  # SparseCoder, which old versions say is never fitted
    if not finding.converts:
        failed = finding.reason.startswith("FAILS")
        return f"WRONG: {finding.reason}" if failed else "refused"
    left_out = {m for name, m in support.LEFT_OUT if name == finding.name}
    agree = "" if np.isnan(finding.agreement) else f"{finding.agreement:.1%}, "
    text = f"{agree}{support.rounded_up(finding.rows[0].error)}"
    good = not finding.agreement < 1 and finding.rows[0].error <= LARGEST
    good &= set(finding.methods) == set(finding.original) - left_out
    return text if good else f"WRONG: {text}"


def of_parameter(name: str, estimator: Any, data: Any) -> str | None:
    """The same; None if this version does not take the parameter."""
    import emlrt

    known = estimator.get_params(deep=False)
    if not {"algorithm", "multi_class"} & known.keys():
        return None
    try:
        fitted = estimator.fit(data.X, data.y)
    except (ValueError, AttributeError):
        return None
    model = emlrt.Model.from_sklearn(fitted)
    finding = support.Finding(name, "classifier")
    return said(support.compared(finding, model, fitted, data.X))


def two_levels() -> Any:
    """Categories, and two classes."""
    data = support.levels_of_wine()
    return support.Data(data.X, data.y > 0)


def main() -> int:
    warnings.simplefilter("ignore")
    if sklearn.__version__.startswith("1.3."):  # takes no more than two classes
        support.DATA["TargetEncoder"] = two_levels
    wanted = set(sys.argv[1:])
    rows = {}
    for name, cls in support.estimators().items():
        if not wanted or name in wanted:
            rows[name] = said(support.attempted(name, cls))
    for name, estimator, two in old_parameters():
        if wanted and name not in wanted:
            continue
        data = support.two_wines() if two else support.wine()
        found = of_parameter(name, estimator, data)
        if found is not None:
            rows[name] = found
    versions = {"scikit-learn": sklearn.__version__, "numpy": np.__version__}
    print(json.dumps({"versions": versions, "rows": rows}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
