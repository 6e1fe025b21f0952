"""A Streamlit server of its own for browser tests: free port, own home folder, always ended."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
SETTINGS = {
    "server.headless": "true",
    "server.address": "127.0.0.1",
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": "false",
}


@dataclass
class AppServer:
    """`streamlit run script` in a child process; use it in a `with` statement.

    Args:
        script: The script, relative to the repository or absolute.
        home: A folder for what the app keeps (EMBEDLIB_HOME) and for the server's log.
        environment: Further environment variables.
        settings: Further Streamlit settings: {"server.maxUploadSize": "1"}.
        ready_path: What answers 200 once the server can be used.
    """

    script: str | Path
    home: Path
    environment: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    ready_path: str = "/_stcore/health"
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def models(self) -> Path:
        """The folder of local models: empty until a test puts one in."""
        return self.home / "local models"

    @property
    def log(self) -> str:
        """What the server has printed so far."""
        path = self.home / "server.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def __enter__(self) -> Self:
        self.port = _free_port()
        settings = SETTINGS | self.settings | {"server.port": str(self.port)}
        flags = [part for name, value in settings.items() for part in (f"--{name}", value)]
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "server.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", str(ROOT / self.script), *flags],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def check(self) -> Self:
        """This server, or an error with its log if it has ended although nobody stopped it."""
        if self.process is None or self.process.poll() is not None:
            code = self.process.returncode if self.process else None
            raise RuntimeError(f"The server ended with {code}. {self.log}")
        return self

    def stop(self) -> None:
        """End the server and whatever it started."""
        if self.process is None:
            return
        for sign, patience_seconds in ((signal.SIGTERM, 5), (signal.SIGKILL, 10)):
            try:
                os.killpg(self.process.pid, sign)
            except ProcessLookupError:
                break
            try:
                self.process.wait(patience_seconds)
            except subprocess.TimeoutExpired:
                continue
        self.process.wait(1)
        self.process = None

    def _environment(self) -> dict[str, str]:
        own = {
            "PYTHONPATH": str(ROOT),
            "EMBEDLIB_HOME": str(self.home),
            "EMBEDLIB_MODELS_DIR": str(self.models),
            "OMP_NUM_THREADS": "1",
        }
        return os.environ | own | self.environment

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            try:
                self.process.wait(0.1)
            except subprocess.TimeoutExpired:
                if time.monotonic() < deadline:
                    continue
                raise TimeoutError(f"No answer in {START_SECONDS} s. {self.log}") from None
            self.check()

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + self.ready_path, timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
