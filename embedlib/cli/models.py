"""`embedlib models` and `embedlib download`: what there is, and how to have it on this machine."""

from typing import TYPE_CHECKING, Annotated

import typer

from embedlib.cli.options import ModelsDir
from embedlib.cli.progress import ProgressLine
from embedlib.pace import amount

if TYPE_CHECKING:
    from embedlib.models import CatalogRow


def models(
    models_dir: ModelsDir = None,
) -> None:
    """List the catalog, and what is on this machine."""
    from embedlib.models import CATALOG, available

    here = {model.name: model for model in available(models_dir)}
    lines = [("NAME", "PARAMETERS", "SIZE", "LICENCE", "LANGUAGES", "ON THIS MACHINE")]
    for name, row in CATALOG.items():
        lines.append((*_catalog_cells(row), "no" if name not in here else "yes"))
    lines += [
        (name, "", amount(model.bytes_on_disk, "bytes"), "", "", f"yes ({model.source})")
        for name, model in here.items()
        if name not in CATALOG
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def download(
    name: Annotated[str, typer.Argument(help="A name of the catalog or of the Hub.")],
) -> None:
    """Fetch a model from the Hub, once; afterwards no network is needed."""
    from embedlib.models import download as fetch

    with ProgressLine() as line:
        where = fetch(name, progress=line)
    typer.echo(where)


def _catalog_cells(row: "CatalogRow") -> tuple[str, str, str, str, str]:
    size = amount(row.download_bytes, "bytes")
    return row.name, f"{row.parameters / 1e6:,.0f} M", size, row.licence, str(row.languages)
