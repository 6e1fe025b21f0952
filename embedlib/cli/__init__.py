"""The command line; a new command is a function with Typer options and one line in COMMANDS."""

import contextlib
import signal
import sys
from io import TextIOWrapper

import typer

from embedlib.cli.attention import attention
from embedlib.cli.embed import embed
from embedlib.cli.layers import layers
from embedlib.cli.map import map_
from embedlib.cli.models import download, models
from embedlib.cli.predict import predict
from embedlib.cli.report import STOPPED, reported
from embedlib.cli.serve import serve
from embedlib.cli.train import train

COMMANDS = (embed, map_, attention, layers, train, predict, serve, models, download)

app = typer.Typer(
    name="embedlib",
    help="Look inside transformer embeddings: every layer, every pooling.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in COMMANDS:
    app.command(command.__name__.rstrip("_"))(reported(command))


def main() -> None:
    """Run the command line; standard output takes any text, whatever the terminal's encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    with contextlib.suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGINT, _stop)
        signal.signal(signal.SIGTERM, _end_tidily)
    try:
        app(prog_name="embedlib")
    except KeyboardInterrupt:  # before a command had begun
        sys.exit(STOPPED)


class _Stopped(KeyboardInterrupt):
    """Ctrl-C.

    Once KeyboardInterrupt itself has passed through an `exec`, as it may while modules are
    imported, Python 3.11 ends by the signal whatever exit code is asked for; a subclass may pass.
    """


def _stop(number: int, frame: object) -> None:
    raise _Stopped


def _end_tidily(number: int, frame: object) -> None:
    """Let half-written folders be removed before the process ends."""
    sys.exit(128 + number)
