"""A Hub on loopback for tests: the API and the file routes that the Hub client calls."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

LFS = (".safetensors", ".bin", ".onnx", ".model")


@dataclass
class StubHub:
    """What the Hub holds and how it behaves; tests change it.

    Args:
        files: Repository name to file name to content.
        sha: The commit of every repository.
        said: Replaces keys of the API's answer.
        served: File name to the bytes sent instead of the true ones.
        status: When set, what every API request is answered with.
        gate: Large files stop half way until it is set.
        requests: What was asked: "GET /path", with the headers.
    """

    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    sha: str = "c3" * 20
    said: dict[str, Any] = field(default_factory=dict)
    served: dict[str, bytes] = field(default_factory=dict)
    status: int = 0
    gate: threading.Event = field(default_factory=threading.Event)
    halfway: threading.Event = field(default_factory=threading.Event)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def add(self, name: str, folder: Path) -> None:
        self.files[name] = {
            str(file.relative_to(folder)): file.read_bytes()
            for file in folder.rglob("*")
            if file.is_file()
        }

    def api(self, name: str) -> dict[str, Any]:
        """The answer to `/api/models/<name>?blobs=true`."""
        siblings = []
        for file, content in self.files[name].items():
            sha256 = hashlib.sha256(content).hexdigest()
            head = f"blob {len(content)}\0".encode()
            blob = hashlib.sha1(head + content).hexdigest()
            row: dict[str, Any] = {"rfilename": file, "size": len(content), "blobId": blob}
            if file.endswith(LFS):
                row["lfs"] = {"sha256": sha256, "size": len(content), "pointerSize": 134}
            siblings.append(row)
        config = json.loads(self.files[name].get("config.json", b"{}"))
        answer = {
            "_id": "1",
            "id": name,
            "modelId": name,
            "sha": self.sha,
            "private": False,
            "gated": False,
            "tags": ["bert", "license:apache-2.0"],
            "config": {"model_type": config.get("model_type")},
            "safetensors": {"parameters": {"F32": 1234}, "total": 1234},
            "siblings": siblings,
        }
        return answer | self.said


class _Handler(BaseHTTPRequestHandler):
    hub: StubHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        self.hub.requests.append((f"{self.command} {self.path}", dict(self.headers)))
        path = self.path.partition("?")[0]
        if path.startswith("/api/models/"):
            self._api(path.removeprefix("/api/models/").partition("/revision/")[0])
            return
        name, _, rest = path.removeprefix("/").partition("/resolve/")
        commit, _, file = rest.partition("/")
        content = self.hub.files.get(name, {}).get(file)
        if content is None or commit != self.hub.sha:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
            return
        self._file(file, content, body=body)

    def _api(self, name: str) -> None:
        if self.hub.status:
            code = {"X-Error-Code": "GatedRepo"} if self.hub.status == 403 else {}
            self._send(self.hub.status, b"{}", code)
        elif name not in self.hub.files:
            self._send(401, b"{}", {"X-Error-Code": "RepoNotFound"})
        else:
            self._send(200, json.dumps(self.hub.api(name)).encode())

    def _file(self, file: str, content: bytes, *, body: bool) -> None:
        etag = hashlib.sha256(content).hexdigest()
        content = self.hub.served.get(file, content)
        headers = {"X-Repo-Commit": self.hub.sha, "ETag": f'"{etag}"', "Accept-Ranges": "bytes"}
        if file.endswith(LFS):
            headers |= {"X-Linked-ETag": f'"{etag}"', "X-Linked-Size": str(len(content))}
        self.send_response(200)
        for key, value in (headers | {"Content-Length": str(len(content))}).items():
            self.send_header(key, value)
        self.end_headers()
        if not body:
            return
        half = len(content) // 2
        self.wfile.write(content[:half])
        self.wfile.flush()
        if file.endswith(".safetensors"):
            self.hub.halfway.set()
            self.hub.gate.wait(60)
        self.wfile.write(content[half:])

    def _send(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that was killed is what the test wanted."""


@contextmanager
def stub_hub() -> Iterator[StubHub]:
    """A running Hub; its gate is open."""
    hub = StubHub()
    hub.gate.set()
    handler = type("Handler", (_Handler,), {"hub": hub})
    with _Server(("127.0.0.1", 0), handler) as server:
        hub.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield hub
        finally:
            hub.gate.set()
            server.shutdown()
            thread.join()
