"""Map: thousands of texts in one picture, through the layers, and how far it can be trusted."""

import streamlit as st

from embedlib.ui import panels, texts
from embedlib.ui.heading import heading
from embedlib.ui.map import (
    arrivals,
    colours,
    comparing,
    export,
    finding,
    grouping,
    groups,
    labels,
    neighbours,
    picture,
    selection,
    settings,
    showing,
    space,
    state,
    steadiness,
    trust,
)

heading("map")
chosen = space.chosen(texts.bar())
state.begin(chosen)
arrivals.begin()
wanted, slot = settings.controls(chosen)
shown = showing.on_screen(chosen, wanted, slot)
state.draws(in_space=shown.settings.n_dims == 3)
agreed = steadiness.found(shown)
steadiness.badge(slot, shown, agreed)

left, right = st.columns([5, 2], gap="small")
with right.container(height=picture.HEIGHT_PX, border=False):
    query, way = finding.ask()
    panel = st.container()
found = finding.find(shown, query, way)
grouped, judged = grouping.found(shown.space), labels.found(shown.space)
arrivals.watch(slot)
opened = state.opened(shown.space)
more = [grouping.colouring(shown.space, grouped)] if grouped else []
more += labels.colourings(shown.space, judged) if judged else []
more += [steadiness.colouring(shown, agreed)] if agreed else []
with left:
    marks = picture.Marks(
        opened=opened,
        selected=state.selected(shown.space),
        hits=picture.hits(found),
        stars=picture.stars(found),
        labels=picture.group_labels(shown, grouped),
    )
    ways = colours.colourings(shown, more)
    picture.show(shown, ways, marks)
with panel:
    finding.show(shown, found, query, way)
    neighbours.show(shown, opened)

PANELS = {
    "Selection": lambda: selection.show(shown),
    "Groups": lambda: groups.show(shown),
    "Labels": lambda: labels.show(shown),
    "Trust": lambda: trust.show(shown, agreed),
    "Compare": lambda: comparing.show(shown, ways),
    "Export and code": lambda: export.show(shown, ways, marks, grouped, judged),
}
panels.show(PANELS, "map_view")
