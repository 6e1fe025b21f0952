"""PanelExport: what a panel shows, to take home: tables, pictures, the code, and the card."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from embedlib.exporting.archive import zipped
from embedlib.exporting.columns import plain
from embedlib.exporting.formats import csv_bytes, harmless
from embedlib.figures import CONFIG, Picture

Columns = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, eq=False)
class PanelExport:
    """What a panel shows.

    Args:
        name: For the names of files: "health".
        tables: Name to columns; each column has one value a row, NaN where there is none.
        pictures: As they were drawn.
        code: Python that makes the same numbers.
        card: How they came about: model, texts, rows, folds, seed, what was sampled.
    """

    name: str
    tables: Mapping[str, Columns]
    pictures: Sequence[Picture]
    code: str
    card: Mapping[str, Any]

    def csv(self, table: str) -> bytes:
        """One table as CSV: exact numbers, no cell that a spreadsheet runs as a formula."""
        return csv_bytes(
            {plain(name): _column(cells) for name, cells in self.tables[table].items()}
        )

    @property
    def card_json(self) -> str:
        return json.dumps(self.card, indent=2, ensure_ascii=False)

    def as_zip(self) -> bytes:
        """Everything: tables as CSV, pictures as pages that work offline, code, card."""
        files = {f"{name}.csv": self.csv(name) for name in self.tables}
        for place, picture in enumerate(self.pictures, 1):
            files[f"picture-{place}.html"] = picture_page(picture).encode()
        files |= {"code.py": self.code.encode(), "card.json": plain(self.card_json).encode()}
        return zipped(files)


def picture_config(kind: str, name: str) -> dict[str, Any]:
    """The configuration of a chart whose button saves it as `kind`, "png" or "svg"."""
    return CONFIG | {
        "toImageButtonOptions": CONFIG["toImageButtonOptions"] | {"format": kind, "filename": name}
    }


def picture_page(picture: Picture) -> str:
    """A picture as an HTML page that works offline and saves it as SVG."""
    import plotly.io

    return str(
        plotly.io.to_html(
            picture.figure,
            config=picture_config("svg", "picture"),
            include_plotlyjs=True,
            div_id="picture",  # a random one would make each file another
        )
    )


def _column(cells: Sequence[Any]) -> Any:
    """Arrow's column of numbers, or of text that is harmless in a spreadsheet."""
    import pyarrow as pa

    values = list(cells)
    if all(isinstance(value, bool | int) for value in values):
        return pa.array(values)
    if any(isinstance(value, str) for value in values):
        written = [harmless(plain(str(value))) for value in values]
        return pa.array(written, pa.large_string())
    return pa.array([float(value) for value in values], pa.float64(), from_pandas=True)
