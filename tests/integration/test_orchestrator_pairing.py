"""A worker is connected once both sides have proven that they know the token."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from orchestrator.errors import Unreachable
from orchestrator.pairing import Pairing
from orchestrator.url_intake import WorkerAddress
from orchestrator.worker_client import WorkerClient
from shared_protocol.routes import X_WORKER_BOOT
from shared_protocol.tokens import (
    EVERYTHING,
    NOTHING,
    READING,
    scopes_of,
    worker_proof,
)
from shared_protocol.workers import PairReply
from tests.servers.fake_worker import FakeWorker, Gateway


@pytest.fixture
async def client(worker: FakeWorker) -> AsyncIterator[WorkerClient]:
    """A client of it, with the right token."""
    made = WorkerClient(
        WorkerAddress(worker.url, worker.token),
        connect_timeout_s=5,
        answer_timeout_s=5,
        origins=("http://10.0.0.5:5000",),
    )
    yield made
    await made.close()


async def test_the_token_is_never_sent(
    worker: FakeWorker, client: WorkerClient
) -> None:
    """What is shown, after the proof, reaches far but is not the token."""
    health = await client.health()
    await client.wait({"some-job-id": 0}, 0)

    assert health.boot_id == "boot-1"
    assert worker.asked == ["POST /pair", "GET /health", "POST /jobs/wait"]
    assert worker.shown[0] == ""
    assert all(shown.startswith("s1.drs.") for shown in worker.shown[1:])
    assert not [shown for shown in worker.shown if worker.token in shown]


async def test_who_cannot_prove_it_gets_nothing(
    worker: FakeWorker, client: WorkerClient
) -> None:
    """A stranger that answers like a worker sees one nonce, and no token at all."""
    worker.gateway = _claims_to_be("b")
    for _ in range(2):
        with pytest.raises(Unreachable, match="cannot prove") as caught:
            await client.health()

    assert caught.value.reason == "not_proven"
    assert worker.asked == ["POST /pair", "POST /pair"]
    assert client.boot_id is None


async def test_another_run_has_to_prove_itself_first(
    worker: FakeWorker, client: WorkerClient
) -> None:
    """A new machine at the old address is heard only after its own proof."""
    await client.health()
    await worker.lose_machine()
    assert (await client.wait({"some-job-id": 5}, 0)).unknown == ("some-job-id",)
    assert worker.asked[-2:] == ["POST /jobs/wait", "POST /pair"]

    worker.gateway = _claims_to_be("boot-3")
    with pytest.raises(Unreachable) as caught:
        await client.wait({"some-job-id": 5}, 0)
    assert caught.value.reason == "not_proven"
    assert client.boot_id == "boot-2"


async def test_after_lost_contact_the_proof_is_asked_anew(
    worker: FakeWorker, client: WorkerClient
) -> None:
    """The name of a tunnel that was away may belong to somebody else now."""
    await client.health()
    worker.gateway = lambda request: web.Response(status=502)
    with pytest.raises(Unreachable):
        await client.health()
    worker.gateway = None
    await client.health()

    assert worker.asked[-2:] == ["POST /pair", "GET /health"]


def test_clocks_may_differ() -> None:
    """Tokens and links end by the worker's clock, which the proof tells."""
    ours, theirs = 1_000_000_000, 1_000_090_000
    pairing = Pairing("some-token-1", (), clock=lambda: ours)
    asked = pairing.begin()
    proof = worker_proof("some-token-1", asked.nonce, "w", "b", theirs)
    reply = PairReply(protocol=1, worker_id="w", boot_id="b", now=theirs, proof=proof)
    pairing.end(asked, reply, "b")

    for given, scopes in (
        (pairing.token(), EVERYTHING),
        (pairing.page_token(), READING),
    ):
        assert given is not None
        assert scopes_of(given, "some-token-1", theirs) == scopes
        assert scopes_of(given, "some-token-1", theirs + 90_000) == NOTHING


async def test_a_worker_of_an_older_version_is_told_apart(
    worker: FakeWorker, client: WorkerClient
) -> None:
    """One without pairing is neither connected nor taken for a stranger."""
    worker.gateway = lambda request: web.json_response(
        {"code": "not_found", "message": "?"}, status=404, headers={X_WORKER_BOOT: "b"}
    )
    with pytest.raises(Unreachable, match="another version") as caught:
        await client.health()

    assert caught.value.reason == "protocol"


def _claims_to_be(boot_id: str) -> Gateway:
    """Answers everything as that run would, without knowing the token."""
    pair = PairReply(protocol=1, worker_id="w", boot_id=boot_id, now=1, proof="x" * 43)
    told = pair.model_dump() | {"jobs": {}, "unknown": ["some-job-id"]}

    def gateway(request: web.Request) -> web.Response:
        return web.json_response(told, headers={X_WORKER_BOOT: boot_id})

    return gateway
