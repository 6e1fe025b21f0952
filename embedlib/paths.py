"""paths: where embedlib keeps files on this machine; a new kind of file is one function here."""

import os
import sys
import tempfile
from pathlib import Path


def home() -> Path:
    """The folder of everything that embedlib keeps: EMBEDLIB_HOME, else in the user's caches."""
    named = os.environ.get("EMBEDLIB_HOME")
    return Path(named).expanduser() if named else _user_caches() / "embedlib"


def store_folder() -> Path:
    """Where vectors are kept."""
    return home() / "store"


def models_folder() -> Path:
    """Where downloaded models are kept."""
    return home() / "models"


def compiled_folder() -> Path:
    """Where loops that were compiled on this machine are kept."""
    return home() / "compiled"


def runs_folder() -> Path:
    """Where trained runs are kept, each in a folder of its own."""
    return home() / "runs"


def _user_caches() -> Path:
    # The XDG rules say that a relative path is to be ignored.
    named = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME", "")
    if Path(named).is_absolute():
        return Path(named)
    try:
        return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    except RuntimeError:  # a container's user may have no home
        return Path(tempfile.gettempdir())
