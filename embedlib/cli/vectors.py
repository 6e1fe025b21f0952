"""What `embedlib embed` wrote, read again: vectors, rows and the manifest that says how."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embedlib.cli import folder
from embedlib.errors import OptionError, ReadError, shown
from embedlib.records import EncoderCard, Ledger, TokenSettings, Vectors

if TYPE_CHECKING:
    import pandas as pd


def read_vectors(source: Path) -> tuple[Vectors, "pd.DataFrame", dict[str, Any]]:
    """The vectors, rows and manifest of a folder that `embedlib embed` wrote.

    Raises:
        ReadError: If it is no such folder, or its files do not agree.
    """
    import pandas as pd

    manifest = folder.vectors_manifest(source)
    where = shown(str(source), 200)
    try:
        whole = np.load(source / folder.ARRAY, mmap_mode="r", allow_pickle=False)
        rows = pd.read_parquet(source / folder.ROWS)
        shape = tuple(manifest["shape"])
        numbers = tuple(int(layer) for layer in manifest["layers"])
        names = tuple(str(name) for name in manifest["poolings"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReadError(
            f"The files of {where} cannot be read: {shown(str(error), 200)}."
        ) from error
    if whole.shape != shape or len(rows) != shape[2] or shape[:2] != (len(names), len(numbers)):
        raise ReadError(
            f"The files of {where} do not agree: {whole.shape} vectors, {len(rows)} rows.",
            "Embed the texts again.",
        )
    vectors = Vectors(
        arrays=dict(zip(names, whole, strict=True)),
        layers=numbers,
        encoder=_encoder(manifest, numbers, shape[3]),
        settings=TokenSettings(prefix=str(manifest.get("prefix", ""))),
        ledger=_ledger(rows, manifest),
        texts_digest=str(manifest.get("data_digest", "")),
        seconds=float(manifest.get("forward_seconds") or 0.0),
    )
    return vectors, rows, manifest


def _encoder(manifest: dict[str, Any], layers: tuple[int, ...], dim: int) -> EncoderCard:
    """What the manifest says of the model; the rest is not needed to measure vectors."""
    return EncoderCard(
        name=str(manifest.get("model", "")),
        source=str(manifest.get("source", "folder")),
        revision=str(manifest.get("revision", "")),
        weights_sha256=str(manifest.get("weights_sha256", "")),
        model_type="",
        n_layers=max(layers),
        n_heads=0,
        dim=dim,
        max_tokens=int(manifest.get("max_tokens") or 0),
        most_tokens=0,
        n_parameters=0,
        causal=False,
    )


def _ledger(rows: "pd.DataFrame", manifest: dict[str, Any]) -> Ledger:
    """The folder keeps no token counts; characters of the text stand for them."""
    column = manifest.get("text_column") or "text"
    texts = rows[column].astype(str) if column in rows else rows.iloc[:, 0].astype(str)
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    ones = np.ones(len(rows), dtype=np.int64)
    return Ledger(lengths, lengths, ones, int(manifest.get("max_tokens") or 0))


def column_of(rows: "pd.DataFrame", name: str) -> list[str]:
    """A column as text, "" where it is empty.

    Raises:
        OptionError: If there is no such column.
    """
    if name not in rows.columns:
        raise OptionError(
            f"There must be a column {shown(name)}.",
            f"There are: {', '.join(shown(str(column)) for column in rows.columns[:20])}.",
        )
    return ["" if value is None or value != value else str(value) for value in rows[name]]
