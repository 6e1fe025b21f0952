"""What the child process of a run does: wait for its turn, climb the ladder, train, report."""

import time
from dataclasses import asdict, replace
from pathlib import Path

from embedlib import paths
from embedlib.training.durable import new_folder, sweep, write_json
from embedlib.training.extras import compare_spaces
from embedlib.training.judges import Judge, write_predictions
from embedlib.training.line import turn
from embedlib.training.recipes import RECIPES
from embedlib.training.report import build, ladder_facts
from embedlib.training.reporter import Reporter
from embedlib.training.rungs import Rung, Step, climb, step_of
from embedlib.training.runs import ADAPTER, LADDER, MODEL, PREDICTIONS, REPORT, Run
from embedlib.training.search import Trial, search
from embedlib.training.tasks import TASKS
from embedlib.training.work import Fitted, Work, work_of


def train(folder: Path) -> None:
    """Do a run from where it stands; the end is in its status.json, whatever it is.

    Raises:
        EmbedlibError: What ended it, which is in status.json too.
    """
    run = Run(folder.absolute())
    reporter = Reporter(run.folder)
    with reporter.ending(), turn(paths.runs_folder(), run.id, reporter.waiting):
        sweep(run.folder)
        _train(run, reporter)


def _train(run: Run, reporter: Reporter) -> None:
    began = time.monotonic()
    settings = run.settings
    work = work_of(run, reporter.say)
    judge = TASKS[settings.task].judge()

    def note(steps: list[Step]) -> None:
        write_json(run.folder / LADDER, ladder_facts(steps, judge, work), lasting=False)

    steps = climb(settings.rungs, work, settings.task, judge, note)
    recipe = RECIPES[settings.recipe]
    work, trials = _searched(run, work, judge)
    fitted = recipe.fit(work, settings.task)
    last = Rung(recipe.name, recipe.label, recipe.fit, quick=False)
    steps.append(step_of(last, fitted, judge.verdict(work, fitted)))
    note(steps)
    reporter.say("Writing the report", 0, 0, "files")
    write_predictions(run.folder / PREDICTIONS, judge, work, fitted)
    report = build(run, work, fitted, steps, time.monotonic() - began)
    report |= {"options": work.options, "search": [asdict(trial) for trial in trials]}
    _save(run, fitted, report)
    compare_spaces(run, work)
    write_json(run.folder / REPORT, report)


def _searched(run: Run, work: Work, judge: Judge) -> tuple[Work, tuple[Trial, ...]]:
    """The work with the best options that a search found, where one was asked for."""
    settings = run.settings
    if not settings.trials:
        return work, ()
    options, trials = search(
        work,
        settings.recipe,
        lambda own: RECIPES[settings.recipe].fit(own, settings.task),
        judge.held_out,
        settings.trials,
        settings.minutes,
    )
    return replace(work, options=options), trials


def _save(run: Run, fitted: Fitted, report: dict[str, object]) -> None:
    """The model with its card, and the adapters apart; each folder whole or not there."""
    from embedlib.training.export import describe, reproduction
    from embedlib.training.page import page

    with new_folder(run.folder / MODEL) as folder:
        fitted.save(folder)
        describe(folder, run, report)
    if fitted.save_apart is not None:
        with new_folder(run.folder / ADAPTER) as folder:
            fitted.save_apart(folder)
    (run.folder / "reproduce.py").write_text(reproduction(run), "utf-8")
    (run.folder / "report.html").write_text(page(report), "utf-8")
