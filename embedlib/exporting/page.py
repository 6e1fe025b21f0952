"""page: a component as one HTML file that needs no server and no network.

The scripts and styles are those of the app. What a person wrote stands in the file only as base64
or escaped, and the page forbids itself every request and every script but its own.
"""

import base64
import hashlib
import html
from collections.abc import Mapping
from typing import Any

from embedlib.browser import assets
from embedlib.browser.marks import runs
from embedlib.figures.theme import FONT, PALETTES, Palette
from embedlib.table import Table

THEMES: Table[str] = Table(
    "theme",
    {
        "auto": "light or dark, as the reader's system is",
        **{name: f"always {name}" for name in PALETTES},
    },
)
_IMAGES = "img-src data:"  # which a saved SVG holds
_FRAME = """
body { margin: 0 auto; max-width: 90rem; padding: 1.25rem; background: var(--st-background-color);
  color: var(--st-text-color); font: var(--st-base-font-size) var(--st-font); }
h1 { margin: 0 0 0.75rem; font-size: 1.25rem; }
details { margin-top: 1.5rem; font-size: 0.875rem; }
summary { cursor: pointer; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.25rem 1.5rem; }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; unicode-bidi: isolate; }
"""


def page(
    name: str,
    view: str,
    payload: bytes,
    *,
    title: str,
    alt: str,
    theme: str,
    card: Mapping[str, Any],
) -> str:
    """A component and its payload as one HTML file.

    Args:
        name: The component's folder in `assets/components/`.
        view: The class in its scripts that draws it.
        payload: What the component is given.
        title: The heading; plain text.
        alt: What stands there where scripts do not run; plain text.
        theme: A row of `THEMES`.
        card: How the numbers came about: names to plain values, listed below the picture.

    Raises:
        UnknownNameError: If there is no such theme.
    """
    THEMES[theme]
    script = f'{assets.script(name)}\nshowAlone({view}, "{name}");\n'
    own = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; script-src 'sha256-{own}'; style-src 'unsafe-inline'; {_IMAGES}"
    facts = "\n".join(
        f"<dt>{_text(key)}</dt><dd>{_text(value)}</dd>" for key, value in card.items()
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Embedding Explorer">
<title>{_text(title)}</title>
<style>{_colours(theme)}{_FRAME}</style>
<style id="style" media="not all">{assets.style(name)}</style>
</head>
<body>
<h1>{_text(title)}</h1>
<div id="component"></div>
<noscript><p>{_text(alt)}</p></noscript>
<details>
<summary>How this was made</summary>
<dl>
{facts}
</dl>
</details>
<script type="application/base64" id="payload">
{base64.b64encode(payload).decode()}
</script>
<script type="module">{script}</script>
</body>
</html>
"""


def _text(value: Any) -> str:
    """A value as text in HTML: nothing in it is markup, nothing hides or turns its neighbours."""
    if isinstance(value, Mapping):
        value = ", ".join(f"{key} {part}" for key, part in value.items())
    shown = "".join(run if isinstance(run, str) else str(run[1]) for run in runs(str(value)))
    return html.escape(shown)


def _colours(theme: str) -> str:
    """The variables that components take their colours from."""
    if theme != "auto":
        return f":root {{ color-scheme: {theme}; {_variables(PALETTES[theme])} }}"
    return (
        f":root {{ color-scheme: light dark; {_variables(PALETTES['light'])} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_variables(PALETTES['dark'])} }} }}"
    )


def _variables(palette: Palette) -> str:
    named = {
        "text-color": palette.text,
        "background-color": palette.background,
        "secondary-background-color": palette.panel,
        "primary-color": palette.accent,
        "border-color": palette.border,
        "green-color": palette.good,
        "yellow-color": palette.warn,
        "red-color": palette.bad,
        "base-radius": "0.3rem",
        "font": FONT,
        "code-font": "ui-monospace, 'DejaVu Sans Mono', monospace",
        "base-font-size": "15px",
    }
    return " ".join(f"--st-{name}: {value};" for name, value in named.items())
