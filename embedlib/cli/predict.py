"""`embedlib predict`: a trained run says what each text of a file is."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from embedlib.cli.inputs import read_input
from embedlib.cli.progress import ProgressLine
from embedlib.errors import OptionError, StoreError, UnknownNameError, shown
from embedlib.exporting.columns import input_columns, plain
from embedlib.pace import amount
from embedlib.records import Corpus

if TYPE_CHECKING:
    from embedlib.training.predicting import Predictor


def predict(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder that `train` made.")],
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="CSV, TSV, JSONL or Parquet.")],
    out: Annotated[Path, typer.Option(help="A .csv, .jsonl or .parquet; .conll for tags.")],
    text: Annotated[str | None, typer.Option(help="Column of the texts.")] = None,
    pair: Annotated[str | None, typer.Option(help="Column of second texts, for pairs.")] = None,
) -> None:
    """Write the rows of INPUT that have a text, each with its number, label and confidence."""
    from embedlib.reading import corpus_from_sheet, guess_columns, read_sheet
    from embedlib.training.cut import cut_by
    from embedlib.training.predicting import predictor
    from embedlib.training.runs import opened

    tags_words = opened(run).settings.task == "tokens" if run.is_dir() else False
    endings = (".conll",) if tags_words else (".csv", ".jsonl", ".parquet")
    if out.suffix not in endings:
        raise OptionError(f"--out must end in {' or '.join(endings)}, got {shown(out.name)}.")
    with ProgressLine() as line:
        line.say("Loading the run")
        ready = predictor(opened(run))
        if tags_words:
            typer.echo(_tag(ready, source, text, out, line))
            return
        line.say(f"Reading {plain(source.name)}")
        sheet = read_sheet(read_input(source), source.name)
        corpus = corpus_from_sheet(sheet, text or guess_columns(sheet)[0])
        _say_notes(corpus, line)
        if pair is not None and pair not in sheet.columns:
            raise UnknownNameError(f"There must be the column {shown(pair)}, and is not.")
        pairs = () if pair is None else tuple(map(str, corpus.frame[pair]))
        of_all = f" of {amount(len(sheet.frame), 'rows')}" if corpus.left_out else ""
        line.say(f"Predicting {amount(len(corpus), 'texts')}{of_all}")
        said = ready.predict(corpus.texts, pairs)
        if cut := cut_by(ready, corpus.texts, pairs).sentence():
            line.say(cut)
    own = ("row", "predicted", "confidence")  # an input column of that name gets another
    columns = {"row": [row + 1 for row in corpus.source_rows], **input_columns(corpus, own)}
    _write(out, columns | {"predicted": list(said.predicted), "confidence": said.confidence})
    typer.echo(f"{plain(str(out))}: {amount(len(corpus), 'texts')}")


def _say_notes(corpus: Corpus, line: ProgressLine) -> None:
    """What was left out or changed when the texts were read, which rows first."""
    for note in corpus.notes:
        line.say(plain(note))
    if corpus.left_out:
        n_rows = amount(len(corpus.left_out), "rows")
        line.say(f"{n_rows} without a text left out: they are not in the output.")


def _tag(ready: "Predictor", source: Path, text: str | None, out: Path, line: ProgressLine) -> str:
    """Write a word and its tag on each line; words are those of a CoNLL file, or between spaces."""
    from embedlib.reading import corpus_from_sheet, guess_columns, read_sheet
    from embedlib.training.conll import looks_like_conll, read_conll
    from embedlib.training.cut import cut_by
    from embedlib.training.durable import write_bytes

    content = read_input(source)
    if looks_like_conll(content, source.name):
        words = read_conll(content, source.name).words
    else:
        sheet = read_sheet(content, source.name)
        corpus = corpus_from_sheet(sheet, text or guess_columns(sheet)[0])
        _say_notes(corpus, line)
        words = tuple(tuple(row.split()) for row in corpus.texts)
    tagged = zip(words, ready.tag(words), strict=True)
    if cut := cut_by(ready, words=words).sentence(tagged=True):
        line.say(cut)
    sentences = [
        "".join(f"{word}\t{tag}\n" for word, tag in zip(row, tags, strict=True))
        for row, tags in tagged
    ]
    write_bytes(out, "\n".join(sentences).encode("utf-8", "backslashreplace"))
    return f"{plain(str(out))}: {amount(len(words), 'sentences')}"


def _write(out: Path, columns: dict[str, Any]) -> None:
    import pyarrow as pa
    import pyarrow.csv as pc
    import pyarrow.parquet as pq

    table = pa.table(columns)
    try:
        with out.open("wb") as file:
            if out.suffix == ".parquet":
                pq.write_table(table, file, compression="zstd")
            elif out.suffix == ".csv":
                pc.write_csv(table, file)
            else:
                frame = table.to_pandas()
                written = frame.to_json(orient="records", lines=True, force_ascii=False)
                file.write(written.encode("utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError(f"{shown(str(out), 200)} cannot be written: {reason}.") from error
