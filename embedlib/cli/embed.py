"""`embedlib embed`: a file of texts becomes a folder of vectors; an option is one parameter."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from embedlib.cli import folder
from embedlib.cli.extraction import Request, write_folder
from embedlib.cli.inputs import (
    AUTOMATIC,
    parse_poolings,
    read_corpus,
    read_input,
)
from embedlib.cli.options import Device, Dtype, Model, ModelsDir
from embedlib.cli.progress import ProgressLine
from embedlib.errors import Cancelled
from embedlib.exporting.columns import plain
from embedlib.layers import LAYER_MIXES
from embedlib.pace import amount
from embedlib.pooling import POOLINGS
from embedlib.records import TokenSettings

_LAYERS_HELP = (
    "all, a number, numbers with commas (negative ones count from the last), or what a mix needs: "
    f"{', '.join(LAYER_MIXES)}. Layer 0 is the embedding layer."
)
_POOLINGS_HELP = "With commas: " + ", ".join(
    f"{name} ({POOLINGS[name].label.lower()})" for name in AUTOMATIC
)


def embed(  # noqa: PLR0913 - one parameter an option
    source: Annotated[
        Path, typer.Argument(metavar="INPUT", help="TXT, CSV, TSV, JSONL or Parquet.")
    ],
    text: Annotated[
        str | None, typer.Option(help="Column of the texts; may be left out if it is plain.")
    ] = None,
    label: Annotated[str | None, typer.Option(help="Column of the labels, if any.")] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of a text file, where it cannot be told.")
    ] = None,
    model: Model = None,
    layers: Annotated[str, typer.Option(help=_LAYERS_HELP)] = "all",
    poolings: Annotated[str, typer.Option(help=_POOLINGS_HELP)] = "mean",
    windows: Annotated[
        bool, typer.Option("--windows", help="Split texts that do not fit, instead of cutting.")
    ] = False,
    max_tokens: Annotated[
        int | None, typer.Option(min=1, help="Tokens a text may have; the model's own by default.")
    ] = None,
    prefix: Annotated[str, typer.Option(help='Put before each text, such as "query: ".')] = "",
    no_special: Annotated[
        bool, typer.Option("--no-special", help="Leave special tokens out of the pooling.")
    ] = False,
    dtype: Dtype = None,
    device: Device = None,
    models_dir: ModelsDir = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to make; INPUT's name + -vectors by default.")
    ] = None,
    no_store: Annotated[
        bool, typer.Option("--no-store", help="Neither read nor keep vectors for the next time.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a folder of vectors of something else.")
    ] = False,
) -> None:
    """Embed every text of INPUT and write vectors.npy, manifest.json and rows.parquet."""
    from embedlib.models import load

    content = read_input(source)
    request = Request(
        input_sha256=hashlib.sha256(content).hexdigest(),
        text=text,
        label=label,
        encoding=encoding,
        model=model,
        dtype=dtype,
        device=device,
        layers=layers,
        poolings=parse_poolings(poolings),
        settings=TokenSettings(max_tokens, windows, prefix, not no_special),
    )
    target = (out or Path(f"{source.stem}-vectors")).absolute()
    folder.check_target(folder.VECTORS, target, request.plain_values(), force=force)
    try:
        with ProgressLine() as line:
            line.say(f"Reading {plain(source.name)}")
            corpus = read_corpus(content, source.name, text, label, encoding)
            line.say(f"Loading the model for {amount(len(corpus), 'texts')}")
            encoder = load(model, dtype=dtype, device=device, models_dir=models_dir)
            said = write_folder(target, corpus, encoder, request, store=not no_store, show=line)
        typer.echo(said)
    except KeyboardInterrupt:
        raise Cancelled(f"Stopped: nothing was written to {plain(str(target))}.") from None
