"""The data doctor: what is wrong with labelled rows, how many, which, and a remedy for each.

A new check is a function and a row of `CHECKS`; a new remedy one of `REMEDIES`. Nothing is changed
unless a remedy is applied, and what was applied is kept with the run.
"""

from embedlib.training.doctor.checks import CHECKS, examine, refuse
from embedlib.training.doctor.findings import Finding
from embedlib.training.doctor.fitness import (
    diagnosis,
    few_steps,
    too_long,
    unknown_tokens,
    untested,
)
from embedlib.training.doctor.lengths import TokenCounts, token_counts, token_lengths
from embedlib.training.doctor.remedies import REMEDIES, Applied, apply, apply_all, apply_named

__all__ = [
    "CHECKS",
    "REMEDIES",
    "Applied",
    "Finding",
    "TokenCounts",
    "apply",
    "apply_all",
    "apply_named",
    "diagnosis",
    "examine",
    "few_steps",
    "refuse",
    "token_counts",
    "token_lengths",
    "too_long",
    "unknown_tokens",
    "untested",
]
