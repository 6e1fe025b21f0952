"""The command line as a process: quick help, tidy ends, any terminal."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import embedlib

ROOT = Path(embedlib.__file__).parent.parent
COMMAND = [sys.executable, "-m", "embedlib"]


@pytest.fixture
def environment(tmp_path, monkeypatch):
    monkeypatch.setenv("EMBEDLIB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("EMBEDLIB_DEBUG", raising=False)
    return tmp_path


def run(folder: Path, *arguments: str, **options) -> subprocess.CompletedProcess[str]:
    options = {"capture_output": True, "text": True, "timeout": 120} | options
    return subprocess.run([*COMMAND, *arguments], cwd=folder, **options)


@pytest.mark.parametrize("command", [[], ["embed"], ["serve"], ["models"], ["download"]])
def test_help_is_given_without_loading_torch(environment, command):
    script = (
        "import sys, embedlib.cli as cli\n"
        f"sys.argv = ['embedlib', *{command!r}, '--help']\n"
        "try: cli.main()\n"
        "except SystemExit as end: code = end.code\n"
        "print(code, {'torch', 'transformers', 'sklearn', 'streamlit'} & set(sys.modules))\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.stdout.splitlines()[-1] == "0 set()", result.stderr


def test_help_derives_from_the_tables(environment):
    from embedlib.layers import LAYER_MIXES
    from embedlib.pooling import POOLINGS

    text = run(environment, "embed", "--help").stdout
    assert all(name in text for name in LAYER_MIXES)
    assert all((name in text) != row.needs_choice for name, row in POOLINGS.items())


def test_an_error_is_one_line_and_the_debug_variable_shows_more(environment, monkeypatch):
    result = run(environment, "embed", "gone.csv")
    assert (result.returncode, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1 and result.stderr.startswith("Error: INPUT must")
    monkeypatch.setenv("EMBEDLIB_DEBUG", "1")
    assert "Traceback" in run(environment, "embed", "gone.csv").stderr


def test_a_terminal_that_knows_ascii_only_is_no_trouble(environment, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    monkeypatch.setenv("PYTHONUTF8", "0")
    result = run(environment, "embed", "文本.csv")
    assert result.returncode == 2 and "UnicodeEncodeError" not in result.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_in_the_middle_leaves_nothing(environment, number, code):
    (environment / "in.txt").write_text("a river bank\n" * 50)
    process = subprocess.Popen(
        [*COMMAND, "embed", "in.txt"], cwd=environment, stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stderr is not None
        while not process.stderr.readline().startswith("Loading the model"):
            assert process.poll() is None
        process.send_signal(number)
        rest = process.stderr.read()
    assert process.returncode == code
    assert "Traceback" not in rest
    assert [p.name for p in environment.iterdir() if p.name != "home"] == ["in.txt"]


def test_an_interrupt_that_passed_through_an_exec_still_gives_its_code(environment):
    (environment / "interrupted.py").write_text(
        "import os, signal, sys, embedlib.cli as cli\n"
        "def stopped(**_):\n"
        "    try: exec('os.kill(os.getpid(), signal.SIGINT)\\nwhile True: pass')\n"
        "    except KeyboardInterrupt: sys.exit(130)\n"
        "cli.app = stopped\n"
        "cli.main()\n"
    )
    # With -m, as the command line is run: only there Python 3.11 ends by the signal.
    command = [sys.executable, "-m", "interrupted"]
    assert subprocess.call(command, cwd=environment, timeout=60) == 130


@pytest.mark.parametrize("name", ["models", "models --models-dir ."])
def test_models_are_listed(environment, name):
    (environment / "empty-folder").mkdir()
    lines = run(environment, *name.split()).stdout.splitlines()
    assert lines[0].split()[:2] == ["NAME", "PARAMETERS"]
    assert lines[1].startswith("all-MiniLM-L6-v2") and lines[1].endswith("yes")
    assert len(lines) > 5


def test_a_name_that_is_no_models_name_is_refused(environment):
    for name in ("../x", "/etc/passwd", "https://example.org/m", "x" * 300):
        result = run(environment, "download", name)
        assert result.returncode == 2, result.stderr
        assert len(result.stderr.splitlines()) == 1 and result.stderr.startswith("Error: ")
