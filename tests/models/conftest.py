"""Every test here has its own empty home, and no Hub."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty EMBEDLIB_HOME and Hub cache; no variable of the person who runs the tests."""
    for name in ("HF_HUB_CACHE", "HF_TOKEN", "HF_ENDPOINT", "EMBEDLIB_MODELS_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HF_HUB_OFFLINE", "EMBEDLIB_OFFLINE", "EMBEDLIB_MODEL_BYTES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EMBEDLIB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    return tmp_path / "home"
