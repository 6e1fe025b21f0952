"""growing: how much more data would help a run, by the probe or by its own recipe on parts of it.

A part of the rows is a run of its own in the folder `growing/` of the run: it trains in a child,
waits in the line, can be cancelled and goes on, as any other.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np

from embedlib.errors import Cancelled, EmbedlibError, OptionError
from embedlib.pace import StageClock
from embedlib.records import Longs, Progress
from embedlib.training import launch, learning_curve, runs
from embedlib.training.examples import TRAIN, Examples
from embedlib.training.extras import probe_curve
from embedlib.training.learning_curve import CurvePoint, LearningCurve
from embedlib.training.recipes import RECIPES
from embedlib.training.runs import Run
from embedlib.training.work import work_of

FOLDER: Final = "growing"
_SHARES: Final = (1 / 8, 1 / 4, 1 / 2)  # with all rows: four points, which a forecast needs
_LEAST_ROWS: Final = 10
_NOT_KEPT: Final = ("model", "adapter", "checkpoints", "rungs", "tensorboard", "data")
_POLL_SECONDS: Final = 0.5

Show = Callable[[Progress], None]
Stop = Callable[[], bool]


def probe_curve_of(run: Run, progress: Show, cancelled: Stop) -> LearningCurve:
    """As `probe_curve`, for a run that is done and has none in its report.

    Raises:
        OptionError: If its labels belong to words, or its rows are too few.
        Cancelled: If `cancelled` said so.
    """
    if run.settings.task == "tokens":
        raise OptionError("A probe tells texts apart, and this run tags words.")
    clock = StageClock()

    def say(stage: str, done: int, total: int, unit: str) -> None:
        if cancelled():
            raise Cancelled
        progress(clock(stage, done, total, unit))

    return probe_curve(
        work_of(run, say),
        lambda done, total: say("Drawing the learning curve", done, total, "fits"),
        cancelled,
    )


def sizes_of(examples: Examples) -> tuple[int, ...]:
    """Numbers of training rows to train on beside all of them, ascending.

    Raises:
        OptionError: If there are too few rows to draw a part of.
    """
    train = examples.part(TRAIN)
    labels = 1 if train.tags else 2 * len(train.label_names)
    least = max(_LEAST_ROWS, labels)
    sizes = tuple(size for share in _SHARES if (size := round(share * len(train))) >= least)
    if not sizes:
        raise OptionError(
            f"A part of the training rows must have at least {least} rows, and half of "
            f"{len(train)} is fewer.",
            "Give more rows.",
        )
    return sizes


def share_of_work(examples: Examples) -> float:
    """How much longer than the run itself the parts take together: 0.875 for all three."""
    return sum(sizes_of(examples)) / len(examples.part(TRAIN))


def grown(run: Run, score: str) -> tuple[CurvePoint, ...]:
    """What has been measured so far, the run itself last; ascending in rows.

    Args:
        run: A run that is done.
        score: A key of `report.json` under "test".
    """
    folders = sorted((run.folder / FOLDER).glob("*")) if (run.folder / FOLDER).is_dir() else []
    found = [_point(Run(folder), score) for folder in folders if folder.name.isdigit()]
    points = {point.rows: point for point in (*found, _point(run, score)) if point is not None}
    return tuple(points[rows] for rows in sorted(points))


def grow(run: Run, progress: Show, cancelled: Stop) -> None:
    """Train the recipe on parts of the rows; what is there already is not trained again.

    Raises:
        OptionError: If the recipe does not change the model, or the rows are too few.
        EmbedlibError: If a part could not be trained.
        Cancelled: If `cancelled` said so; what was trained stays.
    """
    if not RECIPES[run.settings.recipe].changes_model:
        raise OptionError("This recipe learns in a moment: the probe's curve stands for it.")
    examples = run.examples()
    sizes = sizes_of(examples)
    for number, size in enumerate(sizes):
        part = Run(run.folder / FOLDER / str(size))
        note = f"Part {number + 1} of {len(sizes)}: {size:,} training rows"
        if part.report() is None:
            _train(_prepared(run, part, examples, size), note, progress, cancelled)
        for name in _NOT_KEPT:
            shutil.rmtree(part.folder / name, ignore_errors=True)


def _prepared(run: Run, part: Run, examples: Examples, size: int) -> Run:
    """The part's run: one that was begun goes on, a broken one is made anew."""
    try:
        opened = runs.opened(part.folder)
        opened.examples()
    except EmbedlibError:
        shutil.rmtree(part.folder, ignore_errors=True)
        part.folder.parent.mkdir(exist_ok=True)
        made = replace(run.settings, rungs=(), trials=0, options=_options(run), data={})
        return runs.create(made, _rows(examples, size, run.settings.seed), part.folder)
    return opened


def _options(run: Run) -> dict[str, Any]:
    """Those that a search has found, where there was one."""
    return dict((run.report() or {}).get("options") or run.settings.options)


def _rows(examples: Examples, size: int, seed: int) -> Examples:
    """`size` training rows, each label with its share, and all that choose and test."""
    places = np.array([row for row, part in enumerate(examples.parts) if part == TRAIN])
    chosen = set(places[_drawn(examples, places, size, seed)].tolist())
    kept = [row for row, part in enumerate(examples.parts) if part != TRAIN or row in chosen]
    return examples.keep(kept)


def _drawn(examples: Examples, places: Longs, size: int, seed: int) -> Longs:
    if examples.tags:
        return np.sort(np.random.default_rng(seed).permutation(len(places))[:size])
    number = {label: code for code, label in enumerate(examples.label_names)}
    truth = np.array([number[examples.labels[row]] for row in places.tolist()], dtype=np.int64)
    return learning_curve.part_of(truth, size, seed)


def _train(part: Run, note: str, progress: Show, cancelled: Stop) -> None:
    """Start or join the part's child, and wait for its end."""
    _begin(part)
    while (status := launch.wait(part, _POLL_SECONDS)).live:
        if cancelled():
            launch.cancel(part)
            raise Cancelled
        now = status.progress
        progress(replace(now, note=f"{note}. {now.note}" if now.note else note))
    if status.state != "done":
        raise EmbedlibError(
            status.what or f"{note} must end with a report, and was {status.state}.",
            status.hint or "Try again: it goes on where it stood.",
        )


def _begin(part: Run) -> None:
    """Start what never began, resume what ended early, and leave what lives."""
    status = part.status()
    if not status.live:
        launch.resume(part)
    elif status.process is None:
        launch.start(part)


def _point(run: Run, score: str) -> CurvePoint | None:
    """One point out of a report; None where it is missing or damaged."""
    report = run.report() or {}
    try:
        test, rows = report["test"], int(report["data"]["rows"][TRAIN])
        low, high = map(float, test[f"{score}_interval"])
        return CurvePoint(rows, float(test[score]), low, high, (float(test[score]),))
    except (KeyError, TypeError, ValueError):
        return None
