"""Gathering: the vectors of windows become rows of the result; how windows are averaged is here."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from embedlib.records import Bools, Floats, Longs, Tokens

_OPEN_BYTES: Final = 64 * 2**20  # sums of texts whose windows are not all there yet


class Gathering:
    """Writes each text's vectors to all of its rows.

    A text in several windows gets their average, weighted by their pooled tokens, summed in
    float64. A text of which no token is pooled, which only a choice can bring about, gets NaN.

    Args:
        tokens: The different texts.
        masks: Pooling to (token,) what it pools.
        out: Pooling to the (layer, row, dim) array to fill.
        place_of: (row,) the text of each row.
    """

    def __init__(
        self,
        tokens: Tokens,
        masks: Mapping[str, Bools],
        out: Mapping[str, Floats],
        place_of: Longs,
    ) -> None:
        self._window_text = tokens.window_text
        self._arrays = [out[name] for name in masks]
        self._rows = np.argsort(place_of, kind="stable")
        self._n_rows = np.bincount(place_of, minlength=tokens.n_texts)
        self._first_row = np.cumsum(self._n_rows) - self._n_rows
        self._n_windows = np.bincount(tokens.window_text, minlength=tokens.n_texts)
        self._open = self._n_windows.copy()  # (text,) windows still to come
        self._sums: dict[int, NDArray[np.float64]] = {}
        starts = tokens.bounds[:-1]
        n_pooled = [np.add.reduceat(mask, starts, dtype=np.float64) for mask in masks.values()]
        of_text = [np.bincount(tokens.window_text, weights=count) for count in n_pooled]
        self._n_pooled = np.stack(n_pooled)  # (pooling, window)
        self._n_pooled_of_text = np.stack(of_text)  # (pooling, text)

    @property
    def n_rows(self) -> int:
        return len(self._rows)

    @property
    def n_done(self) -> int:
        """Rows that are complete."""
        return int(self._n_rows[self._open == 0].sum())

    def groups(self) -> Iterator[Longs]:
        """All windows: first those that are whole texts, then the others in bounded groups."""
        single = self._n_windows[self._window_text] == 1
        if single.any():
            yield np.flatnonzero(single)
        divided = np.flatnonzero(self._n_windows > 1)
        layers, _, dim = self._arrays[0].shape
        n_texts = max(1, _OPEN_BYTES // (8 * len(self._arrays) * layers * dim))
        for start in range(0, len(divided), n_texts):
            group = divided[start : start + n_texts]
            first, last = np.searchsorted(self._window_text, [group[0], group[-1] + 1])
            windows = np.arange(first, last)
            yield windows[~single[first:last]]

    def add(self, windows: Longs, vectors: Floats) -> int:
        """Take the vectors (pooling, layer, window, dim) of a batch; gives the bytes written."""
        texts = self._window_text[windows]
        whole = self._n_windows[texts] == 1
        n_bytes = self._write(texts[whole], vectors[:, :, whole] if not whole.all() else vectors)
        for number in np.flatnonzero(~whole):
            n_bytes += self._add_part(texts[number], windows[number], vectors[:, :, number])
        return n_bytes

    def _add_part(self, text: int, window: int, part: Floats) -> int:
        mine, all_mine = self._n_pooled[:, window], self._n_pooled_of_text[:, text]
        # Without a pooled token a window is NaN and has no share, and a text stays NaN.
        share = np.divide(mine, all_mine, out=np.full(len(mine), np.nan), where=all_mine > 0)
        summand = np.where(mine[:, None, None] > 0, part, 0.0) * share[:, None, None]
        self._sums[text] = self._sums.pop(text, 0.0) + summand
        if self._open[text] > 1:
            self._open[text] -= 1
            return 0
        average = self._sums.pop(text)[:, :, None].astype(np.float32)
        return self._write(np.array([text]), average)

    def _write(self, texts: Longs, vectors: Floats) -> int:
        """Put complete vectors (pooling, layer, text, dim) into all rows of their texts."""
        repeats = self._n_rows[texts]
        source = np.repeat(np.arange(len(texts)), repeats)
        offset = np.arange(len(source)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        rows = self._rows[self._first_row[texts][source] + offset]
        for array, found in zip(self._arrays, vectors, strict=True):
            array[:, rows] = found[:, source]
        self._open[texts] = 0
        return len(rows) * vectors.nbytes // max(1, len(texts))
