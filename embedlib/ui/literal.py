"""literal: a person's text where Streamlit reads Markdown, so that nothing of it is parsed."""

_SIGNS = frozenset(r"\`*_{}[]()#+-.!|<>$:~^&=")


def literal(text: str) -> str:
    r"""`text` with a backslash before every sign that Markdown could take for its own.

    >>> print(literal("**a** :red[b]"))
    \*\*a\*\* \:red\[b\]
    """
    return "".join("\\" + sign if sign in _SIGNS else sign for sign in text)
