"""The reader without its child process, for tests that read many files; the parser is pure."""

from embedlib.reading.grid import Request
from embedlib.reading.wire import ask, reply_of, unpack
from embedlib.records import Sheet


def read(content: bytes | str, name: str = "a.csv", **settings) -> Sheet:
    """What `read_sheet` gives."""
    raw = content.encode() if isinstance(content, str) else content
    return unpack(reply_of(ask(Request(raw, name, **settings))), name)


def cells(sheet: Sheet) -> list[list[object]]:
    return [list(row) for row in sheet.frame.itertuples(index=False, name=None)]


def notes(sheet: Sheet) -> str:
    return " ".join(sheet.notes)
