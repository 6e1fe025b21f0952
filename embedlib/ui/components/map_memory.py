"""map_memory: what a person has changed in a map, and what the script asked for, told apart.

A field (colouring, frame, selected, opened) begins with what the script asks. While the script
asks the same, or what the person has chosen, the person's choice stands; any other value replaces
it, which the browser learns from another epoch. A field that a person may change is one row of
`_CHECKS` and one entry of FIELDS in `map.js`. All values are plain JSON.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from embedlib.browser.rows import packed_rows, unpacked_rows
from embedlib.records import Longs


@dataclass(frozen=True)
class Field:
    """One thing that script and person both set.

    Args:
        asked: What the script asked for last.
        epoch: Changes whenever the script asks for something else.
        value: What is in force.
    """

    asked: Any
    epoch: str
    value: Any


@dataclass(frozen=True, eq=False)
class Memory:
    """The state of one map in one session.

    Args:
        words: Digest of the rows that it is about.
        ids: (point,) the ids of the rows.
        n_frames: How many frames there are.
        colourings: Names of the colourings.
        fields: By name.
    """

    words: str
    ids: Longs
    n_frames: int
    colourings: tuple[str, ...]
    fields: Mapping[str, Field]

    @property
    def epochs(self) -> dict[str, str]:
        return {name: field.epoch for name, field in self.fields.items()}

    def value(self, name: str) -> Any:
        return self.fields[name].value


_CHECKS: dict[str, Callable[[Any, Memory], bool]] = {
    "colouring": lambda value, memory: value in memory.colourings,
    "frame": lambda value, memory: type(value) is int and 0 <= value < memory.n_frames,
    "selected": lambda value, memory: unpacked_rows(value, len(memory.ids)) is not None,
    "opened": lambda value, memory: (
        value is None or (type(value) is int and 0 <= value < len(memory.ids))
    ),
}


def next_memory(before: Memory | None, begun: Memory, asked: Mapping[str, Any]) -> Memory:
    """The memory for this run of the script.

    Args:
        before: That of the last run; None in the first.
        begun: What the map is about now; its fields are not read.
        asked: What the script asks for now, by field.
    """
    same = before is not None and before.words == begun.words
    fields = {}
    for name, value in asked.items():
        field = before.fields[name] if before is not None and same else None
        # A frame or a colouring that was chosen may be no more.
        if field and value in (field.asked, field.value) and _CHECKS[name](field.value, begun):
            fields[name] = replace(field, asked=value)
        else:
            fields[name] = Field(value, secrets.token_hex(6), value)
    return replace(begun, fields=fields)


def heard(memory: Memory, sent: Any) -> Memory:
    """The memory after what a browser sent, which is not trusted: what does not fit is left out."""
    if not isinstance(sent, dict) or sent.get("words") != memory.words:
        return memory
    values, epochs = sent.get("values"), sent.get("epochs")
    if not isinstance(values, dict) or not isinstance(epochs, dict):
        return memory
    fields = dict(memory.fields)
    for name, value in values.items():
        field = fields.get(name)
        if field is None or epochs.get(name) != field.epoch or not _CHECKS[name](value, memory):
            continue
        fields[name] = replace(field, value=value)
    return replace(memory, fields=fields)


def heard_from(memory: Memory, other: Memory) -> Memory:
    """The memory after a linked map was told of a selection or an opened row: the same ids."""
    rows = unpacked_rows(other.value("selected"), len(other.ids))
    selected = np.flatnonzero(np.isin(memory.ids, other.ids[rows]))
    opened = [] if other.value("opened") is None else [other.ids[other.value("opened")]]
    values = {
        "selected": packed_rows(selected, len(memory.ids)),
        "opened": next(iter(np.flatnonzero(np.isin(memory.ids, opened)).tolist()), None),
    }
    fields = {name: replace(memory.fields[name], value=value) for name, value in values.items()}
    return replace(memory, fields={**memory.fields, **fields})
