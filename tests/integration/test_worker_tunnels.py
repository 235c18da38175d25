"""Tunnels: opened through the vendors' agents, missed when they die, and mended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import stat
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from colab_worker.tunnels.keeper import Keeper, Pace
from colab_worker.tunnels.wire import Order
from shared_protocol.workers import TunnelState, TunnelView
from tests.servers import fake_cloudflared, fake_ngrok
from tests.servers.fake_ngrok import DOMAIN, GOOD_TOKEN
from tests.workers import WorkerProcess, film

QUICK = Pace(patience_s=20, first_retry_s=0.05, longest_retry_s=0.2)
AGENT_GONE = {"the ngrok agent has ended", "the ngrok agent does not answer"}
UPSTREAM = "http://127.0.0.1:5001"


class Account:
    """A stand-in agent, and the folder in which it notes its starts."""

    def __init__(self, folder: Path, program: Path) -> None:
        self.folder = folder
        self.program = program

    @property
    def starts(self) -> list[dict[str, Any]]:
        """How the agent was started, each time."""
        notes = self.folder / "starts.jsonl"
        lines = notes.read_text(encoding="utf-8") if notes.exists() else ""
        return [json.loads(line) for line in lines.splitlines()]

    def order(self, **changes: Any) -> Order:
        """An order for this agent."""
        return Order.model_validate(
            {
                "kind": self.program.name, "upstream": UPSTREAM, "binary": self.program,
                "folder": self.folder, "check_s": 0.05, "settle_s": 0, "resolve_s": 0,
            }
            | changes
        )  # fmt: skip


@pytest.fixture
def ngrok(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account of ngrok with one session."""
    monkeypatch.setenv("FAKE_NGROK_ACCOUNT", str(tmp_path))
    return Account(tmp_path, fake_ngrok.install(tmp_path))


@pytest.fixture
def cloudflared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    """cloudflared."""
    monkeypatch.setenv("FAKE_CLOUDFLARED", str(tmp_path))
    return Account(tmp_path, fake_cloudflared.install(tmp_path))


class Kept:
    """A keeper at work, and every view that it has shown."""

    def __init__(self, order: Order, pace: Pace) -> None:
        self.views: list[TunnelView] = []
        self.keeper = Keeper(order, self._changed, pace)
        self._news = asyncio.Event()

    def _changed(self, view: TunnelView) -> None:
        self.views.append(view)
        self._news.set()

    async def until(self, *states: TunnelState, after: int = 0) -> TunnelView:
        """The first view in one of ``states`` after that many; waits for it."""
        while True:
            found = [view for view in self.views[after:] if view.state in states]
            if found:
                return found[0]
            self._news.clear()
            await self._news.wait()


@contextlib.asynccontextmanager
async def keep(order: Order, pace: Pace = QUICK) -> AsyncIterator[Kept]:
    """Keeps a tunnel for as long as the context lasts."""
    kept = Kept(order, pace)
    task = asyncio.create_task(kept.keeper.run())
    try:
        yield kept
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def ended(*agents: dict[str, Any]) -> bool:
    """Whether these processes run no more: to die, a killed one needs a moment."""
    deadline = time.monotonic() + 60
    while any(alive(agent["pid"]) for agent in agents):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_ngrok_opens_the_fixed_domain_and_hides_its_token(
    ngrok: Account,
) -> None:
    """The token stands in a file for the user alone, on no command line."""
    async with keep(ngrok.order(authtoken=GOOD_TOKEN, domain=DOMAIN)) as kept:
        view = await kept.until(TunnelState.UP)
        agent = ngrok.starts[0]
        commands = [
            word for process in psutil.Process().children(recursive=True)
            for word in process.cmdline()
        ]  # fmt: skip
        endpoints = await asyncio.to_thread(httpx.get, agent["api"])

    assert view.url == f"https://{DOMAIN}"
    assert agent["mode"] == "0o600"
    assert any("tunnels.host" in word for word in commands)
    assert GOOD_TOKEN not in " ".join(commands)
    assert endpoints.json()["endpoints"][0]["upstream"] == {"url": UPSTREAM}
    assert ended(agent)


async def test_a_dead_agent_is_started_again(ngrok: Account) -> None:
    """Its death shows, and a moment later the same address leads here again."""
    async with keep(ngrok.order(authtoken=GOOD_TOKEN)) as kept:
        first = await kept.until(TunnelState.UP)
        before = len(kept.views)
        os.kill(ngrok.starts[0]["pid"], signal.SIGKILL)
        down = await kept.until(TunnelState.DOWN, after=before)
        again = await kept.until(TunnelState.UP, after=kept.views.index(down))

    # a killed process stops answering a moment before the system says that it ended
    assert down.trouble in AGENT_GONE
    assert (again.url, again.restarts) == (first.url, 1)
    assert len(ngrok.starts) == 2
    assert ended(*ngrok.starts)


async def test_a_closed_endpoint_is_opened_again(ngrok: Account) -> None:
    """The agent lives, but its endpoint was closed from elsewhere."""
    async with keep(ngrok.order(authtoken=GOOD_TOKEN)) as kept:
        await kept.until(TunnelState.UP)
        before = len(kept.views)
        async with httpx.AsyncClient() as client:
            api = ngrok.starts[0]["api"]
            for endpoint in (await client.get(api)).json()["endpoints"]:
                await client.delete(f"{api}/{endpoint['name']}")
        down = await kept.until(TunnelState.DOWN, after=before)
        await kept.until(TunnelState.UP, after=kept.views.index(down))

    assert down.trouble == "the ngrok agent has closed the endpoint"


async def test_a_wrong_token_is_final_and_never_repeated(
    ngrok: Account, caplog: pytest.LogCaptureFixture
) -> None:
    """One try, one sentence; ngrok repeats the token in its answer, we do not."""
    caplog.set_level(logging.DEBUG)
    async with keep(ngrok.order(authtoken="2bad_token")) as kept:
        view = await kept.until(TunnelState.REFUSED)

    assert view.trouble is not None
    assert "does not accept the authtoken" in view.trouble
    assert "ERR_NGROK_105" in view.trouble
    assert len(ngrok.starts) == 1
    assert "given up" in caplog.text
    assert "2bad_token" not in caplog.text + repr(kept.views)


async def test_a_domain_of_somebody_else_is_final(ngrok: Account) -> None:
    """The agent runs, but its API refuses the address."""
    order = ngrok.order(authtoken=GOOD_TOKEN, domain="somebody-elses.ngrok.app")
    async with keep(order) as kept:
        view = await kept.until(TunnelState.REFUSED)

    assert view.trouble is not None
    assert "belongs to another account" in view.trouble
    assert ended(ngrok.starts[0])


async def test_the_session_limit_is_waited_out(ngrok: Account) -> None:
    """Another notebook holds the session; once it is stopped, ours comes up."""
    order = ngrok.order(authtoken=GOOD_TOKEN)
    async with keep(order) as other:
        await other.until(TunnelState.UP)
        ours = keep(order)
        kept = await ours.__aenter__()
        down = await kept.until(TunnelState.DOWN)
    view = await kept.until(TunnelState.UP)
    await ours.__aexit__(None, None, None)

    assert down.trouble is not None
    assert "limit of agents" in down.trouble
    assert "ERR_NGROK_108" in down.trouble
    assert view.url == f"https://{DOMAIN}"


async def test_a_silent_agent_is_not_waited_for(ngrok: Account) -> None:
    """pyngrok would wait for its first line for ever; the keeper does not."""
    (ngrok.folder / "silent").touch()
    pace = Pace(patience_s=5, first_retry_s=0.05, longest_retry_s=0.2)
    async with keep(ngrok.order(authtoken=GOOD_TOKEN), pace) as kept:
        down = await kept.until(TunnelState.DOWN)
        while not ngrok.starts:  # on a slow machine the host was not that far yet
            down = await kept.until(TunnelState.DOWN, after=len(kept.views))
        (ngrok.folder / "silent").unlink()
        await kept.until(TunnelState.UP)

    assert down.trouble == "its agent gave no sign of life for 5 s"
    assert ended(ngrok.starts[0])


async def test_a_quick_tunnel_is_read_to_the_end_and_mended(
    cloudflared: Account,
) -> None:
    """An agent that talks more than a pipe holds still answers; a new one, a new name."""
    async with keep(cloudflared.order()) as kept:
        first = await kept.until(TunnelState.UP)
        before = len(kept.views)
        os.kill(cloudflared.starts[0]["pid"], signal.SIGKILL)
        down = await kept.until(TunnelState.DOWN, after=before)
        again = await kept.until(TunnelState.UP, after=kept.views.index(down))

    assert first.url == "https://four-plain-words-1.trycloudflare.com"
    assert again.url == "https://four-plain-words-2.trycloudflare.com"
    args = cloudflared.starts[0]["args"]
    assert args[args.index("--url") + 1] == UPSTREAM
    assert ended(*cloudflared.starts)


async def test_a_quick_tunnel_off_the_edge_says_so(cloudflared: Account) -> None:
    """It reconnects by itself and keeps its name, so it is not started anew."""
    async with keep(cloudflared.order()) as kept:
        up = await kept.until(TunnelState.UP)
        (cloudflared.folder / "away").touch()
        before = len(kept.views)
        unwell = await kept.until(TunnelState.UP, after=before)

    assert unwell.trouble == "cloudflared is reconnecting to Cloudflare's edge"
    assert unwell.url == up.url
    assert len(cloudflared.starts) == 1


async def test_a_quick_tunnel_that_is_refused_says_why(cloudflared: Account) -> None:
    """Cloudflare gives only so many names."""
    (cloudflared.folder / "busy").touch()
    async with keep(cloudflared.order()) as kept:
        down = await kept.until(TunnelState.DOWN)

    assert down.trouble is not None
    assert "429" in down.trouble
    assert "no more names just now" in down.trouble


@pytest.fixture
def tunnelled(tmp_path: Path, ngrok: Account) -> Iterator[WorkerProcess]:
    """A worker process with a tunnel, whose units take a moment."""
    secret = tmp_path / "authtoken"
    secret.write_text(GOOD_TOKEN, encoding="utf-8")
    flags = ["--tunnel", "ngrok", "--ngrok-token-file", str(secret)]
    flags += ["--ngrok-agent", str(ngrok.program)]
    seconds = {"image": 1.0, "voice": 0.1, "clip": 0.1, "film": 0.1}
    with WorkerProcess(tmp_path, *flags, seconds=seconds) as worker:
        yield worker


def tunnel_of(worker: WorkerProcess) -> dict[str, Any]:
    """The tunnel as ``/health`` shows it."""
    (view,) = worker.client.get("/health").json()["tunnels"]
    found: dict[str, Any] = view
    return found


def await_tunnel(worker: WorkerProcess, restarts: int) -> dict[str, Any]:
    """The tunnel once it is up with so many restarts."""
    while True:
        view = tunnel_of(worker)
        if view["state"] == "up" and view["restarts"] == restarts:
            return view
        time.sleep(0.05)


def test_a_running_job_does_not_notice_a_dead_tunnel(
    tunnelled: WorkerProcess, ngrok: Account, tmp_path: Path
) -> None:
    """No unit is done twice; the worker's log and ready file hold no secret."""
    await_tunnel(tunnelled, 0)
    job_id = tunnelled.submit(film("a hill", "a lake", "a wood"))
    os.kill(ngrok.starts[0]["pid"], signal.SIGKILL)
    view = tunnelled.finish(job_id)
    tunnel = await_tunnel(tunnelled, 1)

    assert view["state"] == "complete"
    assert {unit["attempt"] for unit in view["units"]} == {1}
    ready = (tmp_path / "ready.json").read_text(encoding="utf-8")
    assert json.loads(ready)["tunnels"][0]["url"] == tunnel["url"]
    assert f"connect: {tunnel['url']}" in tunnelled.log()
    assert GOOD_TOKEN not in tunnelled.log() + ready
    assert "MOONREEL_TOKEN" not in ngrok.starts[0]["sees"]
    folder = tunnelled.data_dir / "tunnels"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_comes_through_a_tunnel_is_counted(tunnelled: WorkerProcess) -> None:
    """By the name that was asked for, refused requests too; loopback is free."""
    url = await_tunnel(tunnelled, 0)["url"]
    host = {"Host": url.removeprefix("https://")}
    first = tunnelled.client.get("/capabilities", headers=host)
    refused = tunnelled.client.get("/jobs", headers=host | {"Authorization": "no"})
    view = tunnel_of(tunnelled)

    assert refused.status_code == 401
    assert view["requests"] == 2
    assert view["bytes_out"] == len(first.content) + len(refused.content)


def test_the_agent_ends_with_its_worker(
    tunnelled: WorkerProcess, ngrok: Account
) -> None:
    """Even when the worker is killed, no agent goes on and blocks the session."""
    await_tunnel(tunnelled, 0)
    agent = psutil.Process(ngrok.starts[0]["pid"])
    tunnelled.kill()

    psutil.wait_procs([agent], timeout=60)
    assert not agent.is_running()
