"""What stands on a page as a person reads it."""


def as_read(markdown: str) -> str:
    """Without what keeps Markdown from reading a person's text."""
    return markdown.replace(":small[]", "").replace("\\", "")
