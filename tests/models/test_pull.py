"""Models come onto the shelf from a hub, which here is a server of our own."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from colab_worker.models import pull
from colab_worker.models.presets import BY_NAME, VITS

FILES = {
    "model_index.json": b"{ }\n",
    "unet/config.json": b"{}",
    "unet/model.fp16.safetensors": b"weights" * 1000,
    "unet/model.bin": b"pickled: never asked for",
    "sdxl_lightning_4step_lora.safetensors": b"four steps",
}


class Hub(BaseHTTPRequestHandler):
    """As much of a hub as the real client asks for."""

    asked: list[str] = []
    #: Files that break off in the middle, once each.
    broken: set[str] = set()
    #: Files that come with other bytes of the same number.
    damaged: set[str] = set()
    gated = False

    def log_message(self, *words: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        path = self.path.partition("?")[0]
        name = path.partition("/resolve/")[2].partition("/")[2]
        if "/tree/" in path and not self.gated:
            self._send(
                200, json.dumps([_entry(*item) for item in FILES.items()]).encode()
            )
        elif name in FILES and not self.gated:
            self.asked.append(f"{self.command} {name}")
            content = FILES[name]
            self._send(200, content[::-1] if name in self.damaged else content, name)
        elif self.gated:
            self._send(403, b"", gated="GatedRepo")
        else:
            self._send(404, b"")

    def _send(self, status: int, body: bytes, name: str = "", gated: str = "") -> None:
        commit = BY_NAME["sdxl"].revision
        self.send_response(status)
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", commit)
        if gated:
            self.send_header("X-Error-Code", gated)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            cut = name in self.broken
            self.broken.discard(name)
            self.wfile.write(body[: len(body) // 2] if cut else body)


def _entry(name: str, content: bytes) -> dict[str, object]:
    """As the hub lists a file: by git's hash, a large one by its own too."""
    oid = hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()
    told = {"type": "file", "path": name, "size": len(content), "oid": oid}
    if not name.endswith(".safetensors"):
        return told
    sha256 = hashlib.sha256(content).hexdigest()
    large = {"oid": sha256, "size": len(content), "pointerSize": 130}
    return told | {"lfs": large}


@pytest.fixture
def hub() -> Iterator[str]:
    """The address of a hub of its own."""
    Hub.asked, Hub.broken, Hub.damaged, Hub.gated = [], set(), set(), False
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def pulled(hub: str, shelf: Path, *names: str) -> subprocess.CompletedProcess[str]:
    """Runs the command as a person would, in a process of its own."""
    env = {"HF_ENDPOINT": hub, "MOONREEL_MODELS": str(shelf), "HF_HUB_DISABLE_XET": "1"}
    return subprocess.run(
        [sys.executable, "-m", "colab_worker.models.pull", *names],
        # Engines that other tests loaded have turned the hub off for this process.
        env={**os.environ, "HF_HUB_OFFLINE": "0", **env}, capture_output=True, text=True,
    )  # fmt: skip


def test_a_model_comes_with_the_one_that_it_draws_with(
    hub: str, tmp_path: Path
) -> None:
    """Only the files that are needed, no pickled weights; nothing is left beside them."""
    done = pulled(hub, tmp_path, "sdxl-fast")
    again = pulled(hub, tmp_path, "sdxl-fast")
    files = {
        p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()
    }

    assert done.returncode == 0, done.stderr
    assert files == {
        "sdxl/model_index.json",
        "sdxl/unet/config.json",
        "sdxl/unet/model.fp16.safetensors",
        "sdxl-fast/sdxl_lightning_4step_lora.safetensors",
    }
    assert "licence CreativeML Open RAIL++-M" in done.stdout
    assert again.stdout.count("is here already") == 2


@pytest.mark.parametrize("name", ["unet/model.fp16.safetensors", "model_index.json"])
def test_other_bytes_than_described_are_thrown_away(
    hub: str, tmp_path: Path, name: str
) -> None:
    """Of large files and of small ones; the rest is kept, and the next run is whole."""
    Hub.damaged = {name}
    done = pulled(hub, tmp_path, "sdxl")
    assert done.returncode == 1
    assert f"{name} did not come as https://huggingface.co/stabilityai" in done.stderr
    assert not (tmp_path / "sdxl").exists()

    Hub.damaged, Hub.asked = set(), []
    assert pulled(hub, tmp_path, "sdxl").returncode == 0
    assert [asked for asked in Hub.asked if asked.startswith("GET")] == [f"GET {name}"]
    assert (tmp_path / "sdxl" / name).read_bytes() == FILES[name]


def test_a_gated_model_says_where_its_licence_is(hub: str, tmp_path: Path) -> None:
    """And nothing stands on the shelf."""
    Hub.gated = True
    done = pulled(hub, tmp_path, "sdxl")

    assert done.returncode == 1
    assert "accept the licence at https://huggingface.co/stabilityai/" in done.stderr
    assert not (tmp_path / "sdxl").exists()


def test_no_hub_is_one_sentence(tmp_path: Path) -> None:
    """Without a trace, and the next run goes on."""
    done = pulled("http://127.0.0.1:9", tmp_path, "sdxl")

    assert done.returncode == 1
    assert "run it again, and it goes on" in done.stderr
    assert "Traceback" not in done.stderr


def test_too_little_space_is_said_before_anything_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With both figures."""
    monkeypatch.setitem(pull.BY_NAME, "sdxl", replace(BY_NAME["sdxl"], bytes=10**18))
    with pytest.raises(pull.NotPulled, match=r"1000000000\.0 GB are needed"):
        pull.pull("sdxl", tmp_path)


def test_a_voice_is_unpacked_without_its_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three files by name; whatever else an archive holds stays in it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in (*pull.VOICE_FILES, "../escape.json"):
            archive.writestr(f"vits/{name}", "content")
    source = tmp_path / "voice.zip"
    source.write_bytes(packed.getvalue())
    voice = replace(VITS, url=source.as_uri())
    monkeypatch.setitem(pull.OTHERS, "vits", voice)
    pull.pull("vits", tmp_path / "shelf")

    here = {p.name for p in (tmp_path / "shelf" / "vits").iterdir()}
    assert here == set(pull.VOICE_FILES)
    assert "vits: 100 %" in capsys.readouterr().out


class Archive(BaseHTTPRequestHandler):
    """One file, whose first answer breaks off; parts are given."""

    content = b""
    asked: list[str | None] = []

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
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if part else body[: len(body) // 2])


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Archive]]:
    """The voice comes from here."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        for name in pull.VOICE_FILES:
            opened.writestr(f"vits/{name}", os.urandom(9000))
    Archive.content, Archive.asked = packed.getvalue(), []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Archive)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/voice.zip"
    monkeypatch.setitem(pull.OTHERS, "vits", replace(VITS, url=url))
    yield Archive
    server.shutdown()
    server.server_close()


def test_an_archive_that_came_whole_is_unpacked_after_all(
    archive: type[Archive], tmp_path: Path
) -> None:
    """The run before was killed in between; there are no further bytes to ask for."""
    staging = tmp_path / ".pulling" / "vits"
    staging.mkdir(parents=True)
    (staging / "archive.zip").write_bytes(archive.content)
    pull.pull("vits", tmp_path)

    assert archive.asked == [f"bytes={len(archive.content)}-"]
    assert {p.name for p in (tmp_path / "vits").iterdir()} == set(pull.VOICE_FILES)


def test_an_archive_that_broke_off_goes_on(
    archive: type[Archive], tmp_path: Path
) -> None:
    """The second run asks for the rest only."""
    with pytest.raises(pull.NotPulled, match="run it again, and it goes on"):
        pull.pull("vits", tmp_path)
    assert not (tmp_path / "vits").exists()
    pull.pull("vits", tmp_path)

    assert archive.asked == [None, f"bytes={len(archive.content) // 2}-"]
    assert {p.name for p in (tmp_path / "vits").iterdir()} == set(pull.VOICE_FILES)


def test_some_space_stays_free(tmp_path: Path) -> None:
    """As much as was asked for; nothing is fetched."""
    with pytest.raises(pull.NotPulled, match=r"1000000000\.0 GB shall stay so"):
        pull.pull("vits", tmp_path, floor_bytes=10**18)
