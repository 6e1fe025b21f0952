"""Errors: what and hint make the message, and a quoted value is short and on one line."""

import pytest

from embedlib import errors
from embedlib.errors import Cancelled, EmbedlibError, shown


def every_error() -> list[type[EmbedlibError]]:
    return [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, EmbedlibError)
    ]


@pytest.mark.parametrize("kind", every_error())
def test_every_error_says_what_and_what_to_do(kind: type[EmbedlibError]) -> None:
    error = kind("The layer must be 0 to 6, got 9.", "Choose another.")
    assert str(error) == "The layer must be 0 to 6, got 9. Choose another."
    assert (error.what, error.hint) == ("The layer must be 0 to 6, got 9.", "Choose another.")


def test_cancelled_needs_no_words() -> None:
    assert str(Cancelled()) == "Stopped as you asked."


@pytest.mark.parametrize("value", ["a\nb", "\x00", "\u202eabc", "x" * 10_000, "\ud800", 12, None])
def test_a_quoted_value_is_short_printable_and_on_one_line(value: object) -> None:
    quoted = shown(value)
    assert quoted.isprintable()
    assert len(quoted) < 100
