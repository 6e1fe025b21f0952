"""Facts about the project as a whole: imports, tables, versions, and what must not be in it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import embedlib
from embedlib import errors
from embedlib.ui.pages import FOLDER, PAGES, path_of

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"torch", "transformers", "umap", "sklearn", "sentence_transformers", "peft", "ray"}


def modules_after(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter has loaded after `statement`."""
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    return {name.partition(".")[0] for name in json.loads(printed.splitlines()[-1])}


@pytest.mark.parametrize(
    "statement",
    [
        "import embedlib",
        "import embedlib.records, embedlib.pooling, embedlib.layers, embedlib.limits",
        "import embedlib.figures",
        "import embedlib.geometry",
        "import embedlib.exporting.attention_page, embedlib.attention.scene_bytes",
        "import embedlib.reading.samples",
        "import embedlib.models.shape",
        "import embedlib.cli",
        "import embedlib.training.child, embedlib.training.launch, embedlib.training.doctor",
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(statement: str) -> None:
    assert not modules_after(statement) & (HEAVY | {"streamlit"})


def test_the_frame_and_its_parts_import_no_torch() -> None:
    statement = (
        "import logging; logging.disable()\n"
        "import embedlib.ui.sidebar, embedlib.ui.texts, embedlib.ui.work, embedlib.ui.server\n"
        "import embedlib.ui.explore.overview, embedlib.ui.explore.tokens, embedlib.ui.downloads\n"
        "import embedlib.ui.layers.overview, embedlib.ui.layers.broken\n"
        "import embedlib.ui.layers.journey, embedlib.ui.layers.certified\n"
        "import embedlib.ui.layers.words, embedlib.ui.layers.export\n"
        "import embedlib.ui.train.recipe, embedlib.ui.train.starting, embedlib.ui.train.watching\n"
        "import embedlib.ui.train.doctor, embedlib.ui.train.listing, embedlib.ui.train.code"
    )
    assert not modules_after(statement) & HEAVY


def test_every_page_script_is_a_row_and_every_row_a_script() -> None:
    assert {script.stem for script in FOLDER.glob("*.py")} == set(PAGES)
    assert all(path_of(name).is_absolute() for name in PAGES)


def test_page_scripts_stay_thin() -> None:
    for script in FOLDER.glob("*.py"):
        assert len(script.read_text("utf-8").splitlines()) <= 80, script.name


def test_the_changelog_is_about_this_version() -> None:
    newest = re.search(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert newest is not None
    assert newest.group(1) == embedlib.__version__


def test_torch_is_pinned_and_everything_else_bounded() -> None:
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line]
    packages = [line for line in lines if not line.startswith("#")]
    assert "torch==2.13.0" in packages
    assert all("==" in line or (">=" in line and "<" in line) for line in packages)


def test_everything_public_can_be_imported() -> None:
    for name in embedlib.__all__:
        assert getattr(embedlib, name) is not None


def test_every_error_stands_in_the_tree() -> None:
    tree = (errors.__doc__ or "").split()
    classes = [
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.EmbedlibError)
    ]
    assert set(classes) <= set(tree)


def test_no_code_of_a_model_is_ever_trusted_and_no_pickle_loaded() -> None:
    forbidden = re.compile(r"trust_remote_code\s*=\s*True|torch\.load\(|pickle\.load|joblib\.load")
    for script in [*(ROOT / "embedlib").rglob("*.py"), *FOLDER.glob("*.py")]:
        assert not forbidden.search(script.read_text("utf-8")), script


def test_no_user_text_can_become_markup() -> None:
    for script in [*(ROOT / "embedlib").rglob("*.py"), *FOLDER.glob("*.py")]:
        source = script.read_text("utf-8")
        assert "unsafe_allow_html=True" not in source, script
        assert "unsafe_allow_javascript=True" not in source, script
