"""The map as one file: it reaches for nothing, and no text becomes markup. Its use in a browser is
tested in tests/e2e/test_point_map.py."""

import base64
import re

import numpy as np
import pytest

from embedlib.errors import LimitError, OptionError, UnknownNameError
from embedlib.exporting.map_page import map_page
from embedlib.exporting.page import THEMES
from embedlib.figures.cloud import Cloud, Label, MapView, Star, categories, one_colour
from tests.e2e.scenes import TEXTS
from tests.exporting.test_attention_page import Elements
from tests.figures.test_cloud import unbundled

PLACES = np.arange(6, dtype=np.float32).reshape(3, 2)


def page_of(text: str = "plain", theme: str = "auto", **view: object) -> str:
    cloud = Cloud(PLACES, (text, "b", "c"), (text,))
    shown = MapView(text, text, text, **view)
    return map_page(
        cloud, [categories(text, [text, "b", ""])], shown, card={text: text}, theme=theme
    )


@pytest.mark.parametrize("text", TEXTS["markup"])
def test_markup_anywhere_adds_no_element(text: str) -> None:
    marks = {"stars": (Star(text, (0, 0), text),), "labels": (Label(text, (1, 1)),)}
    found, plain = Elements(page_of(text, **marks)), Elements(page_of("plain"))
    assert [tag for tag, _ in found.found] == [tag for tag, _ in plain.found]
    assert found.open == []


@pytest.mark.parametrize("theme", THEMES)
def test_a_page_asks_no_other_machine_for_anything(theme: str) -> None:
    page = page_of(theme=theme)
    assert "default-src 'none'" in page
    assert not re.search(r"""(?:src|href)=["']?(?!data:)\w""", page)
    assert set(re.findall(r"https?://[^\s\"'`<)]+", page)) <= {"http://www.w3.org/2000/svg"}


def test_the_points_are_in_the_page_bit_for_bit() -> None:
    (payload,) = re.findall(r'id="payload">\s*([\w+/=\s]+)</script>', page_of())
    header, arrays = unbundled(base64.b64decode(payload))
    inner, points = unbundled(arrays[header["view"]["places"]].tobytes())
    assert points["frames"].tobytes() == PLACES.tobytes() and inner["n"] == 3
    assert set(arrays) == {
        header["view"]["places"],
        header["view"]["words"],
        *header["view"]["colourings"],
    }


def test_what_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(PLACES, ("a", "b", "c"))
    with pytest.raises(UnknownNameError, match="theme must be one of auto, light, dark"):
        page_of(theme="sepia")
    with pytest.raises(OptionError, match="opened row must be one of the 3 points, got 3"):
        map_page(cloud, [one_colour()], MapView("t", opened=3), card={})
    monkeypatch.setenv("EMBEDLIB_EXPORT_BYTES", "100")
    with pytest.raises(LimitError, match="A map as a page must be at most 100 bytes"):
        map_page(cloud, [one_colour()], MapView("t"), card={})
