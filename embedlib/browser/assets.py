"""assets: the scripts and styles of the components in `assets/components/`, joined.

A component is a folder: `index.js` (the default export), `style.css` and further scripts. They are
joined with those in `shared/`, so that no build step is needed.
"""

from pathlib import Path

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "components"


def script(name: str) -> str:
    """The scripts of a component as one module, those that all share first, `index.js` last.

    Raises:
        FileNotFoundError: If the component has no `index.js`.
    """
    index = ASSETS / name / "index.js"
    others = sorted(set((ASSETS / name).glob("*.js")) - {index})
    return _joined(*sorted((ASSETS / "shared").glob("*.js")), *others, index)


def style(name: str) -> str:
    """The style that all components share, and the component's own.

    Raises:
        FileNotFoundError: If the component has no `style.css`.
    """
    return _joined(ASSETS / "shared" / "shared.css", ASSETS / name / "style.css")


def _joined(*files: Path) -> str:
    return "\n".join(file.read_text(encoding="utf-8") for file in files)
