"""Files of labelled rows on the command line: read, examined, and what the doctor does to them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from embedlib.cli.inputs import read_input
from embedlib.cli.progress import ProgressLine
from embedlib.errors import OptionError, shown
from embedlib.exporting.columns import plain
from embedlib.records import Sheet

if TYPE_CHECKING:
    from embedlib.training.doctor import Applied
    from embedlib.training.examples import Examples
    from embedlib.training.settings import Settings
    from embedlib.training.sources import Loaded

_SEVERITIES = {"refuse": "Must be settled", "warn": "Warning", "note": "Note"}


def read(
    source: Path,
    test: Path | None,
    validation: Path | None,
    columns: tuple[str | None, str | None, str | None, str | None],
) -> "Loaded":
    """The rows of all files, with their parts where files or a column say them."""
    from embedlib.training.examples import TEST, TRAIN, VALIDATION
    from embedlib.training.sources import joined

    held_out = test is not None or validation is not None
    files = [(source, TRAIN if held_out else "")]
    files += [(path, part) for path, part in ((validation, VALIDATION), (test, TEST)) if path]
    return joined([_load(path, part, columns) for path, part in files])


def treated(
    examples: "Examples", line: ProgressLine, *, fix: bool
) -> "tuple[Examples, tuple[Applied, ...]]":
    """Say what the doctor finds; remedies that training needs, or all, are applied and said."""
    from embedlib.training.doctor import REMEDIES, apply_all, examine, refuse

    for finding in examine(examples):
        offer = f" Remedy (--fix): {REMEDIES[finding.remedy].label}." if finding.remedy else ""
        line.say(plain(f"{_SEVERITIES[finding.severity]}: {finding.words}{offer}"))
    severities = ("refuse", "warn", "note") if fix else ("refuse",)
    treated, applied = apply_all(examples, severities)
    for one in applied:
        label = REMEDIES[one.remedy].label
        line.say(f"{label}: {one.rows_before:,} rows became {one.rows_after:,}.")
    refuse(treated)
    return treated, applied


def say_fitness(made: "Settings", examples: "Examples", line: ProgressLine) -> None:
    """Say what is wrong with split rows for this model and recipe."""
    from embedlib.models.loading import load_place
    from embedlib.models.places import find
    from embedlib.models.shape import shape
    from embedlib.training.doctor import diagnosis, token_counts

    models_dir = Path(made.models_dir) if made.models_dir else None
    # Not kept: the child has the machine's memory to itself.
    encoder = load_place(find(made.model, models_dir), "float32", "cpu")
    most = made.most_read(shape(made.model, models_dir))
    counts = token_counts(encoder, examples)
    for finding in diagnosis((), counts, examples, most, made.options):
        line.say(plain(f"{_SEVERITIES[finding.severity]}: {finding.words}"))


def task_of(examples: "Examples", asked: str | None, pair: str | None) -> str:
    """The task that a file is for.

    Raises:
        OptionError: If another one was asked for.
    """
    found = "tokens" if examples.tags else "pair" if pair else "sequence"
    if asked not in (None, found):
        raise OptionError(f"The task must be {found} for this file, got {shown(asked)}.")
    return found


def _load(
    path: Path, part: str, columns: tuple[str | None, str | None, str | None, str | None]
) -> "Loaded":
    from embedlib.reading import read_sheet
    from embedlib.training.conll import looks_like_conll, read_conll
    from embedlib.training.sources import Loaded, load_sheet

    content = read_input(path)
    if looks_like_conll(content, path.name):
        return Loaded(read_conll(content, path.name, part), ())
    sheet = read_sheet(content, path.name)
    return load_sheet(sheet, _columns(sheet, columns), part)


def _columns(sheet: Sheet, columns: tuple[str | None, str | None, str | None, str | None]) -> Any:
    from embedlib.reading import guess_columns
    from embedlib.training.sources import Columns

    text, label, pair, split_column = columns
    guessed_text, guessed_label = guess_columns(sheet)
    if label is None and guessed_label is None:
        there = ", ".join(shown(name, 40) for name in sheet.columns[:10])
        raise OptionError(f"--label must say which column holds the labels: {there}?")
    return Columns(text or guessed_text, label or str(guessed_label), pair, split_column)
