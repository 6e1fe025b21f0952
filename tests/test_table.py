"""Table: rows in order, and an unknown name that lists the known ones."""

import pytest

from embedlib.errors import EmbedlibError, UnknownNameError
from embedlib.table import Table

COLOURS: Table[int] = Table("colour", {"red": 1, "blue": 2})


def test_rows_keep_their_order_and_are_found_by_name() -> None:
    assert list(COLOURS) == ["red", "blue"]
    assert COLOURS["blue"] == 2
    assert len(COLOURS) == 2


@pytest.mark.parametrize("name", ["bleu", "", None, ["red"], 3])
def test_an_unknown_name_lists_the_known_ones(name: object) -> None:
    with pytest.raises(UnknownNameError, match="colour must be one of red, blue") as caught:
        COLOURS[name]  # type: ignore[index]
    assert isinstance(caught.value, KeyError)
    assert isinstance(caught.value, EmbedlibError)


def test_a_near_name_is_suggested() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean blue"):
        COLOURS["bleu"]


def test_get_and_in_work_as_in_a_mapping() -> None:
    assert COLOURS.get("green") is None
    assert "red" in COLOURS


def test_a_table_cannot_be_changed() -> None:
    rows = {"red": 1}
    table = Table("colour", rows)
    rows["green"] = 3
    assert "green" not in table
