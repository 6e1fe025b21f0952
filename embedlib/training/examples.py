"""Examples: texts with their labels, and which part of the split each belongs to; kept as Parquet.

Everything that changes examples (a remedy, a split) is a pure function that gives new ones.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from embedlib.errors import ReadError
from embedlib.training.durable import sha256, write_bytes

TRAIN, VALIDATION, TEST = "train", "validation", "test"
PARTS: Final = (TRAIN, VALIDATION, TEST)
FILE: Final = "examples.parquet"


@dataclass(frozen=True, eq=False)
class Examples:
    """What a run learns from and is tested on.

    Args:
        texts: One a row; for token labels the words with spaces between, for display.
        labels: One a row, "" where there is none; () for token labels.
        rows: The row of the source that each came from, from 0.
        parts: A name in PARTS a row, "" before the split, or () where no row has one.
        pairs: The second text of each row, for text pairs, else ().
        words: The words of each row, for token labels, else ().
        tags: One tag a word, for token labels, else ().
        name: What the data is called, for display.
    """

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    rows: tuple[int, ...]
    parts: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    tags: tuple[tuple[str, ...], ...] = ()
    name: str = "texts"

    def __len__(self) -> int:
        return len(self.texts)

    def keep(self, kept: Sequence[int]) -> "Examples":
        """These positions only, in this order."""

        def of(column: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(column[row] for row in kept) if column else ()

        return replace(
            self,
            texts=of(self.texts),
            labels=of(self.labels),
            rows=tuple(self.rows[row] for row in kept),
            parts=of(self.parts),
            pairs=of(self.pairs),
            words=tuple(self.words[row] for row in kept) if self.words else (),
            tags=tuple(self.tags[row] for row in kept) if self.tags else (),
        )

    def part(self, name: str) -> "Examples":
        """The rows of one part of the split."""
        return self.keep([row for row, part in enumerate(self.parts) if part == name])

    @cached_property
    def label_names(self) -> tuple[str, ...]:
        """The labels by alphabet; tags by type, O first: the order of a model's outputs."""
        if self.tags:
            found = {tag for row in self.tags for tag in row}
            return tuple(sorted(found, key=lambda tag: (tag != "O", tag[2:], tag)))
        return tuple(sorted({label for label in self.labels if label}))

    def label_of(self, row: int) -> str:
        """The label of a row, or its tags as one text."""
        return self.labels[row] if self.labels else " ".join(self.tags[row])

    def part_of(self, row: int) -> str:
        """The part that a row belongs to, "" before the split."""
        return self.parts[row] if self.parts else ""

    def identity(self, row: int) -> str:
        """What makes two rows the same to a model: text and pair, white space aside."""
        pair = self.pairs[row] if self.pairs else ""
        return f"{' '.join(self.texts[row].split())}\0{' '.join(pair.split())}"


def write_examples(folder: Path, examples: Examples) -> str:
    """Put examples into a folder; gives the SHA-256 of the file.

    Raises:
        StoreError: If the disk is full or may not be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    n_rows = len(examples)
    columns = {
        "text": pa.array(examples.texts, pa.large_string()),
        "row": pa.array(examples.rows, pa.int64()),
        "part": pa.array(examples.parts or [""] * n_rows, pa.large_string()),
    }
    for name in ("labels", "pairs"):
        if values := getattr(examples, name):
            columns[name] = pa.array(values, pa.large_string())
    for name in ("words", "tags"):
        if values := getattr(examples, name):
            columns[name] = pa.array(values, pa.large_list(pa.large_string()))
    table = pa.table(columns).replace_schema_metadata({"name": examples.name})
    written = io.BytesIO()
    pq.write_table(table, written, compression="zstd")
    write_bytes(folder / FILE, written.getvalue())
    return sha256(folder / FILE)


def read_examples(folder: Path, expected_sha256: str | None = None) -> Examples:
    """Examples out of a run's folder.

    Args:
        folder: Where `write_examples` put them.
        expected_sha256: What it gave; None for no check.

    Raises:
        ReadError: If they are not there, damaged, or not those that were written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / FILE
    try:
        if expected_sha256 is not None and sha256(path) != expected_sha256:
            raise ReadError(f"The run's {FILE} must be as it was written, and has changed.")
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise ReadError(f"The run's {FILE} cannot be read: {error}.") from error
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    nested = {
        name: tuple(tuple(row) for row in columns.get(name, ())) for name in ("words", "tags")
    }
    return Examples(
        texts=tuple(columns["text"]),
        labels=tuple(columns.get("labels", ())),
        rows=tuple(columns["row"]),
        parts=tuple(columns["part"]),
        pairs=tuple(columns.get("pairs", ())),
        name=(table.schema.metadata or {}).get(b"name", b"texts").decode(),
        **nested,
    )
