"""Commands end with one line and an exit code."""

import pytest
import typer
from typer.testing import CliRunner

from embedlib.cli.report import reported
from embedlib.errors import Cancelled, OptionError


def run(error: BaseException | None):
    app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)

    @app.command()
    @reported
    def command() -> None:
        if error is not None:
            raise error

    return CliRunner().invoke(app, [])


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (OptionError("The layer must be 0.", "Use\n0."), 2, "Error: The layer must be 0. Use 0."),
        (Cancelled("Stopped: nothing was written."), 130, "Stopped: nothing was written."),
        (KeyboardInterrupt(), 130, "Stopped as you asked."),
        (
            RuntimeError("two\nlines"),
            1,
            "Unforeseen RuntimeError: two lines (EMBEDLIB_DEBUG=1 shows where)",
        ),
    ],
)
def test_an_error_is_one_line_on_standard_error(error, code, line, monkeypatch):
    monkeypatch.delenv("EMBEDLIB_DEBUG", raising=False)
    result = run(error)
    assert (result.exit_code, result.stderr, result.stdout) == (code, f"{line}\n", "")


@pytest.mark.parametrize("error", [OptionError("wrong"), RuntimeError("unforeseen")])
def test_debug_lets_the_traceback_through(error, monkeypatch):
    monkeypatch.setenv("EMBEDLIB_DEBUG", "1")
    assert run(error).exception is error


def test_a_good_end_and_a_chosen_code_stay():
    assert run(None).exit_code == 0
    assert run(typer.Exit(7)).exit_code == 7
