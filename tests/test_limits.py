"""Limits: defaults, the variables that override them, and what is said beyond them."""

import pytest

from embedlib.errors import LimitError, OptionError
from embedlib.limits import LIMITS

ROW = LIMITS["rows"]


def test_the_default_holds_without_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ROW.variable, raising=False)
    assert ROW.value == ROW.default


def test_the_variable_overrides_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDLIB_ROWS", "12")
    assert ROW.value == 12


@pytest.mark.parametrize("text", ["", "0", "-1", "1e3", "twelve", "١٢"])
def test_a_variable_that_is_no_positive_number_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBEDLIB_ROWS", text)
    with pytest.raises(OptionError, match="EMBEDLIB_ROWS must be a positive whole number of rows"):
        _ = ROW.value


def test_beyond_a_limit_the_bound_and_its_variable_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EMBEDLIB_ROWS", "12")
    ROW.check(12, "A file")
    with pytest.raises(LimitError, match=r"A file must be at most 12 rows, got 13.*EMBEDLIB_ROWS"):
        ROW.check(13, "A file")


@pytest.mark.parametrize("name", list(LIMITS))
def test_every_row_is_named_as_its_key(name: str) -> None:
    assert LIMITS[name].name == name
    assert LIMITS[name].default > 0
