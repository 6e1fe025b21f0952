"""A person's text on the page: `literal` where Markdown is read, `directed` where it is not."""

import re
from unicodedata import bidirectional

_SIGNS = frozenset(r"\`*_{}[]()#+-.!|<>$:~^&=")
# "http:", "www.", "@" and ":name:" begin what Streamlit makes links and icons of, "->", "--", ">="
# and their like what it makes one sign of. A backslash is no help: it looks for these in text that
# is parsed already.
_SEAMS = re.compile(r"(?<=[:@<>~])(?=\S)|(?<=-)(?=[->])|(?<=www)(?=\.)", re.IGNORECASE)
_NOTHING = ":small[]"  # an element without content, which nothing reaches across


def literal(text: str) -> str:
    r"""`text` as it is written where Markdown is read: no sign, address or icon is taken for one.

    >>> print(literal("**a** :red[b]"))
    \*\*a\*\* \::small[]red\[b\]
    >>> print(literal("see www.a.org"))
    see www:small[]\.a\.org
    """
    return _NOTHING.join(map(_escaped, _SEAMS.split(text)))


def _escaped(text: str) -> str:
    """With a backslash before every sign that Markdown could take for its own."""
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
