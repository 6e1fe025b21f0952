"""Attention as files: what is on show as CSV or NumPy arrays; a format is a function and a row.

Whole numbers of heads and tokens count from 0, as everywhere in code.
"""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from embedlib.attention.filters import Shown
from embedlib.attention.maps import KINDS, AttentionMaps
from embedlib.attention.views import head_mean
from embedlib.errors import OptionError
from embedlib.exporting.archive import zipped
from embedlib.exporting.card import model_facts, versions
from embedlib.exporting.columns import plain
from embedlib.exporting.formats import csv_bytes, harmless
from embedlib.limits import LIMITS
from embedlib.records import Floats, digest_of_texts
from embedlib.table import Table

FORMAT: Final = "embedlib attention card 1"
MARK: Final = b"\xef\xbb\xbf"  # makes spreadsheets read a file as UTF-8
Heads = Sequence[tuple[int, int]]
Card = Mapping[str, Any]


@dataclass(frozen=True)
class AttentionExport:
    """A format for attention maps.

    Args:
        name: The row's name.
        label: For choosers.
        help: One sentence: what it holds.
        extension: Of the file's name, with the dot.
        mime: The media type, for a browser's download.
        value_bytes: About how many bytes one number takes.
        function: (maps on show, heads, card) to the file's bytes.
    """

    name: str
    label: str
    help: str
    extension: str
    mime: str
    value_bytes: int
    function: Callable[[Shown, Heads, Card], bytes]

    def write(self, shown: Shown, heads: Heads, card: Card) -> bytes:
        """The file's content.

        Args:
            shown: The maps after the filters.
            heads: (layer, head) to write, both from 0.
            card: What `attention_card` gives.

        Raises:
            OptionError: If no head is asked for.
            LimitError: If the file would be larger than LIMITS["export_bytes"].
        """
        if not heads:
            raise OptionError("At least one head must be exported, got none.")
        numbers = len(heads) * shown.values.shape[-1] ** 2
        LIMITS["export_bytes"].check(numbers * self.value_bytes, f"An export as {self.label}")
        return self.function(shown, heads, card)


def attention_card(maps: AttentionMaps, shown: Shown, heads: Heads) -> dict[str, Any]:
    """What made the numbers: model, text, filters, versions; plain values only."""
    texts = [maps.text] if maps.pair is None else [maps.text, maps.pair]
    return {
        "format": FORMAT,
        **model_facts(maps.encoder),
        "kind": shown.kind,
        "kind_is": KINDS[shown.kind].help,
        **asdict(shown.filters),
        "heads": [list(head) for head in heads],
        "heads_count_from": 0,
        "n_layers": maps.n_layers,
        "n_heads": maps.n_heads,
        "rows": [plain(label) for label in shown.labels],
        "n_tokens": maps.n_tokens,
        "tokens_cut": maps.n_lost,
        "pair": maps.pair is not None,
        "data_digest": digest_of_texts(texts),
        "versions": versions(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _matrix(shown: Shown, heads: Heads, card: Card) -> bytes:
    names = [_cell(label) for label in shown.labels]
    lines = [",".join(["query \\ key", *names])]
    values = head_mean(shown.values, heads)
    lines += [",".join([name, *_numbers(row)]) for name, row in zip(names, values, strict=True)]
    return MARK + "".join(f"{line}\n" for line in lines).encode()


def _pairs(shown: Shown, heads: Heads, card: Card) -> bytes:
    import pyarrow as pa

    names = pa.array([harmless(plain(label)) for label in shown.labels], pa.large_string())
    n_rows = len(names)
    queries, keys = (axis.ravel() for axis in np.indices((n_rows, n_rows), dtype=np.int32))
    tables = [
        pa.table(
            {
                "layer": np.full(n_rows**2, layer, dtype=np.int32),
                "head": np.full(n_rows**2, head, dtype=np.int32),
                "query": queries,
                "key": keys,
                "query_token": names.take(pa.array(queries)),
                "key_token": names.take(pa.array(keys)),
                "value": shown.values[layer, head].ravel(),
            }
        )
        for layer, head in heads
    ]
    return MARK + csv_bytes(pa.concat_tables(tables))


def _arrays(shown: Shown, heads: Heads, card: Card) -> bytes:
    return zipped(
        {
            f"{name}.npy": _npy(array)
            for name, array in {
                "values": np.stack([shown.values[layer, head] for layer, head in heads]),
                "heads": np.array(heads, dtype=np.int32),
                "labels": np.array([plain(label) for label in shown.labels]),
                "special": shown.special,
                "segment": shown.segment,
                "token_rows": shown.rows,
                "card": np.array(json.dumps(card)),
            }.items()
        }
    )


def _npy(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _numbers(row: Floats) -> list[str]:
    """The shortest digits that give the same float32 back."""
    return [np.format_float_positional(value, unique=True, trim="-") for value in row]


def _cell(text: str) -> str:
    return '"' + harmless(plain(text)).replace('"', '""') + '"'


_ROWS = (
    AttentionExport(
        "matrix",
        "CSV table",
        "A row a query, a column a key; of several heads their mean, as on screen.",
        ".csv",
        "text/csv",
        12,
        _matrix,
    ),
    AttentionExport(
        "pairs",
        "CSV pairs",
        "A line a pair: layer, head, query, key, their tokens and the value; counted from 0.",
        ".pairs.csv",
        "text/csv",
        50,
        _pairs,
    ),
    AttentionExport(
        "npz",
        "NumPy",
        "values (head, query, key), heads, labels, special, segment, token_rows and the card.",
        ".npz",
        "application/zip",
        4,
        _arrays,
    ),
)

ATTENTION_EXPORTS: Final[Table[AttentionExport]] = Table(
    "attention export", {row.name: row for row in _ROWS}
)
