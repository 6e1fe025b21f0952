"""What a browser says of a click in 3-D is taken only where it makes sense."""

import math

import pytest

from embedlib.ui.components.space_clicks import clicked_point

EYE = {"x": 1.0, "y": 2, "z": -0.5}
CAMERA = {"eye": EYE, "center": {"x": 0, "y": 0, "z": 0}, "up": {"x": 0, "y": 0, "z": 1}}


def test_a_click_gives_the_row_and_the_camera() -> None:
    row, camera = clicked_point({"row": 7, "camera": CAMERA | {"projection": {"type": "x"}}})
    assert row == 7 and camera == CAMERA  # and nothing else of it
    assert clicked_point({"row": 0, "camera": None}) == (0, None)


@pytest.mark.parametrize(
    "sent", [None, 3, [], {}, {"row": None}, {"row": -1}, {"row": 1.0}, {"row": True}, {"row": "1"}]
)
def test_what_is_no_row_is_no_click(sent: object) -> None:
    assert clicked_point(sent) is None


@pytest.mark.parametrize(
    "camera",
    [
        3,
        {},
        CAMERA | {"eye": None},
        CAMERA | {"eye": {"x": 1, "y": 2}},
        CAMERA | {"up": EYE | {"x": math.nan}},
        CAMERA | {"eye": EYE | {"x": 1e9}},
        CAMERA | {"eye": EYE | {"x": "1"}},
    ],
)
def test_a_camera_that_makes_no_sense_is_left_out(camera: object) -> None:
    assert clicked_point({"row": 2, "camera": camera}) == (2, None)
