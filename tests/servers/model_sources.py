"""Where models come from, as servers of our own: a hub, and a page with one archive."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from colab_worker.models.presets import BY_NAME

FILES = {
    "model_index.json": b'{"_class_name": "StableDiffusionXLPipeline"}',
    "unet/config.json": b"{}",
    "vae/config.json": b"{}",
    "unet/model.fp16.safetensors": b"weights" * 1000,
    "unet/model.bin": b"pickled: never asked for",
    "sdxl_lightning_4step_lora.safetensors": b"four steps",
}


#: A model that nobody knows by name, and its newest commit.
STRANGER, COMMIT = "somebody/o-model.1", "c0ffee" * 6 + "c0ff"


class Hub(BaseHTTPRequestHandler):
    """As much of a hub as the real client asks for."""

    files: dict[str, bytes] = FILES
    asked: list[str] = []
    paths: list[str] = []
    #: Files that break off in the middle, however often they are asked for.
    broken: set[str] = set()
    #: Files that come with other bytes of the same number.
    damaged: set[str] = set()
    gated = False
    #: What requests are answered with in place of all else: status and headers.
    refusal: tuple[int, dict[str, str]] | None = None
    #: In place of the right one.
    listing = b""
    #: Bodies wait for it.
    go_on = threading.Event()
    #: A body waits.
    waits = threading.Event()
    tokens: set[str] = set()

    def log_message(self, *words: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        path = self.path.partition("?")[0]
        name = path.partition("/resolve/")[2].partition("/")[2]
        self.tokens.add(self.headers.get("Authorization", ""))
        if self.refusal:
            self._send(self.refusal[0], b"", told=self.refusal[1])
        elif "/revision/" in path or path == f"/api/models/{STRANGER}":
            told = {"id": STRANGER, "sha": COMMIT, "cardData": {"license": "mit"}}
            self._send(200, json.dumps(told).encode())
        elif "/tree/" in path and not self.gated:
            self._list()
        elif name in self.files and not self.gated:
            self.paths.append(path)
            self.asked.append(f"{self.headers.get('Range') or self.command} {name}")
            content = self.files[name]
            self._send(200, content[::-1] if name in self.damaged else content, name)
        elif self.gated:
            self._send(403, b"", told={"X-Error-Code": "GatedRepo"})
        else:
            self._send(404, b"")

    def _list(self) -> None:
        listed = json.dumps([_entry(*item) for item in self.files.items()]).encode()
        self._send(200, self.listing or listed)

    def _send(
        self,
        status: int,
        body: bytes,
        name: str = "",
        told: dict[str, str] | None = None,
    ) -> None:
        part = self.headers.get("Range", "")
        begin = int(part.removeprefix("bytes=").rstrip("-")) if part else 0
        self.send_response(206 if part else status)
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", BY_NAME["sdxl"].revision)
        for header, value in (told or {}).items():
            self.send_header(header, value)
        if part:
            span = f"bytes {begin}-{len(body) - 1}/{len(body)}"
            self.send_header("Content-Range", span)
        self.send_header("Content-Length", str(len(body) - begin))
        self.end_headers()
        if self.command == "HEAD":
            return
        if name:
            self.waits.set()
            self.go_on.wait(60)
        cut = len(body) // 2 if name in self.broken else len(body)
        self.wfile.write(body[begin:cut])


def _entry(name: str, content: bytes) -> dict[str, object]:
    """As the hub lists a file: by git's hash, a large one by its own too."""
    oid = hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()
    told = {"type": "file", "path": name, "size": len(content), "oid": oid}
    if not name.endswith(".safetensors"):
        return told
    sha256 = hashlib.sha256(content).hexdigest()
    large = {"oid": sha256, "size": len(content), "pointerSize": 130}
    return told | {"lfs": large}


class Archive(BaseHTTPRequestHandler):
    """One file, whose first answer breaks off; parts are given."""

    content = b""
    asked: list[str | None] = []
    #: The first answer comes whole as well.
    whole = False
    #: The length is told.
    measured = True

    def log_message(self, *words: object) -> None:
        pass

    def do_GET(self) -> None:
        part = self.headers.get("Range")
        self.asked.append(part)
        begin = int(part.removeprefix("bytes=").rstrip("-")) if part else 0
        if part and begin >= len(self.content):
            self.send_error(416)
            return
        body = self.content[begin:]
        self.send_response(206 if part else 200)
        if self.measured:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if part or self.whole else body[: len(body) // 2])


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address at which a handler answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def fresh_hub() -> None:
    """All is well with the hub, and nothing was asked yet."""
    Hub.files, Hub.asked, Hub.paths, Hub.tokens = FILES, [], [], set()
    Hub.broken, Hub.damaged, Hub.gated = set(), set(), False
    Hub.refusal, Hub.listing = None, b""
    Hub.go_on, Hub.waits = threading.Event(), threading.Event()
    Hub.go_on.set()
