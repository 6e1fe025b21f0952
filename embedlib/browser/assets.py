"""assets: the scripts and styles of the components in `assets/components/`, joined.

A component is a folder: `index.js` (the default export), `style.css` and further scripts. They are
joined with those in `shared/`, so that no build step is needed.
"""

from pathlib import Path

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "components"
SHARED = ASSETS / "shared"


def script(name: str) -> str:
    """The scripts of a component as one module, those that all share first, `index.js` last.

    Raises:
        FileNotFoundError: If the component has no `index.js`.
    """
    index = ASSETS / name / "index.js"
    others = [file for file in scripts_in(ASSETS / name) if file != index]
    return joined(*scripts_in(SHARED), *others, index)


def style(name: str) -> str:
    """The style that all components share, and the component's own.

    Raises:
        FileNotFoundError: If the component has no `style.css`.
    """
    return joined(SHARED / "shared.css", ASSETS / name / "style.css")


def scripts_in(folder: Path) -> list[Path]:
    """The scripts of a folder in alphabetical order."""
    return sorted(folder.glob("*.js"))


def joined(*files: Path) -> str:
    """The files' text, one after another."""
    return "\n".join(file.read_text(encoding="utf-8") for file in files)
