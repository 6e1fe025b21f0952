"""extract: texts become vectors of every layer and pooling asked for, in one forward pass.

A new pooling or mix needs nothing here; how a batch is chosen is in `batches`, how layers are
read in `forward`.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from embedlib.batches import plan, token_budget
from embedlib.errors import Cancelled, ModelError, OptionError
from embedlib.forward import forward
from embedlib.models.encoder import Encoder
from embedlib.padding import Batch, padded
from embedlib.pooling import POOLINGS
from embedlib.records import (
    Bools,
    Floats,
    Ledger,
    Longs,
    Progress,
    Tokens,
    TokenSettings,
    TokenVectors,
    Vectors,
    digest_of_texts,
)
from embedlib.texts import checked_texts
from embedlib.tokens import ledger, max_tokens, pieces, tokenise

if TYPE_CHECKING:
    from torch import Tensor

Arrays = dict[str, Floats]
_DEFAULT: Final = TokenSettings()
_RELEASE_BYTES: Final = 64 * 2**20


def extract(  # noqa: PLR0913 - the whole question stands in one call
    encoder: Encoder,
    texts: Sequence[str],
    *,
    layers: tuple[int, ...],
    poolings: tuple[str, ...],
    settings: TokenSettings = _DEFAULT,
    out: Arrays | None = None,
    release: Callable[[], None] | None = None,
    chosen: Mapping[int, Sequence[int]] | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Vectors:
    """Vectors of texts for several layers and poolings.

    Equal texts are read once; texts of like length share a batch; a vector depends neither on its
    neighbours in the batch nor on the order. With windows, the vector of a text is the average of
    its windows' vectors, weighted by their pooled tokens, for every pooling.

    Args:
        encoder: The model; its lock is held batch by batch.
        texts: At least one; none blank.
        layers: Layer numbers, ascending. The model stops after the highest.
        poolings: Names in `POOLINGS`.
        settings: How texts become tokens, and whether special tokens are pooled.
        out: A (layer, text, dim) float32 array a pooling to fill; made in memory when None.
        release: Called after every 64 MB, so that a store can drop written pages from memory.
        chosen: For the pooling "chosen": text to its tokens, numbered as `token_vectors` does.
            A text without any gets NaN.
        progress: Called after each batch.
        cancelled: Asked before each batch.

    Returns:
        The arrays, with the ledger of what was cut and the seconds it took.

    Raises:
        TextError: If a text is no string, blank, or gives no token.
        LimitError: If a text is too long, or there are too many.
        OptionError: If a token is chosen that there is not, or a bound is outside its range.
        Cancelled: If `cancelled` said so.
        ModelError: If the memory does not suffice for a single text.
    """
    started = time.perf_counter()
    texts = checked_texts(texts)
    check_poolings(poolings, chosen)
    unique, place_of = _unique(texts, apart=chosen is not None)
    tokens = tokenise(encoder, [texts[row] for row in unique], settings, with_spans=False)
    if chosen is None:
        pooled = _pooled(tokens, pool_special=settings.pool_special)
    else:
        pooled = _chosen(tokens, [chosen.get(row, ()) for row in range(len(texts))])
    if out is None:
        shape = len(layers), len(texts), encoder.card.dim
        out = {name: np.empty(shape, np.float32) for name in poolings}
    run = _Run(encoder, tokens, pooled, layers, poolings, out, unique, release, started)
    run.all_batches(len(texts), progress, cancelled)
    _copy_equal_texts(out, place_of, unique, release)
    return Vectors(
        arrays={name: out[name] for name in poolings},
        layers=layers,
        encoder=encoder.card,
        settings=settings,
        ledger=_spread(ledger(tokens, max_tokens(encoder, settings)), place_of),
        texts_digest=digest_of_texts(texts),
        seconds=time.perf_counter() - started,
        versions={package: version(package) for package in ("torch", "transformers")},
    )


def check_poolings(poolings: tuple[str, ...], chosen: Mapping[int, Sequence[int]] | None) -> None:
    """Refuse unknown poolings, and a choice of tokens that is missing or not asked for.

    Raises:
        UnknownNameError: If there is no such pooling.
        OptionError: If `chosen` and the poolings do not fit together.
    """
    needing = [name for name in poolings if POOLINGS[name].needs_choice]
    if bool(needing) != (chosen is not None) or (needing and len(needing) != len(poolings)):
        raise OptionError(
            f"chosen must be given for the pooling 'chosen' and for no other, got {poolings}.",
            "Extract chosen tokens in a call of their own.",
        )


def token_vectors(encoder: Encoder, text: str, settings: TokenSettings = _DEFAULT) -> TokenVectors:
    """Every token of one text at every layer; what does not fit is cut and counted.

    Args:
        encoder: The model.
        text: Not blank.
        settings: Bound and prefix; `windows` and `pool_special` do not matter here.

    Raises:
        TextError, LimitError, OptionError: As `extract` does.
    """
    import torch

    tokens = tokenise(encoder, [text], settings)
    end = int(tokens.bounds[1])
    layers = tuple(range(encoder.card.n_layers + 1))
    hidden = np.empty((len(layers), end, encoder.card.dim), np.float32)

    def receive(layer: int, batch: "Tensor") -> None:
        hidden[layer] = batch[0].float().cpu().numpy()

    ids = torch.from_numpy(tokens.ids[:end].astype(np.int64))[None].to(encoder.device)
    forward(encoder, ids, None, frozenset(layers), receive)
    return TokenVectors(
        hidden=hidden,
        pieces=pieces(encoder, tokens.ids[:end]),
        ids=tokens.ids[:end],
        spans=tokens.spans[:end],
        words=tokens.words[:end],
        special=tokens.special[:end],
        n_lost=int(tokens.n_all[0]) - int((~tokens.special[:end]).sum()),
    )


@dataclass(eq=False)
class _Run:
    """One extraction: what it reads, what it fills, and the windows of texts not yet complete."""

    encoder: Encoder
    tokens: Tokens
    pooled: Bools
    layers: tuple[int, ...]
    poolings: tuple[str, ...]
    out: Arrays
    rows: Longs  # (unique text,) its first row in `out`
    release: Callable[[], None] | None
    started: float
    note: str = ""
    sums: dict[int, NDArray[np.float64]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.n_windows = np.bincount(self.tokens.window_text, minlength=self.tokens.n_texts)
        self.n_pooled = np.add.reduceat(self.pooled, self.tokens.bounds[:-1], dtype=np.int64)
        self.weight = np.bincount(
            self.tokens.window_text, weights=self.n_pooled, minlength=self.tokens.n_texts
        )
        self.left = self.n_windows.copy()
        self.row_bytes = self.encoder.card.dim * 4

    def all_batches(
        self,
        n_texts: int,
        progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        lengths = np.diff(self.tokens.bounds)
        budget = token_budget(self.encoder)
        todo = plan(lengths, np.arange(len(lengths)), budget)
        unreleased = 0
        while todo:
            if cancelled is not None and cancelled():
                raise Cancelled
            windows = todo.pop()
            if not self._fits(windows):
                longest = int(lengths[windows].max())
                budget = self._smaller(budget, longest, len(windows))
                todo = plan(lengths, np.concatenate([windows, *todo]), budget)
                continue
            unreleased += len(windows) * len(self.layers) * len(self.poolings) * self.row_bytes
            if self.release is not None and unreleased > _RELEASE_BYTES:
                self.release()
                unreleased = 0
            if progress is not None:
                done = round(n_texts * float((self.left == 0).mean()))
                seconds = time.perf_counter() - self.started
                progress(Progress(done, n_texts, "texts", seconds, self.note))

    def _fits(self, windows: Longs) -> bool:
        """Run one batch; False where the memory did not suffice, with all of it given back."""
        # Recovered outside `except`: the traceback would keep the batch's tensors alive.
        try:
            self._one_batch(windows)
        except (RuntimeError, MemoryError) as error:
            if not _is_out_of_memory(error):
                raise
        else:
            return True
        _give_memory_back(self.encoder)
        return False

    def _smaller(self, budget: int, longest: int, size: int) -> int:
        if size == 1:
            raise ModelError(
                f"A text of {longest} tokens must fit in the device's memory, and does not.",
                "Set max_tokens lower, choose a smaller model, or use the CPU.",
            )
        self.note = "Memory was short: batches were halved."
        return max(longest, min(budget, size * longest) // 2)

    def _one_batch(self, windows: Longs) -> None:
        import torch

        encoder = self.encoder
        batch = padded(self.tokens, self.pooled, windows, encoder.tokenizer.pad_token_id or 0)
        ids = torch.from_numpy(batch.ids).to(encoder.device)
        mask = None if batch.real.all() else torch.from_numpy(batch.real).to(encoder.device)
        pooled = torch.from_numpy(batch.pooled).to(encoder.device)
        found = np.empty(
            (len(self.poolings), len(self.layers), len(windows), encoder.card.dim), np.float32
        )

        def receive(layer: int, hidden: "Tensor") -> None:
            place = self.layers.index(layer)
            for number, name in enumerate(self.poolings):
                vectors = POOLINGS[name].function(hidden, pooled)
                found[number, place] = vectors.cpu().numpy()

        forward(encoder, ids, mask, frozenset(self.layers), receive)
        self._write(batch, found)

    def _write(self, batch: Batch, found: Floats) -> None:
        """Put the vectors (pooling, layer, window, dim) of a batch to their rows."""
        owners = self.tokens.window_text[batch.windows]
        whole = self.n_windows[owners] == 1
        for number, name in enumerate(self.poolings):
            self.out[name][:, self.rows[owners[whole]]] = found[number][:, whole]
        for place in np.flatnonzero(~whole):
            self._add_window(int(owners[place]), int(batch.windows[place]), found[:, :, place])
        self.left[owners[whole]] = 0

    def _add_window(self, text: int, window: int, part: Floats) -> None:
        """Add a window (pooling, layer, dim) to its text, which is written when it is complete."""
        weight = int(self.n_pooled[window])
        if weight:
            share = part.astype(np.float64) * (weight / self.weight[text])
            self.sums[text] = self.sums[text] + share if text in self.sums else share
        self.left[text] -= 1
        if self.left[text] == 0:
            average = self.sums.pop(text, np.full(part.shape, np.nan))
            for number, name in enumerate(self.poolings):
                self.out[name][:, self.rows[text]] = average[number]


def _unique(texts: Sequence[str], *, apart: bool) -> tuple[Longs, Longs]:
    """First row of each different text, and each text's place among them; `apart`: all differ."""
    if apart:
        return np.arange(len(texts)), np.arange(len(texts))
    places: dict[str, int] = {}
    place_of = np.array([places.setdefault(text, len(places)) for text in texts], dtype=np.int64)
    return np.unique(place_of, return_index=True)[1], place_of


def _copy_equal_texts(
    out: Arrays, place_of: Longs, unique: Longs, release: Callable[[], None] | None
) -> None:
    """Give each further text that is equal to an earlier one the earlier one's vectors."""
    rows = np.arange(len(place_of))
    copies = rows[unique[place_of] != rows]
    for start in range(0, len(copies), 4096):
        part = copies[start : start + 4096]
        for array in out.values():
            array[:, part] = array[:, unique[place_of[part]]]
        if release is not None:
            release()


def _spread(cut: Ledger, place_of: Longs) -> Ledger:
    """The ledger of unique texts for all texts."""
    return Ledger(
        cut.n_all[place_of], cut.n_kept[place_of], cut.n_windows[place_of], cut.max_tokens
    )


def _pooled(tokens: Tokens, *, pool_special: bool) -> Bools:
    """(token,) what is pooled; a text whose tokens are all special has all of them pooled."""
    if pool_special:
        return np.ones(len(tokens.ids), dtype=bool)
    own = ~tokens.special
    text_of = np.repeat(tokens.window_text, np.diff(tokens.bounds))
    some: Bools = np.bincount(text_of, weights=own, minlength=tokens.n_texts) > 0
    return own | ~some[text_of]


def _chosen(tokens: Tokens, chosen: Sequence[Sequence[int]]) -> Bools:
    """(token,) True for the tokens chosen in each text, numbered over all of its windows.

    Raises:
        OptionError: If a text has no such token.
    """
    first = np.searchsorted(tokens.window_text, np.arange(tokens.n_texts + 1))
    edges = tokens.bounds[first]  # (text + 1,)
    mask = np.zeros(len(tokens.ids), dtype=bool)
    for text, numbers in enumerate(chosen):
        n = int(edges[text + 1] - edges[text])
        for number in numbers:
            if not 0 <= number < n:
                raise OptionError(
                    f"A chosen token of texts[{text}] must be from 0 to {n - 1}, got {number}.",
                    "Number tokens as embed_tokens does, special tokens included.",
                )
            mask[edges[text] + number] = True
    return mask


def _is_out_of_memory(error: Exception) -> bool:
    import torch

    words = ("out of memory", "can't allocate memory", "not enough memory")
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(
        part in str(error).lower() for part in words
    )


def _give_memory_back(encoder: Encoder) -> None:
    import torch

    if encoder.device.type == "cuda":
        torch.cuda.empty_cache()
