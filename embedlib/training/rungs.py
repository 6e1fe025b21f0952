"""LADDER: from nothing to full fine-tuning, every step on the same split; a new rung is a row.

What a step buys is said with an interval and a paired test, so that noise is not sold as progress.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any, Final

from embedlib.errors import EmbedlibError
from embedlib.records import Longs
from embedlib.table import Table
from embedlib.training.judges import Judge, Verdict
from embedlib.training.recipes import RECIPES, frozen_options
from embedlib.training.scores import McNemar, Score, difference, mcnemar
from embedlib.training.work import Fitted, Work

Fit = Callable[[Work, str], Fitted]


@dataclass(frozen=True)
class Rung:
    """One step of the ladder.

    Args:
        name: The row's name.
        label: For a person.
        fit: Does it.
        quick: Whether it takes seconds, so that every run has it.
        tasks: Names in TASKS that it can do.
    """

    name: str
    label: str
    fit: Fit
    quick: bool
    tasks: tuple[str, ...] = ("sequence", "pair")


@dataclass(frozen=True, eq=False)
class Step:
    """A rung that was climbed.

    Args:
        name, label: Of the rung.
        accuracy, macro_f1, entity_f1: On the test rows, as far as the task has them.
        seconds, trainable_parameters, parameters, model_bytes: As in `Fitted`.
        predicted: (row,) label numbers, for the comparison with the next.
        error: Why it could not be climbed; the scores are then None.
    """

    name: str
    label: str
    accuracy: Score | None = None
    macro_f1: Score | None = None
    entity_f1: Score | None = None
    seconds: float = 0.0
    trainable_parameters: int = 0
    parameters: int = 0
    model_bytes: int = 0
    predicted: Longs | None = None
    error: str = ""


@dataclass(frozen=True)
class Comparison:
    """What the second of two rungs bought.

    Args:
        first, second: Names of rungs.
        gain: Accuracy of the second minus that of the first, with a paired interval.
        test: McNemar's exact test on the same rows.
        seconds: What the second took.
        sentence: The same in words.
    """

    first: str
    second: str
    gain: Score
    test: McNemar
    seconds: float
    sentence: str


def step_of(rung: Rung, fitted: Fitted, verdict: Verdict) -> Step:
    """What a rung has learned, with its scores."""
    return Step(
        rung.name,
        rung.label,
        **verdict.scores,
        seconds=round(fitted.seconds, 3),
        trainable_parameters=fitted.trainable_parameters,
        parameters=fitted.parameters,
        model_bytes=fitted.model_bytes,
        predicted=verdict.predicted,
    )


def climb(
    names: tuple[str, ...],
    work: Work,
    task: str,
    judge: Judge,
    done: Callable[[list[Step]], None],
) -> list[Step]:
    """Fit rungs one after the other; one that cannot be fitted says why, and the rest go on.

    Args:
        names: Rows of LADDER.
        work: The recipe's own work; each rung gets its own options and folder.
        task: A name in TASKS.
        judge: Of that task.
        done: Called with the steps so far after each.
    """
    steps: list[Step] = []
    for name in names:
        rung = LADDER[name]
        try:
            fitted = rung.fit(_own(work, name), task)
            steps.append(step_of(rung, fitted, judge.verdict(work, fitted)))
        except EmbedlibError as error:
            steps.append(Step(name, rung.label, error=str(error)))
        done(steps)
    return steps


def compare(steps: list[Step], truth: Longs, seed: int, unit: str) -> list[Comparison]:
    """Each step with the one before it that could be climbed; `unit` is what is counted."""
    climbed = [step for step in steps if step.predicted is not None]
    return [_comparison(first, second, truth, seed, unit) for first, second in pairwise(climbed)]


def plain(step: Step) -> dict[str, Any]:
    """A step as JSON takes it."""
    return {
        name: value
        for name, value in asdict(replace(step, predicted=None)).items()
        if name != "predicted"
    }


def _comparison(first: Step, second: Step, truth: Longs, seed: int, unit: str) -> Comparison:
    assert first.predicted is not None and second.predicted is not None  # noqa: S101 - `compare`
    gain = difference(truth, first.predicted, second.predicted, seed)
    test = mcnemar(truth, first.predicted, second.predicted)
    sentence = _sentence((first.label, second.label), gain, test, second.seconds, unit)
    return Comparison(first.name, second.name, gain, test, second.seconds, sentence)


def _sentence(
    steps: tuple[str, str], gain: Score, test: McNemar, seconds: float, unit: str = "accuracy"
) -> str:
    """What a step bought, in words.

    >>> _sentence(("Probe", "LoRA"), Score(0.012, 0.003, 0.021), McNemar(10, 47, 0.004), 840)
    'LoRA bought 1.2 points of accuracy over Probe (0.3 to 2.1), for 14 minutes.'
    """
    first, second = steps
    points, low, high = (100 * value for value in (gain.value, gain.low, gain.high))
    took = f"{round(seconds / 60)} minutes" if seconds >= 120 else _seconds(seconds)
    middle = f"{abs(points):.1f} points of {unit}"
    bound = f"({_signed(low)} to {_signed(high)})"
    if test.p >= 0.05:
        return (
            f"{second} and {first} cannot be told apart on these rows: "
            f"{_signed(points, '+')} points of {unit} {bound}, p = {test.p:.2g}, for {took}."
        )
    if points > 0:
        return f"{second} bought {middle} over {first} {bound}, for {took}."
    return f"{second} lost {middle} against {first} {bound}, for {took}."


def _signed(points: float, plus: str = "") -> str:
    return f"{points:{plus}.1f}".replace("-", "−")


def _seconds(seconds: float) -> str:
    whole = round(seconds)
    return "under a second" if whole < 1 else f"{whole} second{'s' if whole > 1 else ''}"


def _own(work: Work, name: str) -> Work:
    """The work of a rung: its own defaults, but what all share as the recipe has it."""
    if name not in RECIPES:
        return replace(work, run=work.run / "rungs" / name)
    recipe, folder = RECIPES[name], work.run / "rungs" / name
    folder.mkdir(parents=True, exist_ok=True)
    if not recipe.changes_model:
        return replace(work, run=folder, options=frozen_options(name, work.options))
    keys = ("prefix", "max_tokens", "class_weights", "epochs", "patience", "batch_size")
    known = [key for key in keys if key in work.options and key in recipe.options]
    shared = {key: work.options[key] for key in known}
    return replace(work, run=folder, options=recipe.defaults | shared)


def _majority(work: Work, task: str) -> Fitted:
    from embedlib.training.baselines import fit_majority

    return fit_majority(work, task)


def _nothing(work: Work, task: str) -> Fitted:
    from embedlib.training.tagging import fit_nothing

    return fit_nothing(work, task)


def _dictionary(work: Work, task: str) -> Fitted:
    from embedlib.training.tagging import fit_dictionary

    return fit_dictionary(work, task)


def _tfidf(work: Work, task: str) -> Fitted:
    from embedlib.training.baselines import fit_tfidf

    return fit_tfidf(work, task)


_ROWS = (
    Rung("majority", "Largest label", _majority, quick=True),
    Rung("nothing", "No entities", _nothing, quick=True, tasks=("tokens",)),
    Rung("dictionary", "Words looked up", _dictionary, quick=True, tasks=("tokens",)),
    Rung("tfidf", "TF-IDF", _tfidf, quick=True),
    *(
        Rung(name, RECIPES[name].label, RECIPES[name].fit, quick, RECIPES[name].tasks)
        for name, quick in (("centroids", True), ("probe", True), ("lora", False), ("full", False))
    ),
)

LADDER: Final[Table[Rung]] = Table("rung", {row.name: row for row in _ROWS})
QUICK: Final = tuple(name for name, row in LADDER.items() if row.quick)
