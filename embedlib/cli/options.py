"""Options that several subcommands share: one name, one type and one help each."""

from pathlib import Path
from typing import Annotated

import typer

from embedlib.models.devices import DEVICES, DTYPES

Model = Annotated[str | None, typer.Option(help="Name of a model; `embedlib models` lists them.")]
Dtype = Annotated[str | None, typer.Option(help=f"Number format: {', '.join(DTYPES)}.")]
Device = Annotated[str | None, typer.Option(help=f"{', '.join(DEVICES)}; the best by default.")]
ModelsDir = Annotated[Path | None, typer.Option(help="Folder whose subfolders are further models.")]
