"""Which texts and labels a person takes for the same; a rule for labels is a step of `looks`."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from embedlib.reading.characters import without_invisible

# Letters of other scripts that look like Latin ones, the common ones.
_LOOKALIKES: Final = str.maketrans("аеорсухіјѕԁһԛԝӏαονρτυικ", "aeopcyxijsdhqwlaovptuik")
_WHOLE: Final = re.compile(r"(-?\d+)\.0+")
_MOJIBAKE: Final = re.compile(
    "[ÃÂâðÐÑ][\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2018-\u2022™œš›ž]"
)


def looks(label: str) -> str:
    """What a label looks like: without case, outer space, invisible marks, and a float's `.0`.

    >>> looks(" Card\\u00a0Arrival") == looks("card arrival"), looks("1.0")
    (True, '1')
    """
    visible = without_invisible(unicodedata.normalize("NFKC", label)).casefold()
    squeezed = " ".join(visible.translate(_LOOKALIKES).replace("_", " ").split())
    whole = _WHOLE.fullmatch(squeezed)
    return whole[1] if whole else squeezed


def reads(text: str) -> str:
    """What a text says, white space, case and compatibility forms aside."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def alike(labels: Iterable[str]) -> list[list[str]]:
    """Groups of different labels that look the same."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for label in dict.fromkeys(labels):
        groups[looks(label)].append(label)
    return [group for group in groups.values() if len(group) > 1]


def mended(text: str) -> str | None:
    """UTF-8 that was read as Windows-1252, as it was meant; None where it is no such text.

    >>> mended("cafÃ©"), mended("café")
    ('café', None)
    """
    if not _MOJIBAKE.search(text):
        return None
    for codec in ("cp1252", "latin-1"):
        try:
            meant = text.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
        return meant if len(meant) < len(text) else None
    return None
