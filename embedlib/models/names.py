"""Names of models: what may be asked for; a new rule is one line in `_reason`."""

import re
from typing import Final

from embedlib.errors import ModelNameError, shown

MOST_CHARACTERS: Final = 96
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?", re.ASCII)
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:", re.ASCII)
_PATH: Final = re.compile(r"[/\\.~]|.*\\|.*/$|.*//|.*(?:^|/)\.{1,2}(?:/|$)", re.DOTALL)


def check_name(name: str) -> str:
    """`name` itself, when it is a model's name as the Hub writes them; opens nothing.

    Raises:
        ModelNameError: If it is a path, a URL, too long or has other characters; says which.

    >>> check_name("google-bert/bert-base-uncased")
    'google-bert/bert-base-uncased'
    """
    reason = _reason(name)
    if reason:
        raise ModelNameError(
            f"A model's name must be like `bert-base-uncased` or `google-bert/bert-base-uncased`, "
            f"got {shown(name)}: {reason}.",
            "For a model of your own, start with --models-dir and give its folder's name.",
        )
    return name


def _reason(name: object) -> str:
    """Why `name` is no model's name; "" when it is one."""
    if not isinstance(name, str):
        return "it is not text"
    if not name.strip():
        return "it is empty"
    if len(name) > MOST_CHARACTERS:
        return f"it is longer than {MOST_CHARACTERS} characters"
    if _URL.match(name):
        return "it is a URL or a drive"
    if _PATH.match(name):
        return "it is a path"
    if not _NAME.fullmatch(name):
        return "only letters, digits, `.`, `_`, `-` and one `/` are allowed"
    return _hub_reason(name)


def _hub_reason(name: str) -> str:
    """The Hub's own further rules; they also make `org--name` a name that can be undone."""
    if "--" in name or ".." in name:
        return "`--` and `..` are not allowed"
    if any(part.endswith((".", "-")) for part in name.split("/")):
        return "no part may end in `.` or `-`"
    return "it ends in `.git`" if name.endswith(".git") else ""
