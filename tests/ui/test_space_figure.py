"""What a browser says of a click in 3-D is taken only where it makes sense."""

import pytest

from embedlib.ui.components.space_figure import clicked_row


@pytest.mark.parametrize("row", [0, 7])
def test_a_click_gives_the_row(row: int) -> None:
    assert clicked_row({"row": row, "more": "of it"}) == row


@pytest.mark.parametrize(
    "sent", [None, 3, [], {}, {"row": None}, {"row": -1}, {"row": 1.0}, {"row": True}, {"row": "1"}]
)
def test_what_is_no_row_is_no_click(sent: object) -> None:
    assert clicked_row(sent) is None
