# SPDX-License-Identifier: MIT
"""A verdict before flashing: how exact a model is, how large, how fast, on boards.

`emlrt.Model.report` makes a `DeploymentReport`; `check` compares with `Limits`, `diff`
compares two models. The displays need matplotlib.
"""

from emlrt.verdict.agreement import Agreement
from emlrt.verdict.agreement_display import AgreementDisplay
from emlrt.verdict.costs import Cost
from emlrt.verdict.difference import Difference, diff
from emlrt.verdict.judging import Verdict
from emlrt.verdict.limits import Checked, Limits, check, size_of
from emlrt.verdict.pace import Pace
from emlrt.verdict.quantization_display import QuantizationDisplay
from emlrt.verdict.reporting import DeploymentReport, report
from emlrt.verdict.size_display import SizeDisplay

__all__ = [
    "Agreement",
    "AgreementDisplay",
    "Checked",
    "Cost",
    "DeploymentReport",
    "Difference",
    "Limits",
    "Pace",
    "QuantizationDisplay",
    "SizeDisplay",
    "Verdict",
    "check",
    "diff",
    "report",
    "size_of",
]
