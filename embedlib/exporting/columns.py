"""The columns that came with the texts, as Arrow columns that any tool can read back."""

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any

from embedlib.records import Corpus

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def plain(text: str) -> str:
    r"""`text` as UTF-8 can hold it: a lone surrogate becomes its escape.

    >>> plain("caf\u00e9 \ud800")
    'café \\ud800'
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def unique_names(names: Iterable[str], taken: Collection[str]) -> list[str]:
    """Names that are each there once, none of `taken`.

    >>> unique_names(["vector", "text", "text"], {"vector"})
    ['vector (input)', 'text', 'text (input)']
    """
    used, unique = set(taken), []
    for base in names:
        name, number = base, 1
        while name in used:
            name = f"{base} (input)" if number == 1 else f"{base} (input {number})"
            number += 1
        used.add(name)
        unique.append(name)
    return unique


def input_columns(corpus: Corpus, taken: Collection[str] = ()) -> "dict[str, pa.Array]":
    """The columns of `corpus`, in order, under names that differ from each other and `taken`.

    Numbers, dates and nested values keep their type; what Arrow cannot type becomes text.
    """
    names = unique_names((plain(str(column)) for column in corpus.frame.columns), taken)
    return {name: _typed(corpus.frame.iloc[:, place]) for place, name in enumerate(names)}


def text_columns(
    corpus: Corpus, taken: Collection[str] = (), written: Callable[[str], str] = str
) -> "dict[str, pa.Array]":
    """As `input_columns`, but numbers apart, every value as text; a missing one stays null.

    Args:
        corpus: Where the columns come from.
        taken: Names that no column may have.
        written: How a name or a value is put.
    """
    columns = input_columns(corpus)
    names = unique_names((written(name) for name in columns), taken)
    return {
        name: column if _is_number(column) else _as_text(column.to_pylist(), written)
        for name, column in zip(names, columns.values(), strict=True)
    }


def _is_number(column: "pa.Array") -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(column.type) or pa.types.is_floating(column.type))


def _typed(column: "pd.Series[Any]") -> "pa.Array":
    import pyarrow as pa

    try:
        array = pa.array(column, from_pandas=True)
    except (pa.ArrowException, UnicodeError, OverflowError):
        pairs = zip(column, column.isna(), strict=True)
        return _as_text([None if missing else value for value, missing in pairs])
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _as_text(values: Iterable[object], written: Callable[[str], str] = str) -> "pa.Array":
    import pyarrow as pa

    cells = [None if value is None else written(plain(str(value))) for value in values]
    return pa.array(cells, pa.large_string())
