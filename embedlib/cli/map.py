"""`embedlib map`: a folder of vectors becomes a file of points; an option is one parameter."""

from pathlib import Path
from typing import Annotated, Any

import typer

from embedlib.cli.mapping import Source, check_outputs, map_columns, open_source, write_map
from embedlib.cli.progress import ProgressLine, duration
from embedlib.errors import Cancelled, OptionError, shown
from embedlib.exporting.columns import plain
from embedlib.pace import amount
from embedlib.projection import METRICS, PROJECTIONS, Projection, project

_OPTIONS_HELP = "An option of the method as NAME=VALUE; may be repeated. " + "; ".join(
    f"{name}: {', '.join(row.options)}" for name, row in PROJECTIONS.items() if row.options
)


def map_(  # noqa: PLR0913 - one parameter an option
    source: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder that `embedlib embed` wrote.")
    ],
    layer: Annotated[
        int | None, typer.Option(help="One of the folder's layers; the last by default.")
    ] = None,
    pooling: Annotated[
        str | None, typer.Option(help="One of the folder's poolings; the first by default.")
    ] = None,
    method: Annotated[str, typer.Option(help=f"{', '.join(PROJECTIONS)}.")] = "umap",
    dims: Annotated[int, typer.Option(min=2, max=3, help="2 or 3.")] = 2,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same map.")] = 0,
    metric: Annotated[str, typer.Option(help=f"{', '.join(METRICS)}.")] = "cosine",
    option: Annotated[list[str] | None, typer.Option(help=_OPTIONS_HELP)] = None,
    labels: Annotated[
        str | None, typer.Option(help="Column whose equal values draw texts together.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Parquet file; DIR's name + -map.parquet by default.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
) -> None:
    """Lay the vectors of DIR out in 2-D or 3-D and write rows, points and each point's honesty."""
    target = (out or Path(f"{source.name or 'vectors'}-map.parquet")).absolute()
    check_outputs(target, force=force)
    opened = open_source(source, layer, pooling)
    values = opened.labels(labels) if labels is not None else None
    try:
        with ProgressLine() as line:
            made = project(
                opened.vectors,
                method,
                n_dims=dims,
                seed=seed,
                options=parse_options(option or []),
                labels=values,
                metric=metric,
                progress=line,
            )
        write_map(target, map_columns(opened, made), opened.card(made, labels))
        typer.echo(summary(target, opened, made))
    except KeyboardInterrupt:
        raise Cancelled(f"Stopped: nothing was written to {plain(str(target))}.") from None


def parse_options(pairs: list[str]) -> dict[str, Any]:
    """NAME=VALUE texts as names and numbers.

    Raises:
        OptionError: If one is not of that form.
    """
    found: dict[str, Any] = {}
    for pair in pairs:
        name, _, text = pair.partition("=")
        try:
            found[name.strip()] = float(text) if not text.strip().isdecimal() else int(text)
        except ValueError:
            raise OptionError(
                f"--option must be NAME=VALUE with a number, got {shown(pair)}."
            ) from None
    return found


def summary(target: Path, source: Source, made: Projection) -> str:
    """The last line: where, what, how honest and how long; then what a person should know."""
    row = PROJECTIONS[made.method]
    parts = [
        f"{plain(str(target))}: {row.label} of {amount(len(made.points), 'texts')} at layer "
        f"{source.layer}, {source.pooling}"
    ]
    if made.honesty is not None:
        ours, pca = made.honesty.map, made.honesty.pca
        parts.append(
            f"trustworthiness {ours.trustworthiness:.3f} (PCA {pca.trustworthiness:.3f}), "
            f"continuity {ours.continuity:.3f} (PCA {pca.continuity:.3f})"
        )
        if made.honesty.sampled:
            parts.append(f"measured on {amount(len(made.honesty.rows), 'texts')}")
    parts.append(f"made in {duration(made.seconds)}")
    return "\n".join(["; ".join(parts), *made.notes])
