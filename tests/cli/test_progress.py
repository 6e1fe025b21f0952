"""Progress says how far, how fast and how long still, and never too often."""

import io

from embedlib.cli.progress import ProgressLine
from embedlib.records import Progress


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_plain_lines_come_every_few_seconds():
    stream, clock = io.StringIO(), Clock()
    with ProgressLine(stream, clock) as line:
        for second in range(12):
            clock.now = float(second)
            line(Progress(second, 12, "texts", clock.now))
    lines = stream.getvalue().splitlines()
    assert [text.split(" of ")[0] for text in lines] == ["5", "10"]
    assert "\x1b" not in stream.getvalue() and "\r" not in stream.getvalue()


def test_a_terminal_gets_one_line_that_is_rewritten_and_cleared(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    stream, clock = Screen(), Clock()
    with ProgressLine(stream, clock) as line:
        line(Progress(3, 12, "texts", 1.0))
        clock.now = 0.01
        line(Progress(4, 12, "texts", 1.1))
        clock.now = 1.0
        line(Progress(6, 12, "texts", 2.0))
    drawn = stream.getvalue().split("\r\x1b[K")
    assert drawn[1].startswith("[######------------------] 3 of 12 texts (25%)")
    assert drawn[2].startswith("[############------------] 6 of 12 texts (50%)")
    assert len(drawn[2]) <= 59
    assert drawn[3] == "" and "\n" not in stream.getvalue()


def test_a_note_is_said_once_and_at_once():
    stream = io.StringIO()
    with ProgressLine(stream, Clock()) as line:
        line(Progress(1, 10, "texts", 1.0, note="Memory was short: batches were halved."))
        line(Progress(2, 10, "texts", 1.0, note="Memory was short: batches were halved."))
    assert stream.getvalue() == "Memory was short: batches were halved.\n"
