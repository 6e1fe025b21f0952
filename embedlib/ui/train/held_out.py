"""Which rows test and which choose: drawn by lot, as a column says, or a second file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from embedlib.errors import EmbedlibError, OptionError
from embedlib.limits import LIMITS
from embedlib.table import Table
from embedlib.training.splitting import Shares, parts_of_column
from embedlib.ui import address, faults

DRAWN, COLUMN, FILE = "drawn", "column", "file"
WAYS = Table(
    "way",
    {
        DRAWN: "Drawn by lot",
        COLUMN: "A column says",
        FILE: "A second file",
    },
)
_MOST_KINDS = 12
_HELP = (
    "Rows that test teach and choose nothing. **Drawn by lot**: the same share of each label; rows "
    "that say the same stay together. **A column says** train, validation or test in each row. "
    "**A second file** is only tested on. What has no validation rows has some drawn from the "
    "training rows: they choose options and when to stop."
)


@dataclass(frozen=True, eq=False)
class HeldOut:
    """How test rows come about.

    Args:
        way: A name in WAYS.
        column: The column that says the part, with COLUMN.
        second: What the second file holds, with FILE: what `read` gave.
        key: Identifies the second file within this session.
        seed: Of what is drawn.
        shares: How much is drawn.
    """

    way: str
    column: str | None = None
    second: Any = None
    key: object = None
    seed: int = 42
    shares: Shares = field(default_factory=Shares)


def controls(columns: Sequence[str], types: list[str], read: Any) -> HeldOut | None:
    """Draw the controls; None while a column or file is still wanting.

    Args:
        columns: That say the part of each row.
        types: Extensions of a second file.
        read: (bytes, name) to what a second file holds.
    """
    ways = [way for way in WAYS if way != COLUMN or columns]
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        way = address.chooser(
            st.segmented_control,
            "Test rows",
            ways,
            format_func=WAYS.get,
            key="held_out",
            default=COLUMN if columns else DRAWN,
            required=True,
            help=_HELP,
        )
        column = _column(columns) if way == COLUMN else None
        test = _share("Test %", "test_share", 20) if way == DRAWN else 0.2
        validation = _share("Validation %", "validation_share", 10)
        seed = _whole("Seed", "train_seed", 42, 0, 2**31)
    second, key = _second(types, read) if way == FILE else (None, None)
    if way == FILE and second is None:
        return None
    return HeldOut(way, column, second, key, seed, Shares(validation, test))


def columns_of_parts(frame: Any, taken: Sequence[str | None]) -> list[str]:
    """Columns that say train, validation or test in every row."""
    return [name for name in frame.columns if name not in taken and _says_parts(frame[name])]


def _says_parts(column: Any) -> bool:
    kinds = column.drop_duplicates()
    if not 2 <= len(kinds) <= _MOST_KINDS or kinds.isna().any():
        return False
    try:
        parts_of_column([str(kind) for kind in kinds])
    except OptionError:
        return False
    return True


def _column(columns: Sequence[str]) -> str:
    if st.session_state.get("part_column") not in columns:
        st.session_state["part_column"] = columns[0]
    return st.selectbox(
        "Split column", columns, key="part_column", persist_state="session", width=200
    )


def _share(label: str, key: str, default: int) -> float:
    return _whole(label, key, default, 1, 50) / 100


def _whole(label: str, key: str, default: int, least: int, most: int) -> int:
    value = st.number_input(label, least, most, default, 1, key=key, bind="query-params", width=120)
    return min(max(int(value), least), most)


def _second(types: list[str], read: Any) -> tuple[Any, object]:
    """What the second file holds, kept: an upload does not survive another page."""
    limit = LIMITS["upload_bytes"].value // 2**20
    uploaded = st.file_uploader(
        f"Second file, with the same columns, up to {limit} MB",
        type=types,
        key="train_second",
        max_upload_size=limit,
    )
    held = st.session_state.get("_train_second")
    if uploaded is not None and (held is None or held[1] != uploaded.file_id):
        try:
            with st.spinner("Reading the second file"):
                held = (read(uploaded.getvalue(), uploaded.name), uploaded.file_id)
            st.session_state["_train_second"] = held
        except EmbedlibError as error:
            faults.show(error)
            return None, None
    if held is None:
        st.caption("Open the file whose rows test.")
        return None, None
    if uploaded is None:
        st.text(f"Tested on {held[0].name}.")
    return held
