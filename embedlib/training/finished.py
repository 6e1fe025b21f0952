"""finished: what a run that is done has found, every part checked before anything is shown of it.

A new part of report.json is a line in `_PARTS`, or in `_PERHAPS` where not every run has it.
"""

from dataclasses import dataclass
from typing import Any, Final

from embedlib.errors import ReadError, shown
from embedlib.training.runs import DRIFT, REPORT, Run
from embedlib.training.tasks import TASKS

SCORES: Final = {
    "entity_f1": "Entity F1, strict",
    "accuracy": "Accuracy",
    "macro_f1": "Macro F1",
}
"""Key in report.json to what a person reads, in the order in which they are told."""

_AGAIN: Final = "Train the run again, or take its folder from a copy."
_SCORE: Final = {"value": float, "low": float, "high": float}
_STEP: Final = {
    **{"name": str, "label": str, "seconds": float, "error": str},
    **{"trainable_parameters": int, "parameters": int, "model_bytes": int},
}
_COMPARISON: Final = {
    **{"first": str, "second": str, "gain": _SCORE, "sentence": str},
    "test": {"only_first": int, "only_second": int, "p": float},
}
_PER_LABEL: Final = {"label": str, "precision": float, "recall": float, "f1": float, "rows": int}
_BIN: Final = {"low": float, "high": float, "rows": int}
_CALIBRATION: Final = {"ece": float, "log_loss": float, "brier": float, "bins": [_BIN]}
_DOUBT: Final = {
    **{"row": int, "part": str, "text": str, "label": str},
    **{"likelier": str, "chance": float, "chance_of_label": float},
}
_POINT: Final = {"rows": int, "accuracy": float, "low": float, "high": float}
_PARTS: Final[dict[str, Any]] = {
    **{"name": str, "task": str, "recipe": str, "model": str, "seed": int, "seconds": float},
    **{"labels": [str], "options": dict, "versions": dict, "notes": [str], "date": str},
    "data": {"name": str, "sha256": str},
    "test": {"rows": int, "accuracy": float, "accuracy_interval": [float]},
    "per_label": [_PER_LABEL],
    "confusion": [[int]],
    "ladder": [_STEP],
    "comparisons": [_COMPARISON],
    "mistakes": [{"row": int, "text": str}],
}
_PERHAPS: Final[dict[str, Any]] = {
    "calibration": {"temperature": float, "before": _CALIBRATION, "after": _CALIBRATION},
    "entities": [
        {"type": str, "precision": float, "recall": float, "f1": float, "entities": int},
    ],
    "suspicious": [_DOUBT],
    "suspicion_accuracy": float,
    "learning_curve": {"points": [_POINT], "rows_a_label": float},
    "curves": {"areas": [{"label": str, "roc_auc": float, "average_precision": float}]},
}


_DRIFT: Final[dict[str, Any]] = {
    "layers": [{"layer": int, "neighbours_kept": float}],
    "labels": [list],
    "n_texts": int,
    "pooling": str,
}


@dataclass(frozen=True, eq=False)
class Finished:
    """A run that is done, with its report checked.

    Args:
        run: The run.
        report: report.json; the parts of `_PARTS` are there and of their kinds.
    """

    run: Run
    report: dict[str, Any]

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(self.report["labels"])

    @property
    def tags_words(self) -> bool:
        """Whether labels belong to words."""
        return bool(self.report["task"] == "tokens")

    @property
    def scores(self) -> dict[str, tuple[float, float, float]]:
        """Key in SCORES to (value, low, high) on the test rows."""
        test = self.report["test"]
        return {
            key: (float(test[key]), float(bounds[0]), float(bounds[1]))
            for key in SCORES
            if key in test and (bounds := test[f"{key}_interval"])
        }

    @property
    def changes_model(self) -> bool:
        """Whether the run made a model of its own rather than a head on an unchanged one."""
        from embedlib.training.recipes import RECIPES

        return RECIPES[self.report["recipe"]].changes_model


def finished(run: Run) -> Finished:
    """The report of a run that is done.

    Raises:
        ReadError: If there is none, or a part of it is missing or of another kind.
    """
    report = run.report()
    if report is None:
        raise ReadError(f"The run's {REPORT} must be whole to be shown, and is not.", _AGAIN)
    _check(report, _PARTS, "")
    for name, shape in _PERHAPS.items():
        if report.get(name) is not None:
            _check(report[name], shape, name)
    for key in SCORES:
        if key in report["test"]:
            _check(report["test"], {key: float, f"{key}_interval": [float]}, "test")
            if len(report["test"][f"{key}_interval"]) != 2:
                raise _wrong(f"test.{key}_interval", "two numbers", "another number of them")
    _check_names(report)
    found = Finished(run, report)
    if not found.tags_words:
        _check(report, {"calibration": dict}, "")
    if found.changes_model:
        _check(report, {"facts": {"max_tokens": int}}, "")
    return found


def read_drift(run: Run) -> dict[str, Any]:
    """What changed in the space, for a run whose recipe changes the model.

    Raises:
        ReadError: If it could not be measured, with why; or if drift.json is damaged.
    """
    found = run.drift()
    if found is None:
        raise ReadError(f"The run's {DRIFT} must be whole to be shown, and is not.", _AGAIN)
    if isinstance(found.get("note"), str):
        raise ReadError(found["note"])
    _check(found, _DRIFT, "", DRIFT)
    if any(len(row) != 3 for row in found["labels"]):
        raise _wrong("labels", "a name and two numbers each", "another shape", DRIFT)
    return found


def headline(found: Finished) -> str:
    """The scores in one sentence that can be quoted.

    Example: "Accuracy 0.931 (95 % interval 0.882 to 0.980) and macro F1 0.933 (0.880 to 0.979) on
    102 test rows that neither taught nor chose anything."
    """
    said = []
    for place, (key, (value, low, high)) in enumerate(found.scores.items()):
        name = SCORES[key] if place == 0 else SCORES[key][0].lower() + SCORES[key][1:]
        before = "95 % interval " if place == 0 else ""
        said.append(f"{name} {value:.3f} ({before}{low:.3f} to {high:.3f})")
    rows = found.report["test"]["rows"]
    unit = "sentences" if found.tags_words else "rows"
    return f"{' and '.join(said)} on {rows:,} test {unit} that neither taught nor chose anything."


def bought(found: Finished) -> str:
    """What the recipe bought over the step before it, in a sentence; "" without one."""
    own = found.report["recipe"]
    last = [one for one in found.report["comparisons"] if one["second"] == own]
    return str(last[-1]["sentence"]) if last else ""


def _check_names(report: dict[str, Any]) -> None:
    """Names that are looked up in tables, and the shape of the confusion."""
    from embedlib.training.recipes import RECIPES

    for name, table in (("task", TASKS), ("recipe", RECIPES)):
        if report[name] not in table:
            raise _wrong(name, f"one of {', '.join(table)}", shown(report[name]))
    n = len(report["labels"])
    if n < 2 or len(report["confusion"]) != n or any(len(row) != n for row in report["confusion"]):
        raise _wrong("confusion", f"a row and a column for each of {n} labels", "another shape")


def _check(value: Any, shape: Any, where: str, file: str = REPORT) -> None:
    """Refuse a value that is not of the shape: a type, [shape of each], or {key: shape}."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            raise _wrong(where, "a table of names", type(value).__name__, file)
        for key, inner in shape.items():
            path = f"{where}.{key}".lstrip(".")
            if key not in value:
                raise _wrong(path, "there", "nothing", file)
            _check(value[key], inner, path, file)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            raise _wrong(where, "a list", type(value).__name__, file)
        for one in value:
            _check(one, shape[0], where, file)
    elif isinstance(value, bool) or not isinstance(value, _TYPES.get(shape, shape)):
        raise _wrong(where, _KINDS[shape], type(value).__name__, file)


_TYPES: Final[dict[type, tuple[type, ...]]] = {float: (int, float)}  # JSON writes 1.0 as it likes
_KINDS: Final[dict[type, str]] = {
    **{float: "a number", int: "a whole number", str: "text"},
    **{dict: "a table of names", list: "a list"},
}


def _wrong(where: str, rule: str, got: str, file: str = REPORT) -> ReadError:
    return ReadError(f"{where or 'All'} of the run's {file} must be {rule}, got {got}.", _AGAIN)
