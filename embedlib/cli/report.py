"""How a command ends: an error is one line on standard error and an exit code, never a traceback.

Exit codes: 0 done, 1 unforeseen, 2 something to put right, 130 stopped with Ctrl-C.
EMBEDLIB_DEBUG=1 lets the traceback through.
"""

import functools
import os
from collections.abc import Callable
from typing import ParamSpec

import typer

from embedlib.errors import Cancelled, EmbedlibError

Parameters = ParamSpec("Parameters")
UNFORESEEN, TO_PUT_RIGHT, STOPPED = 1, 2, 130


def reported(command: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """`command`, ending as this module says."""

    @functools.wraps(command)
    def ending(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except KeyboardInterrupt:
            _end(str(Cancelled()), STOPPED)
        except Cancelled as stop:
            _end(str(stop), STOPPED)
        except EmbedlibError as error:
            if os.environ.get("EMBEDLIB_DEBUG"):
                raise
            _end(f"Error: {error}", TO_PUT_RIGHT)
        except (typer.Exit, typer.Abort, typer.TyperException):
            raise
        except Exception as error:
            if os.environ.get("EMBEDLIB_DEBUG"):
                raise
            kind = type(error).__name__
            _end(f"Unforeseen {kind}: {error} (EMBEDLIB_DEBUG=1 shows where)", UNFORESEEN)

    return ending


def _end(line: str, code: int) -> None:
    typer.echo(" ".join(line.splitlines()), err=True)
    raise typer.Exit(code)
