"""Every error that a person can meet; a new one goes into the tree below and gets one class.

EmbedlibError                 what is wrong, with the value, and what to do
├── InputError                something that was typed, pasted, uploaded or passed in
│   ├── UnknownNameError      a name that no table knows (also a KeyError)
│   ├── OptionError           a setting outside its range (also a ValueError)
│   ├── TextError             a text that cannot be embedded: blank, too long, no tokens
│   ├── ReadError             a file that cannot be read: format, encoding, shape
│   └── LimitError            more than `limits` allows
├── ModelError                a model that cannot be used
│   ├── ModelNameError        not a model name: a path, a URL, too long
│   ├── ModelNotFoundError    not on this machine, and not to be had
│   ├── DownloadError         the Hub did not give it
│   ├── UnsafeModelError      weights or settings that could run code, or a wrong hash
│   └── UnsupportedModelError an architecture that the library cannot read layer by layer
├── StoreError                results cannot be kept: disk full, read-only, no rights
├── WorkerError               a child process died or ran out of its limits
└── Cancelled                 the person asked to stop; nothing is wrong
"""


class EmbedlibError(Exception):
    """What is wrong, with the value, and what to do about it.

    Args:
        what: One sentence: `<what> must be <rule>, got <value>.`
        hint: One sentence: what to do, or the choices. May be empty.
    """

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what, hint)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what} {self.hint}".strip()


class InputError(EmbedlibError):
    """Something that was typed, pasted, uploaded or passed in is not usable."""


class UnknownNameError(InputError, KeyError):
    """A name that the table does not know."""


class OptionError(InputError, ValueError):
    """A setting outside its range."""


class TextError(InputError):
    """A text that cannot be embedded."""


class ReadError(InputError):
    """A file that cannot be read."""


class LimitError(InputError):
    """More than `limits` allows."""


class ModelError(EmbedlibError):
    """A model that cannot be used."""


class ModelNameError(ModelError):
    """Not a model name."""


class ModelNotFoundError(ModelError):
    """The model is not on this machine, and not to be had."""


class DownloadError(ModelError):
    """The Hub did not give the model."""


class UnsafeModelError(ModelError):
    """Weights or settings that could run code, or that are not what they claim to be."""


class UnsupportedModelError(ModelError):
    """An architecture that the library cannot read layer by layer."""


class StoreError(EmbedlibError):
    """Results cannot be kept on disk."""


class WorkerError(EmbedlibError):
    """A child process died or ran out of its limits."""


class Cancelled(EmbedlibError):  # noqa: N818 - not an error: the person asked for it
    """The person asked to stop."""

    def __init__(self, what: str = "Stopped as you asked.", hint: str = "") -> None:
        super().__init__(what, hint)


def shown(value: object, most: int = 60) -> str:
    """`value` as an error may quote it: on one line, escaped, at most `most` characters.

    >>> shown("a" * 100, 10)
    "'aaaaaa…' (100 characters)"
    """
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    if len(text) <= most:
        return text
    length = f" ({len(value)} characters)" if isinstance(value, str) else ""
    closing = text[0] if text[0] in "'\"" else ""
    return f"{text[: most - 2 - len(closing) * 1]}…{closing}{length}"
