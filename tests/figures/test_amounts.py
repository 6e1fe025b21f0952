"""Numbers in words."""

import pytest

from embedlib.figures.amounts import counted, number, percent


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (0, "0"),
        (1.0, "1"),
        (0.9336, "0.934"),
        (0.9999, "1.00"),
        (9.999, "10.0"),
        (-0.0345, "−0.0345"),
        (123.45, "123"),
        (12345.6, "12,300"),
        (12345, "12,345"),
        (0.00001234, "1.23e−05"),
        (float("nan"), "not known"),
        (float("inf"), "∞"),
        (float("-inf"), "−∞"),
    ],
)
def test_three_significant_digits(value, wanted):
    assert number(value) == wanted


@pytest.mark.parametrize(
    ("share", "wanted"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.5, "50 %"),
        (0.9999, "99.99 %"),
        (0.9999999, "99.99 %"),
        (0.996, "99.60 %"),
        (0.05, "5.0 %"),
        (0.0999, "10 %"),
        (0.00012, "0.01 %"),
        (0.00001, "< 0.01 %"),
    ],
)
def test_shares_are_never_rounded_to_none_or_all(share, wanted):
    assert percent(share) == wanted


def test_one_is_not_many():
    assert counted(1, "text") == "1 text" and counted(0, "text") == "0 texts"
    assert counted(1200, "category", "categories") == "1,200 categories"
