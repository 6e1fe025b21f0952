"""Layers: which layer and pooling tell my categories apart, and what is in the others?"""

from collections.abc import Callable

from embedlib.probes import Grid
from embedlib.ui import choice as choices
from embedlib.ui import panels, texts, work
from embedlib.ui.heading import heading
from embedlib.ui.layers import (
    alike,
    bars,
    broken,
    certified,
    export,
    health,
    journey,
    overview,
    pooled,
    relate,
    unlabelled,
    words,
)
from embedlib.ui.layers.view import View, view

heading("layers")
corpus = texts.bar(default=work.LABELLED_SAMPLE)
unlabelled.warn(corpus)
seen = view(choices.current(), corpus)
made = overview.show(seen)

PANELS: dict[str, Callable[[View, Grid | None], None]] = {
    "Error bars": bars.show,
    "Health": lambda seen, _: health.show(seen),
    "Relations": lambda seen, _: relate.show(seen),
    "A word's journey": lambda seen, _: journey.show(seen),
    "Tagged words": lambda seen, _: words.show(seen),
    "Why alike": lambda seen, _: alike.show(seen),
    "Pooling": lambda seen, _: pooled.show(seen),
    "Break it": lambda seen, _: broken.show(seen),
    "Certificate": lambda seen, _: certified.show(seen),
    "Export and code": export.show,
}
panels.show(PANELS, "layers_view", seen, made)
