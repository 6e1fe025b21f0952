"""`embedlib layers`: a folder of vectors, or tagged words, become a report on their layers."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from embedlib.cli import folder
from embedlib.cli.progress import ProgressLine
from embedlib.errors import Cancelled, OptionError, ReadError, StoreError, shown
from embedlib.records import EncoderCard, Ledger, TokenSettings, Vectors

if TYPE_CHECKING:
    import pandas as pd

    from embedlib.exporting.layer_report import LayerReport
    from embedlib.probes import Problem

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
                vectors, rows, manifest = read_folder(source)
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
    texts = _column(rows, str(manifest.get("text_column") or "text"))
    labels = _column(rows, str(column))
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


def read_folder(source: Path) -> tuple[Vectors, "pd.DataFrame", dict[str, Any]]:
    """The vectors, rows and manifest of a folder that `embedlib embed` wrote.

    Raises:
        ReadError: If it is no such folder, or its files do not agree.
    """
    import pandas as pd

    manifest = folder.VECTORS.read(source)
    where = shown(str(source), 200)
    if manifest is None:
        raise ReadError(
            f"DIR must be a folder that `embedlib embed` wrote, got {where}.",
            "Make one with `embedlib embed FILE --layers all --out DIR`.",
        )
    try:
        whole = np.load(source / folder.ARRAY, mmap_mode="r", allow_pickle=False)
        rows = pd.read_parquet(source / folder.ROWS)
        shape = tuple(manifest["shape"])
        numbers = tuple(int(layer) for layer in manifest["layers"])
        names = tuple(str(name) for name in manifest["poolings"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReadError(
            f"The files of {where} cannot be read: {shown(str(error), 200)}."
        ) from error
    if whole.shape != shape or len(rows) != shape[2] or shape[:2] != (len(names), len(numbers)):
        raise ReadError(
            f"The files of {where} do not agree: {whole.shape} vectors, {len(rows)} rows.",
            "Embed the texts again.",
        )
    vectors = Vectors(
        arrays=dict(zip(names, whole, strict=True)),
        layers=numbers,
        encoder=_encoder(manifest, numbers, shape[3]),
        settings=TokenSettings(prefix=str(manifest.get("prefix", ""))),
        ledger=_ledger(rows, manifest),
        texts_digest=str(manifest.get("data_digest", "")),
        seconds=float(manifest.get("forward_seconds") or 0.0),
    )
    return vectors, rows, manifest


def _encoder(manifest: dict[str, Any], layers: tuple[int, ...], dim: int) -> EncoderCard:
    """What the manifest says of the model; the rest is not needed to measure vectors."""
    return EncoderCard(
        name=str(manifest.get("model", "")),
        source=str(manifest.get("source", "folder")),
        revision=str(manifest.get("revision", "")),
        weights_sha256=str(manifest.get("weights_sha256", "")),
        model_type="",
        n_layers=max(layers),
        n_heads=0,
        dim=dim,
        max_tokens=int(manifest.get("max_tokens") or 0),
        most_tokens=0,
        n_parameters=0,
        causal=False,
    )


def _ledger(rows: "pd.DataFrame", manifest: dict[str, Any]) -> Ledger:
    """The folder keeps no token counts; characters of the text stand for them."""
    column = manifest.get("text_column") or "text"
    texts = rows[column].astype(str) if column in rows else rows.iloc[:, 0].astype(str)
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    ones = np.ones(len(rows), dtype=np.int64)
    return Ledger(lengths, lengths, ones, int(manifest.get("max_tokens") or 0))


def _column(rows: "pd.DataFrame", name: str) -> list[str]:
    """A column as text, "" where it is empty.

    Raises:
        OptionError: If there is no such column.
    """
    if name not in rows.columns:
        raise OptionError(
            f"There must be a column {shown(name)}.",
            f"There are: {', '.join(shown(str(column)) for column in rows.columns[:20])}.",
        )
    return ["" if value is None or value != value else str(value) for value in rows[name]]


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
    from embedlib.exporting.layer_report import as_html, facts

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


def _said(made: Any) -> str:
    from embedlib.exporting.layer_pictures import finding

    return finding(made)
