"""A folder with one tiny model, and a home of its own for every test."""

from pathlib import Path

import pytest

from tests.models import folders


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose only model is called tiny."""
    root = tmp_path_factory.mktemp("models")
    folders.save(root / "tiny")
    return root


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty EMBEDLIB_HOME and one thread."""
    root = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("EMBEDLIB_HOME", str(root))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.delenv("EMBEDLIB_MODELS_DIR", raising=False)
    return root
