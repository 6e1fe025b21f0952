"""Train: from labelled texts to a classifier whose score can be trusted."""

import streamlit as st

from embedlib.training import runs
from embedlib.ui import choice as choices
from embedlib.ui.heading import heading
from embedlib.ui.train import (
    code,
    doctor,
    labels,
    listing,
    prepared,
    recipe,
    source,
    starting,
    state,
    watching,
)

heading("train")
found = runs.listed()
run = watching.find(state.opened())
bar = st.container(horizontal=True, gap="large")
view = state.view(bar, watching.title(run), len(found))

if view == state.RUNS:
    listing.show(found)
elif view == state.OPEN:
    watching.show(run)
else:
    starting.begin()
    chosen = source.chosen(bar)
    if chosen is None:
        st.stop()
    choice = choices.current()
    remedies = doctor.remedies(chosen)
    left, right = st.columns([5, 3], gap="medium")
    with right:
        slot = starting.place(ready=prepared.ready(chosen, remedies, choice.model))
        made = recipe.asked(chosen, choice)
        code.show(made, chosen, remedies)
    with left:
        rows = prepared.prepared(chosen, remedies, choice.model)
        parts = prepared.divided(rows, chosen.held_out)
        findings = recipe.findings(made, rows, parts)
        labels.show(chosen, parts)
        doctor.show(rows, parts, findings)
    with slot.container():
        starting.controls(made, rows, parts, findings)
