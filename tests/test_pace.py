"""No rate before there is enough to say it from; one line for page and command."""

from hypothesis import given
from hypothesis import strategies as st

from embedlib.cli.progress import ProgressLine
from embedlib.pace import StageClock, said
from embedlib.records import Progress
from embedlib.ui.background import progress_line


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_rate_and_remaining_time_are_shown():
    line = said(Progress(done=250, total=1000, unit="texts", seconds=5.0))
    assert line == "250 of 1,000 texts (25%), 50 texts/s, 15 s left"


def test_unknown_total_and_bytes():
    assert said(Progress(2_000_000, 0, "bytes", 2.0)) == "2.0 MB, 1.0 MB/s"
    line = said(Progress(1_000_000, 4_000_000, "bytes", 1.0))
    assert line == "1.0 MB of 4.0 MB, 1.0 MB/s, 3 s left"
    assert said(Progress(40, 100, "per cent", 2.0)) == "40 %, 3 s left"


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.floats(0, 0.99))
def test_nothing_is_estimated_in_the_first_second(done, more, seconds):
    line = said(Progress(done, done + more, "steps", seconds))
    assert "/s" not in line and "left" not in line and " s a " not in line


def test_a_first_step_that_is_heard_of_when_it_is_over_says_no_rate():
    clock = Clock()
    stages = StageClock(clock)
    assert said(stages("Fine-tuning", 1, 2_815, "steps")) == "1 of 2,815 steps (0%)"
    clock.now = 60.0
    assert said(stages("Fine-tuning", 1, 2_815, "steps")) == "1 of 2,815 steps (0%)"
    clock.now = 4.0
    line = said(stages("Fine-tuning", 21, 2_815, "steps"))
    assert line == "21 of 2,815 steps (1%), 5 steps/s, 9 min left"


def test_a_resumed_stage_counts_only_what_is_done_since():
    clock = Clock()
    stages = StageClock(clock)
    stages("Fine-tuning", 1_001, 2_001, "steps")
    clock.now = 10.0
    line = said(stages("Fine-tuning", 1_051, 2_001, "steps"))
    assert line == "1,051 of 2,001 steps (53%), 5 steps/s, 3 min left"


def test_each_stage_has_its_own_clock_and_so_has_a_stage_that_begins_again():
    clock = Clock()
    stages = StageClock(clock)
    stages("Embedding", 0, 100, "texts")
    clock.now = 10.0
    assert stages("Embedding", 100, 100, "texts").rate == 10.0
    assert stages("Embedding", 0, 50, "texts").seconds == 0.0
    clock.now = 12.0
    assert stages("Embedding", 40, 50, "texts").rate == 20.0
    assert stages("Fitting", 1, 5, "fits").measured is False


def test_page_and_command_line_say_the_same(capsys):
    now = Progress(250, 1000, "texts", 5.0)
    with ProgressLine(clock=iter([-9.0, 0.0, 0.0]).__next__) as line:
        line(now)
    assert capsys.readouterr().err.strip() == progress_line(now) == said(now)
    assert progress_line(Progress(250, 1000, "texts", 5.0, "Embedding")).endswith("left. Embedding")
