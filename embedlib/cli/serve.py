"""`embedlib serve`: the app, in the same interpreter."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

import embedlib
from embedlib.cli.options import ModelsDir
from embedlib.errors import OptionError, shown


def serve(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port to listen on; 8501 by default.")
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="Address to listen on; this machine only by default.")
    ] = None,
    models_dir: ModelsDir = None,
) -> None:
    """Start the app and keep it running until Ctrl-C."""
    app = Path(embedlib.__file__).parent.parent / "app.py"
    if not app.is_file():
        raise OptionError(
            "The app must stand beside the package, but there is no app.py there.",
            "Run this from a copy of the whole project.",
        )
    environment = dict(os.environ)
    if models_dir is not None:
        if not models_dir.is_dir():
            raise OptionError(f"--models-dir must be a folder, got {shown(str(models_dir), 200)}.")
        environment["EMBEDLIB_MODELS_DIR"] = str(models_dir.resolve())
    command = [sys.executable, "-m", "streamlit", "run", str(app)]
    if port is not None:
        command.append(f"--server.port={port}")
    if address is not None:
        command.append(f"--server.address={address}")
    raise typer.Exit(run_app(command, environment, app.parent))


def run_app(command: list[str], environment: dict[str, str], folder: Path) -> int:
    """Become `command` where a process can, so that signals reach it; otherwise wait for it.

    It runs in `folder`, because the app reads its settings from `.streamlit` there.
    """
    if hasattr(os, "fork"):
        os.chdir(folder)
        os.execve(command[0], command, environment)  # noqa: S606 - our own interpreter, no shell
    return subprocess.call(command, env=environment, cwd=folder)
