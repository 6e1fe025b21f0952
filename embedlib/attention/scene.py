"""Scene: attention as a person has chosen to see it, ready to be drawn; a new fact is a field.

Every head of every layer, after all filters, with what is written at its rows and columns. The
interface, the export and the command line draw the same scene.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from embedlib.attention.filters import Shown
from embedlib.attention.maps import KINDS
from embedlib.attention.pictures import Bytes, cell_edges, quantised, reduced
from embedlib.browser.payload import deflated
from embedlib.errors import OptionError
from embedlib.records import Bools, Floats, Ints, Longs

FULL_TOKENS: Final = 128  # up to which every head goes to the browser token by token
FULL_BYTES: Final = 850_000  # and at most this many of them, deflated; scripts come on top
TILE_CELLS: Final = 64  # a side, where heads are reduced
WHOLE_CELLS: Final = 64_000_000  # of a file that must hold every head at full resolution


@dataclass(frozen=True, eq=False)
class Grid:
    """Every head in 255 steps.

    Args:
        content: (layer, head, cell, cell) uint8, deflated; 255 stands for the layer's scale.
        digest: Hash of the values that it was made of, and of how.
        edges: (cell + 1,) the token at which each cell begins; the last is the number of tokens.
    """

    content: bytes
    digest: str
    edges: Longs

    @property
    def reduced(self) -> bool:
        """Whether a cell stands for more than one token."""
        return len(self.edges) - 1 < int(self.edges[-1])


@dataclass(frozen=True, eq=False)
class Scene:
    """What is drawn of one text, or of a pair.

    Args:
        values: (layer, head, query, key) float32, 0 or more, after all filters; rows and columns
            are tokens, or words.
        labels: (token,) what is written at each row and column.
        special: (token,) True for tokens that the tokenizer added.
        segment: (token,) 0 for the text, 1 for the pair.
        scale: (layer,) what full colour stands for.
        kind_label: Name of the values: "Weight", "Contribution".
        measure: (layer, head) one number a head, NaN where there is none; or None.
        measure_label: Name of the measure: "Entropy".
        off: Heads that are switched off, as (layer, head) from 0.
        title: The main finding in a sentence.
        alt: The same for people who cannot see the picture; `title` by default.

    Raises:
        OptionError: If a shape, a value or a scale is wrong.
    """

    values: Floats
    labels: tuple[str, ...]
    special: Bools
    segment: Ints
    scale: Floats
    kind_label: str = "Weight"
    measure: Floats | None = None
    measure_label: str = ""
    off: tuple[tuple[int, int], ...] = ()
    title: str = ""
    alt: str = ""

    def __post_init__(self) -> None:
        _check_values(self)
        for name in ("labels", "special", "segment"):
            n_given = len(getattr(self, name))
            _check_length(f"The {name} must be one a token", n_given, self.n_tokens)
        _check_length("The scale must be one number a layer", len(self.scale), self.n_layers)
        if not (np.isfinite(self.scale).all() and (np.asarray(self.scale) > 0).all()):
            raise OptionError(
                f"The scale must be finite numbers above 0, got {np.min(self.scale):g}.",
                "Use 1 for weights, the layer's largest contribution for contributions.",
            )
        if self.measure is not None and np.shape(self.measure) != self.values.shape[:2]:
            raise OptionError(
                f"The measure must have the shape (layer, head), {self.values.shape[:2]}, "
                f"got {np.shape(self.measure)}.",
                "Give one number a head, NaN where there is none.",
            )
        self.checked_heads(self.off)

    @property
    def n_layers(self) -> int:
        return int(self.values.shape[0])

    @property
    def n_heads(self) -> int:
        return int(self.values.shape[1])

    @property
    def n_tokens(self) -> int:
        return int(self.values.shape[-1])

    @cached_property
    def digest(self) -> str:
        """Hash of the values and of what full colour stands for."""
        total = hashlib.blake2b(repr(self.values.shape).encode(), digest_size=16)
        total.update(np.ascontiguousarray(self.values).data)
        total.update(np.asarray(self.scale, dtype="<f4").tobytes())
        return total.hexdigest()

    @cached_property
    def tokens_digest(self) -> str:
        """Hash of the tokens as they are written, so that a pinned one is never another's."""
        total = hashlib.blake2b(digest_size=16)
        for label in self.labels:
            total.update(label.encode("utf-8", "surrogatepass") + b"\0")
        total.update(np.asarray(self.segment, dtype="<i4").tobytes())
        return total.hexdigest()

    @cached_property
    def grid(self) -> Grid:
        """Every head, token by token where that is at most `FULL_BYTES`, else in 64 x 64 cells."""
        if self.n_tokens <= FULL_TOKENS:
            grid = _grid(self, self.n_tokens)
            if len(grid.content) <= FULL_BYTES or self.n_tokens <= TILE_CELLS:
                return grid
        return _grid(self, TILE_CELLS)

    @cached_property
    def whole_grid(self) -> Grid:
        """Every head token by token, for a file that cannot ask for more, where it is feasible."""
        return _grid(self, self.n_tokens) if self.values.size <= WHOLE_CELLS else self.grid

    @cached_property
    def strongest(self) -> tuple[Floats, Ints]:
        """(layer, head) the largest value of each head, and the cell where it stands."""
        flat = self.values.reshape(self.n_layers, self.n_heads, -1)
        where = flat.argmax(axis=-1)
        values = np.take_along_axis(flat, where[..., None], axis=-1)[..., 0]
        return np.asarray(values), where.astype(np.int32)

    def checked_heads(self, heads: Any) -> tuple[tuple[int, int], ...]:
        """Heads as (layer, head) from 0, in the order given, each once.

        Raises:
            OptionError: If one is no pair, or there is no such head.
        """
        found: dict[tuple[int, int], None] = {}
        for pair in heads if isinstance(heads, list | tuple) else [heads]:
            if not self.has_head(pair):
                raise OptionError(
                    f"A head must be a pair (layer, head) below ({self.n_layers}, "
                    f"{self.n_heads}), got {pair!r}.",
                    "Both count from 0: (0, 3) is the fourth head of the first layer.",
                )
            found[int(pair[0]), int(pair[1])] = None
        return tuple(found)

    def has_head(self, pair: Any) -> bool:
        """Whether `pair` is (layer, head) of a head that there is."""
        return (
            isinstance(pair, list | tuple)
            and len(pair) == 2
            and all(isinstance(n, int | np.integer) and not isinstance(n, bool) for n in pair)
            and 0 <= pair[0] < self.n_layers
            and 0 <= pair[1] < self.n_heads
        )


def scene_of(
    shown: Shown,
    *,
    measure: Floats | None = None,
    measure_label: str = "",
    off: tuple[tuple[int, int], ...] = (),
    title: str = "",
    alt: str = "",
) -> Scene:
    """The scene of maps after their filters: weights up to 1, others up to the layer's largest.

    Args:
        shown: What `filters.shown` gave.
        measure: As in `Scene`, like all that follow.
    """
    kind, largest = KINDS[shown.kind], shown.values.max(axis=(1, 2, 3))
    whole = np.ones_like(largest)
    return Scene(
        values=shown.values,
        labels=shown.labels,
        special=shown.special,
        segment=shown.segment,
        scale=whole if kind.normalised else np.where(largest > 0, largest, whole),
        kind_label=kind.label,
        measure=measure,
        measure_label=measure_label,
        off=off,
        title=title,
        alt=alt,
    )


def _grid(scene: Scene, size: int) -> Grid:
    edges = cell_edges(scene.n_tokens, size)
    cells: Bytes = np.empty((scene.n_layers, scene.n_heads, size, size), dtype=np.uint8)
    for layer, scale in enumerate(np.asarray(scene.scale).tolist()):
        cells[layer] = quantised(reduced(scene.values[layer], edges, "max"), scale)
    return Grid(deflated(cells), f"{scene.digest}-{size}", edges)


def _check_values(scene: Scene) -> None:
    values = scene.values
    square = isinstance(values, np.ndarray) and values.ndim == 4 and values.size > 0
    if not square or values.shape[2] != values.shape[3] or values.dtype.kind != "f":
        got = f"{values.dtype} of shape {values.shape}" if hasattr(values, "dtype") else "no array"
        raise OptionError(
            f"The values must be numbers of shape (layer, head, query, key), got {got}.",
            "Pass the maps of a text, such as `maps.weights`.",
        )
    low, high = float(values.min()), float(values.max())
    if not (low >= 0 and np.isfinite(high)):
        raise OptionError(
            f"The values must be finite and 0 or more, got {low:g} to {high:g}.",
            "A difference of two maps is drawn by another figure.",
        )


def _check_length(rule: str, n: int, wanted: int) -> None:
    if n != wanted:
        raise OptionError(f"{rule}, got {n} for {wanted}.", "Take them from the same maps.")
