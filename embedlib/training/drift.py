"""What fine-tuning changed in the space: layers, neighbours, and how far labels stand apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from embedlib.errors import OptionError
from embedlib.geometry import cka, nearest_centroid_accuracy, neighbour_overlap, neighbour_rows
from embedlib.geometry.relations import LEAST_TEXTS
from embedlib.records import Floats
from embedlib.training.examples import Examples
from embedlib.training.runs import Run

N_NEIGHBOURS: Final = 10
MOST_TEXTS: Final = 1_000


@dataclass(frozen=True)
class LayerDrift:
    """One layer before and after.

    Args:
        layer: Its number.
        similarity: Debiased linear CKA, 1 for the same space up to rotation and scale; None for
            fewer texts than it needs.
        neighbours_kept: Mean share of a text's nearest neighbours that are still there, 0 to 1.
        separation_before, separation_after: Share of texts nearest to their own label's centroid,
            leave one out; None without labels.
    """

    layer: int
    similarity: float | None
    neighbours_kept: float
    separation_before: float | None
    separation_after: float | None


@dataclass(frozen=True)
class Drift:
    """All layers, and each label in the last one.

    Args:
        layers: One a layer, ascending.
        labels: (label, separation before, after) in the last layer, the largest label first.
        n_texts: How many test texts were compared.
        pooling: How tokens became vectors.
    """

    layers: tuple[LayerDrift, ...]
    labels: tuple[tuple[str, float, float], ...]
    n_texts: int
    pooling: str


@dataclass(frozen=True, eq=False)
class Spaces:
    """The same test texts in the unchanged and in the trained model.

    Args:
        rows: The texts with their labels, at most MOST_TEXTS.
        before, after: (layer,) arrays (text, dim), mean pooling.
    """

    rows: Examples
    before: list[Floats]
    after: list[Floats]


def drift_of(run: Run, say: Any = None) -> Drift:
    """Compare the unchanged model with the trained one on the run's own test texts.

    Args, Raises: As `spaces_of`.
    """
    found = spaces_of(run, say)
    return drift(found.before, found.after, found.rows.labels or ("",) * len(found.rows))


def spaces_of(run: Run, say: Any = None) -> Spaces:
    """The run's own test texts in both models; read from the store where they were made before.

    Args:
        run: A run whose recipe changes the model, with its model saved.
        say: As `Work.say`.

    Raises:
        OptionError: If the run has fewer than three test texts.
        ModelError: If one of the models cannot be loaded.
    """
    from embedlib.models import load
    from embedlib.models.loading import load_place
    from embedlib.models.places import Place

    settings = run.settings
    rows = run.examples().part("test")
    # Evenly spread: a file may be sorted by label.
    places = np.linspace(0, len(rows) - 1, min(len(rows), MOST_TEXTS)).astype(int)
    rows = rows.keep(places.tolist())
    if len(rows) < 3:
        raise OptionError(f"Spaces are compared on at least 3 texts, got {len(rows)}.")
    models_dir = Path(settings.models_dir) if settings.models_dir else None
    device = settings.device
    old = load(settings.model, device=device, models_dir=models_dir)
    place = Place("trained", "folder", run.model)
    new = load_place(place, "float32", str(old.device.type))
    most = settings.options.get("max_tokens") or None
    prefix = str(settings.options.get("prefix", ""))
    before, after = (_layers(encoder, rows.texts, most, prefix, say) for encoder in (old, new))
    return Spaces(rows, before, after)


def n_neighbours(n_texts: int) -> int:
    """How many nearest texts are compared: at most a third of the others, or all would be kept."""
    return max(1, min(N_NEIGHBOURS, (n_texts - 1) // 3))


def drift(before: Sequence[Floats], after: Sequence[Floats], labels: Sequence[str]) -> Drift:
    """Compare the vectors of the same texts, layer by layer.

    Args:
        before: (layer,) arrays (text, dim) of the unchanged model, at least 3 texts.
        after: The same of the trained model, in the same order.
        labels: One a text, "" for none.
    """
    layers, by_label = [], list[tuple[str, float, float]]()
    labelled = len({label for label in labels if label}) > 1
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        k = n_neighbours(len(old))
        kept = neighbour_overlap(neighbour_rows(old, k), neighbour_rows(new, k))
        apart = [nearest_centroid_accuracy(rows, labels) for rows in (old, new)] if labelled else []
        enough = len(old) >= LEAST_TEXTS
        layers.append(
            LayerDrift(
                number,
                cka(old, new) if enough else None,
                float(np.mean(kept)),
                apart[0].accuracy if apart else None,
                apart[1].accuracy if apart else None,
            )
        )
        if apart:
            shares = zip(apart[0].labels, apart[0].per_label, apart[1].per_label, strict=True)
            by_label = [(name, float(a), float(b)) for name, a, b in shares]
    return Drift(tuple(layers), tuple(by_label), len(before[0]) if len(before) else 0, "mean")


def _layers(encoder: Any, texts: tuple[str, ...], most: Any, prefix: str, say: Any) -> list[Floats]:
    from embedlib.records import TokenSettings
    from embedlib.store import Store

    if say is not None:
        say("Comparing the space before and after", 0, 0, "texts")
    n_layers = encoder.card.n_layers
    bound = None if most is None else min(int(most), encoder.card.most_tokens)
    vectors = Store().vectors(
        encoder,
        texts,
        layers=range(n_layers + 1),
        poolings=("mean",),
        settings=TokenSettings(max_tokens=bound, prefix=prefix),
    )
    return list(vectors.arrays["mean"])
