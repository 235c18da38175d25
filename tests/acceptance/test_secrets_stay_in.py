"""A whole run with every secret set: none is found in anything that it leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from shared_protocol.kit.redaction import SECRETS
from tests.servers.served import Served
from tests.workers import WorkerProcess

pytestmark = pytest.mark.slow
CANARIES = {
    name: f"canary-{n:02d}-{name.lower()}-9f8e7d" for n, name in enumerate(SECRETS)
}
TOKEN = CANARIES["MOONREEL_TOKEN"]
STORY = "A crow was thirsty.\n\nIt found a pitcher.\n"
PASTES = [f"ftp://x/#token={TOKEN}", f"https://me:{TOKEN}@x.example", f"#token={TOKEN}"]


def test_a_whole_run_leaves_no_secret_behind(tmp_path: Path) -> None:
    """Logs, databases, files by hash, projects, replies and what commands print."""
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "worker").mkdir()
    hidden = {name: value for name, value in CANARIES.items() if "GEMINI" not in name}
    env = hidden | {
        "MOONREEL_URL_FILE": str(home / "URL.txt"),
        "MOONREEL_DISK_FLOOR_MB": "0",
    }
    with (
        WorkerProcess(tmp_path / "worker", env=env) as worker,
        Served(home, env) as served,
    ):
        url = str(worker.client.base_url).rstrip("/")
        said = _pastes(served.url, f"{url}/#token={TOKEN}")
        said += _run(env | {"MOONREEL_HOME": str(home)}, tmp_path)
    (tmp_path / "said.txt").write_text(said, encoding="utf-8")

    found = sorted(set(_found(tmp_path)))
    database = home / "orchestrator.db"
    assert {path.name.partition("-")[0] for path, _ in found} <= {database.name}, found
    assert {value for _, value in found} == {TOKEN}, "the address book keeps it"
    assert database.stat().st_mode & 0o077 == 0


def _pastes(server: str, line: str) -> str:
    """What the server says to good and bad lines, and to questions."""
    bearer = {"Authorization": f"Bearer {CANARIES['MOONREEL_PASSWORD']}"}
    with httpx.Client(base_url=server, timeout=60, headers=bearer) as client:
        replies = [
            client.post("/api/set-colab-url", json={"url": paste})
            for paste in (*PASTES, line)
        ]
        assert replies[-1].json()["connected"] is True, replies[-1].text
        replies += [client.get(path) for path in ("/health", "/api/worker")]
    return "\n".join(reply.text + str(reply.headers) for reply in replies)


def _run(env: dict[str, str], folder: Path) -> str:
    """What the commands of a user print."""
    story = folder / "story.txt"
    story.write_text(STORY, encoding="utf-8")
    out = str(folder / "film.mp4")
    commands = [
        ["make", str(story), "--quality", "draft", "-o", out, "--json"],
        ["jobs"],
        ["status"],
        ["doctor"],
        ["connect", PASTES[1]],
    ]
    said = ""
    for words in commands:
        done = subprocess.run(
            [sys.executable, "-m", "orchestrator", *words],
            cwd=folder, env={**os.environ, **env}, capture_output=True, text=True,
            timeout=120,
        )  # fmt: skip
        said += done.stdout + done.stderr
        assert words[0] != "make" or done.returncode == 0, said
    return said


def _found(folder: Path) -> Iterator[tuple[Path, str]]:
    """Each file with a secret in it, packed ones opened."""
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        contents = [path.read_bytes()]
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                contents += [packed.read(name) for name in packed.namelist()]
        for content in contents:
            for value in CANARIES.values():
                if value.encode() in content:
                    yield path, value
