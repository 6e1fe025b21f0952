"""The frozen records that travel between modules; no torch and no Streamlit here.

A new record is one frozen dataclass whose docstring gives shapes and units.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]

_LEAST_MEASURED_SECONDS: Final = 1.0  # a rate of less says how fast a clock is read


@dataclass(frozen=True, eq=False)
class Sheet:
    """What a file holds, before a text column is chosen.

    Args:
        name: The file's name, for display only; never a path.
        frame: The rows in file order; every column is text, except in Parquet and JSONL.
        format: "csv", "tsv", "txt", "jsonl" or "parquet".
        encoding: How the bytes were read: "utf-8", "utf-16", "gbk", ... or "binary".
        notes: What a person should know: "Read as GBK", "2 columns were both called 'a'".
        vectors: Ready-made vectors, column name to (row, dim) float32, finite, read-only.
    """

    name: str
    frame: "pd.DataFrame"
    format: str
    encoding: str
    notes: tuple[str, ...] = ()
    vectors: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.frame.columns)


@dataclass(frozen=True, eq=False)
class Corpus:
    """Texts in order, with what came with them.

    Args:
        texts: The texts, unmodified; none is blank.
        labels: One label a text, "" where there is none; None without a label column.
        frame: The rows of the texts, in the same order, all columns.
        name: For display: a sample's or a file's name.
        text_column: The column that `texts` came from.
        label_column: The column that `labels` came from, or None.
        source_rows: (text,) the row of the source that each text came from, from 0.
        left_out: Source rows left out because their text is blank.
        notes: What a person should know about how it was read.
        vectors: Ready-made vectors that came along, name to (text, dim) float32, finite.
    """

    texts: tuple[str, ...]
    labels: tuple[str, ...] | None
    frame: "pd.DataFrame"
    name: str
    text_column: str = "text"
    label_column: str | None = None
    source_rows: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    vectors: Mapping[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.texts)

    def only(self, rows: Longs) -> "Corpus":
        """These texts, in the order of `rows`, with their labels, columns and vectors."""
        listed = rows.tolist()
        return replace(
            self,
            texts=tuple(self.texts[row] for row in listed),
            labels=None if self.labels is None else tuple(self.labels[row] for row in listed),
            frame=self.frame.iloc[listed].reset_index(drop=True),
            source_rows=tuple(self.source_rows[row] for row in listed) if self.source_rows else (),
            vectors={name: array[listed] for name, array in self.vectors.items()},
        )

    @cached_property
    def digest(self) -> str:
        """Hash of the texts in order: 32 hex digits."""
        return digest_of_texts(self.texts)


def digest_of_texts(texts: tuple[str, ...] | list[str]) -> str:
    """Hash of texts in order, safe against moved boundaries: 32 hex digits."""
    total = hashlib.blake2b(digest_size=16)
    for text in texts:
        encoded = text.encode("utf-8", "surrogatepass")
        total.update(len(encoded).to_bytes(8, "little"))
        total.update(encoded)
    return total.hexdigest()


@dataclass(frozen=True)
class EncoderCard:
    """What identifies a loaded model, and what its arrays look like; plain values only.

    Args:
        name: "all-MiniLM-L6-v2", a Hub name or the name of a local folder.
        source: "bundled", "hub" or "folder".
        revision: The Hub commit (40 hex digits), or "".
        weights_sha256: Hash over the weight files.
        model_type: The architecture's name in transformers: "bert", "gpt2", ...
        n_layers: Blocks; layers are numbered 0 (embeddings) to n_layers.
        n_heads: Attention heads a block.
        dim: Length of a hidden vector.
        max_tokens: Tokens a text may have by default, special tokens included.
        most_tokens: Tokens that the architecture can take at all.
        n_parameters: Number of weights.
        causal: Whether a token sees only what stands before it.
        dtype: Number format of the forward pass: "float32", "bfloat16", "float16".
        device: "cpu", "cuda" or "mps".
        prefixes: Prefixes that the model was trained with, such as ("query: ", "passage: ").
        settings_sha256: Hash over the files beside the weights that decide the numbers: config.json
            and the tokenizer's.
    """

    name: str
    source: str
    revision: str
    weights_sha256: str
    model_type: str
    n_layers: int
    n_heads: int
    dim: int
    max_tokens: int
    most_tokens: int
    n_parameters: int
    causal: bool
    dtype: str = "float32"
    device: str = "cpu"
    prefixes: tuple[str, ...] = ()
    settings_sha256: str = ""

    @property
    def fingerprint(self) -> str:
        """Hash of what decides the numbers (files, number format, device): 32 hex digits."""
        files = (self.weights_sha256, self.settings_sha256)
        parts = (*files, self.model_type, self.dtype, self.device)
        return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class TokenSettings:
    """How texts become tokens, and which tokens are pooled.

    Args:
        max_tokens: Tokens a text (or a window) may have, special tokens included; None for the
            model's own default.
        windows: Split a text that does not fit into windows, whose vectors are averaged by token
            count, instead of cutting it.
        prefix: Put before every text ("query: " for E5); its tokens are pooled too.
        pool_special: Whether special tokens ([CLS], [SEP], <s>) are pooled. They always stand in
            the model's input.
    """

    max_tokens: int | None = None
    windows: bool = False
    prefix: str = ""
    pool_special: bool = True


@dataclass(frozen=True, eq=False)
class Tokens:
    """The tokens of many texts, flat: window w owns tokens bounds[w] to bounds[w + 1].

    Args:
        ids: (token,) vocabulary ids.
        special: (token,) True for special tokens, which the tokenizer added.
        spans: (token, 2) first and last-plus-one character in the text (prefix not counted;
            a token of the prefix has span 0, 0); 0, 0 for special tokens.
        words: (token,) word number within the text, -1 for special tokens.
        bounds: (window + 1,) where each window begins.
        window_text: (window,) the text of each window, ascending; one window a text when cut.
        n_all: (text,) tokens that the whole text has, special tokens not counted.
        n_kept: (text,) of these, how many the model reads.
    """

    ids: Ints
    special: Bools
    spans: Ints
    words: Ints
    bounds: Longs
    window_text: Longs
    n_all: Longs
    n_kept: Longs

    @property
    def n_texts(self) -> int:
        return len(self.n_all)

    @property
    def n_windows(self) -> int:
        return len(self.window_text)


UNKNOWN_SHARE: Final = 0.05  # of the tokens; from here on a person should be told


@dataclass(frozen=True, eq=False)
class Ledger:
    """What the model did not read: tokens that were cut, and those it does not know.

    Args:
        n_all: (text,) tokens that each text has, special tokens not counted.
        n_kept: (text,) of these, how many the model read.
        n_windows: (text,) windows that each text was read in.
        max_tokens: The bound that was in force, special tokens included.
        n_unknown: (text,) of `n_kept`, how many are the unknown token, which stands for whatever
            the vocabulary does not hold; None where nobody counted.
    """

    n_all: Longs
    n_kept: Longs
    n_windows: Longs
    max_tokens: int
    n_unknown: Longs | None = None

    def take(self, places: Longs) -> "Ledger":
        """The same of the texts that stand at `places`."""
        return Ledger(
            self.n_all[places],
            self.n_kept[places],
            self.n_windows[places],
            self.max_tokens,
            None if self.n_unknown is None else self.n_unknown[places],
        )

    @property
    def cut(self) -> Bools:
        """(text,) True where tokens were lost."""
        return self.n_kept < self.n_all

    @property
    def share_lost(self) -> float:
        """Lost tokens over all tokens, 0 to 1."""
        total = int(self.n_all.sum())
        return 0.0 if total == 0 else 1.0 - int(self.n_kept.sum()) / total

    @property
    def share_unknown(self) -> float:
        """Unknown tokens over all that were read, 0 to 1; NaN where nobody counted."""
        if self.n_unknown is None:
            return float("nan")
        return int(self.n_unknown.sum()) / max(1, int(self.n_kept.sum()))


@dataclass(frozen=True, eq=False)
class Vectors:
    """Vectors of texts for several poolings and layers.

    Args:
        arrays: One (layer, text, dim) float32 array a pooling, read-only, often memory-mapped.
        layers: The layer number of each row of the first axis, ascending.
        encoder: The model that made them.
        settings: How texts became tokens.
        ledger: What was cut.
        texts_digest: Hash of the texts in order.
        seconds: What the forward passes took when they were made.
        from_store: Whether they were read rather than made.
        versions: Versions of the packages that made them.
        notes: What a person should know: "The vectors could not be kept on disk (...)."
    """

    arrays: dict[str, Floats]
    layers: tuple[int, ...]
    encoder: EncoderCard
    settings: TokenSettings
    ledger: Ledger
    texts_digest: str
    seconds: float
    from_store: bool = False
    versions: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def poolings(self) -> tuple[str, ...]:
        return tuple(self.arrays)

    @property
    def n_texts(self) -> int:
        return int(next(iter(self.arrays.values())).shape[1])

    @property
    def dim(self) -> int:
        return int(next(iter(self.arrays.values())).shape[2])

    def select(
        self,
        pooling: str,
        layer: int | str,
        *,
        normalise: bool = False,
        rows: Longs | None = None,
    ) -> Floats:
        """Vectors of one pooling and one layer or mix: (text, dim) float32.

        Args:
            pooling: One of `poolings`.
            layer: A layer number (negative counts from the last) or a name in `LAYER_MIXES`.
            normalise: Divide each vector by its L2 norm.
            rows: (row,) the texts that are wanted, None for all; no others are read.

        Raises:
            OptionError: If the layer or pooling was not extracted.
        """
        from embedlib.layers import select

        return select(self, pooling, layer, normalise=normalise, rows=rows)


@dataclass(frozen=True, eq=False)
class CutTokens:
    """The tokens of one text that did not fit, in order; special tokens are not among them.

    Args:
        pieces: (token,) vocabulary pieces, as the tokenizer writes them.
        ids: (token,) vocabulary ids.
        spans: (token, 2) character span in the text.
        words: (token,) word number, counted on from the words that were read.
    """

    pieces: tuple[str, ...]
    ids: Ints
    spans: Ints
    words: Ints

    def __len__(self) -> int:
        return len(self.pieces)


@dataclass(frozen=True, eq=False)
class TokenVectors:
    """Every token of one text at every layer.

    Args:
        hidden: (layer, token, dim) float32, layer 0 to n_layers, special tokens included.
        pieces: (token,) vocabulary pieces, as the tokenizer writes them.
        ids: (token,) vocabulary ids.
        spans: (token, 2) character span in the text.
        words: (token,) word number, -1 for special tokens.
        special: (token,) True for special tokens.
        cut: The tokens that did not fit.
    """

    hidden: Floats
    pieces: tuple[str, ...]
    ids: Ints
    spans: Ints
    words: Ints
    special: Bools
    cut: CutTokens

    @property
    def n_lost(self) -> int:
        """Tokens that did not fit."""
        return len(self.cut)


@dataclass(frozen=True)
class Progress:
    """How far a long piece of work is.

    Args:
        done: Units done.
        total: Units in all, 0 when not known.
        unit: "texts", "bytes", ...
        seconds: Since the work began.
        note: What is happening, for a person: "Memory was short: batches were halved."
        before: Units that were done when the seconds began to count.
    """

    done: int
    total: int
    unit: str
    seconds: float
    note: str = ""
    before: int = 0

    @property
    def measured(self) -> bool:
        """Whether there is enough to say a rate from: a unit and a second."""
        return self.done > self.before and self.seconds >= _LEAST_MEASURED_SECONDS

    @property
    def rate(self) -> float:
        """Units a second, 0 before there is enough to say one from."""
        return (self.done - self.before) / self.seconds if self.measured else 0.0

    @property
    def remaining_seconds(self) -> float | None:
        """Estimate from the rate so far; None before there is one."""
        return (self.total - self.done) / self.rate if self.measured and self.total else None

    def as_dict(self) -> dict[str, Any]:
        return {"done": self.done, "total": self.total, "unit": self.unit, "note": self.note}
