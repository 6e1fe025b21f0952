"""Table: named rows in order; a choice is a row, and an unknown name lists the known ones."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import TypeVar

from embedlib.errors import UnknownNameError, shown

Row = TypeVar("Row")


class Table(Mapping[str, Row]):
    """Read-only named rows that keep their order.

    Args:
        kind: What a row is, in the singular, for the error: "pooling".
        rows: Name to row, in the order in which choosers show them.

    >>> Table("colour", {"red": 1, "blue": 2})["bleu"]  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    embedlib.errors.UnknownNameError: The colour must be one of red, blue, got 'bleu'. Did you ...
    """

    def __init__(self, kind: str, rows: Mapping[str, Row]) -> None:
        self.kind = kind
        self._rows = MappingProxyType(dict(rows))

    def __getitem__(self, name: str) -> Row:
        try:
            return self._rows[name]
        except (KeyError, TypeError):
            raise self._unknown(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return f"Table({self.kind!r}, {list(self._rows)})"

    def _unknown(self, name: object) -> UnknownNameError:
        near = get_close_matches(str(name), self._rows, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Choose one of the {len(self)} names."
        return UnknownNameError(
            f"The {self.kind} must be one of {', '.join(self._rows)}, got {shown(name)}.", hint
        )
