"""The passports of all heads: as a grid that any of their numbers colours, and as a table."""

import streamlit as st

from embedlib.attention import HEAD_NUMBERS, ROLES, Passports
from embedlib.figures import head_grid
from embedlib.ui import address
from embedlib.ui.attention import picking
from embedlib.ui.attention.view import AttentionView


def show(seen: AttentionView, found: Passports) -> None:
    """The grid, then the table."""
    _grid(seen, found)
    _table(seen, found)


def _grid(seen: AttentionView, found: Passports) -> None:
    name = address.chooser(
        st.selectbox,
        "Colour heads by",
        address.labels(HEAD_NUMBERS),
        key="passport_colour",
        default="margin",
        width=300,
        help="\n\n".join(f"**{row.label}**: {row.help}" for row in HEAD_NUMBERS.values()),
    )
    picture = head_grid(
        HEAD_NUMBERS[name].function(found),
        seen.palette,
        label=HEAD_NUMBERS[name].label.lower(),
        chosen=seen.selected[:1],
        marked=found.above,
        mark="its role stands out from random weights",
    )
    picking.show_grid(picture, "passport_grid")


def _table(seen: AttentionView, found: Passports) -> None:
    own = found.own
    listed = [(layer, head) for layer, row in enumerate(own.roles) for head in range(len(row))]
    listed.sort(key=lambda head: -float(found.margin[head]))
    numbers = {
        "Score": own.score,
        "From": own.low,
        "To": own.high,
        "Above random": found.margin,
        "Stability": own.stability,
        "Entropy": own.measures["entropy_share"],
        "Distance": own.measures["distance"],
    }
    names = [own.roles[layer][head] for layer, head in listed]
    picking.head_table(
        {"Role": [ROLES[name].label if name in ROLES else "Mixed" for name in names]}
        | {label: [float(values[head]) for head in listed] for label, values in numbers.items()}
        | {"Strongest in": [seen.corpus.texts[int(own.strongest[head])] for head in listed]},
        listed,
        "passport_table",
        alt="The passport of every head, those farthest above random weights first",
    )
