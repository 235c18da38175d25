"""The notebooks, as they are, from a fresh kernel to a connected worker and to a film."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.notebooks import ROOT, Runtime, client, fill_in, only, printed, read, shown
from tests.notebooks import text_of as whole
from tests.servers import fake_ngrok
from tests.servers.fake_ngrok import DOMAIN, GOOD_TOKEN

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """A runtime with ngrok's token among its secrets, the same for all tests here."""
    folder = tmp_path_factory.mktemp("runtime")
    made = Runtime(folder, {"NGROK_AUTHTOKEN": GOOD_TOKEN})
    made.environment |= {
        "FAKE_NGROK_ACCOUNT": str(folder),
        "PYNGROK_NGROK_PATH": str(fake_ngrok.install(folder)),
    }
    yield made
    for process in psutil.process_iter():
        if str(made.home) in _command(process):
            process.kill()


@pytest.fixture(autouse=True)
def _in_the_runtime(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in runtime.environment.items():
        monkeypatch.setenv(name, value)


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""  # it ended while we looked


def test_run_all_leads_to_the_connect_line(runtime: Runtime) -> None:
    """Fresh kernel, all cells: installed, started, connected, watched, interrupted."""
    book = read("colab_worker.ipynb")
    drive = runtime.home / "drive" / "moonreel"
    fill_in(book, SOURCE=str(ROOT), TUNNEL="ngrok", MEMO_FOLDER=str(drive))
    cells = {cell.id: cell for cell in book.cells}
    asyncio.run(_run_all(book, runtime))
    token = (runtime.folder / "token").read_text(encoding="utf-8").strip()

    assert "image papercut (draft)" in printed(cells["install"])
    assert "time left" in shown(cells["look"])
    assert "to see the line" in shown(cells["start"])  # and the line is gone
    assert f"https://{DOMAIN}" in shown(cells["watch"])
    assert "The worker goes on" in printed(cells["watch"])
    assert token not in whole(book)
    assert GOOD_TOKEN not in whole(book)
    assert oct((runtime.folder / "token").stat().st_mode)[-3:] == "600"
    assert (drive / "token").read_text(encoding="utf-8").strip() == token
    assert not list((runtime.folder / "env").rglob("torch"))
    assert psutil.pid_exists(runtime.ready()["pid"])  # the interrupt was not for it


def test_another_kernel_finds_the_worker_and_stops_it(runtime: Runtime) -> None:
    """A restarted kernel knows what runs; stopping leaves no process behind."""
    pid = runtime.ready()["pid"]
    agents = psutil.Process(pid).children(recursive=True)
    book = only(read("colab_worker.ipynb"), "get", "start", "stop")
    fill_in(book, SOURCE=str(ROOT), TUNNEL="ngrok")
    client(book).execute()
    cells = {cell.id: cell for cell in book.cells}

    assert "runs already" in printed(cells["start"])
    assert "stopped" in printed(cells["stop"])
    assert "#token=" not in whole(book)
    worker = [psutil.Process(pid)] if _runs(pid) else []
    assert agents
    _, left = psutil.wait_procs([*worker, *agents], 60)
    assert not left


def test_the_batch_notebook_makes_a_film_without_a_tunnel(
    runtime: Runtime, tmp_path: Path
) -> None:
    """In the environment that is there; the film lies where it was asked for."""
    book = read("batch.ipynb")
    options = "--quality draft --resolution 480p --seed 3"
    fill_in(book, SOURCE=str(ROOT), OPTIONS=options, FOLDER=str(tmp_path / "out"))
    client(book).execute()
    cells = {cell.id: cell for cell in book.cells}
    (film,) = (tmp_path / "out").glob("*.mp4")

    assert "installed already" in printed(cells["install"])
    assert f"The film is {film}" in printed(cells["make"])
    assert film.read_bytes()[4:8] == b"ftyp"


def _runs(pid: int) -> bool:
    return psutil.pid_exists(pid)


async def _run_all(book: Any, runtime: Runtime) -> None:
    """Runs all cells; once the line is there, connects, and then interrupts."""
    notebook = client(book)
    user = asyncio.create_task(_connect_then_interrupt(notebook, book, runtime))
    async with notebook.async_setup_kernel():
        for index, cell in enumerate(book.cells):
            if cell.cell_type == "code" and cell.id != "stop":
                await notebook.async_execute_cell(cell, index)
    await user


async def _connect_then_interrupt(notebook: Any, book: Any, runtime: Runtime) -> None:
    """What the person does: waits for the line, uses it, looks on, and stops looking."""
    cells = {cell.id: cell for cell in book.cells}
    await _until_shown(cells["start"], "#token=")
    line = shown(cells["start"]).partition('value="')[2].partition('"')[0]
    host, _, token = line.removeprefix("https://").partition("/#token=")
    headers = {"Host": host, "Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient() as visitor:
        reply = await visitor.get(f"{runtime.ready()['url']}/health", headers=headers)
    assert reply.json()["worker_id"]
    await _until_shown(cells["start"], "Connected.")
    await notebook.km.interrupt_kernel()


async def _until_shown(cell: Any, words: str) -> None:
    while words not in shown(cell):  # noqa: ASYNC110 - nbclient tells nobody
        await asyncio.sleep(0.1)
