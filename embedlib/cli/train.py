"""`embedlib train`: a labelled file becomes a run's folder with a model and a report."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from embedlib.cli.labelled import read, say_fitness, task_of, treated
from embedlib.cli.options import Device, Model, ModelsDir
from embedlib.cli.progress import ProgressLine, duration
from embedlib.errors import Cancelled, EmbedlibError, OptionError, shown
from embedlib.exporting.columns import plain
from embedlib.pace import amount
from embedlib.training.recipes import RECIPES

if TYPE_CHECKING:
    from embedlib.training.examples import Examples
    from embedlib.training.runs import Run
    from embedlib.training.settings import Settings

_RUNGS_HELP = "What to compare with: quick, all, none, or names with commas."


def train(  # noqa: PLR0913 - one parameter an option
    source: Annotated[
        Path | None, typer.Argument(metavar="INPUT", help="CSV, TSV, JSONL, Parquet or CoNLL.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="Column of the texts.")] = None,
    label: Annotated[str | None, typer.Option(help="Column of the labels.")] = None,
    pair: Annotated[str | None, typer.Option(help="Column of second texts, for pairs.")] = None,
    test: Annotated[Path | None, typer.Option(help="A second file, only for the test.")] = None,
    validation: Annotated[Path | None, typer.Option(help="A file that only chooses.")] = None,
    split_column: Annotated[
        str | None, typer.Option(help="Column that says train, validation or test.")
    ] = None,
    recipe: Annotated[str, typer.Option(help=f"{', '.join(RECIPES)}.")] = "probe",
    task: Annotated[
        str | None, typer.Option(help="sequence, pair or tokens; by the file by default.")
    ] = None,
    model: Model = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the rows.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="The highest step size.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Texts a step.")] = None,
    options: Annotated[
        list[str] | None, typer.Option("--set", help="A further option as NAME=VALUE; repeatable.")
    ] = None,
    trials: Annotated[int, typer.Option(min=0, help="Sets of options to search first.")] = 0,
    minutes: Annotated[float, typer.Option(help="After these no trial begins.")] = 10.0,
    estimate_only: Annotated[
        bool, typer.Option("--estimate", help="Measure a few steps and say what it would take.")
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Apply every remedy that the data doctor has.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of everything that is drawn.")] = 42,
    rungs: Annotated[str, typer.Option(help=_RUNGS_HELP)] = "quick",
    name: Annotated[str, typer.Option(help="What to call the run.")] = "",
    out: Annotated[Path | None, typer.Option(help="Folder to make; its name is printed.")] = None,
    device: Device = None,
    models_dir: ModelsDir = None,
    wandb: Annotated[bool, typer.Option("--wandb", help="Log to Weights & Biases too.")] = False,
    detach: Annotated[
        bool, typer.Option("--detach", help="Do not wait: the run goes on by itself.")
    ] = False,
    resume: Annotated[Path | None, typer.Option(help="Go on with the run in this folder.")] = None,
    run: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Train a classifier on INPUT, beside baselines on the same split, and report on it."""
    if run is not None:
        from embedlib.training.child import train as train_here

        train_here(run)
        return
    if resume is not None:
        _resume(resume, detach=detach)
        return
    if source is None:
        raise OptionError("INPUT must be given, or --resume RUN.", "Name a file with labels.")
    from embedlib.training import launch, runs
    from embedlib.training.settings import settings
    from embedlib.training.splitting import split

    asked = _asked(options, epochs=epochs, learning_rate=learning_rate, batch_size=batch_size)
    with ProgressLine() as line:
        line.say(f"Reading {plain(source.name)}")
        columns = (text, label, pair, split_column)
        loaded = read(source, test, validation, columns)
        for note in loaded.notes:
            line.say(plain(note))
        examples, applied = treated(loaded.examples, line, fix=fix)
    found_task = task_of(examples, task, pair)
    made = settings(
        name=name or source.stem,
        task=found_task,
        recipe=recipe,
        model=model,
        options=asked,
        seed=seed,
        rungs=_rungs(rungs, found_task),
        device=device,
        models_dir=models_dir,
        wandb=wandb,
        trials=trials,
        minutes=minutes,
    )
    divided = split(examples, seed)
    with ProgressLine() as line:
        say_fitness(made, divided, line)
    if estimate_only:
        _estimate(made, divided)
        return
    made = replace(made, data={"remedies": [one.plain() for one in applied]})
    created = runs.create(made, divided, out)
    launch.start(created)
    _follow(created, detach=detach)


def _estimate(made: "Settings", examples: "Examples") -> None:
    from embedlib.training.estimating import estimate

    found = estimate(made, examples)
    memory = found.memory_bytes
    typer.echo(
        f"About {duration(found.seconds)} for {amount(found.steps, 'steps')}, "
        f"{found.texts_per_second:,.0f} texts/s, "
        f"{'unknown' if memory is None else amount(memory, 'bytes')} of memory, "
        f"{amount(found.disk_bytes, 'bytes')} on disk."
    )


def _resume(folder: Path, *, detach: bool) -> None:
    from embedlib.training import launch, runs

    run = runs.opened(folder)
    launch.resume(run)
    _follow(run, detach=detach)


def _follow(run: "Run", *, detach: bool) -> None:
    """Show how far the child is until it ends; Ctrl-C cancels it."""
    from embedlib.training import launch

    where = plain(str(run.folder))
    if detach:
        typer.echo(where)
        return
    try:
        with ProgressLine() as line:
            said = ""
            while (status := launch.wait(run, 0.5)).live:
                progress = status.progress
                if progress.total:
                    line(progress)
                elif progress.note not in ("", said):
                    line.say(progress.note)
                said = progress.note
    except KeyboardInterrupt:
        launch.cancel(run)
        raise Cancelled(f"Stopped. Go on with: embedlib train --resume {where}") from None
    if status.state != "done":
        what = status.what or f"The run must end with a report, and was {status.state}."
        raise EmbedlibError(what, status.hint or f"Go on with: embedlib train --resume {where}")
    typer.echo(summary(run.report() or {}, where))


def summary(report: dict[str, Any], where: str) -> str:
    """The ladder as lines, what each step bought, and where it all is."""
    lines = []
    for step in report.get("ladder", ()):
        right = step["entity_f1"] or step["accuracy"]
        score = (
            "could not be fitted: " + step["error"]
            if right is None
            else (f"{right['value']:.4f} ({right['low']:.4f} to {right['high']:.4f})")
        )
        learned = amount(step["trainable_parameters"], "trainable parameters")
        lines.append(f"{step['label']:<20} {score}  {duration(step['seconds'])}  {learned}")
    lines += [one["sentence"] for one in report.get("comparisons", ())[-1:]]
    lines += report.get("notes", ())
    test = report["test"]
    scores = ", ".join(
        f"{key.replace('_', ' ')} {test[key]:.4f}"
        for key in ("accuracy", "macro_f1", "entity_f1")
        if key in test
    )
    return "\n".join(
        plain(line) for line in [*lines, f"{where}: {scores} on {test['rows']:,} rows"]
    )


def _rungs(asked: str, task: str) -> tuple[str, ...] | None:
    from embedlib.training.rungs import LADDER

    if asked == "quick":
        return None
    if asked == "all":
        return tuple(name for name, rung in LADDER.items() if task in rung.tasks)
    if asked == "none":
        return ()
    return tuple(part.strip() for part in asked.split(",") if part.strip())


def _asked(pairs: list[str] | None, **given: object) -> dict[str, object]:
    """Options as --set and as their own flags; what was not given is left out."""
    asked: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    for pair in pairs or ():
        name, equals, value = pair.partition("=")
        if not equals:
            raise OptionError(f"--set must be NAME=VALUE, got {shown(pair)}.")
        asked[name.strip()] = value.strip()
    return asked
