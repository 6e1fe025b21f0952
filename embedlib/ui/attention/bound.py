"""How many tokens the Attention page reads: the sidebar's number within the page's own limit."""

from embedlib.limits import LIMITS
from embedlib.ui.choice import Choice


def bound(choice: Choice) -> int | None:
    """What `attention` is given as `max_tokens`: the sidebar's number within the page's limit."""
    asked = choice.tokens.max_tokens
    return None if asked is None else min(asked, LIMITS["attention_tokens"].value)
