"""From texts and a model to a finished folder, without holding the vectors in memory."""

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embedlib.cli import arrays, folder
from embedlib.cli.progress import duration
from embedlib.exporting.card import data_facts, model_facts, token_facts, versions
from embedlib.exporting.columns import input_columns, plain
from embedlib.layers import parse_layers
from embedlib.pace import amount
from embedlib.records import Corpus, Progress, TokenSettings, Vectors

if TYPE_CHECKING:
    from embedlib.models.encoder import Encoder

Show = Callable[[Progress], None]


@dataclass(frozen=True)
class Request:
    """What decides the content of the folder.

    Args:
        input_sha256: Hash of the file's bytes.
        text, label: Columns as given, None to guess.
        encoding: As given, None to judge.
        model: As given, None for the default.
        dtype, device: As given, None for what suits the machine.
        layers: As given.
        poolings: Rows of POOLINGS, in the order asked for.
        settings: How texts become tokens.
    """

    input_sha256: str
    text: str | None
    label: str | None
    encoding: str | None
    model: str | None
    dtype: str | None
    device: str | None
    layers: str
    poolings: tuple[str, ...]
    settings: TokenSettings

    def plain_values(self) -> dict[str, Any]:
        """The request as the manifest holds it and JSON gives it back."""
        return asdict(self) | {"poolings": list(self.poolings)}


def write_folder(
    target: Path, corpus: Corpus, encoder: "Encoder", request: Request, *, store: bool, show: Show
) -> str:
    """Extract, write the folder, and say in one line where it is and what it holds."""
    began = time.monotonic()
    layers = parse_layers(request.layers, encoder.card.n_layers)
    with folder.building(target) as hidden:
        make = _through_store if store else _straight
        vectors = make(hidden / folder.ARRAY, corpus, encoder, layers, request, show)
        write_rows(hidden / folder.ROWS, corpus)
        seconds = time.monotonic() - began
        folder.VECTORS.write(hidden, manifest(vectors, corpus, request, seconds))
    return summary(target, vectors, corpus, seconds)


def _through_store(
    path: Path,
    corpus: Corpus,
    encoder: "Encoder",
    layers: tuple[int, ...],
    request: Request,
    show: Show,
) -> Vectors:
    from embedlib.store import Store

    vectors = Store().vectors(
        encoder,
        corpus.texts,
        layers=layers,
        poolings=request.poolings,
        settings=request.settings,
        progress=show,
    )
    arrays.write_arrays(path, {name: vectors.arrays[name] for name in request.poolings})
    return vectors


def _straight(
    path: Path,
    corpus: Corpus,
    encoder: "Encoder",
    layers: tuple[int, ...],
    request: Request,
    show: Show,
) -> Vectors:
    """Extract straight into the file."""
    from embedlib.extract import extract

    whole = arrays.empty_array(
        path, (len(request.poolings), len(layers), len(corpus), encoder.card.dim)
    )
    vectors = extract(
        encoder,
        corpus.texts,
        layers=layers,
        poolings=request.poolings,
        settings=request.settings,
        out=dict(zip(request.poolings, whole, strict=True)),
        release=lambda: arrays.release(whole),
        progress=show,
    )
    arrays.release(whole)
    return vectors


def write_rows(path: Path, corpus: Corpus) -> None:
    """The rows of the texts, all columns, with the source's row number, from 0, put last."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    numbers = corpus.source_rows or range(len(corpus))
    columns = input_columns(corpus, {"source_row"}) | {"source_row": pa.array(numbers, pa.int64())}
    with path.open("wb") as file:  # Arrow itself takes only paths that are UTF-8
        pq.write_table(pa.table(columns), file, compression="zstd")


def manifest(
    vectors: Vectors, corpus: Corpus, request: Request, seconds: float
) -> Mapping[str, Any]:
    """What the folder holds and how it came about; the axes first, with their values in order."""
    cut = vectors.ledger.cut
    return {
        "axes": ["pooling", "layer", "text", "dim"],
        "shape": [len(request.poolings), len(vectors.layers), len(corpus), vectors.dim],
        "poolings": list(request.poolings),
        "layers": list(vectors.layers),
        "dim": vectors.dim,
        "stored_as": "float32",
        **model_facts(vectors.encoder),
        **token_facts(vectors.settings, vectors.ledger),
        "cut_rows": [int(row) for row in cut.nonzero()[0]],
        **data_facts(corpus),
        "left_out_source_rows": list(corpus.left_out),
        "notes": [plain(note) for note in (*corpus.notes, *vectors.notes)],
        "from_store": vectors.from_store,
        "seconds": round(seconds, 3),
        "forward_seconds": round(vectors.seconds, 3),
        "texts_per_second": round(len(corpus) / seconds, 1) if seconds > 0 else None,
        "peak_memory_bytes": peak_memory_bytes(),
        "versions": versions() | vectors.versions,
        "request": request.plain_values(),
    }


def summary(target: Path, vectors: Vectors, corpus: Corpus, seconds: float) -> str:
    """The last line: where and what, what was cut or left out, and how long it took."""
    shape = (len(vectors.arrays), len(vectors.layers), len(corpus), vectors.dim)
    parts = [f"{plain(str(target))}: vectors of shape {shape} (pooling, layer, text, dim)"]
    if n_cut := int(vectors.ledger.cut.sum()):
        lost = f"{vectors.ledger.share_lost:.1%} of the tokens"
        parts.append(f"{amount(n_cut, 'texts')} cut, {lost} lost")
    if corpus.left_out:
        parts.append(f"{amount(len(corpus.left_out), 'blank rows')} left out")
    how = "answered from the store" if vectors.from_store else "made"
    rate = f", {len(corpus) / seconds:,.0f} texts/s" if seconds > 0 else ""
    return "; ".join([*parts, f"{how} in {duration(seconds)}{rate}"])


def peak_memory_bytes() -> int | None:
    """The most memory that this process held, None where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
