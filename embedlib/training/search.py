"""A small search for better options, bounded by trials and minutes; the test rows take no part.

A trial trains on the training rows and is judged on the validation rows. What may be searched for a
recipe is a row of `SPACES`.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from embedlib.errors import EmbedlibError, OptionError
from embedlib.table import Table
from embedlib.training.options import OPTIONS, Value
from embedlib.training.work import Fitted, Work

FILE: Final = "search.jsonl"


@dataclass(frozen=True)
class Range:
    """Where an option is looked for.

    Args:
        low, high: Of a number, both included.
        log: Whether steps are even in the logarithm.
        choices: Of a text; () for a number.
    """

    low: float = 0.0
    high: float = 0.0
    log: bool = False
    choices: tuple[str, ...] = ()


_LOOP: Final = {"learning_rate": Range(1e-5, 5e-4, log=True), "epochs": Range(2, 10)}
_ADAPTER: Final = {
    "learning_rate": Range(1e-4, 5e-3, log=True),
    "epochs": Range(2, 10),
    "rank": Range(4, 64, log=True),
}
SPACES: Final[Table[dict[str, Range]]] = Table(
    "search",
    {
        "probe": {
            "layer": Range(choices=("-1", "-2", "mean_last_4", "concat_last_4")),
            "pooling": Range(choices=("mean", "cls", "max")),
        },
        "lora": _ADAPTER,
        "adalora": _ADAPTER,
        "full": _LOOP,
        "frozen_lower": _LOOP,
    },
)


@dataclass(frozen=True)
class Trial:
    """One set of options that was tried.

    Args:
        number: From 0.
        options: What was tried.
        score: On the validation rows; None where it could not be trained.
        seconds: What it took.
        error: Why it could not be trained.
    """

    number: int
    options: dict[str, Value]
    score: float | None
    seconds: float
    error: str = ""


Fit = Callable[[Work], Fitted]


def search(
    work: Work,
    recipe: str,
    fit: Fit,
    score: Callable[[Work, Fitted], float],
    trials: int,
    minutes: float,
) -> tuple[dict[str, Value], tuple[Trial, ...]]:
    """The best options, and all that were tried; what a killed run had tried is taken up again.

    Args:
        work: The recipe's work; trials go into folders within its own.
        recipe: A name in SPACES.
        fit: Trains with the options of the work that it is given.
        score: Of validation rows, higher is better.
        trials: At most so many.
        minutes: No trial begins after these.

    Raises:
        OptionError: If Optuna is not installed, or nothing can be searched for this recipe.
        EmbedlibError: If no trial could be trained; says why the last could not.
    """
    optuna = _optuna()
    space = SPACES[recipe]
    study = optuna.create_study(
        direction="maximize", sampler=optuna.samplers.TPESampler(seed=work.seed)
    )
    done = _before(work.run)
    for trial in done:
        _tell(optuna, study, space, trial)
    if not done:
        study.enqueue_trial({name: work.options[name] for name in space})  # the defaults first
    began = time.monotonic()
    while len(done) < trials and (not done or time.monotonic() - began < 60 * minutes):
        asked = study.ask()
        options = {name: _suggested(asked, name, where) for name, where in space.items()}
        work.say("Searching for options", len(done), trials, "trials")
        trial = _tried(work, len(done), options, fit, score)
        if trial.score is None:
            study.tell(asked, state=optuna.trial.TrialState.FAIL)
        else:
            study.tell(asked, trial.score)
        _note(work.run, trial)
        done.append(trial)
    scored = [trial for trial in done if trial.score is not None]
    if not scored:
        raise EmbedlibError(f"No set of options could be trained: {done[-1].error}")
    best = max(scored, key=lambda trial: trial.score or 0.0)
    return {**work.options, **best.options}, tuple(done)


def _tried(
    work: Work,
    number: int,
    options: dict[str, Value],
    fit: Fit,
    score: Callable[[Work, Fitted], float],
) -> Trial:
    began = time.monotonic()
    folder = work.run / "search" / f"trial-{number}"
    folder.mkdir(parents=True, exist_ok=True)
    own = replace(work, run=folder, options={**work.options, **options})
    try:
        found = score(own, fit(own))
    except EmbedlibError as error:
        return Trial(number, options, None, time.monotonic() - began, str(error))
    return Trial(number, options, found, time.monotonic() - began)


def _suggested(asked: Any, name: str, where: Range) -> Value:
    if where.choices:
        return str(asked.suggest_categorical(name, where.choices))
    if isinstance(OPTIONS[name].default, int):
        return int(asked.suggest_int(name, int(where.low), int(where.high), log=where.log))
    return float(asked.suggest_float(name, where.low, where.high, log=where.log))


def _tell(optuna: Any, study: Any, space: dict[str, Range], trial: Trial) -> None:
    """Let the study know of a trial of an earlier process."""
    if trial.score is None:
        return
    kinds: dict[str, Any] = {}
    for name, where in space.items():
        if where.choices:
            kinds[name] = optuna.distributions.CategoricalDistribution(where.choices)
        elif isinstance(OPTIONS[name].default, int):
            kinds[name] = optuna.distributions.IntDistribution(
                int(where.low), int(where.high), log=where.log
            )
        else:
            kinds[name] = optuna.distributions.FloatDistribution(
                where.low, where.high, log=where.log
            )
    made = optuna.trial.create_trial(
        params=dict(trial.options), distributions=kinds, value=trial.score
    )
    study.add_trial(made)


def _before(run: Path) -> list[Trial]:
    """Trials that an earlier process of the run has finished."""
    found = []
    path = run / FILE
    for line in path.read_text("utf-8").splitlines() if path.is_file() else ():
        try:
            found.append(Trial(**json.loads(line)))
        except (ValueError, TypeError):  # the last line of a killed writer
            break
    return found


def _note(run: Path, trial: Trial) -> None:
    from dataclasses import asdict

    with (run / FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(trial)) + "\n")


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise OptionError(
            "Optuna must be installed to search for options, and is not.",
            "Install it with `pip install optuna`, or set the options yourself.",
        ) from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna
