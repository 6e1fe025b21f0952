"""exporting: vectors as files that other tools read; a format is one function and one row.

`formats.EXPORTS` are the formats, `card` says how the vectors came about and travels inside the
files, `code` is the Python that makes the same numbers.
"""

from embedlib.exporting.card import card
from embedlib.exporting.code import code
from embedlib.exporting.formats import EXPORTS, Export

__all__ = ["EXPORTS", "Export", "card", "code"]
