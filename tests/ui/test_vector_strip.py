"""What the vector strip sends to the browser."""

import json
import struct

import numpy as np
import pytest

from embedlib.errors import OptionError
from embedlib.ui.components.vector_strip import MOST_ROWS, strip_payload


def unpacked(payload: bytes) -> tuple[dict, np.ndarray]:
    (length,) = struct.unpack("<I", payload[:4])
    header = json.loads(payload[4 : 4 + length])
    values = np.frombuffer(payload, "<f4", offset=4 + length)
    return header, values.reshape(header["n_rows"], header["dim"])


def test_the_values_travel_bit_for_bit() -> None:
    values = np.random.default_rng(1).normal(size=(3, 7)).astype(np.float32)
    header, received = unpacked(strip_payload(values, names=["a", "b", "c"]))
    assert received.tobytes() == values.tobytes()
    assert header["names"] == [["a"], ["b"], ["c"]]
    assert header["limit"] == pytest.approx(float(np.abs(values).max()))


@pytest.mark.parametrize("label", ["", "a", "ab", "abc", "abcd", "向量"])
def test_the_values_begin_where_four_bytes_align(label: str) -> None:
    payload = strip_payload(np.ones(3, np.float32), label=label)
    assert struct.unpack("<I", payload[:4])[0] % 4 == 0
    assert unpacked(payload)[1].tolist() == [[1, 1, 1]]


def test_a_scale_without_finite_values_still_has_an_end() -> None:
    for value in (0.0, np.nan, np.inf):
        assert unpacked(strip_payload(np.full(3, value, np.float32)))[0]["limit"] == 1.0


def test_rows_that_are_not_drawn_are_counted() -> None:
    header, values = unpacked(strip_payload(np.zeros((MOST_ROWS + 2, 3), np.float32)))
    assert (len(values), header["n_hidden"]) == (MOST_ROWS, 2)


def test_names_hold_no_character_that_changes_direction() -> None:
    header, _ = unpacked(strip_payload(np.zeros((1, 2), np.float32), names=["a\u202eb"]))
    assert header["names"][0][1][:2] == ["unseen", "U+202E"]


@pytest.mark.parametrize("values", [np.zeros((1, 1, 1)), np.zeros(0), np.zeros(3, int), ["a"]])
def test_the_values_must_be_a_vector_or_a_few(values: object) -> None:
    with pytest.raises(OptionError, match=r"numbers of shape \(dim,\) or \(row, dim\), got"):
        strip_payload(values)


def test_the_names_must_be_one_a_row() -> None:
    with pytest.raises(OptionError, match="one a row, got 1 names for 2 rows"):
        strip_payload(np.zeros((2, 3)), names=["a"])


@pytest.mark.parametrize("limit", [0.0, -1.0, float("nan"), float("inf")])
def test_the_limit_must_be_finite_and_above_zero(limit: float) -> None:
    with pytest.raises(OptionError, match=f"finite number above 0, got {limit}"):
        strip_payload(np.zeros(3), limit=limit)
