"""Which character separates the fields of a table; a further one is a row of `DELIMITERS`."""

import csv
import io
from collections.abc import Iterator

from embedlib.limits import LIMITS
from embedlib.reading.grid import check_columns

DELIMITERS = {",": "comma", "\t": "tab", ";": "semicolon", "|": "vertical bar"}
_SAMPLE_ROWS = 200
_SAMPLE_CHARACTERS = 2**20


def sniff(text: str, preferred: str | None = None) -> tuple[str | None, float]:
    """The delimiter, and the share of rows that have as many fields as the first.

    Args:
        text: The file, not blank.
        preferred: Wins a tie: the tab for a file called .tsv.

    Returns:
        (None, 0.0) when no delimiter stands in the first row, or most rows have fewer.

    Raises:
        LimitError: If the first row has too many fields.
    """
    best: tuple[float, bool, int] = (0.0, False, 0)
    found: str | None = None
    for delimiter in DELIMITERS:
        widths = list(_widths(text[:_SAMPLE_CHARACTERS], delimiter))
        if not widths or widths[0] < 2:
            continue
        if widths[0] > LIMITS["wide_columns"].value:
            first_line = text.lstrip("\r\n").partition("\n")[0]
            check_columns(max(widths[0], first_line.count(delimiter) + 1))
        # A long sample ends inside a row.
        widths = widths[:-1] if len(text) > _SAMPLE_CHARACTERS and len(widths) > 1 else widths
        n_enough = sum(width >= widths[0] for width in widths)
        share = sum(width == widths[0] for width in widths) / len(widths)
        score = (share, delimiter == preferred, widths[0])
        if n_enough >= len(widths) / 2 and score > best:
            best, found = score, delimiter
    return found, best[0]


def _widths(text: str, delimiter: str) -> Iterator[int]:
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for number, row in enumerate(reader):
        if number > _SAMPLE_ROWS:
            return
        if "".join(row).strip():
            yield len(row)
