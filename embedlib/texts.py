"""checked_texts: what may be embedded at all, refused at the door; a new rule goes in here."""

from collections.abc import Iterable, Mapping, Set

from embedlib.errors import TextError, shown
from embedlib.limits import LIMITS


def checked_texts(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts as a tuple, before any work is done on them.

    Raises:
        TextError: If there is no text, or one is no string or blank.
        LimitError: If there are too many, or one is too long.

    >>> checked_texts(["a river bank", " "])
    Traceback (most recent call last):
    embedlib.errors.TextError: texts[1] must not be blank, got ' '. Leave it out.
    """
    # A table's or a mapping's iteration gives the names of its columns; a set's has no order.
    listed = isinstance(texts, Iterable) and not isinstance(texts, str | bytes | Mapping | Set)
    rows = tuple(texts) if listed and getattr(texts, "ndim", 1) == 1 else ()
    if not rows:
        raise TextError(
            f"texts must be a list of at least one text, got {shown(texts)}.",
            "Put a single text into a list, and choose one column of a table.",
        )
    LIMITS["rows"].check(len(rows), "The number of texts")
    most = LIMITS["text_characters"].value
    for row, text in enumerate(rows):
        if not isinstance(text, str):
            raise TextError(
                f"texts[{row}] must be a string, got {shown(text)}.",
                "Leave out missing values, and turn numbers into text.",
            )
        if not text or text.isspace():
            raise TextError(f"texts[{row}] must not be blank, got {shown(text)}.", "Leave it out.")
        if len(text) > most:
            LIMITS["text_characters"].check(len(text), f"texts[{row}]")
    return rows
