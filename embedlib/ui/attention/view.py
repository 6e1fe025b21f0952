"""AttentionView: what every panel of the Attention page is given; a new setting is a field here."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from embedlib.attention.filters import Filters, Shown
from embedlib.attention.maps import AttentionMaps
from embedlib.figures.theme import Palette
from embedlib.records import Corpus
from embedlib.ui.attention.bound import bound
from embedlib.ui.choice import Choice

if TYPE_CHECKING:
    from embedlib.attention.scene import Scene
    from embedlib.models import Encoder

Head = tuple[int, int]


@dataclass(frozen=True, eq=False)
class AttentionView:
    """One text, or a pair, as the page shows it.

    Args:
        choice: The sidebar's choice: model, pooling, tokens a text may have.
        maps: What the model did with the text, or with the part of it that is on show. The
            texts are `maps.text` and `maps.pair`; read-only, shared with other sessions.
        kind: "weight" or "contribution", a row of `KINDS`.
        filters: How the maps are looked at.
        shown: The maps after the filters, in tokens or words, as the picture shows them.
        selected: The (layer, head) on show, both from 0; of several, the picture shows the mean.
            For a person, `heads.name` writes them, counted from 1; `heads.choose` changes them.
        off: The (layer, head) that are switched off under "Switch heads off"; often none.
        pinned: A token of `maps` that is followed through all layers, or None.
        corpus: The texts that are loaded on the other pages: neighbours, passports.
        palette: Colours of the person's theme.
        scene: What the picture is drawn from.
        drawn_as: "heat" or "lines", as the picture shows the selected heads.
    """

    choice: Choice
    maps: AttentionMaps
    kind: str
    filters: Filters
    shown: Shown
    selected: tuple[Head, ...]
    off: tuple[Head, ...]
    pinned: int | None
    corpus: Corpus
    palette: Palette
    scene: "Scene"
    drawn_as: str

    @property
    def head(self) -> Head:
        """The head to show where one must be chosen: the first of the selected."""
        return self.selected[0]

    @property
    def max_tokens(self) -> int | None:
        """What to hand to `attention`, `head_roles`, ... as `max_tokens`, None for the default."""
        return bound(self.choice)

    def encoder(self) -> "Encoder":
        """The loaded model; at once, for the maps were made with it. Call it within a job."""
        from embedlib.models import load

        return load(self.choice.model)
