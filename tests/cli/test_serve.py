"""`serve` runs the app with its options, in the same interpreter."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import embedlib
from embedlib.cli import app, serve

ROOT = Path(embedlib.__file__).parent.parent


@pytest.fixture
def started(monkeypatch):
    calls = []

    def run_app(command, environment, folder):
        calls.append((command, environment, folder))
        return 0

    monkeypatch.setattr(sys.modules[serve.__module__], "run_app", run_app)
    return calls


def test_the_app_is_run_from_its_folder_with_the_same_python(started):
    assert CliRunner().invoke(app, ["serve"]).exit_code == 0
    [(command, _, folder)] = started
    assert command == [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
    assert folder == ROOT


def test_port_address_and_models_are_handed_on(started, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("models").mkdir()
    options = ["--port", "9000", "--address", "0.0.0.0", "--models-dir", "models"]
    assert CliRunner().invoke(app, ["serve", *options]).exit_code == 0
    [(command, environment, _)] = started
    assert command[-2:] == ["--server.port=9000", "--server.address=0.0.0.0"]
    assert environment["EMBEDLIB_MODELS_DIR"] == str(tmp_path / "models")


@pytest.mark.parametrize("port", ["0", "70000", "x"])
def test_impossible_ports_are_refused(started, port):
    assert CliRunner().invoke(app, ["serve", "--port", port]).exit_code == 2
    assert not started


def test_a_models_folder_that_is_none_is_refused(started, tmp_path):
    result = CliRunner().invoke(app, ["serve", "--models-dir", str(tmp_path / "no")])
    assert result.exit_code == 2 and not started
    assert "--models-dir must be a folder, got " in result.stderr


def test_a_package_without_the_app_says_so(started, tmp_path, monkeypatch):
    monkeypatch.setattr(embedlib, "__file__", str(tmp_path / "embedlib" / "__init__.py"))
    result = CliRunner().invoke(app, ["serve"])
    assert result.exit_code == 2 and not started
    assert "there is no app.py there" in result.stderr
