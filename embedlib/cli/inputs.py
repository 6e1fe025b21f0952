"""What `embedlib embed` is given, checked before a model is loaded."""

from collections.abc import Collection
from pathlib import Path

from embedlib.errors import OptionError, ReadError, shown
from embedlib.limits import LIMITS
from embedlib.pooling import POOLINGS
from embedlib.records import Corpus, Sheet

PLAIN_NAMES = ("text", "texts", "sentence", "sentences")
SAMPLE_ROWS = 500
AUTOMATIC = tuple(name for name, row in POOLINGS.items() if not row.needs_choice)


def read_input(source: Path) -> bytes:
    """The bytes of the input file.

    Raises:
        ReadError: If there is none, or it is no file, or may not be read.
        LimitError: If it is larger than LIMITS["upload_bytes"].
    """
    quoted = shown(str(source), 200)
    try:
        if not source.exists():
            raise ReadError(f"INPUT must be a file, but there is no {quoted}.", "Check the path.")
        if not source.is_file():
            kind = "a folder" if source.is_dir() else "not a regular file"
            raise ReadError(f"INPUT must be a file, but {quoted} is {kind}.", "Name a file.")
        LIMITS["upload_bytes"].check(source.stat().st_size, f"The size of {quoted}")
        return source.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or error
        raise ReadError(f"INPUT {quoted} cannot be read: {reason}.") from error


def parse_poolings(names: str) -> tuple[str, ...]:
    """Names with commas as rows of POOLINGS, each once, in the order given.

    Raises:
        UnknownNameError: If one is no pooling.
        OptionError: If there is none, or one needs a person's choice of tokens.
    """
    found = tuple(dict.fromkeys(part.strip() for part in names.split(",") if part.strip()))
    if not found:
        raise OptionError(
            "--poolings must name at least one pooling.", f"Choose from {', '.join(AUTOMATIC)}."
        )
    for name in found:
        if POOLINGS[name].needs_choice:
            raise OptionError(
                f"--poolings must be usable without a choice of tokens, got {shown(name)}.",
                f"Choose from {', '.join(AUTOMATIC)}.",
            )
    return found


def read_corpus(
    content: bytes, name: str, text: str | None, label: str | None, encoding: str | None = None
) -> Corpus:
    """The texts of a file; without `text`, of the column that is plainly the one.

    Raises:
        OptionError: If `text` is None and more than one column could be meant.
        UnknownNameError: If there is no such encoding.
    """
    from embedlib.reading import corpus_from_sheet, guess_columns, read_sheet

    sheet = read_sheet(content, name, encoding=encoding)
    if text is None:
        text, guessed = guess_columns(sheet)
        label = label or guessed
        rivals = [] if text.casefold() in PLAIN_NAMES else _rivals(sheet, {text, label})
        if rivals:
            names = ", ".join(shown(column) for column in [text, *rivals][:10])
            raise OptionError(f"--text must say which column holds the texts: {names}?")
    return corpus_from_sheet(sheet, text, label)


def _rivals(sheet: Sheet, known: Collection[str | None]) -> list[str]:
    """Columns apart from `known` that hold prose: three words or more, or an unspaced script's."""
    found = []
    for column in sheet.columns:
        values = [str(v) for v in sheet.frame[column].dropna().head(SAMPLE_ROWS)]
        n_words = sum(len(v.split()) if v.isascii() else len(v) / 3 for v in values)
        if column not in known and values and n_words / len(values) >= 3:
            found.append(column)
    return found
