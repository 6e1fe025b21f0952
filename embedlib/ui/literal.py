"""A person's text on the page: `literal` where Markdown is read, `directed` where it is not."""

from unicodedata import bidirectional

_SIGNS = frozenset(r"\`*_{}[]()#+-.!|<>$:~^&=")


def literal(text: str) -> str:
    r"""`text` with a backslash before every sign that Markdown could take for its own.

    >>> print(literal("**a** :red[b]"))
    \*\*a\*\* \:red\[b\]
    """
    return "".join("\\" + sign if sign in _SIGNS else sign for sign in text)


def directed(text: str) -> str:
    """`text` in its own direction, for `st.text`, which lays all out from left to right.

    Text that begins with Arabic or Hebrew letters is put between marks that isolate it.

    >>> directed("شكرا.") == "\\u2068شكرا.\\u2069", directed("thanks.")
    (True, 'thanks.')
    """
    strong = (bidirectional(sign) for sign in text)
    first = next((kind for kind in strong if kind in ("L", "R", "AL")), "L")
    return text if first == "L" else f"\u2068{text}\u2069"
