"""A person's text on the page: `literal` where Markdown is read, `directed` where it is not.

`unlinked` is for whole texts, in which addresses and emoji short codes may stand.
"""

import re
from unicodedata import bidirectional

_SIGNS = frozenset(r"\`*_{}[]()#+-.!|<>$:~^&=")
# Within a word: "http:", "www.", "@" and ":name:" begin what Streamlit makes links and icons of,
# "->", "--", ">=" and their like what it makes one sign of.
_SEAMS = re.compile(r"(?<=[:@<>~-])(?=\S)|(?<=\S)(?=\.\S)")
_NOTHING = ":small[]"  # an element without content, which nothing reaches across


def literal(text: str) -> str:
    r"""`text` with a backslash before every sign that Markdown could take for its own.

    >>> print(literal("**a** :red[b]"))
    \*\*a\*\* \:red\[b\]
    """
    return "".join("\\" + sign if sign in _SIGNS else sign for sign in text)


def unlinked(text: str) -> str:
    r"""As `literal`, and addresses, e-mail, icons and arrows stay the signs that they are.

    A backslash is no help there: Streamlit looks for these in text that is parsed already.

    >>> print(unlinked("see www.a.org"))
    see www:small[]\.a:small[]\.org
    """
    return _NOTHING.join(map(literal, _SEAMS.split(text)))


def directed(text: str) -> str:
    """`text` in its own direction, for `st.text`, which lays all out from left to right.

    Text that begins with Arabic or Hebrew letters is put between marks that isolate it.

    >>> directed("شكرا.") == "\\u2068شكرا.\\u2069", directed("thanks.")
    (True, 'thanks.')
    """
    strong = (bidirectional(sign) for sign in text)
    first = next((kind for kind in strong if kind in ("L", "R", "AL")), "L")
    return text if first == "L" else f"\u2068{text}\u2069"
