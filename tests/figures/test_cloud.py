"""What an interactive map is made of, and how it is packed for the browser."""

import json
import struct
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedlib.browser.bundles import bundle
from embedlib.browser.rows import packed_rows, unpacked_rows
from embedlib.browser.text_bytes import LONGEST_BYTES, SHORTEST_BYTES, text_bytes
from embedlib.errors import LimitError, OptionError, UnknownNameError
from embedlib.figures.cloud import (
    LINES,
    Cloud,
    Colouring,
    Label,
    Lines,
    MapView,
    Star,
    categories,
    numbers,
    one_colour,
)
from embedlib.figures.map_payload import packed_colourings, view_payload

TEXTS = ("one", "zwei", "三", "x" * 5_000, "")
SQUARE = np.arange(10, dtype=np.float32).reshape(5, 2)


def cloud_of(texts: tuple[str, ...] = TEXTS, **more: Any) -> Cloud:
    places = np.arange(2 * len(texts), dtype=np.float32).reshape(-1, 2)
    return Cloud(more.pop("frames", places), texts, **more)


def unbundled(content: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """As `bundle.js` reads it."""
    (length,) = struct.unpack("<I", content[:4])
    header = json.loads(content[4 : 4 + length])
    body = content[4 + length :]
    arrays = {
        name: np.frombuffer(body, f"<{kind}", size, start)
        for name, kind, start, size in header["arrays"]
    }
    return header, arrays


def texts_in(header: dict, arrays: dict[str, np.ndarray]) -> list[str]:
    raw, ends = arrays["text"].tobytes(), arrays["offsets"].tolist()
    return [raw[a:b].decode("utf-8") for a, b in pairwise(ends)]


# Rows


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1)))))
def test_any_set_of_rows_comes_back_as_it_went(made: tuple[int, set[int]]) -> None:
    n_rows, rows = made
    assert unpacked_rows(packed_rows(list(rows), n_rows), n_rows).tolist() == sorted(rows)


def test_a_million_rows_take_a_bit_each_at_most() -> None:
    every_second = np.arange(0, 1_000_000, 2)
    packed = packed_rows(every_second, 1_000_000)
    assert packed["kind"] == "bits"
    assert len(packed["rows"]) == 4 * np.ceil(125_000 / 3)
    assert len(packed_rows([7, 999_999], 1_000_000)["rows"]) == 12
    assert (unpacked_rows(packed, 1_000_000) == every_second).all()


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {"kind": "u1"},
        {"kind": "u1", "rows": "not base64!"},
        {"kind": "u1", "rows": "é"},
        {"kind": "u8", "rows": "AQEH"},
        {"kind": ["u1"], "rows": "AQEH"},
        {"kind": "u1", "rows": "AQAH"},  # the same row twice
        {"kind": "u1", "rows": "AQEI"},  # row 10 of 10
        {"kind": "u2", "rows": "AQEH"},  # half a number
        {"kind": "bits", "rows": "AQ=="},  # a bit too few
        {"kind": "bits", "rows": "AAQ="},  # row 10 of 10
        {"kind": "u1", "rows": "AA" * 100_000},
    ],
)
def test_what_is_no_set_of_rows_is_not_believed(sent: object) -> None:
    assert unpacked_rows(sent, 10) is None


@given(
    st.dictionaries(st.text(), st.text() | st.integers() | st.none()) | st.text(),
    st.integers(0, 99),
)
def test_nothing_that_is_sent_raises(sent: object, n_rows: int) -> None:
    found = unpacked_rows(sent, n_rows)
    assert found is None or (found < n_rows).all()


# Bundles


def test_arrays_travel_bit_for_bit_and_begin_where_numbers_align() -> None:
    arrays = {
        "a": np.array([1, -2, 3], np.int8),
        "b": np.array([[0.1, np.nan]], np.float32),
        "c": np.array([2**32 - 1], np.uint32),
    }
    made = bundle({"name": "名"}, arrays)
    header, received = unbundled(made.content)
    assert header["name"] == "名"
    for name, array in arrays.items():
        assert received[name].tobytes() == array.tobytes()
    assert all(start % 8 == 0 for _, _, start, _ in header["arrays"])
    assert bundle({"name": "名"}, arrays).digest == made.digest
    assert bundle({"name": "x"}, arrays).digest != made.digest


def test_an_array_that_a_browser_does_not_have_is_refused() -> None:
    with pytest.raises(OptionError, match=r"one of i1, u1.*got int64"):
        bundle({}, {"a": np.zeros(3, np.int64)})


@given(st.lists(st.text(max_size=40), max_size=30), st.integers(0, 600))
def test_texts_fit_their_bytes_and_are_beginnings(texts: list[str], most_bytes: int) -> None:
    header, arrays = text_bytes(texts, most_bytes)
    received = texts_in(header, arrays)
    assert len(arrays["text"]) <= most_bytes
    assert len(received) == header["n_told"]
    cut = np.unpackbits(arrays["cut"], bitorder="little")[: header["n_told"]]
    for text, got, is_cut in zip(texts, received, cut, strict=False):
        whole = text.encode("utf-8", "replace").decode("utf-8")
        assert whole.startswith(got) and (got != whole) == bool(is_cut)
        assert len(got.encode()) >= min(len(whole.encode()), SHORTEST_BYTES - 3)
    assert header["n_cut"] == cut.sum()


def test_texts_are_cut_no_shorter_than_they_must_be() -> None:
    header, arrays = text_bytes(["a" * 100, "b" * 10, "c" * 100], 150)
    assert [len(text) for text in texts_in(header, arrays)] == [70, 10, 70]
    assert text_bytes(["x" * 5_000], 10**6)[0]["cut_bytes"] == LONGEST_BYTES
    assert text_bytes(["x" * 100] * 10, 5 * SHORTEST_BYTES)[0]["n_told"] == 5


# Clouds


def test_a_cloud_travels_as_its_numbers_and_texts() -> None:
    frames = np.stack([SQUARE, SQUARE + 1])
    frames[1, 2, 0] = np.inf
    cloud = Cloud(frames, TEXTS, ("Layer 0", "a\u202eb"), ids=np.array([9, 8, 7, 6, 5]), n_all=70)
    header, arrays = unbundled(cloud.places.content)
    assert header["frame_names"] == ["Layer 0", "a\ufffdb"]
    received = arrays["frames"].reshape(2, 5, 2)
    assert (received[0] == SQUARE).all() and np.isnan(received[1, 2]).all()
    header, arrays = unbundled(cloud.words.content)
    assert arrays["ids"].tolist() == [9, 8, 7, 6, 5] and header["n_all"] == 70
    assert texts_in(header, arrays)[2] == "三"
    assert cloud.places is cloud.places  # packed once


def test_another_layout_of_the_same_texts_sends_no_texts_again() -> None:
    one, other = cloud_of(), cloud_of(frames=SQUARE[::-1])
    assert one.words.digest == other.words.digest
    assert one.places.digest != other.places.digest


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"frames": np.zeros((5, 3))}, r"shape \(frame, point, 2\), got float64 of shape \(5, 3\)"),
        ({"frames": np.zeros((0, 5, 2))}, r"got float64 of shape \(0, 5, 2\)"),
        ({"frames": np.full((5, 2), "a")}, "must be numbers"),
        ({"frames": np.zeros((4, 2))}, "texts must be one a point, got 5 for 4 points"),
        ({"frame_names": ("a", "b")}, "frame names must be one a frame, got 2 for 1 frame"),
        ({"ids": np.array([1, 2, 3])}, "ids must be one a point, got 3 for 5"),
        ({"ids": np.array([1, 1, 2, 3, 4])}, "ids must be different numbers"),
        ({"ids": np.array([-1, 1, 2, 3, 4])}, "ids must be different numbers"),
    ],
)
def test_a_cloud_that_does_not_fit_together_is_refused(arguments: dict, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        cloud_of(**arguments)


def test_a_cloud_of_nothing_and_of_one_point_can_be_packed() -> None:
    for texts in ((), ("one",)):
        cloud = cloud_of(texts)
        payload = view_payload(cloud, [one_colour(), categories("c", texts)], MapView("t"))
        assert payload["asked"]["selected"] == {"kind": "bits", "rows": ""} or texts


def test_more_points_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDLIB_MAP_POINTS", "4")
    with pytest.raises(LimitError, match="A map must be at most 4 points, got 5"):
        cloud_of()


# Colourings


def test_labels_become_numbers_of_categories() -> None:
    made = categories("label", ["b", "", "a", "b", "a\0", "\ud800"])
    assert made.values.tolist() == [0, -1, 1, 0, 2, 3]
    assert made.names == ("b", "a", "a\0", "\ud800")
    header, arrays = unbundled(made.packed.content)
    assert header["names"] == ["b", "a", "a\ufffd", "\ufffd"]
    assert arrays["values"].tolist() == made.values.tolist()


def test_numbers_keep_their_scale_and_lose_what_is_not_finite() -> None:
    made = numbers("n", [1, np.inf, 3, None], unit="tokens")
    assert np.isnan(made.values[[1, 3]]).all()
    assert made.limits == pytest.approx((1.01, 2.99))
    assert numbers("n", [-1.0, 3.0], centre=0.0).limits == pytest.approx((-2.98, 2.98))
    assert numbers("n", [np.nan]).limits is None
    assert numbers("n", [2, 2]).limits == (2, 2)
    assert numbers("n", [0, 0], centre=0.0).limits == (-1, 1)


def test_too_many_categories_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDLIB_MAP_CATEGORIES", "2")
    with pytest.raises(LimitError, match="The categories of 'label' must be at most 2"):
        categories("label", ["a", "b", "c"])


def test_a_colouring_needs_a_value_a_point_and_a_name_of_its_own() -> None:
    cloud = cloud_of()
    with pytest.raises(OptionError, match="'c' must have one value a point, got 2 for 5 points"):
        packed_colourings(cloud, [categories("c", ["a", "b"])])
    with pytest.raises(OptionError, match="names of their own"):
        view_payload(cloud, [one_colour("a"), one_colour("a")], MapView("t"))
    with pytest.raises(OptionError, match="Give at least one"):
        view_payload(cloud, [], MapView("t"))


# Views


def payload_of(**view: Any) -> dict:
    made = view_payload(cloud_of(), [one_colour("a"), one_colour("b")], MapView("Title", **view))
    return json.loads(json.dumps(made))  # plain JSON values


def test_a_view_travels_as_plain_values() -> None:
    made = payload_of(
        colouring="b",
        selected=(4, 1),
        opened=2,
        marked=np.array([3]),
        dimmed=np.array([True, False, False, False, True]),
        lines=(Lines("torn", np.array([[0, 1], [0, 2]])), Lines("kept", ())),
        stars=(Star("a\ud800\u202e", (1.0, np.nan), "note"), Star("b", (1.0, 2.0))),
        labels=(Label("l" * 99, [[0.5, 1.5]]),),
    )
    assert made["asked"]["colouring"] == "b" and made["asked"]["opened"] == 2
    for name, rows in (("selected", [1, 4]), ("marked", [3]), ("dimmed", [0, 4])):
        packed = made["asked"][name] if name == "selected" else made[name]
        assert unpacked_rows(packed, 5).tolist() == rows
    assert made["lines"] == [
        {"kind": "torn", "pairs": [[0, 1], [0, 2]]},
        {"kind": "kept", "pairs": []},
    ]
    assert [star["places"] for star in made["stars"]] == [[None], [[1.0, 2.0]]]
    assert made["stars"][0]["text"] == "a?\u202e"  # the browser marks what is unseen
    assert len(made["labels"][0]["text"]) == 40 and made["alt"] == "Title"
    assert set(made["line_kinds"]) == set(LINES)


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ({"colouring": "c"}, "colouring must be one of a, b, got 'c'"),
        ({"frame": 1}, "frame must be a number from 0 to 0, got 1"),
        ({"selected": [5]}, "selected row must be one of the 5 points, got 5"),
        ({"opened": -1}, "opened row must be one of the 5 points, got -1"),
        ({"marked": [9]}, "marked row must be one of"),
        ({"dimmed": np.zeros(4, bool)}, r"dimmed points must be .* got bool of shape \(4,\)"),
        ({"dimmed": np.zeros(5)}, "dimmed points must be True or False"),
        ({"lines": (Lines("kept", np.zeros((2, 3), int)),)}, r"pairs of rows, got .* \(2, 3\)"),
        ({"lines": (Lines("kept", np.array([[0, 5]])),)}, "line's row must be one of"),
        ({"stars": (Star("s", (1.0, 2.0, 3.0)),)}, r"star must be \(2,\) or \(1, 2\), got \(3,\)"),
        ({"labels": (Label("l", [[1, 2], [3, 4]]),)}, "places of a label must be"),
    ],
)
def test_a_view_of_what_is_not_there_is_refused(view: dict, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        payload_of(**view)


def test_an_unknown_kind_of_line_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="kept, torn, false"):
        payload_of(lines=(Lines("near", ()),))


def test_more_marks_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDLIB_MAP_MARKS", "1")
    with pytest.raises(LimitError, match="The lines of a map must be at most 1 marks, got 2"):
        payload_of(lines=(Lines("kept", [[0, 1]]), Lines("torn", [[0, 2]])))


def test_a_colouring_that_is_made_by_hand_is_packed_too() -> None:
    made = Colouring("x", "category", np.array([0, 1, -1, 0, 0], np.int8), ("a", "b"))
    assert list(packed_colourings(cloud_of(), [made])) == [made.packed.digest]
