"""`embedlib layers`: a folder of vectors, or tagged words, become a report on their layers."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from embedlib.cli.progress import ProgressLine
from embedlib.cli.vectors import column_of, read_vectors
from embedlib.errors import Cancelled, OptionError, StoreError, shown
from embedlib.records import Vectors

if TYPE_CHECKING:
    import pandas as pd

    from embedlib.exporting.layer_report import LayerReport
    from embedlib.probes import Grid, Problem

_LENGTHS = "The length of a text is counted in characters here: DIR holds no token counts."
_SCORES = ("linear", "knn", "silhouette", "centroid")


def layers(  # noqa: PLR0913 - one parameter an option
    source: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            help="What `embedlib embed --layers all` wrote; or a CoNLL file of tagged words.",
        ),
    ],
    label: Annotated[
        str | None, typer.Option(help="Column of the labels; the one embedded with by default.")
    ] = None,
    out: Annotated[
        Path, typer.Option(help="HTML file to write; its numbers go beside it as JSON.")
    ] = Path("layers.html"),
    scores: Annotated[str, typer.Option(help=f"With commas: {', '.join(_SCORES)}.")] = "linear",
    folds: Annotated[
        int | None, typer.Option(min=2, help="Folds; by default 10, or 5 for much data.")
    ] = None,
    measure: Annotated[
        str | None,
        typer.Option(help="accuracy, macro_f1 or span_f1; by default accuracy, span_f1 for words."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="For a CoNLL file: the model that reads its words.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Decides folds and samples.")] = 0,
    weighted: Annotated[
        bool, typer.Option("--weighted", help="Add a learned weighted sum of the layers.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
) -> None:
    """Say which layer and pooling of the vectors in DIR tell its labels apart best."""
    from embedlib.exporting.layer_report import measured
    from embedlib.probes import SCORES

    target = out.absolute()
    beside = target.with_suffix(".json")
    _check_free((target, beside), force=force)
    asked = tuple(SCORES[name.strip()].name for name in scores.split(",") if name.strip())
    try:
        with ProgressLine() as line:
            line.say(f"Reading {source}")
            posed: Problem | None
            if source.is_file():
                vectors, posed, manifest, notes = _words(source, model, folds, seed, measure, line)
            else:
                vectors, rows, manifest = read_vectors(source)
                posed = _posed(rows, manifest, label, folds, seed, measure or "accuracy")
                notes = (_LENGTHS,)
            report = measured(
                vectors, posed, asked, weighted=weighted, card=_card(manifest), progress=line
            )
            report = replace(report, notes=(*report.notes, *notes))
            _write(target, beside, report, f"Layers of {source.name}")
    except KeyboardInterrupt:
        raise Cancelled(f"Stopped: nothing was written to {target}.") from None
    for made in report.grids:
        typer.echo(f"{made.options.score}: {_said(made)}")
    for note in report.notes:  # what was sampled is said here too
        typer.echo(note)
    typer.echo(f"-> {target}")


def _posed(
    rows: "pd.DataFrame",
    manifest: dict[str, Any],
    label: str | None,
    folds: int | None,
    seed: int,
    measure: str,
) -> "Problem | None":
    """What is to be told apart, None without labels."""
    from embedlib.probes import problem

    column = label or manifest.get("label_column")
    if column is None:
        return None
    texts = column_of(rows, str(manifest.get("text_column") or "text"))
    labels = column_of(rows, str(column))
    return problem(labels, texts, n_folds=folds, seed=seed, measure=measure)


def _words(
    source: Path,
    model: str | None,
    folds: int | None,
    seed: int,
    measure: str | None,
    line: ProgressLine,
) -> "tuple[Vectors, Problem, dict[str, Any], tuple[str, ...]]":
    """The words of a CoNLL file at every layer, and their tags; whole sentences share a fold."""
    from embedlib.cli.inputs import read_input
    from embedlib.exporting.card import model_facts
    from embedlib.extract.word_vectors import word_vectors
    from embedlib.models import load
    from embedlib.probes import problem
    from embedlib.training.conll import read_conll

    read = read_conll(read_input(source), source.name)
    encoder = load(model)
    made = word_vectors(encoder, read.words, seed=seed, progress=line)
    pairs = list(zip(made.sentence.tolist(), made.place.tolist(), strict=True))
    posed = problem(
        [read.tags[sentence][place] for sentence, place in pairs],
        [read.texts[sentence] for sentence, _ in pairs],
        n_folds=folds,
        seed=seed,
        measure=measure or "span_f1",
        sequences=made.sentence.tolist(),
    )
    facts = {**model_facts(encoder.card), "data": source.name, "words": len(pairs)}
    return made.vectors, posed, facts, made.notes


def _card(manifest: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in manifest.items() if key not in ("request", "cut_rows")}


def _check_free(targets: tuple[Path, ...], *, force: bool) -> None:
    for target in targets:
        where = shown(str(target), 200)
        if target.is_dir():
            raise OptionError(f"The report must be a file, but {where} is a folder.", "Use --out.")
        if target.exists() and not force:
            raise OptionError(
                f"{where} exists, so it is left alone.",
                "Replace it with --force, or choose another with --out.",
            )


def _write(target: Path, beside: Path, report: "LayerReport", title: str) -> None:
    """Both files whole or not at all: written beside and renamed."""
    from embedlib.exporting.layer_facts import facts
    from embedlib.exporting.layer_page import as_html

    texts = {
        beside: json.dumps(facts(report), allow_nan=False, indent=1) + "\n",
        target: as_html(report, title),
    }
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        hidden = {path: path.with_name(f".{path.name}.part") for path in texts}
        try:
            for path, text in texts.items():
                hidden[path].write_text(text, "utf-8")
            for path in texts:
                hidden[path].replace(path)
        finally:
            for path in hidden.values():
                path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"{shown(str(target), 200)} cannot be written: {error.strerror or error}.",
            "Free some space or choose another file with --out.",
        ) from error


def _said(made: "Grid") -> str:
    from embedlib.exporting.layer_words import conclusions

    return "\n  ".join(conclusions(made))
